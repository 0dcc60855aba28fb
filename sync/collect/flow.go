package collect

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

const (
	// LinkWithin is how long a holder has to link, from when the page is there.
	LinkWithin = 15 * time.Minute
	// mostSessions bounds the sessions of one visit: one for each try.
	mostSessions = 20
	// balanceEvery and mostBalanceReads are how often balances that are on their way are asked for: each is a read.
	balanceEvery     = 3 * time.Second
	mostBalanceReads = 10
	// seenWithin is how long the end is kept for a page that has not shown it yet.
	seenWithin = 30 * time.Second
)

// Steps of a visit, as the page knows them.
const (
	StepReady    = "ready"    // the notice is shown
	StepOpen     = "open"     // a session was given out
	StepChecking = "checking" // Stripe is asked what was linked
	StepNothing  = "nothing"  // nothing was shared: closed, or declined; may be tried again
	StepFailed   = "failed"   // it did not work; may be tried again
	StepReading  = "reading"  // accounts are linked, their data is read
	StepDone     = "done"
	StepExpired  = "expired" // time is over, and nothing was linked
	StepBroken   = "broken"  // accounts are linked, and that could not be recorded
)

var (
	// ErrNothingLinked is returned when a visit ended without an account.
	ErrNothingLinked = errors.New("no account was linked")
	// ErrNotRecorded is returned when accounts were linked, and their consents could not be made durable.
	ErrNotRecorded = errors.New("accounts were linked, and that is not recorded")
	// errTooManyTries ends a visit that opens one session after another.
	errTooManyTries = errors.New("too many tries")
	// errOver is returned for what comes too late.
	errOver = errors.New("the visit is over, or an account is linked already")
)

// Afterwards is what happens to accounts once they are linked. It is the caller's: this package holds no data.
type Afterwards interface {
	// Record makes consents durable, at once, whoever else runs a round. A consent that is recorded already is left as
	// it is.
	Record(ctx context.Context, consents []schema.Consent) error
	// FirstRound reads the data of a holder's new accounts, and waits for a round that runs already. tell says in words
	// what is waited for.
	FirstRound(ctx context.Context, h Holder, accounts []string, tell func(string)) (FirstRound, error)
}

// FirstRound is what the first round brought.
type FirstRound struct {
	Summary      string           // in a line, for the operator
	Transactions map[string]int64 // rows held, by account that was read
}

// FlowOptions are one visit: a holder who is asked to link accounts on a page.
type FlowOptions struct {
	Collector      *Collector
	Holder         Holder
	Terms          Terms
	Notice         Notice
	StripeConsent  *StripeConsent // shown below the notice; may be nil
	PublishableKey string
	Clock          stripe.Clock
	Now            func() time.Time // the time that is recorded: the server's
	Afterwards     Afterwards
	Tell           func(string) // what the operator is told, in words; nil is not told
}

// Flow is a visit under way: what was given out, what came back. It is safe for concurrent use.
type Flow struct {
	options FlowOptions
	linked  chan struct{} // closed when accounts are linked
	seen    chan struct{} // closed when a page has shown the end

	asking sync.Mutex // held while Stripe is asked for a session or what came of it: two tabs get one answer

	mutex     sync.Mutex // protects all below
	state     State
	current   Session // the newest that was given out; zero before
	isOpen    bool    // current may still end with accounts
	opened    int     // sessions
	accepted  time.Time
	broken    error // what linking could not be recorded for
	isSeen    bool
	sessionOf map[string]Session
}

// NewFlow is a visit that begins.
func NewFlow(options FlowOptions) *Flow {
	if options.Tell == nil {
		options.Tell = func(string) {}
	}
	return &Flow{
		options: options, linked: make(chan struct{}), seen: make(chan struct{}),
		state: State{Step: StepReady, Accounts: []ShownAccount{}}, sessionOf: map[string]Session{},
	}
}

// Opening is what the client is given to open a session with.
type Opening struct {
	Session        string        `json:"session"`
	PublishableKey string        `json:"publishable_key"`
	StripeAccount  string        `json:"stripe_account,omitempty"` // connected account; "" is the key's own
	ClientSecret   string        `json:"client_secret"`
	Consent        *GivenConsent `json:"pre_collected_consent,omitempty"`
}

// GivenConsent is that the holder accepted Stripe's text, as Stripe.js takes it.
type GivenConsent struct {
	Consent     string `json:"consent"`
	CollectedAt int64  `json:"collectedAt"` // Unix seconds
}

// open gives out the session that is open, or a new one.
func (f *Flow) open(ctx context.Context) (Opening, error) {
	f.asking.Lock()
	defer f.asking.Unlock()
	session, isOpen, err := f.reusable()
	if err == nil && !isOpen {
		session, err = f.options.Collector.Create(ctx, f.options.Holder, f.options.Terms)
	}
	if err != nil {
		return Opening{}, err
	}
	return f.giveOut(session), nil
}

// Prepare opens the first session, so that whoever serves the page learns what Stripe refuses.
func (f *Flow) Prepare(ctx context.Context) error {
	f.asking.Lock()
	defer f.asking.Unlock()
	session, err := f.options.Collector.Create(ctx, f.options.Holder, f.options.Terms)
	if err == nil {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.keep(session)
	}
	return err
}

// keep makes a session the one that is given out.
func (f *Flow) keep(s Session) {
	f.current, f.isOpen = s, true
	f.opened++
	f.sessionOf[s.ID] = s
}

// reusable is the session that is open already, in another tab or before a reload.
func (f *Flow) reusable() (Session, bool, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	switch {
	case slices.Contains([]string{StepChecking, StepReading, StepDone, StepExpired, StepBroken}, f.state.Step):
		return Session{}, false, errOver
	case !f.isOpen && f.opened >= mostSessions:
		return Session{}, false, errTooManyTries
	}
	return f.current, f.isOpen, nil
}

func (f *Flow) giveOut(s Session) Opening {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !f.isOpen {
		f.keep(s)
	}
	if f.accepted.IsZero() {
		f.accepted = f.options.Now()
	}
	f.state.Step, f.state.Reason = StepOpen, ""
	opening := Opening{
		Session: s.ID, PublishableKey: f.options.PublishableKey, ClientSecret: string(s.ClientSecret),
		StripeAccount: f.options.Collector.options.Client.Account(),
	}
	if c := f.options.StripeConsent; c != nil {
		opening.Consent = &GivenConsent{c.ID, f.accepted.Unix()}
	}
	return opening
}

// ended is told by a page that a session ended. What came of it is what Stripe says.
func (f *Flow) ended(ctx context.Context, sessionID string, how Ending) error {
	f.asking.Lock()
	defer f.asking.Unlock()
	f.mutex.Lock()
	session, known := f.sessionOf[sessionID]
	isLinked, isCurrent := slices.Contains([]string{StepReading, StepDone, StepBroken}, f.state.Step),
		f.current.ID == sessionID
	f.mutex.Unlock()
	switch {
	case !known:
		return ErrNoSession
	case isLinked && isCurrent: // another tab told it
		return nil
	case isLinked:
		return f.endedToo(ctx, session)
	}
	f.enter(StepChecking, "")
	accounts, err := f.options.Collector.Linked(ctx, sessionID)
	if err != nil {
		f.enter(StepOpen, "")
		return err
	}
	if len(accounts) > 0 {
		return f.link(ctx, session, accounts)
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.isOpen = f.isOpen && f.current.ID != sessionID
	f.state.Step, f.state.Reason = how.step()
	return nil
}

// endedToo records what another session of the visit ended with, in another tab. The next round reads its accounts.
func (f *Flow) endedToo(ctx context.Context, s Session) error {
	accounts, err := f.options.Collector.Linked(ctx, s.ID)
	if err != nil || len(accounts) == 0 {
		return err
	}
	return f.record(ctx, s, accounts)
}

// record makes durable what the holder agreed to by the end of a session.
func (f *Flow) record(ctx context.Context, s Session, accounts []Linked) error {
	s.Holder = f.options.Holder
	evidence := f.options.Notice.Evidence()
	if f.options.StripeConsent != nil {
		evidence = f.options.StripeConsent.Evidence(f.options.Notice)
	}
	consents := f.options.Collector.Consents(s, accounts, evidence, f.options.Now())
	return f.options.Afterwards.Record(context.WithoutCancel(ctx), consents)
}

// link records what a session ended with, and lets it be read.
func (f *Flow) link(ctx context.Context, s Session, accounts []Linked) error {
	s.Holder = f.options.Holder
	err := f.record(ctx, s, accounts)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err != nil {
		f.broken = err
		f.state.Step, f.state.Reason = StepBroken, "Your bank was connected, and that could not be written down. "+
			f.options.Notice.Business+" was told."
	} else {
		f.state.Step, f.state.Reason = StepReading, ""
	}
	f.current, f.isOpen = s, false
	f.state.take(accounts)
	close(f.linked)
	return err
}

func (f *Flow) enter(step, reason string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.state.Step, f.state.Reason = step, reason
}

// State is what a page shows now. The end is remembered as seen.
func (f *Flow) State() State {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.state.isEnd() && !f.isSeen {
		f.isSeen = true
		close(f.seen)
	}
	return f.state.clone()
}
