package schema

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// queryer is a database, connection or transaction that can be asked.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner reads the columns of the current row.
type scanner func(destinations ...any) error

// eachRow runs a named statement and calls visit for each row.
func eachRow(ctx context.Context, database queryer, name string, visit func(scanner) error, args ...any) (err error) {
	rows, err := database.QueryContext(ctx, statement(name), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return rows.Err()
}

// scanAccount reads the columns of state_accounts and landed_accounts.
func scanAccount(scan scanner) (AccountState, error) {
	var a AccountState
	var permissions, subscriptions, refreshID *string
	var states [3]struct {
		status      *string
		attemptedAt *time.Time
		nextAt      *time.Time
	}
	err := scan(&a.AccountID, &a.StripeAccountID, &a.HolderType, &a.HolderID, &a.InstitutionName, &a.DisplayName, &a.Last4,
		&a.Category, &a.Subcategory, &a.Status, &permissions, &subscriptions, &a.Livemode, &a.CreatedAt,
		&states[0].status, &states[0].attemptedAt, &states[0].nextAt,
		&states[1].status, &states[1].attemptedAt, &states[1].nextAt,
		&states[2].status, &states[2].attemptedAt, &states[2].nextAt, &refreshID, &a.Extra,
		&a.AccountKey, &a.CursorRefreshID, &a.CompleteThroughAt, &a.FirstSeenAt)
	if err != nil {
		return a, err
	}
	for i, target := range []**RefreshState{&a.BalanceRefresh, &a.OwnershipRefresh, &a.TransactionRefresh} {
		if states[i].status != nil && states[i].attemptedAt != nil {
			*target = &RefreshState{Status: *states[i].status, AttemptedAt: *states[i].attemptedAt, NextAvailableAt: states[i].nextAt}
		}
	}
	if a.TransactionRefresh != nil {
		a.TransactionRefresh.RefreshID = refreshID
	}
	return a, errors.Join(scanList(permissions, &a.Permissions), scanList(subscriptions, &a.Subscriptions))
}

func scanList(text *string, target *[]string) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), target)
}
