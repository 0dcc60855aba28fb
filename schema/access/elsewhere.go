package access

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
)

// lookElsewhere notes where else data about the holder lie: lake, journal, landing, quarantine, earlier generations.
func (c *Copy) lookElsewhere(ctx context.Context, opened *reader.Reader, q Question) error {
	if err := c.lookInLake(ctx, opened, q.Layout); err != nil {
		return err
	}
	c.lookInJournal(q.Journal)
	if err := c.lookInQuarantine(q.Layout); err != nil {
		return err
	}
	segments, _, err := landing.ListSegments(q.Layout.Landing())
	if err != nil {
		return err
	}
	c.add("state/landing", "files of rows that no round has merged yet; they may hold rows of these accounts",
		int64(len(segments)))
	kept, err := filepath.Glob(filepath.Join(q.Layout.Previous(), "*.duckdb"))
	c.add("state/previous", "earlier generations of the file, which may hold the same rows", int64(len(kept)))
	return err
}

// add notes a place that holds something.
func (c *Copy) add(where, what string, count int64) {
	if count > 0 {
		c.Elsewhere = append(c.Elsewhere, Place{where, what, count})
	}
}

// lookInLake counts the holder's rows of the lake: those of the tables it shows, and of the change feed.
func (c *Copy) lookInLake(ctx context.Context, opened *reader.Reader, layout schema.Layout) error {
	if _, err := os.Stat(filepath.Join(layout.Lake(), "latest.json")); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	datasets, err := opened.Datasets(ctx)
	if err != nil {
		return err
	}
	for _, d := range datasets {
		for _, t := range c.Tables {
			if t.Name == "main."+d.Name || t.Name == tableOf(d.Name) {
				c.add("lake/"+d.Name, "the rows of "+t.Name+" as Parquet", int64(len(t.Rows)))
			}
		}
	}
	var upserts, deletes int64
	if err := opened.Database().QueryRowContext(
		ctx, statements.Get("access_feed"), sql.Named("accounts", c.Accounts),
	).Scan(&upserts, &deletes); err != nil {
		return err
	}
	c.add("lake/changes/transactions", "states of transactions in the change feed", upserts)
	c.add("lake/changes/transactions", "ids of removed transactions in the change feed", deletes)
	return nil
}

// tableOf is the table that a dataset such as ledger/transactions shows.
func tableOf(dataset string) string {
	folder, name := filepath.Split(dataset)
	return filepath.Clean(folder) + "." + name
}

// lookInJournal counts records that name the holder or their accounts.
func (c *Copy) lookInJournal(log *journal.Journal) {
	var consents, charges, runs int64
	for _, consent := range log.Consents() {
		if consent.HolderID == c.Holder || slices.Contains(c.Accounts, consent.AccountID) {
			consents++
		}
	}
	for _, charge := range log.Charges() {
		if charge.HolderID != nil && *charge.HolderID == c.Holder ||
			charge.AccountID != nil && slices.Contains(c.Accounts, *charge.AccountID) {
			charges++
		}
	}
	for _, run := range log.Runs() {
		if slices.ContainsFunc(run.Accounts, func(a journal.RunAccount) bool {
			return slices.Contains(c.Accounts, a.AccountID)
		}) {
			runs++
		}
	}
	c.add("state/journal.ndjson", "consents that were given here", consents)
	c.add("state/journal.ndjson", "charges", charges)
	c.add("state/journal.ndjson", "runs that dealt with these accounts", runs)
}

// lookInQuarantine reads the rows that were refused and name one of the accounts.
func (c *Copy) lookInQuarantine(layout schema.Layout) error {
	paths, err := filepath.Glob(filepath.Join(layout.Quarantine(), "*.json"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(c.Accounts, func(id string) bool { return bytes.Contains(raw, []byte(id)) }) {
			continue
		}
		if !json.Valid(raw) { // kept as it came: a text is JSON, whatever it says
			if raw, err = json.Marshal(string(raw)); err != nil {
				return err
			}
		}
		c.Refused = append(c.Refused, raw)
	}
	c.add("state/quarantine", "rows that were refused, word for word", int64(len(c.Refused)))
	return nil
}
