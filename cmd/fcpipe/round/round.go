package round

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/rules"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
)

// Round is what a round works with.
type Round struct {
	Store  *store.Store
	Syncer *fcsync.Syncer // nil for a round that sends no request

	Now   func() time.Time // the time that is recorded: the server's, where there is one
	Clock func() time.Time // this machine's, by which it is measured how long a round takes

	Export       export.Options
	ReportZone   string // IANA zone of civil dates in derived tables
	Retention    schema.Retention
	OnDisconnect OnDisconnect
	// UserFiles reads what the user's own files say; nil leaves what is stored of them
	UserFiles      func(context.Context) (rules.Set, error)
	ProgramVersion string
	Part           string // what it is where it is no ordinary round, see journal.PartLinked

	Log      *slog.Logger
	Begin    func(phase string) // told that merge, derive, publish or export begins; nil is not told
	Stages   *Stopwatch         // told of the syncer's stages by its caller; nil measures the others alone
	ExitCode func(error) int    // decides what the journal keeps as the run's exit code
	Save     func() error       // keeps a simulated world while the lock is held; nil keeps none
}

// Run is one whole round, phase by phase: plan, refresh, wait, fetch and land happen in sync; merge, derive and publish
// in schema/store; export in export. The report is valid beside an error; without a run id the round did not begin.
// ErrPartial and ErrBlocked mean that nothing broke but not everything was done; schema.ErrLocked that another round is
// running.
func (r Round) Run(ctx context.Context) (report Report, err error) {
	if r.Stages == nil {
		r.Stages = NewStopwatch(r.Clock)
	}
	r.Stages.restart()
	err = r.locked(ctx, func() (err error) {
		defer func() { err = errors.Join(err, r.save()) }()
		run, err := r.newRun(nil)
		if err != nil {
			return err
		}
		report.RunID = run.RunID
		defer func() { err = errors.Join(err, r.afterRound(ctx, &report)) }()
		return r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
			failure = r.fetchAndPublish(ctx, &report)
			r.Stages.Enter("")
			report.StageTimes = r.Stages.times()
			if failure != nil && ctx.Err() != nil {
				failure = context.Cause(ctx) // whatever was cut short, it was the signal
			}
			report.conclude(failure, ctx.Err() != nil, r.ExitCode)
			if report.At.IsZero() { // it failed before it could plan
				report.At = r.Now()
			}
			verdict = errors.Join(report.verdict(), report.userFiles)
			report.noteUserFiles()
			*run = report.run(run.RunRecord)
			return failure, verdict
		})
	})
	return report, err
}

func (r Round) begin(phase string) {
	if r.Stages != nil {
		r.Stages.Enter(phase)
	}
	if r.Begin != nil {
		r.Begin(phase)
	}
}

func (r Round) save() error {
	if r.Save == nil {
		return nil
	}
	return r.Save()
}

// locked does work under the store's lock.
func (r Round) locked(ctx context.Context, work func() error) (err error) {
	release, err := r.Store.Lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return work()
}

// newRun is a run that begins now; reason says what for, where that is not a round.
func (r Round) newRun(reason *string) (journal.RunRecord, error) {
	id, err := uuid.NewV7()
	part := r.Part
	if reason != nil {
		part = journal.PartTask
	}
	return journal.RunRecord{
		RunID: id.String(), StartedAt: r.Clock(), Outcome: "running", Reason: reason, ProgramVersion: r.ProgramVersion,
		Part: part,
	}, err
}

// recorded does work between the first and the last line of a run in the journal, a stopped round's too. The work says
// how the run ended, and what is wrong: a failure, or a verdict on a run in which nothing failed.
func (r Round) recorded(
	run journal.RunRecord, work func(*journal.FinishedRun) (failure, verdict error),
) error {
	begun := run.StartedAt
	if err := r.Store.Journal().RecordRunStarted(run); err != nil {
		return err
	}
	finished := journal.FinishedRun{RunRecord: run}
	failure, verdict := work(&finished)
	now, code := r.Now(), r.ExitCode(errors.Join(failure, verdict))
	finished.StartedAt = now.Add(-r.Clock().Sub(begun))
	finished.FinishedAt, finished.ExitCode = &now, &code
	if err := errors.Join(failure, r.Store.Journal().RecordRunFinished(finished)); err != nil {
		return err
	}
	return verdict
}

// garbagePercent lets the heap grow to five times what is in use, within Go's share of memory, while accounts and rows
// are read: pages are garbage a moment after they came.
const garbagePercent, defaultGarbagePercent = 400, 100

// WhileReading lets the heap grow so, unless GOGC says otherwise, until done is called for the first time.
func WhileReading() (done func()) {
	percent := debug.SetGCPercent(garbagePercent)
	if percent != defaultGarbagePercent {
		debug.SetGCPercent(percent)
	}
	return func() { debug.SetGCPercent(percent) }
}

// fetchAndPublish is the round between its first and last line in the journal.
func (r Round) fetchAndPublish(ctx context.Context, report *Report) (err error) {
	done := WhileReading()
	defer done()
	state, err := r.Store.State(ctx)
	if err != nil {
		return err
	}
	landed, err := r.Store.Landing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, landed.Close()) }()
	for _, segment := range landed.Unreadable {
		r.Log.Warn("landing segment ignored, damaged or after a damaged one; its rows are read again", "segment",
			segment)
	}
	if err := r.Store.Overlay(ctx, landed, &state); err != nil {
		return err
	}
	var syncErr error
	r.Stages.Enter("plan")
	rows := timedLanding{Landing: landed, watch: r.Stages}
	if !state.Exists {
		rows.begin = sync.OnceFunc(func() { r.Store.BeginFirst(ctx) })
		defer func() { err = errors.Join(err, r.Store.DropFirst()) }()
	}
	report.Report, syncErr = r.Syncer.Run(ctx, report.RunID, state, r.Store.Journal(), rows)
	done()
	r.Stages.Enter("")
	// Run sealed it, when the round was stopped too; a second call says whether that failed: then nothing is merged
	if err := landed.Seal(context.WithoutCancel(ctx)); err != nil {
		if errors.Is(syncErr, err) { // it ended the round already
			return syncErr
		}
		return errors.Join(syncErr, err)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(landed.Segments()) > 0 {
		debug.FreeOSMemory() // of the pages that were read: DuckDB takes its share of memory now
	}
	if err := r.merge(ctx, landed, report); err != nil {
		return errors.Join(syncErr, err)
	}
	return errors.Join(syncErr, r.exportLake(ctx, report))
}

// merge brings what landed into the next generation, and shows it, if anything differs.
func (r Round) merge(ctx context.Context, landed *landing.Landing, report *Report) error {
	r.begin("merge")
	files := r.readUserFiles(ctx, report)
	next, merged, err := r.Store.Merge(ctx, landed, store.MergeRun{
		Run:  report.run(journal.RunRecord{RunID: report.RunID, StartedAt: r.Now(), ProgramVersion: r.ProgramVersion}),
		Seen: report.Seen, StripeAccountID: report.StripeAccountID, Livemode: r.Syncer.Livemode(),
		Audits: report.Report.Audits, ReportZone: r.ReportZone, Retention: r.Retention,
		UserFiles: files,
	})
	if err != nil {
		return err
	}
	report.Amend(merged.Incomplete)
	err = r.recordAudits(merged.Audits)
	switch {
	case next == nil:
		report.count(merged)
		return err
	case err != nil:
		return errors.Join(err, next.Discard())
	}
	err = r.show(ctx, next)
	if report.Changed = next.Published(); report.Changed {
		report.count(merged) // rows not yet shown are counted by the round that publishes them
	}
	return err
}

// readUserFiles reads the user's own files. Those that cannot be used do not stop a round: what was stored of them
// stays, and the round ends with ErrUserFiles.
func (r Round) readUserFiles(ctx context.Context, report *Report) *rules.Set {
	if r.UserFiles == nil {
		return nil
	}
	set, err := r.UserFiles(ctx)
	if err != nil {
		r.Log.Warn("the user's own rules cannot be used; those that were read before stay in force")
		report.userFiles = fmt.Errorf("%w: %w", ErrUserFiles, err)
		report.RulesProblem = err.Error()
		return nil
	}
	return &set
}

// recordAudits remembers them, and tells of every difference: there should be none.
func (r Round) recordAudits(audits []journal.Audit) error {
	for _, audit := range audits {
		if audit.Missing+audit.Different > 0 {
			r.Log.Warn("audit found differences, which publishing this round repairs; please report it",
				"account", audit.AccountID, "missing", audit.Missing, "different", audit.Different)
		}
		if err := r.Store.Journal().RecordAudit(audit); err != nil {
			return err
		}
	}
	return nil
}
