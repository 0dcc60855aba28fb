package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/tombstone"
)

// copyJournal brings runs, their accounts and charges the journal has and the file has not.
func (m *merger) copyJournal(ctx context.Context, journal *journal.Journal) error {
	finished := map[string]bool{}
	if err := statements.EachRow(ctx, m, "runs_stored", func(scan duck.Scan) error {
		var id string
		var isFinished bool
		err := scan(&id, &isFinished)
		finished[id] = isFinished
		return err
	}); err != nil {
		return err
	}
	for _, run := range journal.Runs() {
		if run.FinishedAt == nil || finished[run.RunID] || run.RunID == m.run.Run.RunID {
			continue
		}
		_, isStored := finished[run.RunID]
		if err := m.putRun(ctx, run, isStored); err != nil {
			return err
		}
	}
	if m.run.Run.RunID != "" {
		current := m.run.Run
		current.FinishedAt = nil // the journal will know; the next generation copies it
		current.TransactionsNew, current.TransactionsChanged = m.report.TransactionsNew, m.report.TransactionsChanged
		_, isStored := finished[current.RunID]
		if err := m.putRun(ctx, current, isStored); err != nil {
			return err
		}
	}
	if err := m.copyAudits(ctx, journal); err != nil {
		return err
	}
	if err := m.copyErasures(ctx, journal); err != nil {
		return err
	}
	return m.copyCharges(ctx, journal)
}

// putRun stores a run, in place of what is stored of it.
func (m *merger) putRun(ctx context.Context, run journal.FinishedRun, isStored bool) error {
	run = scrubbed(run, m.erased)
	if isStored {
		for _, step := range []string{"run_delete", "run_accounts_delete"} {
			if err := m.exec(ctx, step, run.RunID); err != nil {
				return err
			}
		}
	}
	if err := m.exec(
		ctx, "run_insert", run.RunID, run.StartedAt, duck.Nullable(run.FinishedAt), run.Outcome,
		duck.Nullable(run.Reason), duck.Nullable(run.ExitCode), run.AccountsListed, run.AccountsFetched,
		run.AccountsFailed, run.TransactionsNew, run.TransactionsChanged, run.Reads, run.Writes, run.CostMicroUSD,
		run.ProgramVersion,
	); err != nil {
		return err
	}
	if len(run.Accounts) == 0 {
		return nil
	}
	accounts, err := json.Marshal(run.Accounts)
	if err != nil {
		return err
	}
	return m.exec(ctx, "run_accounts_insert", sql.Named("run_id", run.RunID), sql.Named("accounts", string(accounts)))
}

func (m *merger) copyCharges(ctx context.Context, log *journal.Journal) error {
	stored := map[string]bool{}
	if err := statements.EachRow(ctx, m, "charges_stored", func(scan duck.Scan) error {
		var key string
		err := scan(&key)
		stored[m.erased.Scrub(key)] = true // an erasure that is not complete may not have been here
		return err
	}); err != nil {
		return err
	}
	var lacking []journal.Charge
	for _, c := range log.Charges() {
		if c = scrubbedCharge(c, m.erased); stored[c.ChargeKey] {
			continue
		}
		stored[c.ChargeKey] = true
		c.ChargedAt = c.ChargedAt.UTC().Truncate(time.Microsecond) // as DuckDB stores it
		lacking = append(lacking, c)
	}
	if len(lacking) == 0 {
		return nil
	}
	charges, err := json.Marshal(lacking)
	if err != nil {
		return err
	}
	return m.exec(ctx, "charges_insert", sql.Named("charges", string(charges)))
}

// scrubbed is a run as the file may know it: erased accounts are named by their keyed hashes.
func scrubbed(run journal.FinishedRun, erased *tombstone.Register) journal.FinishedRun {
	if !erased.Any() {
		return run
	}
	run.Reason = scrubText(run.Reason, erased)
	accounts := make([]journal.RunAccount, len(run.Accounts))
	for i, a := range run.Accounts {
		if hash := erased.Scrub(a.AccountID); hash != a.AccountID {
			a.AccountID, a.RequestID = hash, nil
		}
		a.Reason = scrubText(a.Reason, erased)
		accounts[i] = a
	}
	run.Accounts = accounts
	return run
}

func scrubText(text *string, erased *tombstone.Register) *string {
	if text == nil {
		return nil
	}
	by := erased.Scrub(*text)
	return &by
}

// scrubbedCharge is a charge as the file may know it.
func scrubbedCharge(c journal.Charge, erased *tombstone.Register) journal.Charge {
	c.ChargeKey = erased.Scrub(c.ChargeKey)
	c.AccountID, c.HolderID = scrubText(c.AccountID, erased), scrubText(c.HolderID, erased)
	return c
}

// copyErasures brings the receipts the file has not.
func (m *merger) copyErasures(ctx context.Context, log *journal.Journal) error {
	stored := map[string]bool{}
	if err := statements.EachRow(ctx, m, "erasures_stored", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		stored[id] = true
		return err
	}); err != nil {
		return err
	}
	for _, e := range log.Receipts() {
		if stored[e.ErasureID] {
			continue
		}
		r := tombstone.RowOf(e)
		if err := m.exec(ctx, "erasure_insert", r.ErasureID, r.Subject, r.RequestedAt, r.CompletedAt, r.Reason,
			r.Details, r.PreviousHash, r.Hash); err != nil {
			return err
		}
	}
	return nil
}
