package page

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fcpipe/schema/duck"
)

// readStreams reads what recurs: income, obligations, and other payments.
func readStreams(ctx context.Context, b batch) error {
	for name, add := range map[string]func(*Report, Stream){
		"income_streams":  func(r *Report, s Stream) { r.Income = append(r.Income, s) },
		"obligations":     func(r *Report, s Stream) { r.Obligations = append(r.Obligations, s) },
		"other_recurring": func(r *Report, s Stream) { r.Recurring = append(r.Recurring, s) },
	} {
		if err := each(ctx, b, name, streamColumns, add); err != nil {
			return err
		}
	}
	return nil
}

func streamColumns(s *Stream) []any {
	return []any{
		&s.Kind, &s.Name, &s.Currency, &s.Cadence, &s.Status, &s.Tier, &s.Payments, &s.Missed, &s.Median,
		&s.Lowest, &s.Highest, &s.Monthly, &s.First, &s.Last, &s.Next, &s.IsNew, &s.Gate, &s.ID,
	}
}

// readDistress reads the events and then the rows that they cite.
func readDistress(ctx context.Context, b batch) error {
	type stored struct {
		Event
		signals, rows *string
	}
	var wrong error
	err := each(ctx, b, "distress_events", func(e *stored) []any {
		return []any{
			&e.AccountKey, &e.Currency, &e.First, &e.Last, &e.signals, &e.FeeCount, &e.FeeMinor, &e.Returned, &e.Again,
			&e.BackMinor, &e.IsReversed, &e.rows,
		}
	}, func(r *Report, e stored) {
		wrong = errors.Join(wrong, duck.ParseList(e.signals, &e.Signals), duck.ParseList(e.rows, &e.RowIDs))
		r.Distress = append(r.Distress, e.Event)
	})
	if err := errors.Join(err, wrong); err != nil {
		return fmt.Errorf("read events of distress: %w", err)
	}
	return each(ctx, b, "distress_rows", rowColumns, func(r *Report, t Row) { r.Rows = append(r.Rows, t) })
}

// readSpending reads categories by month, and puts the months of a category beside each other.
func readSpending(ctx context.Context, b batch) error {
	type spent struct {
		currency, category, need, month string
		minor                           *int64
	}
	return each(ctx, b, "spending", func(s *spent) []any {
		return []any{&s.currency, &s.category, &s.need, &s.month, &s.minor}
	}, func(r *Report, s spent) {
		at := slices.IndexFunc(r.Spending, func(known Spent) bool {
			return known.Currency == s.currency && known.Category == s.category
		})
		if at < 0 {
			at = len(r.Spending)
			r.Spending = append(r.Spending, Spent{Currency: s.currency, Category: s.category, Need: s.need})
		}
		known := &r.Spending[at]
		known.Months, known.Minor = append(known.Months, s.month), append(known.Minor, s.minor)
	})
}

func readFlags(ctx context.Context, b batch) error {
	return each(ctx, b, "flags", func(f *Flag) []any {
		return []any{&f.Code, &f.Words, &f.Currency, &f.Count, &f.Minor, &f.First, &f.Last}
	}, func(r *Report, f Flag) { r.Flags = append(r.Flags, f) })
}

func readChanges(ctx context.Context, b batch) error {
	return each(ctx, b, "changes", func(c *Change) []any {
		return []any{&c.Day, &c.Kind, &c.Currency, &c.AccountKey, &c.Minor}
	}, func(r *Report, c Change) { r.Changes = append(r.Changes, c) })
}
