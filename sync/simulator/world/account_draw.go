package world

import (
	"time"

	"fcpipe/sync/simulator/draw"
)

var institutions = []string{
	"Harbor National Bank", "First Prairie Credit Union", "Cobalt Bank", "Meridian Trust", "Lakeside Savings",
	"Summit Federal",
}

// datesOf tells of each institution what it tells of time.
var datesOf = []dates{instants, postedDates, instants, instants, datesOnly, instants}

// newAccount draws account number n of a world.
func newAccount(c Config, n int) *Account {
	a := &Account{number: n, State: AccountState{Refreshes: map[string][]Refresh{}}}
	holder := n % c.Holders
	a.ID = draw.ID("fca_", c.Seed, n, "account", 0)
	a.Holder = c.Holder(holder)
	bank := draw.Of(c.Seed, holder, "institution", int64(n/c.Holders)/2) % uint64(len(institutions))
	a.Last4 = string([]byte{digit(c, n, 0), digit(c, n, 1), digit(c, n, 2), digit(c, n, 3)})
	a.CreatedAt = c.Start.Add(-time.Duration(draw.Between(draw.Of(c.Seed, n, "created", 0), 60, 3600)) * time.Second)
	days := int64(c.HistoryDays)
	a.historyDays = int(min(days, draw.Between(draw.Of(c.Seed, n, "history", 0), days-20, days+40)))
	if c.RowsPerAccount > 0 || c.Styles != "" {
		a.historyDays = c.HistoryDays
	}
	a.shape(c, n)
	if a.live(c, n) {
		bank = (bank + 1) % uint64(len(institutions))
	}
	a.Institution, a.dates = institutions[bank], datesOf[bank]
	if c.Styles != "" {
		a.dress(c, n)
		a.spoil(c, n)
	}
	a.Permissions = []string{"balances", "ownership", "payment_method", "transactions"}
	if c.Calm {
		return a
	}
	switch {
	case n%30 == 17:
		a.Permissions = []string{"balances", "payment_method"}
	case n%30 == 23:
		a.Permissions = []string{"payment_method", "transactions"}
	case n%45 == 31:
		a.State.DisconnectedAt = a.CreatedAt.Add(30 * time.Second)
	case !a.ClosedAt.IsZero():
		a.InactiveAt = c.Start.Add(60 * time.Hour)
	case n%30 == 7:
		a.InactiveAt = c.Start.Add(-time.Minute)
	case draw.Chance(draw.Of(c.Seed, n, "inactive", 0), 8):
		a.InactiveAt = c.Start.Add(time.Duration(draw.Between(draw.Of(c.Seed, n, "inactive", 1), 20, 150)) * time.Hour)
	}
	return a
}

// shape draws what kind of account it is: every holder has a checking account first.
func (a *Account) shape(c Config, n int) {
	kind := draw.Of(c.Seed, n, "kind", 0)
	switch {
	case n < c.Holders || draw.Chance(kind, 20):
		a.Category, a.Subcategory, a.Name = "cash", "checking", "Everyday Checking"
		a.opening = draw.Between(draw.Of(c.Seed, n, "opening", 0), 80_000, 600_000)
	case draw.Chance(kind>>8, 55):
		a.Category, a.Subcategory, a.Name = "cash", "savings", "Savings"
		a.opening = draw.Between(draw.Of(c.Seed, n, "opening", 0), 50_000, 2_500_000)
	default:
		a.Category, a.Subcategory, a.Name = "credit", "credit_card", "Rewards Card"
		a.opening = -draw.Between(draw.Of(c.Seed, n, "opening", 0), 10_000, 250_000)
	}
}

// live makes some holders change banks in mid-history, and some open savings then. It reports
// whether the account is the one at the other bank.
func (a *Account) live(c Config, n int) (elsewhere bool) {
	a.main = a.Subcategory == "checking" && (n < c.Holders || n >= c.Accounts)
	holder := n % c.Holders
	isPlain := !c.Calm && c.Styles == "" && c.RowsPerAccount == 0 && c.HistoryDays >= 100
	if !isPlain || n >= c.Accounts || holder+c.Holders >= c.Accounts {
		return false
	}
	today := c.Start.Truncate(24 * time.Hour)
	switch {
	case holder%20 == 15 && n == holder:
		a.ClosedAt = today.AddDate(0, 0, -60)
	case holder%20 == 15 && n == holder+c.Holders:
		a.Category, a.Subcategory, a.Name, a.main = "cash", "checking", "Everyday Checking", true
		a.opening, a.historyFrom = 0, today.AddDate(0, 0, -80)
		return true
	case holder%20 == 9 && n == holder+c.Holders:
		a.Category, a.Subcategory, a.Name, a.main = "cash", "savings", "Savings", false
		a.opening, a.historyFrom = 0, today.AddDate(0, 0, -70)
	}
	return false
}

func digit(c Config, n int, place int64) byte {
	return '0' + byte(draw.Of(c.Seed, n, "last4", place)%10)
}
