package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/tombstone"
)

// repairJournal keeps every whole record of a damaged journal, and restores runs, charges and audits that it does not
// know from the published file.
func (r *Repair) repairJournal(ctx context.Context) error {
	path := r.layout.Journal()
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, damage := journal.Open(path)
	if damage != nil && !errors.Is(damage, journal.ErrCorrupt) {
		return damage
	}
	whole, known, damaged := journal.Salvage(content)
	before, after, err := r.missingRecords(ctx, known)
	fromFile := len(before) + len(after)
	if err != nil || damage == nil && fromFile == 0 {
		return err
	}
	step := Step{
		Where: r.below(path),
		What:  fmt.Sprintf("lacks records that the published file has; %d are restored from it", fromFile),
	}
	if damage != nil {
		step.What = fmt.Sprintf(
			"%d lines are damaged; moved to state/damaged, whole lines are kept, %d records are restored from "+
				"the published file",
			damaged, fromFile,
		)
		step.Lost = "what the damaged lines recorded, unless the published file has it: a refresh may be " +
			"requested again, under its old key, and count as a read"
	} else if len(content) == 0 || len(after) > 0 {
		step.Lost = "refreshes that were requested and not concluded, and the reads and money of runs that " +
			"published nothing"
	}
	return r.step(step, func() error {
		first, err := journal.Encode(before)
		if err != nil {
			return err
		}
		last, err := journal.Encode(after)
		if err != nil {
			return err
		}
		return r.replaceJournal(slices.Concat(first, whole, last))
	})
}

// gap is the records that the published file has and a journal has not, in two parts. What
// happened before the newest run the journal knows goes before what it says, so that its own word on
// how a run ended stands; what is newer, as where an older copy was put back, goes after.
type gap struct {
	known         *journal.Journal
	runs          map[string]journal.FinishedRun // that the journal knows, by id
	newest        time.Time                      // start of the newest run the journal knows
	before, after []journal.Record
}

func (m *gap) add(r journal.Record, at time.Time) {
	if !m.newest.IsZero() && at.After(m.newest) {
		m.after = append(m.after, r)
		return
	}
	m.before = append(m.before, r)
}

// missingRecords are those of the file as it is, or will be after this repair.
func (r *Repair) missingRecords(
	ctx context.Context, known *journal.Journal,
) (before, after []journal.Record, err error) {
	opened, err := reader.Open(ctx, r.layout, r.options.Settings)
	if errors.Is(err, schema.ErrNoDatabase) || r.dryRun && err != nil {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	m := &gap{known: known, runs: map[string]journal.FinishedRun{}}
	for _, run := range known.Runs() {
		m.runs[run.RunID] = run
		if run.StartedAt.After(m.newest) {
			m.newest = run.StartedAt
		}
	}
	for _, add := range []func(context.Context, *reader.Reader) error{
		m.addRuns, m.addCharges, m.addAudits, m.addErasures,
	} {
		if err := add(ctx, opened); err != nil {
			return nil, nil, err
		}
	}
	return m.before, m.after, nil
}

func (m *gap) addRuns(ctx context.Context, reader *reader.Reader) error {
	accounts, err := runAccounts(ctx, reader)
	if err != nil {
		return err
	}
	counted := m.known.CountedReads()
	return statements.EachRow(ctx, reader.Database(), "repair_runs", func(scan duck.Scan) error {
		run, err := scanRun(scan)
		run.Accounts = accounts[run.RunID]
		known, isKnown := m.runs[run.RunID]
		switch {
		case !isKnown:
			m.add(journal.Record{Run: &run}, run.StartedAt)
		case known.FinishedAt == nil && run.FinishedAt != nil:
			m.after = append(m.after, journal.Record{Run: &run})
		}
		if !counted[run.RunID] && run.Reads > 0 {
			reads := journal.Reads{At: run.StartedAt, Count: run.Reads, RunID: run.RunID}
			m.add(journal.Record{Reads: &reads}, run.StartedAt)
		}
		return err
	})
}

func runAccounts(ctx context.Context, r *reader.Reader) (map[string][]journal.RunAccount, error) {
	accounts := map[string][]journal.RunAccount{}
	return accounts, statements.EachRow(ctx, r.Database(), "repair_run_accounts", func(scan duck.Scan) error {
		var id string
		var a journal.RunAccount
		err := scan(&id, &a.AccountID, &a.Outcome, &a.Reason, &a.Pages, &a.Transactions, &a.ErrorCode, &a.RequestID)
		accounts[id] = append(accounts[id], a)
		return err
	})
}

func scanRun(scan duck.Scan) (run journal.FinishedRun, err error) {
	err = scan(
		&run.RunID, &run.StartedAt, &run.FinishedAt, &run.Outcome, &run.Reason, &run.ExitCode, &run.AccountsListed,
		&run.AccountsFetched, &run.AccountsFailed, &run.TransactionsNew, &run.TransactionsChanged, &run.Reads,
		&run.Writes, &run.CostMicroUSD, &run.ProgramVersion,
	)
	return run, err
}

func (m *gap) addCharges(ctx context.Context, reader *reader.Reader) error {
	return statements.EachRow(ctx, reader.Database(), "repair_charges", func(scan duck.Scan) error {
		var c journal.Charge
		err := scan(
			&c.ChargeKey, &c.Kind, &c.AmountMicroUSD, &c.AccountID, &c.HolderID, &c.InstitutionName, &c.Month,
			&c.ChargedAt, &c.RunID,
		)
		if !m.known.Charged(c.ChargeKey) {
			m.add(journal.Record{Charge: &c}, c.ChargedAt)
		}
		return err
	})
}

func (m *gap) addAudits(ctx context.Context, reader *reader.Reader) error {
	type key struct {
		id string
		at int64
	}
	stored := map[key]bool{}
	for _, audit := range m.known.Audits() {
		stored[key{audit.AccountID, audit.AuditedAt.UnixMicro()}] = true
	}
	return statements.EachRow(ctx, reader.Database(), "repair_audits", func(scan duck.Scan) error {
		var a journal.Audit
		err := scan(&a.AccountID, &a.AuditedAt, &a.Listed, &a.Missing, &a.Different, &a.RunID)
		if !stored[key{a.AccountID, a.AuditedAt.UnixMicro()}] {
			m.add(journal.Record{Audit: &a}, a.AuditedAt)
		}
		return err
	})
}

// addErasures restores receipts, and with them the tombstones: without these, what was erased would be fetched again.
func (m *gap) addErasures(ctx context.Context, reader *reader.Reader) error {
	known := map[string]bool{}
	for _, e := range m.known.Receipts() {
		known[e.ErasureID] = true
	}
	return statements.EachRow(ctx, reader.Database(), "repair_erasures", func(scan duck.Scan) error {
		var row tombstone.Row
		if err := scan(&row.ErasureID, &row.Subject, &row.RequestedAt, &row.CompletedAt, &row.Reason, &row.Details,
			&row.PreviousHash, &row.Hash); err != nil || known[row.ErasureID] {
			return err
		}
		e, err := row.Erasure()
		m.add(journal.Record{Erasure: &e}, e.RequestedAt)
		return err
	})
}

// replaceJournal puts a whole journal in the place of the damaged one, which is archived. There is a journal at every
// instant: without one, purchases would be forgotten.
func (r *Repair) replaceJournal(content []byte) error {
	path := r.layout.Journal()
	temporary, archived := path+".tmp", r.ArchivePath(r.below(path))
	if err := os.MkdirAll(filepath.Dir(archived), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(temporary, content, 0o600); err != nil { //nolint:gosec // a path of our own layout
		return err
	}
	if err := durable.SyncFile(temporary); err != nil {
		return err
	}
	if err := durable.LinkOrCopy(path, archived); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	r.options.Hook("repair.journal_renamed")
	return errors.Join(durable.SyncDirectory(filepath.Dir(path)), durable.SyncDirectory(filepath.Dir(archived)))
}
