package check

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/tombstone"
)

// verifyErased proves that nothing is held of what was erased, and that the receipts are those that were written, in
// the published file, landing and the journal. It does not read refused payloads, of which nothing tells whose they
// are, nor the lake, which is held to the file.
func verifyErased(ctx context.Context, r *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	log, err := journal.Open(layout.Journal())
	if err != nil {
		return nil, nil //nolint:nilerr // what is wrong with the journal is the finding of another check
	}
	register, err := tombstone.Open(layout, log)
	if errors.Is(err, tombstone.ErrKey) {
		return []schema.Finding{{Where: "state", What: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	v := &erasedCheck{register: register, log: log, r: r, layout: layout}
	for _, step := range []func(context.Context) error{v.unfinished, v.receipts, v.file, v.landed, v.journal} {
		if err := step(ctx); err != nil {
			return v.findings, err
		}
	}
	return v.findings, nil
}

type erasedCheck struct {
	register *tombstone.Register
	log      *journal.Journal
	r        *reader.Reader
	layout   schema.Layout
	findings []schema.Finding
}

func (v *erasedCheck) report(where, format string, arguments ...any) {
	v.findings = append(v.findings, schema.Finding{Where: where, What: fmt.Sprintf(format, arguments...)})
}

// unfinished reports erasures that were begun.
func (v *erasedCheck) unfinished(context.Context) error {
	_, err := os.Lstat(v.layout.Erasing())
	isUnderWay := err == nil
	for _, e := range v.log.Erasures() {
		isUnderWay = isUnderWay || e.Receipt == nil
	}
	if isUnderWay {
		v.report("state", `an erasure is not complete: run "fcpipe erase" again, it goes on`)
	}
	return nil
}

// receipts proves the chain of receipts of the journal, and that the file has the same ones, but for the newest.
func (v *erasedCheck) receipts(ctx context.Context) error {
	var stored, written []tombstone.Row
	if err := statements.EachRow(ctx, v.r.Database(), "erasures", func(scan duck.Scan) error {
		var e tombstone.Row
		err := scan(
			&e.ErasureID, &e.Subject, &e.RequestedAt, &e.CompletedAt, &e.Reason, &e.Details, &e.PreviousHash, &e.Hash,
		)
		stored = append(stored, e)
		return err
	}); err != nil {
		return err
	}
	for _, e := range v.log.Receipts() {
		written = append(written, tombstone.RowOf(e))
	}
	for where, rows := range map[string][]tombstone.Row{"meta.erasures": stored, "journal": written} {
		for _, problem := range tombstone.CheckChain(rows) {
			v.report(where, "%s", problem)
		}
	}
	for i, e := range stored {
		if i >= len(written) || written[i].Hash != e.Hash {
			v.report("meta.erasures", "receipt %s is not in the journal", e.ErasureID)
		}
	}
	return nil
}

// file looks for erased ids in every column of the published file that holds ids of accounts or holders.
func (v *erasedCheck) file(ctx context.Context) error {
	if !v.register.Any() {
		return nil
	}
	questions := duck.Statements{}
	if err := statements.EachRow(ctx, v.r.Database(), "id_columns", func(scan duck.Scan) error {
		var schema, table, column string
		err := scan(&schema, &table, &column)
		name := schema + "." + table
		questions[name+" "+column] = fmt.Sprintf("SELECT DISTINCT %s FROM %s.%s", reader.Identifier(column),
			reader.Identifier(schema), reader.Identifier(table))
		return err
	}); err != nil {
		return err
	}
	return v.ask(ctx, v.r.Database(), questions)
}

// ask reports the erased ids that questions find; each is named by where it was asked.
func (v *erasedCheck) ask(ctx context.Context, database duck.Queryer, questions duck.Statements) error {
	for name := range questions {
		if err := questions.EachRow(ctx, database, name, func(scan duck.Scan) error {
			var id *string
			err := scan(&id)
			if id != nil {
				v.present(name, *id)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// present reports an id that is erased.
func (v *erasedCheck) present(where, id string) {
	if v.register.IsForgotten(id) {
		v.report(where, `has %s, which was erased; run "fcpipe erase" for it again`, id)
	}
}

// landed looks for erased ids in landing.
func (v *erasedCheck) landed(ctx context.Context) error {
	segments, _, err := landing.ListSegments(v.layout.Landing())
	if err != nil || !v.register.Any() {
		return err
	}
	for _, path := range segments {
		if err := v.segment(ctx, path); err != nil && inconclusive(ctx, err) != nil {
			return err
		}
	}
	return nil
}

func (v *erasedCheck) segment(ctx context.Context, path string) (err error) {
	var segment *sql.DB
	if segment, err = duck.Open(ctx, path, duck.ReadOnly, duck.Settings{}, filepath.Dir(path)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, segment.Close()) }()
	where := "landing/" + filepath.Base(path)
	return v.ask(ctx, segment, duck.Statements{
		where: "SELECT account_id FROM accounts UNION SELECT holder_id FROM accounts " +
			"UNION SELECT account_id FROM transactions UNION SELECT account_id FROM quarantine",
	})
}

// journal looks for erased ids in the journal's records.
func (v *erasedCheck) journal(context.Context) error {
	if !v.register.Any() {
		return nil
	}
	ids := map[string]bool{}
	for _, run := range v.log.Runs() {
		for _, account := range run.Accounts {
			ids[account.AccountID] = true
		}
	}
	for _, charge := range v.log.Charges() {
		for _, id := range []*string{charge.AccountID, charge.HolderID} {
			if id != nil {
				ids[*id] = true
			}
		}
	}
	for _, audit := range v.log.Audits() {
		ids[audit.AccountID] = true
	}
	for _, intent := range v.log.OpenIntents() {
		ids[intent.AccountID] = true
	}
	for id := range v.log.Disconnections() {
		ids[id] = true
	}
	for id := range ids {
		v.present("journal", id)
	}
	return nil
}
