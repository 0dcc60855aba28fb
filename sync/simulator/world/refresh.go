package world

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/draw"
)

// Refresh is one attempt to bring an account's feature up to date with its bank.
type Refresh struct {
	ID          string    `json:"id"`
	AttemptedAt time.Time `json:"attempted_at"`
	SettlesAt   time.Time `json:"settles_at"`
	Succeeds    bool      `json:"succeeds"`
	Source      string    `json:"source"`            // link, request, subscription
	Current     int64     `json:"current,omitempty"` // balance refreshes: what the bank said
	Pending     int64     `json:"pending,omitempty"`
}

// Status is pending, succeeded or failed.
func (r Refresh) Status(now time.Time) string {
	switch {
	case now.Before(r.SettlesAt):
		return "pending"
	case r.Succeeds:
		return "succeeded"
	}
	return "failed"
}

// PermissionFor is the permission each feature that can be refreshed needs.
var PermissionFor = map[string]string{"balance": "balances", "ownership": "ownership", "transactions": "transactions"}

// interval is how soon after an attempt the next one may be asked for.
var interval = map[string]time.Duration{
	"balance": time.Hour, "ownership": 24 * time.Hour, "transactions": 6 * time.Hour,
}

// BeginRefresh starts a refresh. Its outcome and duration are drawn from its number in the account.
func (w *World) BeginRefresh(a *Account, feature, source string, at time.Time) {
	history := a.State.Refreshes[feature]
	x := draw.Of(w.Config.Seed, a.number, "refresh "+feature, int64(len(history)))
	duration := time.Duration(draw.Between(x, 2, 40)) * time.Second
	succeeds := !w.failsBy(a, feature, at)
	if !w.Config.Calm {
		if draw.Chance(x>>20, 1) {
			duration = time.Duration(draw.Between(x>>8, 5, 9)) * time.Hour
		}
		succeeds = succeeds && !draw.Chance(x>>32, 3)
	}
	if w.RefreshFault != nil {
		fails, pends := w.RefreshFault(a, feature)
		succeeds, duration = succeeds && !fails, max(duration, pends)
	}
	r := Refresh{
		ID:          w.RefreshID(a, feature, len(history)),
		AttemptedAt: at, SettlesAt: at.Add(duration), Succeeds: succeeds, Source: source,
	}
	if feature == "balance" && succeeds {
		r.Current, r.Pending = w.read(a, at, int64(len(history)))
	}
	a.State.Refreshes[feature] = append(history, r)
}

// RefreshID is the id of the nth refresh of a feature, from 0.
func (w *World) RefreshID(a *Account, feature string, n int) string {
	return draw.ID("fctxnref_", w.Config.Seed, a.Identity(), "refresh "+feature, int64(n))
}

// Latest is the newest attempt of a feature.
func (a *Account) Latest(feature string) (Refresh, bool) {
	history := a.State.Refreshes[feature]
	if len(history) == 0 {
		return Refresh{}, false
	}
	return history[len(history)-1], true
}

// LatestAt is the newest attempt of a feature that had begun at an instant.
func (a *Account) LatestAt(feature string, now time.Time) (Refresh, bool) {
	for _, r := range slices.Backward(a.State.Refreshes[feature]) {
		if !r.AttemptedAt.After(now) {
			return r, true
		}
	}
	return Refresh{}, false
}

// NextAvailable is when the next attempt may be asked for; zero while pending or inactive.
func (a *Account) NextAvailable(feature string, now time.Time) time.Time {
	r, any := a.LatestAt(feature, now)
	if !any || r.Status(now) == "pending" || a.Status(now) != "active" {
		return time.Time{}
	}
	return r.AttemptedAt.Add(interval[feature]).Truncate(time.Second)
}

// CatchUp does what time alone does: the daily refresh of subscribed accounts.
func (w *World) CatchUp(a *Account, now time.Time) {
	if a.State.SubscribedAt.IsZero() {
		return
	}
	offset := time.Duration(draw.Of(w.Config.Seed, a.number, "hour of refresh", 0)%86400) * time.Second
	for day := a.State.SubscribedAt.Truncate(24 * time.Hour); ; day = day.AddDate(0, 0, 1) {
		due := day.Add(offset)
		if due.After(now) {
			return
		}
		last, any := a.Latest("transactions")
		overtaken := any && (!due.After(last.AttemptedAt) || due.Before(last.SettlesAt))
		if !due.After(a.State.SubscribedAt) || overtaken || a.Status(due) != "active" {
			continue
		}
		w.BeginRefresh(a, "transactions", "subscription", due)
	}
}

// snapshot is the number of the newest refresh of ownership that has succeeded; -1 before any.
func (a *Account) snapshot(now time.Time) int {
	history := a.State.Refreshes["ownership"]
	for i, r := range slices.Backward(history) {
		if r.Status(now) == "succeeded" {
			return i
		}
	}
	return -1
}

// OwnershipID is the id of the newest ownership snapshot; "" before any. A snapshot never
// changes: every refresh that succeeds makes a new one.
func (w *World) OwnershipID(a *Account, now time.Time) string {
	n := a.snapshot(now)
	if n < 0 {
		return ""
	}
	return w.snapshotID(a, n)
}

func (w *World) snapshotID(a *Account, n int) string {
	return draw.ID("fcaowns_", w.Config.Seed, a.Identity(), "ownership", int64(n))
}
