package storetest

import (
	"strconv"

	"fcpipe/schema"
	"fcpipe/schema/store"
)

// Previous lists the generations kept, oldest first.
func (s *Store) Previous() []string {
	s.T.Helper()
	kept, err := store.KeptGenerations(s.Layout())
	if err != nil {
		s.T.Fatal(err)
	}
	return kept
}

// Published runs a round that publishes one more transaction.
func (s *Store) Published(n int) string {
	s.T.Helper()
	s.Round(
		schema.Landed{
			Accounts:     []schema.Account{Account("fca_1")},
			Transactions: []schema.Transaction{Transaction("fctxn_"+strconv.Itoa(n), "fca_1", int64(-n), n)},
		},
	)
	return string(ReadFile(s.T, s.Layout().Database()))
}
