package world

import "time"

// Account is one bank account of the world: what is drawn once, and what changes.
type Account struct {
	number      int
	ID          string
	Holder      string
	Connected   bool // the holder is a connected account
	Institution string
	Name        string
	Last4       string
	Category    string
	Subcategory string
	Permissions []string
	CreatedAt   time.Time
	historyDays int
	historyFrom time.Time    // zero: historyDays before it was created
	generation  int          // zero: linked for the first time; gives the rows other ids
	opening     int64        // balance before the first row of history, minor units
	main        bool         // wages come to it, bills are paid from it
	ClosedAt    time.Time    // zero: never; nothing happens from this day on
	dates       dates        // how its bank tells when rows happened
	mess        string       // what its feed is like; "" is right
	otherwise   bool         // linked again, its bank tells other texts and days
	book        book         // what its history so far comes to
	InactiveAt  time.Time    // zero: never
	Rows        []Row        // bank rows generated so far, by day
	rowsThrough int          // days since historyStart generated
	view        *View        // what refreshes have revealed, cached
	edited      map[int]bool // edits that are applied to rows

	State AccountState
}

// dates is what a bank tells of the time of its rows.
type dates int

const (
	instants    dates = iota
	postedDates       // the night in which a row posted, and when it happened
	datesOnly         // dates alone: midnight UTC
)

// AccountState is what clients and time have done to an account; it is saved.
type AccountState struct {
	DisconnectedAt time.Time            `json:"disconnected_at,omitzero"`
	ReplacedAt     time.Time            `json:"replaced_at,omitzero"` // when it was linked again under a new id
	SubscribedAt   time.Time            `json:"subscribed_at,omitzero"`
	Refreshes      map[string][]Refresh `json:"refreshes,omitempty"`     // by feature, oldest first
	LinkedBy       *Link                `json:"linked_by,omitempty"`     // accounts linked through a session
	BrokenAt       time.Time            `json:"broken_at,omitzero"`      // when a fault made it inactive
	HistoryCut     time.Time            `json:"history_cut,omitzero"`    // rows before are not listed any more
	Edits          []Edit               `json:"edits,omitempty"`         // what faults made happen at its bank
	ReactivatedAt  time.Time            `json:"reactivated_at,omitzero"` // when its holder repaired the connection
	Shares         []Share              `json:"shares,omitempty"`        // changes of what is shared, in order
}

// Status is what the account is at an instant.
func (a *Account) Status(now time.Time) string {
	switch {
	case Reached(a.State.DisconnectedAt, now):
		return "disconnected"
	case Reached(a.State.ReplacedAt, now), a.isBroken(a.InactiveAt, now), a.isBroken(a.State.BrokenAt, now):
		return "inactive"
	}
	return "active"
}

// isBroken reports whether a connection that broke at an instant has not been repaired since.
func (a *Account) isBroken(at, now time.Time) bool {
	return Reached(at, now) && (!Reached(a.State.ReactivatedAt, now) || a.State.ReactivatedAt.Before(at))
}

// Reached reports whether an instant, if any, has come.
func Reached(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// Identity is the number its ids are drawn with: a bank account linked again has new ones.
func (a *Account) Identity() int { return a.number + a.generation<<20 }

// historyStart is the first instant the bank's history goes back to.
func (a *Account) historyStart() time.Time {
	if !a.historyFrom.IsZero() {
		return a.historyFrom
	}
	return a.CreatedAt.AddDate(0, 0, -a.historyDays).Truncate(24 * time.Hour)
}

var unset time.Time
