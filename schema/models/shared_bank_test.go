package models_test

import (
	"sync"
	"testing"

	"fcpipe/schema/models"
)

// sharedBank is a random bank that several tests ask: what a derivation costs is mostly the number of its tables. What
// a test changes of it has to leave the others right, in whatever order they run.
type sharedBank struct {
	once     sync.Once
	bank     *randomBank
	seed     uint64
	tell     func(b *randomBank) // what it has beside its draws; may be nil
	find     findModels
	partRows int64 // of its derivation
}

var (
	// bankOfRules has what rules of verify compare.
	bankOfRules = &sharedBank{seed: 40, find: only(tablesOfRules...)}
	// bankOfNames has every table, and names in the texts of its rows. It is derived in parts, one holder or account
	// after another, as many rows are.
	bankOfNames = &sharedBank{seed: 6, tell: tellNames, find: models.OrderedModels, partRows: 1}
)

// of is the bank for one test, derived by the first that asks for it.
func (s *sharedBank) of(t *testing.T) *randomBank {
	t.Helper()
	s.once.Do(func() {
		b := newBankOn(newLastingShelf(t), s.seed, "").filled(s.seed)
		if s.tell != nil {
			s.tell(b)
		}
		b.partRows = s.partRows
		b.deriveWith(s.find, true)
		b.partRows = 0
		s.bank = b
	})
	if s.bank == nil {
		t.Fatal("the test that derived the bank failed")
	}
	s.bank.t = t
	return s.bank
}
