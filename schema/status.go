package schema

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Status is what a published file says of itself.
type Status struct {
	Watermark    *time.Time
	Accounts     []StatusCount
	Transactions int64
	Versions     int64
	Balances     int64
	Attention    []Attention
}

// StatusCount is the accounts of one status.
type StatusCount struct {
	Status         string
	Accounts       int64
	OldestComplete *time.Time // nil when none of them was ever complete
	NewestComplete *time.Time
}

// Attention is an account that needs a person.
type Attention struct {
	AccountID       string
	InstitutionName string
	Reason          string
	Since           *time.Time // nil when it was so from the start
}

// Status reads it. An account that was last complete before stale needs attention, and one
// that failed in the newest run, which is not in the file when that run changed nothing:
// failed says why, by account.
func (r *Reader) Status(ctx context.Context, stale time.Time, failed map[string]string) (Status, error) {
	var s Status
	info, err := r.Info(ctx)
	if err != nil {
		return s, err
	}
	s.Watermark = info.Watermark
	if err := r.database.QueryRowContext(ctx, statement("status_sizes")).Scan(&s.Transactions, &s.Versions, &s.Balances); err != nil {
		return s, err
	}
	if err := eachRow(ctx, r.database, "status_accounts", func(scan scanner) error {
		var c StatusCount
		err := scan(&c.Status, &c.Accounts, &c.OldestComplete, &c.NewestComplete)
		s.Accounts = append(s.Accounts, c)
		return err
	}); err != nil {
		return s, err
	}
	reasons, err := json.Marshal(failed)
	if err != nil {
		return s, err
	}
	err = eachRow(ctx, r.database, "status_attention", func(scan scanner) error {
		var a Attention
		err := scan(&a.AccountID, &a.InstitutionName, &a.Reason, &a.Since)
		s.Attention = append(s.Attention, a)
		return err
	}, sql.Named("stale", stale), sql.Named("failed", string(reasons)))
	return s, err
}
