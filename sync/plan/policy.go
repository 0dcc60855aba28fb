package plan

import "time"

// Features of an account that a plan decides about, as Stripe names them.
// Source: https://docs.stripe.com/api/financial_connections/accounts/refresh
const (
	FeatureTransactions = "transactions"
	FeatureBalance      = "balance"
	FeatureOwnership    = "ownership"
)

// Modes of a feature.
const (
	ModeSubscribe = "subscribe" // Stripe refreshes it every day by itself; transactions only
	ModeOnDemand  = "on_demand" // it is refreshed at our request, once in each interval
	ModeOnChange  = "on_change" // as on_demand, and only after transactions were refreshed; balances only
	ModeOff       = "off"       // no refresh is asked for; what Stripe holds already is read
)

// FeaturePolicy says how a feature is kept fresh. The zero value asks for no refresh.
type FeaturePolicy struct {
	Mode  string
	Every time.Duration // between two refreshes; what is older than twice that is stale
}

// Prices are what Stripe bills, in millionths of a US dollar.
// Source: https://stripe.com/financial-connections#pricing
type Prices struct {
	Balance           int64 // for each refresh that succeeded
	Ownership         int64 // for each refresh that succeeded
	TransactionsMonth int64 // for each institution and holder in a UTC month
}

// Refresh is what one refresh of a feature costs; 0 for transactions, which are billed by the month.
func (p Prices) Refresh(feature string) int64 {
	switch feature {
	case FeatureBalance:
		return p.Balance
	case FeatureOwnership:
		return p.Ownership
	}
	return 0
}

// Policy is what the operator wants of a round: what is kept fresh, and at what cost of money, reads and time.
type Policy struct {
	Transactions   FeaturePolicy
	Balance        FeaturePolicy
	Ownership      FeaturePolicy
	KeepOwners     bool          // owners are read and stored; without it no request for them is sent
	AuditEvery     time.Duration // how often an account is listed whole and compared; 0 is never
	Wait           time.Duration // longest wait for refreshes that are pending
	Deadline       time.Duration // for the whole round; 0 is none
	MaxPerRun      *int64        // millionths of a US dollar; nil is no limit
	MaxPerMonth    *int64        // millionths of a US dollar; nil: a live key buys nothing, a test key without limit
	Prices         Prices
	ReadsPer30Days int64 // GET requests allowed in 30 days, for each Stripe account; 0 is no limit
	ReadsWritten   bool  // the operator wrote ReadsPer30Days: then it is a budget, else the default
}

// Of is the policy for a feature.
func (p Policy) Of(feature string) FeaturePolicy {
	switch feature {
	case FeatureBalance:
		return p.Balance
	case FeatureOwnership:
		return p.Ownership
	}
	return p.Transactions
}

// MaxWait is how long a round waits for refreshes: half of its time is kept for reading what has settled.
func (p Policy) MaxWait() time.Duration {
	if p.Deadline > 0 {
		return min(p.Wait, p.Deadline/2)
	}
	return p.Wait
}
