package round

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
)

// Erasing is what a round that erases did. It is valid beside an error.
type Erasing struct {
	RunID    string
	Plan     *erase.Plan     // what was held; nil where it had been erased before
	Record   journal.Erasure // with its receipt once it is complete
	WasThere bool            // it had been begun before, and was killed or failed
	First    *Erasing        // another one that had been begun before, and came first; nil where there was none
}

// ErrFirst is returned where an erasure that was begun before could not be completed, and so the one that was asked for
// was not begun.
var ErrFirst = errors.New("another erasure was begun before, and is not complete")

// ReasonErase begins why a run was an erasure.
const ReasonErase = "erase "

// Reasons of an erasure.
const (
	ByRequest      = "request"
	ByOnDisconnect = "on_disconnect"
)

// Erase is a round that sends no request: it removes what is held of a subject, from every file, and writes a receipt.
// Another erasure that was killed is completed first; with an empty subject nothing else is done. erase.ErrNothingHeld
// means that nothing is held of the subject, and nothing of it was erased; ErrFirst that the other one failed; a
// *erase.LeftError that something is left; schema.ErrLocked that another round is running.
func (r Round) Erase(ctx context.Context, subject erase.Subject) (done Erasing, err error) {
	err = r.locked(ctx, func() error {
		pending, err := erase.Resume(ctx, r.Store)
		if err != nil {
			return err
		}
		if pending != nil {
			resumed := Erasing{Plan: &pending.Plan, WasThere: true}
			resumed.Record, err = r.eraseAs(ctx, pending, &resumed)
			if subject.ID == "" || pending.Subject == subject {
				done = resumed
				return err
			}
			if done.First = &resumed; err != nil {
				return fmt.Errorf("%w: %w", ErrFirst, err)
			}
		}
		if subject.ID == "" {
			return nil
		}
		return r.eraseSubject(ctx, subject, ByRequest, &done)
	})
	return done, err
}

// eraseSubject erases what is held of a subject. One that was erased before, and of which nothing is held, is done.
func (r Round) eraseSubject(ctx context.Context, subject erase.Subject, reason string, done *Erasing) error {
	plan, err := erase.Find(ctx, r.Store, subject)
	before, known := erase.Erased(r.Store, subject)
	switch {
	case errors.Is(err, erase.ErrNothingHeld) && known && before.Receipt != nil:
		done.Record = before
		return nil
	case errors.Is(err, erase.ErrNothingHeld) && known:
		plan = &erase.Plan{Subject: subject, Accounts: []string{}, Rows: map[string]int64{}}
		if subject.Kind == journal.SubjectAccount {
			plan.Accounts = []string{subject.ID}
		}
	case err != nil:
		return err
	}
	begun, err := erase.Begin(ctx, r.Store, plan, reason, r.Now())
	if err != nil {
		return err
	}
	done.Plan = plan
	done.Record, err = r.eraseAs(ctx, begun, done)
	return err
}

// eraseAs is the run that carries out an erasure, from its first line in the journal to its last.
func (r Round) eraseAs(ctx context.Context, e *erase.Erasure, done *Erasing) (journal.Erasure, error) {
	reason := ReasonErase + e.Record.Subject
	run, err := r.newRun(&reason)
	if err != nil {
		return e.Record, err
	}
	done.RunID = run.RunID
	err = r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
		run.Outcome = "complete"
		if failure = r.carryOut(ctx, e, run.RunRecord); failure != nil {
			said := reason + ": " + failure.Error()
			run.Outcome, run.Reason = "failed", &said
		}
		return failure, nil
	})
	return e.Record, err
}

// carryOut is an erasure from its tombstone to its receipt. Each step finds what a run that was killed left to do.
func (r Round) carryOut(ctx context.Context, e *erase.Erasure, run journal.RunRecord) error {
	if e.Record.Receipt == nil {
		if err := r.remove(ctx, e, run); err != nil {
			return err
		}
		if err := e.Scan(ctx); err != nil {
			return err
		}
		if err := e.Complete(r.Now()); err != nil {
			return err
		}
	}
	next, err := e.Receipt(ctx)
	if err == nil {
		err = next.Publish(ctx)
	}
	if err != nil && !errors.Is(err, schema.ErrNoDatabase) {
		return err
	}
	return e.Forget()
}

// remove removes everything that is held, from every file.
func (r Round) remove(ctx context.Context, e *erase.Erasure, run journal.RunRecord) error {
	if err := e.Landing(ctx); err != nil {
		return err
	}
	r.begin("merge")
	next, err := e.Generation(ctx, store.MergeRun{
		Run: journal.FinishedRun{RunRecord: run}, Seen: []string{}, Livemode: r.livemode(ctx), ReportZone: r.ReportZone,
	})
	switch {
	case errors.Is(err, schema.ErrNoDatabase): // nothing was published yet
	case err != nil:
		return err
	default:
		if err := r.show(ctx, next); err != nil {
			return err
		}
	}
	if err := e.State(); err != nil {
		return err
	}
	before, err := export.DataFiles(r.Export.Dir)
	if err != nil {
		return err
	}
	if err := e.BeforeLake(before); err != nil {
		return err
	}
	if err := r.eraseLake(ctx); err != nil {
		return err
	}
	after, err := export.DataFiles(r.Export.Dir)
	if err == nil {
		e.AfterLake(after)
	}
	return err
}

// livemode is that of the file; it has one already.
func (r Round) livemode(ctx context.Context) bool {
	state, err := r.Store.State(ctx)
	return err == nil && state.Livemode != nil && *state.Livemode
}

// eraseLake brings the lake up to the file, and keeps nothing that was replaced.
func (r Round) eraseLake(ctx context.Context) (err error) {
	published, done, err := r.Store.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	r.begin("export")
	report, err := export.Erase(ctx, published, r.Export)
	if err != nil {
		return fmt.Errorf("lake: %w", err)
	}
	WarnOfLake(r.Log, report)
	return nil
}

// Allow lets an erased account, or the accounts of an erased holder, be fetched again, and reports whether it was
// erased. An erasure that is not complete is completed first.
func (r Round) Allow(ctx context.Context, subject erase.Subject) (was bool, err error) {
	err = r.locked(ctx, func() error {
		pending, err := erase.Resume(ctx, r.Store)
		if err != nil {
			return err
		}
		if pending != nil {
			if _, err := r.eraseAs(ctx, pending, &Erasing{}); err != nil {
				return err
			}
		}
		was, err = erase.Allow(r.Store, subject, r.Now())
		return err
	})
	return was, err
}

// afterRound is what comes after an ordinary round, whatever became of it. After one that failed its own error counts,
// which is likely to be the same: the next round tries again.
func (r Round) afterRound(ctx context.Context, report *Report) error {
	err := r.eraseDue(ctx, report)
	if err != nil && report.Outcome == "failed" {
		r.Log.Debug("nothing was erased after a round that failed", "error", err.Error())
		return nil
	}
	return err
}

// eraseDue completes an erasure that was killed, and erases what the configuration wants erased after a disconnection:
// after every ordinary round that was not stopped, whatever became of it, as runs of their own.
func (r Round) eraseDue(ctx context.Context, report *Report) error {
	if err := erase.CheckVersion(ctx, r.Store); ctx.Err() != nil || errors.Is(err, erase.ErrOlderFile) {
		return nil //nolint:nilerr // a round that ends well brings the file to this version
	} else if err != nil {
		return err
	}
	pending, err := erase.Resume(ctx, r.Store)
	if err != nil {
		return err
	}
	if pending != nil {
		_, err := r.eraseAs(ctx, pending, &Erasing{})
		if err = r.inTheWay(err, report); err != nil {
			return err
		}
		if len(report.ErasureLeft) == 0 {
			report.erased(len(pending.Accounts))
		}
	}
	err = r.inTheWay(r.forget(ctx), report)
	if err != nil || !r.OnDisconnect.Erase || len(report.ErasureLeft) > 0 { // one erasure at a time
		return err
	}
	due, err := erase.Due(ctx, r.Store, r.OnDisconnect.After, r.Now())
	if err != nil {
		return err
	}
	for _, subject := range due {
		var done Erasing
		err := r.eraseSubject(ctx, subject, ByOnDisconnect, &done)
		if errors.Is(err, erase.ErrNothingHeld) || done.Plan == nil && err == nil { // with its chain, a moment ago
			continue
		}
		if err := r.inTheWay(err, report); err != nil || len(report.ErasureLeft) > 0 {
			return err
		}
		report.erased(len(done.Plan.Accounts))
	}
	return nil
}

// inTheWay takes it from a round that files are in the way of an erasure: nothing is called erased, and the round is
// whole for everyone else. Its run says so in the journal, which status reads; logs name no file.
func (r Round) inTheWay(err error, report *Report) error {
	var left *erase.LeftError
	if !errors.As(err, &left) {
		return err
	}
	report.ErasureLeft = slices.Concat(left.Files, left.Unread)
	r.Log.Warn("an erasure is not complete: files in the data directory hold, or may hold, what is to be erased; "+
		"\"fcpipe status\" names them", "files", len(report.ErasureLeft))
	return nil
}

// forget lets the feed name transactions of erased accounts by their keyed hashes alone, once its readers had the time
// that export.grace gives them.
func (r Round) forget(ctx context.Context) error {
	due, err := erase.DueToForget(ctx, r.Store, r.Now().Add(-r.Export.Grace))
	if err != nil || due == nil {
		return err
	}
	reason := "forget ids of erased transactions"
	run, err := r.newRun(&reason)
	if err != nil {
		return err
	}
	return r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
		run.Outcome = "complete"
		if failure = r.forgetAs(ctx, due, *run); failure != nil {
			run.Outcome = "failed"
		}
		return failure, nil
	})
}

func (r Round) forgetAs(ctx context.Context, due *erase.Forgetting, run journal.FinishedRun) error {
	if len(due.IDs) > 0 {
		next, err := due.Generation(ctx, store.MergeRun{
			Run: run, Seen: []string{}, Livemode: r.livemode(ctx), ReportZone: r.ReportZone,
		})
		if err != nil {
			return err
		}
		if err := r.show(ctx, next); err != nil {
			return err
		}
	}
	if err := r.eraseLake(ctx); err != nil {
		return err
	}
	return due.Complete(ctx)
}

// erased counts accounts that were erased after the round.
func (r *Report) erased(accounts int) { r.ErasedNow, r.Changed = r.ErasedNow+accounts, true }
