package simulator

import (
	"slices"
	"time"
)

// account is one bank account of the world: what is drawn once, and what changes.
type account struct {
	number      int
	id          string
	holder      string
	institution string
	name        string
	last4       string
	category    string
	subcategory string
	permissions []string
	createdAt   time.Time
	historyDays int
	historyFrom time.Time    // zero: historyDays before it was created
	generation  int          // zero: linked for the first time; gives the rows other ids
	opening     int64        // balance before the first row of history, minor units
	main        bool         // wages come to it, bills are paid from it
	closedAt    time.Time    // zero: never; nothing happens from this day on
	dates       dates        // how its bank tells when rows happened
	otherwise   bool         // linked again, its bank tells other texts and days
	book        book         // what its history so far comes to
	inactiveAt  time.Time    // zero: never
	rows        []row        // bank rows generated so far, by day
	rowsThrough int          // days since historyStart generated
	view        *view        // what refreshes have revealed, cached
	edited      map[int]bool // edits that are applied to rows

	State accountState
}

// dates is what a bank tells of the time of its rows.
type dates int

const (
	instants    dates = iota
	postedDates       // the night in which a row posted, and when it happened
	datesOnly         // dates alone: midnight UTC
)

// accountState is what clients and time have done to an account; it is saved.
type accountState struct {
	DisconnectedAt time.Time            `json:"disconnected_at,omitzero"`
	ReplacedAt     time.Time            `json:"replaced_at,omitzero"` // when it was linked again under a new id
	SubscribedAt   time.Time            `json:"subscribed_at,omitzero"`
	Refreshes      map[string][]refresh `json:"refreshes,omitempty"`  // by feature, oldest first
	LinkedBy       *link                `json:"linked_by,omitempty"`  // accounts linked through a session
	BrokenAt       time.Time            `json:"broken_at,omitzero"`   // when a fault made it inactive
	HistoryCut     time.Time            `json:"history_cut,omitzero"` // rows before are not listed any more
	Edits          []rowEdit            `json:"edits,omitempty"`      // what faults made happen at its bank, in order
}

// link says how an account came to be after the world began.
type link struct {
	Session     string    `json:"session"`
	Relinks     string    `json:"relinks,omitempty"` // the account of the same bank account before
	Holder      string    `json:"holder"`
	Permissions []string  `json:"permissions"`
	At          time.Time `json:"at"`
	Otherwise   bool      `json:"otherwise,omitempty"` // its bank tells other texts and days
}

var institutions = []string{"Harbor National Bank", "First Prairie Credit Union", "Cobalt Bank", "Meridian Trust", "Lakeside Savings", "Summit Federal"}

// datesOf tells of each institution what it tells of time.
var datesOf = []dates{instants, postedDates, instants, instants, datesOnly, instants}

// newAccount draws account number n of a world.
func newAccount(c Config, n int) *account {
	a := &account{number: n, State: accountState{Refreshes: map[string][]refresh{}}}
	holder := n % c.Holders
	a.id = identifier("fca_", c.Seed, n, "account", 0)
	a.holder = c.holder(holder)
	bank := draw(c.Seed, holder, "institution", int64(n/c.Holders)/2) % uint64(len(institutions))
	a.last4 = string([]byte{digit(c, n, 0), digit(c, n, 1), digit(c, n, 2), digit(c, n, 3)})
	a.createdAt = c.Start.Add(-time.Duration(between(draw(c.Seed, n, "created", 0), 60, 3600)) * time.Second)
	a.historyDays = int(min(int64(c.HistoryDays), between(draw(c.Seed, n, "history", 0), int64(c.HistoryDays)-20, int64(c.HistoryDays)+40)))
	if c.RowsPerAccount > 0 {
		a.historyDays = c.HistoryDays
	}
	a.shape(c, n)
	if a.live(c, n) {
		bank = (bank + 1) % uint64(len(institutions))
	}
	a.institution, a.dates = institutions[bank], datesOf[bank]
	a.permissions = []string{"balances", "ownership", "payment_method", "transactions"}
	if c.Calm {
		return a
	}
	switch {
	case n%30 == 17:
		a.permissions = []string{"balances", "payment_method"}
	case n%30 == 23:
		a.permissions = []string{"payment_method", "transactions"}
	case n%45 == 31:
		a.State.DisconnectedAt = a.createdAt.Add(30 * time.Second)
	case !a.closedAt.IsZero():
		a.inactiveAt = c.Start.Add(60 * time.Hour)
	case n%30 == 7:
		a.inactiveAt = c.Start.Add(-time.Minute)
	case chance(draw(c.Seed, n, "inactive", 0), 8):
		a.inactiveAt = c.Start.Add(time.Duration(between(draw(c.Seed, n, "inactive", 1), 20, 150)) * time.Hour)
	}
	return a
}

// shape draws what kind of account it is: every holder has a checking account first.
func (a *account) shape(c Config, n int) {
	kind := draw(c.Seed, n, "kind", 0)
	switch {
	case n < c.Holders || chance(kind, 20):
		a.category, a.subcategory, a.name = "cash", "checking", "Everyday Checking"
		a.opening = between(draw(c.Seed, n, "opening", 0), 80_000, 600_000)
	case chance(kind>>8, 55):
		a.category, a.subcategory, a.name = "cash", "savings", "Savings"
		a.opening = between(draw(c.Seed, n, "opening", 0), 50_000, 2_500_000)
	default:
		a.category, a.subcategory, a.name = "credit", "credit_card", "Rewards Card"
		a.opening = -between(draw(c.Seed, n, "opening", 0), 10_000, 250_000)
	}
}

// live makes some holders change banks in mid-history, and some open savings then. It reports
// whether the account is the one at the other bank.
func (a *account) live(c Config, n int) (elsewhere bool) {
	a.main = a.subcategory == "checking" && (n < c.Holders || n >= c.Accounts)
	holder := n % c.Holders
	if c.Calm || c.RowsPerAccount > 0 || c.HistoryDays < 100 || n >= c.Accounts || holder+c.Holders >= c.Accounts {
		return false
	}
	today := c.Start.Truncate(24 * time.Hour)
	switch {
	case holder%20 == 15 && n == holder:
		a.closedAt = today.AddDate(0, 0, -60)
	case holder%20 == 15 && n == holder+c.Holders:
		a.category, a.subcategory, a.name, a.main = "cash", "checking", "Everyday Checking", true
		a.opening, a.historyFrom = 0, today.AddDate(0, 0, -80)
		return true
	case holder%20 == 9 && n == holder+c.Holders:
		a.category, a.subcategory, a.name, a.main = "cash", "savings", "Savings", false
		a.opening, a.historyFrom = 0, today.AddDate(0, 0, -70)
	}
	return false
}

func digit(c Config, n int, place int64) byte {
	return '0' + byte(draw(c.Seed, n, "last4", place)%10)
}

// status is what the account is at an instant.
func (a *account) status(now time.Time) string {
	switch {
	case reached(a.State.DisconnectedAt, now):
		return "disconnected"
	case reached(a.State.ReplacedAt, now), reached(a.inactiveAt, now), reached(a.State.BrokenAt, now):
		return "inactive"
	}
	return "active"
}

// reached reports whether an instant, if any, has come.
func reached(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// identity is the number its ids are drawn with: a bank account linked again has new ones.
func (a *account) identity() int { return a.number + a.generation<<20 }

func (a *account) permits(permission string) bool {
	return slices.Contains(a.permissions, permission)
}

// historyStart is the first instant the bank's history goes back to.
func (a *account) historyStart() time.Time {
	if !a.historyFrom.IsZero() {
		return a.historyFrom
	}
	return a.createdAt.AddDate(0, 0, -a.historyDays).Truncate(24 * time.Hour)
}
