package landingtest

import (
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
)

// InMemory opens a Memory for the contract.
func InMemory(_ testing.TB, now func() time.Time) Store { return inMemory{&Memory{Now: now}} }

// inMemory shows a Memory as the contract sees a store.
type inMemory struct{ *Memory }

func (s inMemory) Crash(testing.TB) { s.Memory.Crash() }

func (s inMemory) Merge(_ testing.TB, round Round) (Merged, bool, error) {
	return s.Memory.Merge(round)
}

func (s inMemory) State(testing.TB) schema.State { return s.Memory.State() }

func (s inMemory) Overlaid(testing.TB) schema.State { return s.Memory.Overlaid() }

func (s inMemory) Backup(testing.TB) (restore func()) { return s.Memory.Backup() }

func (s inMemory) Contents(testing.TB) Contents {
	c := Contents{Transactions: map[string]schema.Transaction{}, Owners: s.Owners(), Refreshes: s.Refreshes()}
	for id, row := range s.Rows() {
		c.Transactions[id] = row.Transaction
		for _, v := range row.Versions {
			if v.Superseded {
				c.Superseded++
			}
		}
	}
	for _, q := range s.Refused() {
		c.Refused = append(c.Refused, q.AccountID+" "+q.Object+" "+q.Field+": "+q.Reason)
	}
	slices.Sort(c.Refused)
	return c
}
