package page

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

//go:embed *.sql
var sqlFiles embed.FS

var statements = duck.Load(sqlFiles)

// ErrNoHolder means that the file has no account of the holder.
var ErrNoHolder = errors.New("no account of this holder is held")

// Report is what is known of a holder, and how far each number may be relied on. Amounts are in minor units.
type Report struct {
	HolderType string    `json:"holder_type"`
	HolderID   string    `json:"holder_id"`
	AsOf       time.Time `json:"as_of"`      // instant of the newest data
	AsOfDate   string    `json:"as_of_date"` // its date in the report zone; spans end the day before
	Zone       string    `json:"report_zone"`
	Accounts   []Account `json:"accounts"`
	Values     []Value   `json:"values"`
	Months     []Month   `json:"months"`   // newest first
	Days       []Day     `json:"days"`     // by currency, oldest first
	Streams    []Stream  `json:"streams"`  // in before out
	Spending   []Spent   `json:"spending"` // of the last complete month
	Notice     string    `json:"notice"`
}

// Account is an account and what its numbers rest on.
type Account struct {
	Key           string `json:"account_key"`
	Institution   string `json:"institution_name"`
	Last4         string `json:"last4"`
	Category      string `json:"category"`
	Subcategory   string `json:"subcategory"`
	Status        string `json:"status"`
	CoverageStart string `json:"coverage_start"` // empty when nothing is held, as the next two
	CoverageEnd   string `json:"coverage_end"`
	CoverageBasis string `json:"coverage_basis"`
	CoverageSpans int64  `json:"coverage_spans"`
	FailedGates   string `json:"failed_gates"` // with commas; empty when all passed
	PendingCount  int64  `json:"pending_count"`
}

// Value is an attribute over a span, see underwriting.attribute_values. At most one value is set.
type Value struct {
	AccountKey string   `json:"account_key,omitempty"`
	Currency   string   `json:"currency"`
	Attribute  string   `json:"attribute"`
	Label      string   `json:"label"`
	Unit       string   `json:"unit"`
	Definition string   `json:"definition"`
	Gate       string   `json:"gate"`
	Window     string   `json:"window"`
	Integer    *int64   `json:"value_integer"`
	Double     *float64 `json:"value_double"`
	Date       string   `json:"value_date,omitempty"`
	State      string   `json:"value_state"`
	Reason     string   `json:"state_reason,omitempty"`
	LowerBound *int64   `json:"lower_bound_days"` // it has not happened in so many days; nil for all others
}

// Month is a calendar month of the holder's cash accounts, see underwriting.cash_flow_month.
type Month struct {
	Currency     string `json:"currency"`
	Month        string `json:"month"`
	FlowState    string `json:"flow_state"`
	Partial      bool   `json:"is_partial"`
	In           *int64 `json:"inflow_gross_minor"`
	Out          *int64 `json:"outflow_gross_minor"`
	Opening      *int64 `json:"opening_balance_minor"`
	Closing      *int64 `json:"closing_balance_minor"`
	Average      *int64 `json:"average_balance_minor"`
	Minimum      *int64 `json:"minimum_balance_minor"`
	NegativeDays *int64 `json:"negative_days"`
	Fees         *int64 `json:"nsf_overdraft_fee_count"`
	BalanceState string `json:"balance_state"`
	Covered      *int64 `json:"covered_flow_per_mille"` // nil when not known
}

// Day is the balance of all cash accounts at the end of a day.
type Day struct {
	Currency string `json:"currency"`
	Day      string `json:"day"`
	Minor    int64  `json:"end_of_day_minor"`
	Proved   bool   `json:"is_proved"` // between two observed balances, in every account
	Broken   bool   `json:"is_broken"` // balances and rows disagree in an account
}

// Stream is what recurs, see ledger.streams.
type Stream struct {
	Direction string `json:"direction"`
	Kind      string `json:"kind"`
	Name      string `json:"merchant_key"`
	Currency  string `json:"currency"`
	Cadence   string `json:"cadence"`
	Status    string `json:"status"`
	Payments  int64  `json:"payment_count"`
	Median    int64  `json:"median_minor"`
	Monthly   int64  `json:"monthly_minor"`
	First     string `json:"first_date"`
	Last      string `json:"last_date"`
	Next      string `json:"next_due_date,omitempty"`
}

// Spent is what was spent in a category in a month.
type Spent struct {
	Currency string `json:"currency"`
	Month    string `json:"month"`
	Category string `json:"category"`
	Minor    *int64 `json:"net_minor"`
	Count    int64  `json:"transaction_count"`
}

// notice stands in every report.
const notice = "This describes what banks shared. It is no credit score, no recommendation and no consumer report."

// Of reads the report of a holder. An empty kind is found where the id has one alone. ErrNoHolder means that the file
// has no such holder.
func Of(ctx context.Context, opened *reader.Reader, kind, id string) (*Report, error) {
	r := &Report{HolderType: kind, HolderID: id, Notice: notice}
	database := opened.Database()
	err := database.QueryRowContext(ctx, statements.Get("report_as_of")).Scan(&r.AsOf, &r.AsOfDate, &r.Zone)
	if err != nil {
		return nil, fmt.Errorf("read the date of the newest data: %w", err)
	}
	r.AsOf = r.AsOf.UTC()
	if err := r.findHolder(ctx, database); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, duck.Queryer) error{
		r.readAccounts, r.readValues, r.readMonths, r.readDays, r.readStreams, r.readSpending,
	} {
		if err := read(ctx, database); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Report) findHolder(ctx context.Context, database duck.Queryer) error {
	var kinds []string
	err := statements.EachRow(ctx, database, "report_holders", func(scan duck.Scan) error {
		var kind, id string
		err := scan(&kind, &id)
		if r.HolderType == "" || r.HolderType == kind {
			kinds = append(kinds, kind)
		}
		return err
	}, r.HolderID)
	switch {
	case err != nil:
		return err
	case len(kinds) == 0:
		return ErrNoHolder
	}
	r.HolderType = kinds[0]
	return nil
}

// each reads the rows of a question about the holder.
func (r *Report) each(ctx context.Context, database duck.Queryer, name string, row func(duck.Scan) error) error {
	return statements.EachRow(ctx, database, name, row, r.HolderType, r.HolderID)
}

func (r *Report) readAccounts(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_accounts", func(scan duck.Scan) error {
		var a Account
		err := scan(&a.Key, &a.Institution, &a.Last4, &a.Category, &a.Subcategory, &a.Status, &a.CoverageStart,
			&a.CoverageEnd, &a.CoverageBasis, &a.CoverageSpans, &a.FailedGates, &a.PendingCount)
		r.Accounts = append(r.Accounts, a)
		return err
	})
}

func (r *Report) readValues(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_values", func(scan duck.Scan) error {
		var v Value
		err := scan(&v.AccountKey, &v.Currency, &v.Attribute, &v.Label, &v.Unit, &v.Definition, &v.Gate, &v.Window,
			&v.Integer, &v.Double, &v.Date, &v.State, &v.Reason, &v.LowerBound)
		r.Values = append(r.Values, v)
		return err
	})
}

func (r *Report) readMonths(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_months", func(scan duck.Scan) error {
		var m Month
		err := scan(&m.Currency, &m.Month, &m.FlowState, &m.Partial, &m.In, &m.Out, &m.Opening, &m.Closing, &m.Average,
			&m.Minimum, &m.NegativeDays, &m.Fees, &m.BalanceState, &m.Covered)
		r.Months = append(r.Months, m)
		return err
	})
}

func (r *Report) readDays(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_days", func(scan duck.Scan) error {
		var d Day
		err := scan(&d.Currency, &d.Day, &d.Minor, &d.Proved, &d.Broken)
		r.Days = append(r.Days, d)
		return err
	})
}

func (r *Report) readStreams(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_streams", func(scan duck.Scan) error {
		var s Stream
		err := scan(&s.Direction, &s.Kind, &s.Name, &s.Currency, &s.Cadence, &s.Status, &s.Payments, &s.Median,
			&s.Monthly, &s.First, &s.Last, &s.Next)
		r.Streams = append(r.Streams, s)
		return err
	})
}

func (r *Report) readSpending(ctx context.Context, database duck.Queryer) error {
	return r.each(ctx, database, "report_spending", func(scan duck.Scan) error {
		var s Spent
		err := scan(&s.Currency, &s.Month, &s.Category, &s.Minor, &s.Count)
		r.Spending = append(r.Spending, s)
		return err
	})
}
