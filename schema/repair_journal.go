package schema

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// mendJournal keeps every whole record of a damaged journal, and takes runs, charges and audits
// it does not know from the published file.
func (r *Repair) mendJournal(ctx context.Context) error {
	path := r.layout.Journal()
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, damage := OpenJournal(path)
	if damage != nil && !errors.Is(damage, ErrJournalCorrupt) {
		return damage
	}
	kept, index, dropped := wholeRecords(content)
	before, after, err := r.missingRecords(ctx, index)
	fromFile := len(before) + len(after)
	if err != nil || damage == nil && fromFile == 0 {
		return err
	}
	step := RepairStep{Where: r.below(path), What: fmt.Sprintf("lacks records that the published file has; %d are restored from it", fromFile)}
	if damage != nil {
		step.What = fmt.Sprintf("%d lines are damaged; moved to state/damaged, whole lines are kept, %d records are restored from the published file", dropped, fromFile)
		step.Lost = "what the damaged lines recorded, unless the published file has it: a refresh may be requested again, under its old key, and count as a read"
	} else if len(content) == 0 || len(after) > 0 {
		step.Lost = "refreshes that were requested and not concluded, and the reads and money of runs that published nothing"
	}
	return r.step(step, func() error {
		first, err := encodeRecords(before)
		if err != nil {
			return err
		}
		last, err := encodeRecords(after)
		if err != nil {
			return err
		}
		return r.replaceJournal(slices.Concat(first, kept, last))
	})
}

// missing are the records that the published file has and a journal has not, in two parts. What
// happened before the newest run the journal knows goes before what it says, so that its own word on
// how a run ended stands; what is newer, as where an older copy was put back, goes after.
type missing struct {
	known         journalIndex
	newest        time.Time // start of the newest run the journal knows
	before, after []record
}

func (m *missing) add(r record, at time.Time) {
	if !m.newest.IsZero() && at.After(m.newest) {
		m.after = append(m.after, r)
		return
	}
	m.before = append(m.before, r)
}

// missingRecords are those of the file as it is, or will be after this repair.
func (r *Repair) missingRecords(ctx context.Context, known journalIndex) (before, after []record, err error) {
	opened, err := OpenReader(ctx, r.layout, r.options.Settings)
	if errors.Is(err, ErrNoDatabase) || r.dryRun && err != nil {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	m := &missing{known: known}
	for _, run := range known.runs {
		if run.StartedAt.After(m.newest) {
			m.newest = run.StartedAt
		}
	}
	for _, take := range []func(context.Context, *Reader) error{m.runs, m.charges, m.audits} {
		if err := take(ctx, opened); err != nil {
			return nil, nil, err
		}
	}
	return m.before, m.after, nil
}

func (m *missing) runs(ctx context.Context, reader *Reader) error {
	accounts, err := reader.runAccounts(ctx)
	if err != nil {
		return err
	}
	counted := map[string]bool{} // runs whose reads the journal has
	for _, reads := range m.known.reads {
		counted[reads.RunID] = true
	}
	return eachRow(ctx, reader.Database(), "repair_runs", func(scan scanner) error {
		run, err := scanRun(scan)
		run.Accounts = accounts[run.RunID]
		at, isKnown := m.known.runAt[run.RunID]
		switch {
		case !isKnown && run.FinishedAt == nil:
			m.add(record{Kind: recordRunStarted, Run: &run}, run.StartedAt)
		case !isKnown:
			m.add(record{Kind: recordRunFinished, Run: &run}, run.StartedAt)
		case m.known.runs[at].FinishedAt == nil && run.FinishedAt != nil:
			m.after = append(m.after, record{Kind: recordRunFinished, Run: &run})
		}
		if !counted[run.RunID] && run.Reads > 0 {
			m.add(record{Kind: recordReads, Reads: &Reads{At: run.StartedAt, Count: run.Reads, RunID: run.RunID}}, run.StartedAt)
		}
		return err
	})
}

func (r *Reader) runAccounts(ctx context.Context) (map[string][]RunAccount, error) {
	accounts := map[string][]RunAccount{}
	return accounts, eachRow(ctx, r.Database(), "repair_run_accounts", func(scan scanner) error {
		var id string
		var a RunAccount
		err := scan(&id, &a.AccountID, &a.Outcome, &a.Reason, &a.Pages, &a.Transactions, &a.ErrorCode, &a.RequestID)
		accounts[id] = append(accounts[id], a)
		return err
	})
}

func scanRun(scan scanner) (run FinishedRun, err error) {
	err = scan(&run.RunID, &run.StartedAt, &run.FinishedAt, &run.Outcome, &run.Reason, &run.ExitCode, &run.AccountsListed, &run.AccountsFetched,
		&run.AccountsFailed, &run.TransactionsNew, &run.TransactionsChanged, &run.Reads, &run.Writes, &run.CostMicroUSD, &run.ProgramVersion)
	return run, err
}

func (m *missing) charges(ctx context.Context, reader *Reader) error {
	return eachRow(ctx, reader.Database(), "repair_charges", func(scan scanner) error {
		var c Charge
		err := scan(&c.ChargeKey, &c.Kind, &c.AmountMicroUSD, &c.AccountID, &c.HolderID, &c.InstitutionName, &c.Month, &c.ChargedAt, &c.RunID)
		if !m.known.charged[c.ChargeKey] {
			m.add(record{Kind: recordCharge, Charge: &c}, c.ChargedAt)
		}
		return err
	})
}

func (m *missing) audits(ctx context.Context, reader *Reader) error {
	type key struct {
		id string
		at int64
	}
	stored := map[key]bool{}
	for _, audit := range m.known.audits {
		stored[key{audit.AccountID, audit.AuditedAt.UnixMicro()}] = true
	}
	return eachRow(ctx, reader.Database(), "repair_audits", func(scan scanner) error {
		var a Audit
		err := scan(&a.AccountID, &a.AuditedAt, &a.Listed, &a.Missing, &a.Different, &a.RunID)
		if !stored[key{a.AccountID, a.AuditedAt.UnixMicro()}] {
			m.add(record{Kind: recordAudit, Audit: &a}, a.AuditedAt)
		}
		return err
	})
}

// replaceJournal puts a whole journal in the place of the damaged one, which is set aside. There
// is a journal at every instant: without one, purchases would be forgotten.
func (r *Repair) replaceJournal(content []byte) error {
	path := r.layout.Journal()
	temporary, aside := path+".tmp", r.Aside(r.below(path))
	if err := os.MkdirAll(filepath.Dir(aside), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	if err := syncFile(temporary); err != nil {
		return err
	}
	whole, err := OpenJournal(temporary)
	if err != nil {
		return err
	}
	if err := whole.forgetEvents(); err != nil {
		return err
	}
	if err := linkOrCopy(path, aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	r.options.Hook("repair.journal_renamed")
	return errors.Join(syncDirectory(filepath.Dir(path)), syncDirectory(filepath.Dir(aside)))
}
