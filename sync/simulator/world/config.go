package world

import (
	"strings"
	"time"

	"fcpipe/sync/simulator/draw"
)

// Config makes a world. The zero value is the demo world.
type Config struct {
	Seed        uint64 `json:"seed"`
	Holders     int    `json:"holders"`      // zero means 40
	Accounts    int    `json:"accounts"`     // zero means 90
	HistoryDays int    `json:"history_days"` // at most; zero means 180
	// about so many per account in its history; zero means as people live
	RowsPerAccount   int `json:"rows_per_account"`
	OwnersPerAccount int `json:"owners_per_account,omitempty"` // zero means one, sometimes two
	// when the world begins; zero means 2026-06-01 14:00 UTC
	Start time.Time `json:"start"`
	// true: transactions and balances were refreshed when the accounts were linked
	Linked bool `json:"linked"`
	// true: nothing fails, every account is active and shares everything
	Calm bool `json:"calm"`
	// percent of objects that are shown with unknown fields, others at each reading
	NoveltyPercent uint64 `json:"novelty_percent,omitempty"`
	// "default" or "evaluation": households whose banks print as US banks do, and whose rows have a known meaning;
	// "" is the plain world. See package statement
	Styles string `json:"styles,omitempty"`
	// true: with Styles, the feeds of most holders are wrong, each in a way of its own; see MessKinds
	Mess bool `json:"mess,omitempty"`
	// with Styles and RowsPerAccount: about so many percent of purchases have a text of their own, the others one that
	// recurs; zero means as the styles print
	OwnTextPercent uint64 `json:"own_text_percent,omitempty"`
	// accounts whose rows stay in memory, with RowsPerAccount; others are drawn again when they are asked for.
	// zero means all
	KeepDrawn int `json:"keep_drawn,omitempty"`
	// hours after a refresh has succeeded until the rows it brought have labels, for preview versions; zero means never
	LabelHours        int `json:"label_hours,omitempty"`
	RequestsPerSecond int `json:"requests_per_second"` // more are answered 429; zero means no limit
}

func (c Config) withDefaults() Config {
	if c.Holders == 0 {
		c.Holders = 40
	}
	if c.Accounts == 0 {
		c.Accounts = 90
	}
	if c.HistoryDays == 0 {
		c.HistoryDays = 180
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC)
	}
	c.Start = c.Start.UTC()
	return c
}

// Holder is the id of person number n. In a world that is not calm every ninth is an account
// configured as a customer (Accounts v2), the others are customers.
func (c Config) Holder(n int) string {
	if !c.Calm && n%9 == 5 {
		return draw.ID("acct_", c.Seed, n, "holder", 0)[:21]
	}
	return draw.ID("cus_", c.Seed, n, "holder", 0)
}

// IsCustomerAccount reports whether a holder is an account configured as a customer.
func IsCustomerAccount(holder string) bool { return strings.HasPrefix(holder, "acct_") }
