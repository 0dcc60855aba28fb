package replay

import (
	"context"
	"errors"
)

// Resolve is Open without the derived tables: it tells what a past would be computed from.
func Resolve(ctx context.Context, q Question) (Known, error) {
	p, err := open(ctx, q, func(p *Past, ctx context.Context, q Question, path string) error {
		connection, err := p.database.Conn(ctx)
		if err != nil {
			return err
		}
		return errors.Join(p.fill(ctx, connection, q, path), connection.Close())
	})
	if err != nil {
		return Known{}, err
	}
	return p.Known, p.Close()
}
