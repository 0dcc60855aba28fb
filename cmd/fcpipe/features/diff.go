package features

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/replay"
)

// ErrNoRun means that the file knows no run of the id.
var ErrNoRun = errors.New("no such run is known")

// Difference is what attributes said at two instants, where they did not say the same.
type Difference struct {
	From   replay.Known `json:"-"`
	To     replay.Known `json:"-"`
	Values []Moved      `json:"values"`
}

// Moved is a value that is another one, and what moved it: rows only where one holder was asked for.
type Moved struct {
	HolderID   string     `json:"holder_id"`
	AccountKey string     `json:"account_key"`
	Currency   string     `json:"currency"`
	Attribute  string     `json:"attribute"`
	Window     string     `json:"window_name"`
	From       *Said      `json:"from"` // null where there was none
	To         *Said      `json:"to"`   // null where it no longer has one
	Rows       []MovedRow `json:"rows"`
}

// Said is a value with its state; Value is null where the state has no value.
type Said struct {
	Value *string `json:"value"`
	State string  `json:"value_state"`
}

// MovedRow is a transaction, or a day's balance, that counts otherwise.
type MovedRow struct {
	Why           string `json:"why"` // came, changed, relabelled, entered the span, left the span, balance
	Part          string `json:"part"`
	AccountKey    string `json:"of_account_key"`
	TransactionID string `json:"transaction_id"` // "" of a balance
	Version       int64  `json:"version"`
	Day           string `json:"day"`
	Before        *int64 `json:"counted_before"` // null where it did not count
	After         *int64 `json:"counted_after"`
	Category      string `json:"category"` // of a balance its proof
}

// RunInstant is when a run merged what it had read.
func RunInstant(ctx context.Context, database duck.Queryer, run string) (at time.Time, err error) {
	for _, name := range []string{"run_merged", "run_ended"} {
		var found *time.Time
		err := database.QueryRowContext(ctx, statements.Get(name), sql.Named("run", run)).Scan(&found)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return at, err
		}
		if found != nil {
			return found.UTC(), nil
		}
	}
	return at, fmt.Errorf("%w: %q", ErrNoRun, run)
}

// Diff compares what is asked for at two instants. What was known at the first is held in memory, and what was known at
// the second is read past it. Errors are those of replay.Open; both questions are checked before either is computed.
func Diff(ctx context.Context, from, to replay.Question) (d Difference, err error) {
	for _, q := range []replay.Question{from, to} {
		if err := replay.Check(ctx, q); err != nil {
			return d, err
		}
	}
	before := newSide()
	if err := before.read(ctx, from); err != nil {
		return d, err
	}
	to.Tables = []string{Table}
	past, err := replay.Open(ctx, to)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, past.Close()) }()
	d.From, d.To = before.known, past.Known
	c := comparison{before: before, after: newSide(), moved: map[valueKey]*Moved{}}
	if err := c.compare(ctx, past.Database(), to.Holder); err != nil {
		return d, err
	}
	d.Values = c.sorted()
	return d, nil
}

// comparison is what was known before, and what is found to have moved since. Of the second side it holds versions and
// spans alone.
type comparison struct {
	before, after *side
	moved         map[valueKey]*Moved
}

func (c *comparison) compare(ctx context.Context, database duck.Queryer, holder string) error {
	if err := c.compareValues(ctx, database, holder); err != nil || holder == "" {
		return err
	}
	if err := c.after.readSpans(ctx, database); err != nil {
		return err
	}
	return c.compareLines(ctx, database, holder)
}

func (c *comparison) compareValues(ctx context.Context, database duck.Queryer, holder string) error {
	err := eachValue(ctx, database, holder, func(key valueKey, is Said) {
		was := c.before.said(key)
		delete(c.before.values, key)
		if was == nil || was.State != is.State || !equal(was.Value, is.Value) {
			c.move(key, was, &is)
		}
	})
	for key, was := range c.before.values {
		c.move(key, &was, nil)
	}
	return err
}

func (c *comparison) move(key valueKey, was, is *Said) {
	c.moved[key] = &Moved{
		HolderID: key.holder, AccountKey: key.account, Currency: key.currency, Attribute: key.attribute,
		Window: key.window, From: was, To: is, Rows: []MovedRow{},
	}
}

// compareLines finds the rows of moved values that count otherwise on the two sides.
func (c *comparison) compareLines(ctx context.Context, database duck.Queryer, holder string) error {
	err := eachLine(ctx, database, holder, func(key valueKey, line lineKey, is counted) {
		m := c.moved[key]
		if m == nil {
			return
		}
		was, both := c.before.lines[key][line]
		delete(c.before.lines[key], line)
		if !both || was.counted != is.counted {
			m.Rows = append(m.Rows, c.row(key, line, pointerTo(was, both), &is))
		}
	})
	for key, m := range c.moved {
		for line, was := range c.before.lines[key] {
			m.Rows = append(m.Rows, c.row(key, line, &was, nil))
		}
	}
	return err
}

func pointerTo(value counted, is bool) *counted {
	if !is {
		return nil
	}
	return &value
}

func (c *comparison) row(key valueKey, line lineKey, was, is *counted) MovedRow {
	row := MovedRow{Part: line.part, AccountKey: line.account, TransactionID: line.id, Day: line.day}
	for _, side := range []*counted{was, is} {
		if side != nil {
			row.Version, row.Category = side.version, side.category
		}
	}
	if was != nil {
		row.Before = &was.counted
	}
	if is != nil {
		row.After = &is.counted
	}
	row.Why = why(c.before, c.after, key.window, line)
	return row
}

// sorted are the values that moved, and their rows by day.
func (c *comparison) sorted() []Moved {
	values := make([]Moved, 0, len(c.moved))
	for _, m := range c.moved {
		slices.SortFunc(m.Rows, func(a, b MovedRow) int {
			return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.AccountKey, b.AccountKey),
				cmp.Compare(a.TransactionID, b.TransactionID), cmp.Compare(a.Part, b.Part))
		})
		values = append(values, *m)
	}
	slices.SortFunc(values, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(a.HolderID, b.HolderID), cmp.Compare(a.AccountKey, b.AccountKey),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Window, b.Window))
	})
	return values
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// why says what happened to a row between two instants.
func why(before, after *side, window string, line lineKey) string {
	was, known := before.versions[line.id]
	switch is := after.versions[line.id]; {
	case !after.spans[window].holds(line.day):
		return "left the span"
	case line.id != "" && !known:
		return "came"
	case !before.spans[window].holds(line.day):
		return "entered the span"
	case line.id == "":
		return "balance"
	case was != is:
		return "changed"
	}
	return "counts otherwise"
}

// span is a span of days; a span of now holds every day.
type span struct{ first, last string }

func (s span) holds(day string) bool {
	return s.first == "" || strings.Compare(day, s.first) >= 0 && day <= s.last
}
