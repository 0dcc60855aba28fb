package sync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// Options configure a Syncer.
type Options struct {
	// Stripe is how requests are sent: the key, the server, rates, and the clock, which is the round's too. Its Account
	// and BeforeSend are set by New.
	Stripe    stripe.Options
	Policy    plan.Policy // what is kept fresh, at what cost of money, reads and time
	Connected []string    // acct_… of Connect accounts that are read beside the key's own
	// PreviewVersion is the Stripe-Version of all that is asked of Financial Connections, where the operator has
	// access to previews: then transactions have Stripe's labels. "" uses none.
	PreviewVersion string
	Holders        []string // cus_…, acct_… or customer_account:acct_…; empty is every account the key sees
	// IsErased reports whether an account may not be known, by its id and that of its holder ("" where it has none): an
	// entry of a list is dropped then, before anything is kept or asked of it. nil is that none is erased.
	IsErased func(accountID, holderID string) bool
	Log      *slog.Logger
	Progress func(Progress) // nil shows nothing
	// CheckSpace refuses a round when the disk cannot hold so many rows more; nil never does. It is asked before
	// anything is bought.
	CheckSpace func(rows int64) error
}

// Landing makes the rows of a round durable before anything is built from them. A round calls it from
// several goroutines. After an error of either method every later call returns an error too: the
// completion of an account must not land where its rows did not.
type Landing interface {
	// Land adds the rows of one call. They stay together: after a crash all of them are there or none.
	// They are durable when the next Seal has returned, or earlier.
	Land(ctx context.Context, rows schema.Landed) error
	// Seal makes everything that landed so far durable.
	Seal(ctx context.Context) error
}

// Progress says how far a round is.
type Progress struct {
	Phase string // plan, refresh, wait, fetch, owners
	Done  int
	Total int
}

// Syncer runs rounds against one Stripe account.
type Syncer struct {
	options   Options
	client    *stripe.Client   // of the key's own account
	connected []*stripe.Client // of Connect accounts
}

// New checks the options that can do harm: a live key goes only to Stripe's own server, and owners are bought only if
// they are kept.
func New(options Options) (*Syncer, error) {
	if options.Progress == nil {
		options.Progress = func(Progress) {}
	}
	if options.IsErased == nil {
		options.IsErased = func(string, string) bool { return false }
	}
	if options.Policy.Ownership.Mode == plan.ModeOnDemand && !options.Policy.KeepOwners {
		return nil, errors.New("owners would be bought and thrown away: keep them, or do not refresh ownership")
	}
	own, connected, err := newClients(options)
	if err != nil {
		return nil, err
	}
	return &Syncer{options: options, client: own, connected: connected}, nil
}

// Now is the server's time as far as it is known, else the clock's.
func (s *Syncer) Now() time.Time { return s.client.Now() }

// Livemode reports whether the key reads real data.
func (s *Syncer) Livemode() bool { return s.options.Stripe.Key.Livemode() }

var (
	// ErrWrongStore is returned when the key belongs to another Stripe account or mode than the stored data.
	ErrWrongStore = errors.New("the key does not belong to this data")
	// ErrReadAllowance is returned when the read allowance is used up before the accounts could be listed.
	ErrReadAllowance = errors.New("the read allowance is used up")
	// ErrDefaultAllowance is ErrReadAllowance where the configuration says nothing of an allowance.
	ErrDefaultAllowance = fmt.Errorf("%w", ErrReadAllowance)
	// ErrDeadline is returned when the round used up its time.
	ErrDeadline = errors.New("the round's deadline passed")
)

// landError is a failure of our own disk, which ends the round.
type landError struct{ error }

func (e landError) Unwrap() error { return e.error }

// endsRound returns the error a round ends with because of err: a refused key, an outage, our own disk, or why ctx
// has ended. It is nil where err is nil, or concerns only what was asked for.
func endsRound(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stripe.ErrKeyRefused), errors.Is(err, stripe.ErrOutage), errors.As(err, new(landError)):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return nil
}

// code is the error code of an account's outcome, and the request it came from.
func code(err error) (code, requestID *string) {
	text, request := stripe.Code(err)
	switch {
	case errors.Is(err, ErrReadAllowance):
		text = codeReads
	case errors.Is(err, stripe.ErrTooManyPages):
		text = codePages
	}
	return &text, nonEmpty(request)
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// orEmpty is the text behind a pointer; "" for nil.
func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

const (
	firstRows = 1000 // an account's first reading brings: half a year of an active one
	nightRows = 100  // a later one: a page
)

// checkSpace asks whether the disk can hold everything the plan may bring, before any of it is bought: what cannot be
// stored must not be paid for.
func (r *round) checkSpace() error {
	rows, works := int64(0), false
	for _, d := range r.report.Plan.Decisions {
		if d.Action == plan.ActionSkip {
			continue
		}
		works = works || d.Action != plan.ActionWait
		if d.Feature != plan.FeatureTransactions {
			rows++
		} else if r.state.Accounts[d.AccountID].CompleteThroughAt == nil {
			rows += firstRows
		} else {
			rows += nightRows
		}
	}
	if !works || r.syncer.options.CheckSpace == nil {
		return nil
	}
	if err := r.syncer.options.CheckSpace(rows); err != nil {
		return landError{err}
	}
	return nil
}
