package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Outcome is how a visit ended.
type Outcome struct {
	Session  string // fcsess_… of what was linked, or of a page that is not awaited; "" where there is neither
	URL      string // of that page; else ""
	Accounts []Linked
	Round    FirstRound
}

// Run lives through a visit: it waits until accounts are linked, for LinkWithin, lets the caller read their data, and
// returns when a page has shown the end. ErrNothingLinked means that the time is over; an error beside accounts is that
// of the first round, or that linking could not be recorded.
func (f *Flow) Run(ctx context.Context) (Outcome, error) {
	if err := f.awaitLink(ctx); err != nil {
		return Outcome{}, err
	}
	f.mutex.Lock()
	session, broken := f.current, f.broken
	f.mutex.Unlock()
	if broken != nil {
		f.awaitSeen(ctx)
		return Outcome{Session: session.ID}, fmt.Errorf("%w: those of %s: %w", ErrNotRecorded, session.ID, broken)
	}
	outcome, err := f.read(ctx, session)
	f.awaitSeen(ctx)
	return outcome, err
}

// awaitLink waits until accounts are linked. When time is over, Stripe is asked once more: a holder may have linked in
// a browser that was closed then.
func (f *Flow) awaitLink(ctx context.Context) error {
	late, stop := context.WithCancel(ctx)
	defer stop()
	expired := make(chan struct{})
	go func() {
		if f.options.Clock.Sleep(late, LinkWithin) == nil {
			close(expired)
		}
	}()
	select {
	case <-f.linked:
		return nil
	case <-expired:
	case <-ctx.Done():
	}
	err := f.lastLook(context.WithoutCancel(ctx))
	switch {
	case f.isLinked():
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	}
	f.awaitSeen(ctx)
	if f.isLinked() { // in Stripe's window, which was still open
		return nil
	}
	return fmt.Errorf("%w within %s, in %s", ErrNothingLinked, LinkWithin, f.session())
}

// lastLook asks what came of the session that is open, and ends the visit where nothing did.
func (f *Flow) lastLook(ctx context.Context) error {
	f.mutex.Lock()
	id, isOpen := f.current.ID, f.isOpen
	f.mutex.Unlock()
	var err error
	if isOpen {
		err = f.ended(ctx, id, Ending{Outcome: Cancelled})
	}
	if !f.isLinked() {
		f.enter(StepExpired, "The time to connect a bank is over, and nothing was shared. "+
			"Close Stripe's window if it is still open.")
	}
	return err
}

// session is the newest that was given out.
func (f *Flow) session() string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return cmp.Or(f.current.ID, "no session")
}

func (f *Flow) isLinked() bool {
	select {
	case <-f.linked:
		return true
	default:
		return false
	}
}

// read shows balances as they arrive while the first round reads everything.
func (f *Flow) read(ctx context.Context, s Session) (Outcome, error) {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		f.watchBalances(watching, s.ID)
	}()
	accounts, _ := f.options.Collector.Linked(ctx, s.ID)
	round, err := f.options.Afterwards.FirstRound(ctx, s.Holder, IDsOf(accounts), f.tell)
	stop()
	<-watched
	outcome := Outcome{Session: s.ID, Accounts: accounts, Round: round}
	if now, failed := f.options.Collector.Linked(context.WithoutCancel(ctx), s.ID); failed == nil {
		outcome.Accounts = now
	}
	f.finish(outcome, err)
	return outcome, err
}

// IDsOf are the ids of accounts.
func IDsOf(accounts []Linked) []string {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.AccountID
	}
	return ids
}

// tell says to page and operator what is done, or waited for.
func (f *Flow) tell(text string) {
	f.options.Tell(text)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.state.Progress = text
}

// watchBalances asks for balances that are on their way, a bounded number of times.
func (f *Flow) watchBalances(ctx context.Context, sessionID string) {
	for range mostBalanceReads {
		if f.options.Clock.Sleep(ctx, balanceEvery) != nil {
			return
		}
		accounts, err := f.options.Collector.Linked(ctx, sessionID)
		if err != nil || len(accounts) == 0 {
			return
		}
		f.mutex.Lock()
		f.state.take(accounts)
		f.mutex.Unlock()
		if !slices.ContainsFunc(accounts, Linked.AwaitsBalance) {
			return
		}
	}
}

// finish shows the end.
func (f *Flow) finish(o Outcome, err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(o.Accounts) > 0 {
		f.state.take(o.Accounts)
	}
	f.state.Step, f.state.Progress = StepDone, ""
	if err != nil {
		f.state.Reason = "Your accounts are connected. Their data is not read completely yet; that happens later."
		return
	}
	for i := range f.state.Accounts {
		if n, isRead := o.Round.Transactions[f.state.Accounts[i].id]; isRead {
			f.state.Accounts[i].Transactions = &n
		}
	}
}

// awaitSeen waits until a page has shown the end, for a moment: there may be none any more.
func (f *Flow) awaitSeen(ctx context.Context) {
	late, stop := context.WithCancel(ctx)
	defer stop()
	gone := make(chan struct{})
	go func() {
		if err := f.options.Clock.Sleep(late, seenWithin); !errors.Is(err, context.Canceled) {
			close(gone)
		}
	}()
	select {
	case <-f.seen:
	case <-gone:
	case <-ctx.Done():
	}
}
