package sync

import (
	"errors"
	"log/slog"
	"time"

	"fcpipe/sync/stripe"
)

// Modes of a feature.
const (
	ModeSubscribe = "subscribe" // Stripe refreshes daily by itself; transactions only
	ModeOnDemand  = "on_demand" // fcpipe asks, at most once per Every
	ModeOnChange  = "on_change" // as on_demand, and only after its transactions were refreshed; balances only
	ModeOff       = "off"       // never asked for; what is there is read
)

// FeaturePolicy says how a feature is kept fresh.
type FeaturePolicy struct {
	Mode  string
	Every time.Duration
}

// Prices in millionths of a US dollar.
type Prices struct {
	Balance           int64 // per successful refresh
	Ownership         int64 // per successful refresh
	TransactionsMonth int64 // per institution, holder and month
}

// Options configure a Syncer.
type Options struct {
	// Stripe is how requests are sent: the key, the server, rates, and the clock, which is the round's too. Its Account
	// and BeforeSend are set by New.
	Stripe         stripe.Options
	ReadsPer30Days int64    // GET requests allowed in 30 days; 0 is no limit
	ReadsWritten   bool     // ReadsPer30Days is written in the configuration, not the default: then it is a budget
	Connected      []string // acct_… of Connect accounts that are read beside the key's own
	Holders        []string // cus_…, acct_… or customer_account:acct_…; empty is every account the key sees
	Transactions   FeaturePolicy
	Balance        FeaturePolicy
	Ownership      FeaturePolicy
	KeepOwners     bool          // owners are read and stored; without it nothing of them leaves Stripe
	Events         bool          // most rounds learn from events what changed, instead of listing accounts
	AuditEvery     time.Duration // how often an account is listed whole and compared; 0 is never
	Wait           time.Duration // for pending refreshes
	Deadline       time.Duration // for the whole round, on the clock; 0 is none
	MaxPerRun      *int64        // millionths of a US dollar; nil is no limit
	MaxPerMonth    *int64        // nil: a live key buys nothing
	Prices         Prices
	Log            *slog.Logger
	Progress       func(Progress) // nil shows nothing
	// CheckSpace refuses a round when the disk cannot hold so many rows more; nil never does. It is asked before anything
	// is bought.
	CheckSpace func(rows int64) error
}

// Progress says how far a round is.
type Progress struct {
	Room  string // plan, refresh, wait, fetch, owners
	Done  int
	Total int
}

// Syncer runs rounds against one Stripe account.
type Syncer struct {
	options   Options
	client    *stripe.Client   // of the key's own account
	connected []*stripe.Client // of Connect accounts
}

// New checks the options that can do harm: where a live key may go, what is bought for nothing.
func New(options Options) (*Syncer, error) {
	if options.Progress == nil {
		options.Progress = func(Progress) {}
	}
	if options.Ownership.Mode == ModeOnDemand && !options.KeepOwners {
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
