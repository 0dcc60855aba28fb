package faults

import "fcpipe/sync/simulator/world"

// Armed is a fault with what it has met so far. The counts are saved with the world.
type Armed struct {
	Fault
	Number int // of the fault in its script, for draws
	Counts Counts
}

// Counts are requests that fulfilled a condition, and those of them that went wrong, by
// account; "" counts all of them.
type Counts struct {
	Number   int            `json:"number"`
	Seen     map[string]int `json:"seen,omitempty"`
	Happened map[string]int `json:"happened,omitempty"`
}

// NewCounts are those of a fault that has met nothing yet.
func NewCounts(number int) Counts {
	return Counts{Number: number, Seen: map[string]int{}, Happened: map[string]int{}}
}

// Strikes counts one that matches and decides whether it goes wrong. Draws belong to the
// account and the number of its own requests: the order in which accounts come never matters.
func (f *Armed) Strikes(w *world.World, account string, times int) bool {
	f.Counts.Seen[""]++
	if account != "" {
		f.Counts.Seen[account]++
	}
	count := ""
	if f.When.PerAccount {
		count = account
	}
	n := f.Counts.Seen[count]
	switch {
	case f.When.Nth > 0 && n != f.When.Nth, n <= f.When.Skip, times > 0 && f.Counts.Happened[count] >= times:
		return false
	}
	if p := f.When.Probability; p > 0 && float64(chanceOf(w, account, f.Number, f.Counts.Seen[account])) >= p*1e6 {
		return false
	}
	f.Counts.Happened[""]++
	if account != "" {
		f.Counts.Happened[account]++
	}
	return true
}
