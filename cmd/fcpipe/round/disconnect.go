package round

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	fcsync "fcpipe/sync"
	"fcpipe/sync/disconnect"
)

// Subject is an account or a holder: exactly one of the two is set.
type Subject struct {
	AccountID string // fca_…
	HolderID  string // cus_…, acct_… or customer_account:acct_…
}

// OnDisconnect is what becomes of the data of an account once it is disconnected, whoever ended it.
type OnDisconnect struct {
	Erase bool
	After time.Duration // since fcpipe knew of it
}

// Due is when an account's data are erased that was disconnected at an instant; zero is never.
func (p OnDisconnect) Due(since time.Time) time.Time {
	if !p.Erase {
		return time.Time{}
	}
	return since.Add(p.After)
}

// Disconnected is what a round that disconnects did.
type Disconnected struct {
	RunID    string
	At       time.Time
	Accounts []disconnect.Result // in order of their ids
}

// Disconnect is a round that ends the access to accounts at Stripe, and lands what Stripe answers: the next round
// merges it. disconnect.ErrNone means that the holder has no account; schema.ErrLocked that another round is running.
// The report is valid beside an error: what is in it was done.
func (r Round) Disconnect(
	ctx context.Context, d *disconnect.Disconnector, subject Subject, livemode bool,
) (done Disconnected, err error) {
	err = r.locked(ctx, func() (err error) {
		defer func() { err = errors.Join(err, r.save()) }()
		state, err := r.held(ctx)
		if err != nil {
			return err
		}
		if state.Livemode != nil && *state.Livemode != livemode {
			return fmt.Errorf("%w: live and test data do not mix", fcsync.ErrWrongStore)
		}
		reason := "disconnect"
		run, err := r.newRun(&reason)
		if err != nil {
			return err
		}
		done.RunID = run.RunID
		return r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
			failure = r.disconnect(ctx, d, subject, state, &done)
			run.Outcome = "complete"
			if done.At = r.Now(); failure != nil {
				said := r.Store.Erased().Scrub(reason + ": " + failure.Error())
				run.Outcome, run.Reason = "failed", &said
			}
			return failure, nil
		})
	})
	return done, err
}

// held is what is stored, with what landed on top of it.
func (r Round) held(ctx context.Context) (schema.State, error) {
	state, err := r.Store.State(ctx)
	if err != nil {
		return state, err
	}
	return state, r.Store.OverlayLanded(ctx, &state)
}

func (r Round) disconnect(
	ctx context.Context, d *disconnect.Disconnector, subject Subject, state schema.State, done *Disconnected,
) (err error) {
	defer func() { err = errors.Join(err, r.recordReads(d, done.RunID)) }()
	accounts := []schema.Account{state.Accounts[subject.AccountID].Account}
	accounts[0].AccountID = subject.AccountID
	if subject.HolderID != "" {
		if accounts, err = d.OfHolder(ctx, subject.HolderID, state); err != nil {
			return err
		}
	}
	var landed schema.Landed
	for _, held := range accounts {
		result, failure := d.Disconnect(ctx, held, done.RunID, r.Store.Journal())
		if done.Accounts = append(done.Accounts, result); result.Shown != nil {
			landed.Accounts = append(landed.Accounts, result.Shown.Accounts...)
			landed.Balances = append(landed.Balances, result.Shown.Balances...)
		}
		if err = failure; err != nil {
			break
		}
	}
	return errors.Join(err, r.land(context.WithoutCancel(ctx), landed))
}

// land makes rows durable: the next merge brings them into the file.
func (r Round) land(ctx context.Context, rows schema.Landed) (err error) {
	if rows.Empty() {
		return nil
	}
	landing, err := r.Store.Landing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, landing.Close()) }()
	if err := landing.Land(ctx, rows); err != nil {
		return err
	}
	return landing.Seal(ctx)
}

// recordReads counts what was read to find the accounts of a holder.
func (r Round) recordReads(d *disconnect.Disconnector, runID string) error {
	for connected, count := range d.Reads() {
		reads := journal.Reads{At: r.Now(), Count: count, RunID: runID, Connected: connected}
		if err := r.Store.Journal().RecordReads(reads); err != nil {
			return err
		}
	}
	return nil
}
