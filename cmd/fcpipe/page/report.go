package page

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"fcpipe/schema/duck"
)

//go:embed *.sql
var sqlFiles embed.FS

var statements = duck.Load(sqlFiles)

// Connection is one connection to a published file.
type Connection interface {
	duck.Queryer
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Holder is whom a report is about. An empty kind is found where the file has the id.
type Holder struct{ Type, ID string }

// Of reads the report of a holder. ErrNoHolder means that the file has no such holder.
func Of(ctx context.Context, connection Connection, holder Holder) (*Report, error) {
	found, err := kindOf(ctx, connection, holder)
	if err != nil {
		return nil, err
	}
	reports, err := OfAll(ctx, connection, []Holder{found})
	if err != nil {
		return nil, err
	}
	return reports[0], nil
}

// kindOf finds the kind of a holder: of an id that is of a connected account and of a customer, the connected account.
func kindOf(ctx context.Context, database duck.Queryer, holder Holder) (found Holder, err error) {
	err = statements.EachRow(ctx, database, "holder_kinds", func(scan duck.Scan) error {
		var h Holder
		err := scan(&h.Type, &h.ID)
		if found.ID == "" && (holder.Type == "" || holder.Type == h.Type) {
			found = h
		}
		return err
	}, holder.ID)
	if err == nil && found.ID == "" {
		err = ErrNoHolder
	}
	return found, err
}

// batch is the reports of some holders, read together: a question is asked once for all of them.
type batch struct {
	Connection
	reports []*Report
}

// OfAll reads the reports of holders, each of which the file has, in their order.
func OfAll(ctx context.Context, connection Connection, holders []Holder) ([]*Report, error) {
	b := batch{Connection: connection}
	head := emptyReport()
	err := b.QueryRowContext(ctx, statements.Get("as_of")).Scan(&head.AsOf, &head.AsOfDate, &head.Zone, &head.Models)
	if err != nil {
		return nil, fmt.Errorf("read the date of the newest data: %w", err)
	}
	for _, h := range holders {
		r := head
		r.AsOf, r.HolderType, r.HolderID = head.AsOf.UTC(), h.Type, h.ID
		b.reports = append(b.reports, &r)
	}
	if err := b.ask(ctx); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, batch) error{
		readAccounts, readStated, readValues, readMonths, readDays, readPaydays, readStreams, readDistress, readLarge,
		readSpending, readFlags, readChanges, readRequests, readAffordability, readCharacteristics, readBusiness,
	} {
		if err := read(ctx, b); err != nil {
			return nil, err
		}
	}
	for _, r := range b.reports {
		r.Problems = r.findProblems()
	}
	return b.reports, nil
}

// ask makes the holders of the reports those that questions are about.
func (b batch) ask(ctx context.Context) error {
	kinds, ids := make([]string, len(b.reports)), make([]string, len(b.reports))
	for i, r := range b.reports {
		kinds[i], ids[i] = r.HolderType, r.HolderID
	}
	if _, err := b.ExecContext(ctx, statements.Get("ask"), kinds, ids); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	return nil
}

// each reads the rows of a question: the first column says whose they are, the others go where columns says.
func each[T any](ctx context.Context, b batch, name string, columns func(*T) []any, add func(*Report, T)) error {
	return statements.EachRow(ctx, b, name, func(scan duck.Scan) error {
		var row T
		var number int
		if err := scan(append([]any{&number}, columns(&row)...)...); err != nil {
			return err
		}
		add(b.reports[number], row)
		return nil
	})
}

func readAccounts(ctx context.Context, b batch) error {
	return each(ctx, b, "accounts", func(a *Account) []any {
		return []any{
			&a.Key, &a.Institution, &a.Last4, &a.Category, &a.Subcategory, &a.Status, &a.CoverageStart, &a.CoverageEnd,
			&a.CoverageBasis, &a.CoverageSpans, &a.FailedGates, &a.Warnings, &a.PendingCount, &a.ClosedDate, &a.Shares,
		}
	}, func(r *Report, a Account) { r.Accounts = append(r.Accounts, a) })
}

func readStated(ctx context.Context, b batch) error {
	return each(ctx, b, "stated", func(s *Stated) []any {
		return []any{&s.AccountKey, &s.Currency, &s.Minor, &s.Day}
	}, func(r *Report, s Stated) { r.Stated = append(r.Stated, s) })
}

func readValues(ctx context.Context, b batch) error {
	return each(ctx, b, "values", func(v *Value) []any {
		return []any{
			&v.AccountKey, &v.Currency, &v.Attribute, &v.Label, &v.Unit, &v.Definition, &v.Gate, &v.Window, &v.Integer,
			&v.Double, &v.Date, &v.State, &v.Reason, &v.Covered, &v.LowerBound, &v.Count,
			&v.Text,
		}
	}, func(r *Report, v Value) { r.Values = append(r.Values, v) })
}

func readMonths(ctx context.Context, b batch) error {
	return each(ctx, b, "months", func(m *Month) []any {
		return []any{
			&m.Currency, &m.Month, &m.FlowState, &m.Partial, &m.In, &m.Out, &m.Opening, &m.Closing, &m.Average,
			&m.Minimum, &m.NegativeDays, &m.Fees, &m.BalanceState, &m.Covered, &m.Income, &m.Spending, &m.DebtService,
			&m.Qualified, &m.Unqualified,
		}
	}, func(r *Report, m Month) { r.Months = append(r.Months, m) })
}

func readDays(ctx context.Context, b batch) error {
	return each(ctx, b, "days", func(d *Day) []any {
		return []any{&d.Currency, &d.Day, &d.Minor, &d.Proved, &d.Broken}
	}, func(r *Report, d Day) { r.Days = append(r.Days, d) })
}

func readPaydays(ctx context.Context, b batch) error {
	return each(ctx, b, "paydays", func(p *Payday) []any {
		return []any{&p.Currency, &p.Day, &p.Due, &p.State, &p.Payer, &p.Minor, &p.Row}
	}, func(r *Report, p Payday) { r.Paydays = append(r.Paydays, p) })
}

func readLarge(ctx context.Context, b batch) error {
	return each(ctx, b, "large_rows", rowColumns, func(r *Report, row Row) { r.Large = append(r.Large, row) })
}

func rowColumns(t *Row) []any {
	return []any{&t.ID, &t.AccountKey, &t.Currency, &t.Day, &t.Minor, &t.Text}
}
