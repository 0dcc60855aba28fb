package plan

import "time"

// QuotaWindow is how long a read counts towards the quota of a day. It is shorter than a day, so that a nightly
// round has the whole quota although it begins some minutes, or hours, earlier than the one before.
const QuotaWindow = 20 * time.Hour

// UsageWindow is how long a read counts towards the allowance: 30 days, less an hour, because what stops
// counting while a round runs counts no more for what that round reads.
const UsageWindow = 30*24*time.Hour - time.Hour

// Usage is what was read of one Stripe account.
type Usage struct {
	StripeAccountID string   // of a Connect account; "" is the key's own
	Used            int64    // by earlier rounds, within UsageWindow
	Today           int64    // of those, within QuotaWindow
	Earlier         Calendar // the others, by the night in which they stop to count
	Made            int64    // by this round so far
	ListPages       int      // requests that a list of its accounts takes; 0 counts as one
	RoundsPerMonth  int64    // 30 days of rounds as frequent as in the last week; 0 is not known
	UsualDay        int64    // reads of a day, as the last week was; 0 is not known
}

// lists is how many requests a list of accounts takes.
func (u Usage) lists() int64 { return int64(max(u.ListPages, 1)) }

// monthlyReads is what rounds of 30 days read of accounts, as the policy asks for them: lists, one of
// them again for accounts without a new row, the fewest polls, a page of each account that changes, and
// owners.
func (p Policy) monthlyReads(accounts []Account, u Usage) int64 {
	lists, buying := u.lists(), p.buyingRounds()
	reads := (max(buying, u.RoundsPerMonth, 30) + buying*(1+minPolls)) * lists
	for _, a := range accounts {
		if Unusable(a.Account, FeatureTransactions) == "" && p.Transactions.Mode != ModeOff {
			reads += perMonth(p.Transactions.Every)
		}
		if Unusable(a.Account, FeatureOwnership) == "" && p.Ownership.Mode == ModeOnDemand {
			reads += perMonth(p.Ownership.Every)
		}
	}
	return reads
}

// buyingRounds is how many rounds of 30 days ask for refreshes, and wait for them.
func (p Policy) buyingRounds() (rounds int64) {
	for _, feature := range []FeaturePolicy{p.Transactions, p.Balance} {
		if feature.Mode != ModeOff {
			rounds = max(rounds, perMonth(feature.Every))
		}
	}
	return rounds
}

// ordinaryDay is what the rounds of a day read of accounts that are complete: as configured, or less if the last week
// took less. One more is for what a round may read beyond its quota: an account that was begun is looked
// at once more after its rows.
func (p Policy) ordinaryDay(complete []Account, u Usage) int64 {
	configured := (p.monthlyReads(complete, u) + 29) / 30
	if u.UsualDay > 0 {
		configured = min(configured, u.UsualDay)
	}
	return configured + 1
}

// perMonth is how often an interval fits into 30 days, at least once; intervals under an hour count as one.
func perMonth(every time.Duration) int64 {
	return max(1, int64(30*24*time.Hour/max(every, time.Hour)))
}
