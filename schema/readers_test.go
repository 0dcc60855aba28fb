package schema

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// publishedFiles is what one round of one transaction leaves: the file and the journal, by name.
var publishedFiles struct {
	sync.Once
	file, journal []byte
	clock         time.Time
}

// publishedReader is a store that has published one transaction, and a reader of its file. The round is
// run once for all tests that only read.
func publishedReader(t *testing.T) (*testStore, *Reader) {
	t.Helper()
	once := &publishedFiles
	once.Do(func() {
		s := newTestStore(t)
		s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -450, 4)}})
		once.file, once.journal, once.clock = readFile(t, s.Layout().Database()), readFile(t, s.Layout().Journal()), s.clock
	})
	layout := Layout{Dir: t.TempDir()}
	err := errors.Join(os.Mkdir(layout.State(), 0o700), os.WriteFile(layout.Database(), once.file, 0o600), os.WriteFile(layout.Journal(), once.journal, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	s := openTestStore(t, layout.Dir)
	s.derives, s.begun, s.clock = false, once.file, once.clock
	return s, openTestReader(t, s)
}

func openTestReader(t *testing.T, s *testStore) *Reader {
	t.Helper()
	reader, err := OpenReader(t.Context(), s.Layout(), s.Settings())
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

// ask renders an answer as "name TYPE, …|cell,cell|…".
func ask(t *testing.T, reader *Reader, text string) (string, error) {
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

func attentionOf(t *testing.T, s *testStore, change ...func(*StatusQuestion)) []Attention {
	t.Helper()
	return statusOf(t, s, change...).Attention
}

func statusOf(t *testing.T, s *testStore, change ...func(*StatusQuestion)) Status {
	t.Helper()
	reader, err := OpenReader(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	question := StatusQuestion{Now: s.clock, Transactions: true, Balances: true}
	for _, f := range change {
		f(&question)
	}
	status, err := reader.Status(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	return status
}
