package simulator

import (
	"slices"
	"time"
)

// refresh is one attempt to bring an account's feature up to date with its bank.
type refresh struct {
	ID          string    `json:"id"`
	AttemptedAt time.Time `json:"attempted_at"`
	SettlesAt   time.Time `json:"settles_at"`
	Succeeds    bool      `json:"succeeds"`
	Source      string    `json:"source"`            // link, request, subscription
	Current     int64     `json:"current,omitempty"` // balance refreshes: what the bank said
	Pending     int64     `json:"pending,omitempty"`
}

func (r refresh) status(now time.Time) string {
	switch {
	case now.Before(r.SettlesAt):
		return "pending"
	case r.Succeeds:
		return "succeeded"
	}
	return "failed"
}

// features that can be refreshed, with the permission each needs.
var permissionFor = map[string]string{"balance": "balances", "ownership": "ownership", "transactions": "transactions"}

// interval is how soon after an attempt the next one may be asked for.
var interval = map[string]time.Duration{"balance": time.Hour, "ownership": 24 * time.Hour, "transactions": 6 * time.Hour}

// begin starts a refresh. Its outcome and duration are drawn from its number in the account.
func (s *Server) begin(a *account, feature, source string, at time.Time) {
	history := a.State.Refreshes[feature]
	x := draw(s.config.Seed, a.number, "refresh "+feature, int64(len(history)))
	duration := time.Duration(between(x, 2, 40)) * time.Second
	succeeds := true
	if !s.config.Calm {
		if chance(x>>20, 1) {
			duration = time.Duration(between(x>>8, 5, 9)) * time.Hour
		}
		succeeds = !chance(x>>32, 3)
	}
	if fails, pends := s.refreshFault(a, feature); fails || pends > 0 {
		succeeds, duration = succeeds && !fails, max(duration, pends)
	}
	r := refresh{
		ID:          identifier("fctxnref_", s.config.Seed, a.identity(), "refresh "+feature, int64(len(history))),
		AttemptedAt: at, SettlesAt: at.Add(duration), Succeeds: succeeds, Source: source,
	}
	if feature == "balance" && succeeds {
		r.Current, r.Pending = s.balanceAt(a, at)
	}
	a.State.Refreshes[feature] = append(history, r)
}

// latest is the newest attempt of a feature.
func (a *account) latest(feature string) (refresh, bool) {
	history := a.State.Refreshes[feature]
	if len(history) == 0 {
		return refresh{}, false
	}
	return history[len(history)-1], true
}

// latestAt is the newest attempt of a feature that had begun at an instant.
func (a *account) latestAt(feature string, now time.Time) (refresh, bool) {
	for _, r := range slices.Backward(a.State.Refreshes[feature]) {
		if !r.AttemptedAt.After(now) {
			return r, true
		}
	}
	return refresh{}, false
}

// nextAvailable is when the next attempt may be asked for; zero while pending or inactive.
func (a *account) nextAvailable(feature string, now time.Time) time.Time {
	r, any := a.latestAt(feature, now)
	if !any || r.status(now) == "pending" || a.status(now) != "active" {
		return time.Time{}
	}
	return r.AttemptedAt.Add(interval[feature]).Truncate(time.Second)
}

// catchUp does what time alone does: the daily refresh of subscribed accounts.
func (s *Server) catchUp(a *account, now time.Time) {
	if a.State.SubscribedAt.IsZero() {
		return
	}
	offset := time.Duration(draw(s.config.Seed, a.number, "hour of refresh", 0)%86400) * time.Second
	for day := a.State.SubscribedAt.Truncate(24 * time.Hour); ; day = day.AddDate(0, 0, 1) {
		due := day.Add(offset)
		if due.After(now) {
			return
		}
		last, any := a.latest("transactions")
		if !due.After(a.State.SubscribedAt) || (any && (!due.After(last.AttemptedAt) || due.Before(last.SettlesAt))) || a.status(due) != "active" {
			continue
		}
		s.begin(a, "transactions", "subscription", due)
	}
}
