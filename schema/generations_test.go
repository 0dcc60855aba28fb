package schema

import (
	"strconv"
)

// previous lists the generations kept, oldest first.
func (s *testStore) previous() []string {
	s.t.Helper()
	kept, err := s.Layout().keptGenerations()
	if err != nil {
		s.t.Fatal(err)
	}
	return kept
}

// published runs a round that publishes one more transaction.
func (s *testStore) published(n int) string {
	s.t.Helper()
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_"+strconv.Itoa(n), "fca_1", int64(-n), n)}})
	return string(readFile(s.t, s.Layout().Database()))
}
