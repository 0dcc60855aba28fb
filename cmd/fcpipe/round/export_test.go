package round

import "context"

// EraseDue is the end of an ordinary round.
func (r Round) EraseDue(ctx context.Context) error {
	return r.locked(ctx, func() error { return r.eraseDue(ctx, &Report{}) })
}
