package world

import (
	"testing"
	"time"
)

// messy is a world of a year in which every kind of mess is on the only account of a holder, and what its refreshes
// have revealed.
func messy(t *testing.T) (*World, time.Time) {
	t.Helper()
	w := New(Config{Seed: 4, Holders: 18, Accounts: 18, Styles: "default", Calm: true, Linked: true, Mess: true})
	now := w.Config.Start
	for range 28 {
		now = now.AddDate(0, 0, 7)
		for _, a := range w.Accounts {
			w.BeginRefresh(a, "transactions", "request", now)
			w.BeginRefresh(a, "balance", "request", now)
		}
	}
	return w, now.Add(time.Hour)
}

// TestEveryKindOfMessIsShown: the feed of each account differs from its book in the way it says, that of the last in
// none.
func TestEveryKindOfMessIsShown(t *testing.T) {
	w, now := messy(t)
	seen := map[string]bool{}
	for _, a := range w.Accounts {
		book, view := w.Book(a, now.Add(-time.Hour)), w.Visible(a, now)
		var posted, turned, euros, first1970, undated, midnights, stays int
		var sum, booked int64
		for _, r := range view.Rows {
			v := r.Version
			if v.Status != "posted" {
				stays += map[bool]int{true: 1}[v.Status == "pending" && now.Sub(v.At) > 20*24*time.Hour]
				continue
			}
			posted, sum = posted+1, sum+v.Amount
			turned += map[bool]int{true: 1}[v.Amount > 0]
			euros += map[bool]int{true: 1}[v.currency == "eur"]
			first1970 += map[bool]int{true: 1}[v.At.Unix() == 0]
			undated += map[bool]int{true: 1}[v.PostedAt.IsZero()]
			midnights += map[bool]int{true: 1}[!v.PostedAt.IsZero() && v.PostedAt.In(bankZone).Hour() == 0]
		}
		stands, in := 0, 0
		for _, m := range book.Movements {
			if m.TakenBackAt.IsZero() {
				stands, booked = stands+1, booked+m.Minor
				in += map[bool]int{true: 1}[m.Minor > 0]
			}
		}
		read, _ := a.Latest("balance")
		isSo := map[string]bool{
			"":              posted == stands && sum == booked && euros+first1970+undated+stays == 0,
			TurnedSigns:     sum == -booked && posted == stands,
			TurnedCredits:   turned == 0 && in > 0 && posted == stands,
			DoubledRows:     posted > stands,
			LostRows:        posted < stands,
			WithheldDays:    posted < stands,
			LateRows:        posted <= stands,
			VanishedRows:    stands < len(book.Movements) && posted == stands,
			PendingTwins:    posted == stands && stays > 0,
			ShiftedDates:    posted == stands && sum == booked,
			UndatedRows:     undated == posted,
			ZoneMidnights:   midnights == posted,
			MixedCurrencies: euros > 0 && euros < posted,
			RowsOf1970:      first1970 > 0 && first1970 < posted,
			OldBalances:     posted == stands, MisfitBalances: posted == stands, PendingBalances: posted == stands,
			FailingRefreshes: posted < stands,
		}
		if !isSo[a.mess] || posted == 0 {
			t.Errorf("%s: %d rows of %d posted, sum %d of %d, balance %d", a.mess, posted, stands, sum, booked,
				read.Current)
		}
		seen[a.mess] = true
	}
	if len(seen) != len(MessKinds)+1 {
		t.Errorf("%d kinds are seen", len(seen))
	}
}

// TestBalancesOfMessAreWrongNowAndThen: those of the kinds about balances differ from the books, all others never.
func TestBalancesOfMessAreWrongNowAndThen(t *testing.T) {
	w, _ := messy(t)
	for _, a := range w.Accounts {
		wrong := 0
		for _, r := range a.State.Refreshes["balance"] {
			current, _ := w.balanceAt(a, r.AttemptedAt)
			wrong += map[bool]int{true: 1}[current != r.Current]
		}
		isAboutBalances := a.mess == OldBalances || a.mess == MisfitBalances || a.mess == PendingBalances
		if isAboutBalances != (wrong > 0) || wrong == len(a.State.Refreshes["balance"]) {
			t.Errorf("%q: %d of %d balances are wrong", a.mess, wrong, len(a.State.Refreshes["balance"]))
		}
	}
}
