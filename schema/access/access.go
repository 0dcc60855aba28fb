package access

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
)

//go:embed access.sql
var files embed.FS

var statements = duck.Load(files)

// ErrNothing is returned when nothing is held about a holder.
var ErrNothing = errors.New("nothing is held about this holder")

// Copy is everything that is held about one holder. As JSON it is for programs; HTML writes it for people.
type Copy struct {
	Holder    string     `json:"holder"`
	MadeAt    time.Time  `json:"made_at"`
	Watermark *time.Time `json:"watermark"` // nothing in the file was observed later
	Accounts  []string   `json:"accounts"`
	Tables    []Table    `json:"tables"`    // with at least one row
	Elsewhere []Place    `json:"elsewhere"` // where else it lies
	// Refused are rows that Stripe sent and that were not stored as data, word for word
	Refused []json.RawMessage `json:"refused"`

	keys []string // of the chains of their accounts
}

// Table is the rows of one table that are about the holder.
type Table struct {
	Name    string            `json:"name"` // schema.table
	About   string            `json:"about"`
	Columns []Column          `json:"columns"`
	Rows    []json.RawMessage `json:"rows"` // objects, their members in the order of the columns
}

// Column is a column with what the dictionary says of it.
type Column struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// Place is somewhere beside the file where data about the holder lie.
type Place struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Count int64  `json:"count"`
}

// Question says about whom, and where to look.
type Question struct {
	Holder  string // cus_…, acct_… or customer_account:acct_…
	Layout  schema.Layout
	Journal *journal.Journal
	Now     time.Time
}

// Of collects what is held about a holder, from the file that reader has open and from what lies beside it. ErrNothing
// means that there is nothing.
func Of(ctx context.Context, opened *reader.Reader, q Question) (*Copy, error) {
	c := &Copy{
		Holder: strings.TrimPrefix(q.Holder, "customer_account:"), MadeAt: q.Now.UTC(), Accounts: []string{},
		Tables: []Table{}, Elsewhere: []Place{}, Refused: []json.RawMessage{},
	}
	info, err := opened.Info(ctx)
	if err != nil {
		return nil, err
	}
	c.Watermark = info.Watermark
	if err := c.findAccounts(ctx, opened, q.Journal); err != nil {
		return nil, err
	}
	if len(c.Accounts) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNothing, c.Holder)
	}
	if err := c.readTables(ctx, opened); err != nil {
		return nil, err
	}
	return c, c.lookElsewhere(ctx, opened, q)
}

// findAccounts finds the holder's accounts: those of the file, and those of consents that are not merged yet.
func (c *Copy) findAccounts(ctx context.Context, opened *reader.Reader, log *journal.Journal) error {
	known := map[string]bool{}
	add := func(id, key string) {
		if !known[id] {
			known[id] = true
			c.Accounts, c.keys = append(c.Accounts, id), append(c.keys, key)
		}
	}
	if err := statements.EachRow(ctx, opened.Database(), "access_accounts", func(scan duck.Scan) error {
		var id, key string
		err := scan(&id, &key)
		add(id, key)
		return err
	}, sql.Named("holder", c.Holder)); err != nil {
		return err
	}
	for _, consent := range log.Consents() {
		if consent.HolderID != c.Holder || known[consent.AccountID] {
			continue
		}
		var held bool // then it is another holder's now
		if err := opened.Database().QueryRowContext(
			ctx, statements.Get("access_holds"), consent.AccountID,
		).Scan(&held); err != nil {
			return err
		}
		if !held {
			add(consent.AccountID, consent.AccountID)
		}
	}
	return nil
}
