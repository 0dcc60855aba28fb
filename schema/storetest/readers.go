package storetest

import (
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/reader"
)

// PublishedReader is a store that has published one transaction, and a reader of its file.
func PublishedReader(t *testing.T) (*Store, *reader.Reader) {
	t.Helper()
	s := Prepared(t, "one transaction", func() *Store {
		s := NewWithModels(t)
		s.Round(
			schema.Landed{
				Accounts:     []schema.Account{Account("fca_1")},
				Transactions: []schema.Transaction{Transaction("fctxn_1", "fca_1", -450, 4)},
			},
		)
		return s
	})
	return s, OpenReader(t, s)
}

// OpenReader opens the published file of a store until the test ends.
func OpenReader(t *testing.T, s *Store) *reader.Reader {
	t.Helper()
	reader, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
	return reader
}

// Ask renders an answer as "name TYPE, …|cell,cell|…".
func Ask(t *testing.T, reader *reader.Reader, text string) (string, error) {
	t.Helper()
	columns, rows, err := reader.Query(t.Context(), text)
	if err != nil {
		return "", err
	}
	var head []string
	for _, column := range columns {
		head = append(head, column.Name+" "+column.Type)
	}
	lines := []string{strings.Join(head, ", ")}
	for row, err := range rows {
		if err != nil {
			return "", err
		}
		var cells []string
		for _, cell := range row {
			if cell.Null {
				cell.Text = "∅"
			}
			cells = append(cells, cell.Text)
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	return strings.Join(lines, "|"), nil
}

// AttentionOf is the accounts of a store that need a person; see StatusOf.
func AttentionOf(t *testing.T, s *Store, change ...func(*reader.StatusQuestion)) []reader.Attention {
	t.Helper()
	return StatusOf(t, s, change...).Attention
}

// StatusOf is the status of a store at its clock, for a configuration that wants transactions and balances, unless
// changes to the question say otherwise.
func StatusOf(t *testing.T, s *Store, change ...func(*reader.StatusQuestion)) reader.Status {
	t.Helper()
	opened, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	question := reader.StatusQuestion{Now: s.Clock, Transactions: true, Balances: true}
	for _, f := range change {
		f(&question)
	}
	status, err := opened.Status(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	return status
}
