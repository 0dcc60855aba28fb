package reader

import (
	"context"
	"time"
)

// Removed is what retention has removed so far. The zero value is nothing, as in files of earlier versions.
type Removed struct {
	Transactions      int64      // distinct ids
	TransactionsSince *time.Time // horizon: no transaction of before is held; nil where none was removed
	BalancesSince     *time.Time // the same of balances
}

// removed reads what retention removed.
func (r *Reader) removed(ctx context.Context) (removed Removed, err error) {
	var known bool
	if err := r.database.QueryRowContext(ctx, statements.Get("status_knows_removals")).Scan(&known); err != nil ||
		!known {
		return removed, err
	}
	err = r.database.QueryRowContext(ctx, statements.Get("status_removed")).Scan(
		&removed.Transactions, &removed.TransactionsSince, &removed.BalancesSince,
	)
	return removed, err
}
