package check

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
)

// checkLedger holds the runs and charges of the file against the journal, which is their truth.
// The file is behind it by what happened since the newest merge.
func checkLedger(ctx context.Context, r *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	where := filepath.Join("state", filepath.Base(layout.Journal()))
	log, err := journal.Open(layout.Journal())
	if errors.Is(err, journal.ErrCorrupt) {
		return []schema.Finding{{Where: where, What: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	if len(log.Runs()) == 0 {
		var stored int
		if err := r.Database().QueryRowContext(ctx, statements.Get("runs_count")).Scan(&stored); err != nil ||
			stored == 0 {
			return nil, err
		}
		return []schema.Finding{lostJournal(layout, stored)}, nil
	}
	l := &ledgerCheck{
		where: where, journal: log.Runs(), runs: map[string]journal.FinishedRun{}, stored: map[string]bool{},
	}
	for _, run := range l.journal {
		l.runs[run.RunID] = run
	}
	if err := l.checkRuns(ctx, r); err != nil {
		return l.findings, err
	}
	return l.findings, l.checkCharges(ctx, r, log)
}

type ledgerCheck struct {
	where    string
	journal  []journal.FinishedRun // oldest first; one ends before the next begins
	runs     map[string]journal.FinishedRun
	stored   map[string]bool // runs of the file, true when it knows how they ended
	findings []schema.Finding
}

func (l *ledgerCheck) report(where, format string, arguments ...any) {
	l.findings = append(l.findings, schema.Finding{Where: where, What: fmt.Sprintf(format, arguments...)})
}

// checkRuns compares what the file knows of finished runs, and finds those that were finished
// before the newest one of the file and are not in it.
func (l *ledgerCheck) checkRuns(ctx context.Context, r *reader.Reader) error {
	accounts := map[string]int{}
	if err := statements.EachRow(ctx, r.Database(), "ledger_run_accounts", func(scan duck.Scan) error {
		var id string
		var count int
		err := scan(&id, &count)
		accounts[id] = count
		return err
	}); err != nil {
		return err
	}
	if err := statements.EachRow(ctx, r.Database(), "ledger_runs", func(scan duck.Scan) error {
		var s journal.FinishedRun
		err := scan(&s.RunID, &s.FinishedAt, &s.Outcome, &s.ExitCode, &s.Reads, &s.Writes, &s.CostMicroUSD)
		l.stored[s.RunID] = s.FinishedAt != nil
		j, known := l.runs[s.RunID]
		switch {
		case !known:
			l.report(l.where, "does not know run %s, which the published file has", s.RunID)
		case s.FinishedAt != nil && !sameRun(s, j):
			l.report("run "+s.RunID, "ended otherwise in meta.runs than in the journal")
		case s.FinishedAt != nil && accounts[s.RunID] != len(j.Accounts):
			l.report(
				"run "+s.RunID, "has %d accounts in meta.run_accounts and %d in the journal", accounts[s.RunID],
				len(j.Accounts),
			)
		}
		return err
	}); err != nil {
		return err
	}
	later := true // than every run of the file
	for _, j := range slices.Backward(l.journal) {
		_, stored := l.stored[j.RunID]
		if later = later && !stored; !later && !stored && j.FinishedAt != nil {
			l.report("run "+j.RunID, "is in the journal, but not in meta.runs")
		}
	}
	return nil
}

func sameRun(a, b journal.FinishedRun) bool {
	return b.FinishedAt != nil && a.FinishedAt.Equal(b.FinishedAt.Truncate(time.Microsecond)) &&
		a.Outcome == b.Outcome && a.ExitCode != nil && b.ExitCode != nil &&
		*a.ExitCode == *b.ExitCode && a.Reads == b.Reads && a.Writes == b.Writes &&
		a.CostMicroUSD == b.CostMicroUSD
}

// checkCharges compares money, to the millionth.
func (l *ledgerCheck) checkCharges(ctx context.Context, r *reader.Reader, log *journal.Journal) error {
	charges := map[string]journal.Charge{}
	for _, charge := range log.Charges() {
		charges[charge.ChargeKey] = charge
	}
	stored := map[string]bool{}
	if err := statements.EachRow(ctx, r.Database(), "ledger_charges", func(scan duck.Scan) error {
		var key string
		var amount int64
		err := scan(&key, &amount)
		stored[key] = true
		if charge, known := charges[key]; !known || charge.AmountMicroUSD != amount {
			l.report("charge "+key, "is not the same in meta.charges and in the journal")
		}
		return err
	}); err != nil {
		return err
	}
	for key, charge := range charges {
		if l.stored[charge.RunID] && !stored[key] {
			l.report("charge "+key, "is in the journal, but not in meta.charges")
		}
	}
	return nil
}

// lostJournal is what verify says of a journal that is gone altogether, in the place of a line for every run.
func lostJournal(layout schema.Layout, stored int) schema.Finding {
	return schema.Finding{
		Where: filepath.Join("state", filepath.Base(layout.Journal())),
		What: fmt.Sprintf(`is missing or empty, while the published file knows %d runs; restore it from a backup, or `+
			`"fcpipe repair" restores what the file knows`, stored),
	}
}
