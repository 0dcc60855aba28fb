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
	To         *Said      `json:"to"`   // null where there is none any more
	Rows       []MovedRow `json:"rows"`
}

// Said is a value with its state; null where none is given.
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

// Diff compares what is asked for at two instants.
func Diff(ctx context.Context, from, to replay.Question) (d Difference, err error) {
	before, err := sideOf(ctx, from)
	if err != nil {
		return d, err
	}
	after, err := sideOf(ctx, to)
	if err != nil {
		return d, err
	}
	d.From, d.To, d.Values = before.known, after.known, []Moved{}
	keys := map[valueKey]bool{}
	for _, s := range []*side{before, after} {
		for key := range s.values {
			keys[key] = true
		}
	}
	for key := range keys {
		was, is := before.said(key), after.said(key)
		if was != nil && is != nil && was.State == is.State && equal(was.Value, is.Value) {
			continue
		}
		d.Values = append(d.Values, Moved{
			HolderID: key.holder, AccountKey: key.account, Currency: key.currency, Attribute: key.attribute,
			Window: key.window, From: was, To: is, Rows: movedRows(before, after, key),
		})
	}
	slices.SortFunc(d.Values, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(a.HolderID, b.HolderID), cmp.Compare(a.AccountKey, b.AccountKey),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Window, b.Window))
	})
	return d, nil
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// movedRows are the rows of a value that count otherwise on the two sides, in the order of days.
func movedRows(before, after *side, key valueKey) []MovedRow {
	rows := []MovedRow{}
	was, is := before.lines[key], after.lines[key]
	for line, w := range was {
		if n, both := is[line]; !both || n.counted != w.counted {
			rows = append(rows, movedRow(before, after, key, line, &w, pointerTo(n, both)))
		}
	}
	for line, n := range is {
		if _, both := was[line]; !both {
			rows = append(rows, movedRow(before, after, key, line, nil, &n))
		}
	}
	slices.SortFunc(rows, func(a, b MovedRow) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.AccountKey, b.AccountKey),
			cmp.Compare(a.TransactionID, b.TransactionID), cmp.Compare(a.Part, b.Part))
	})
	return rows
}

func pointerTo(value counted, is bool) *counted {
	if !is {
		return nil
	}
	return &value
}

func movedRow(before, after *side, key valueKey, line lineKey, was, is *counted) MovedRow {
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
	row.Why = why(before, after, key.window, line)
	return row
}

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
