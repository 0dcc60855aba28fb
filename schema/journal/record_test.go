package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func journalWith(t *testing.T, path string, charges ...string) *Journal {
	t.Helper()
	journal, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range charges {
		if _, err := journal.RecordCharges(
			Charge{ChargeKey: key, Kind: "balance", AmountMicroUSD: 100_000, ChargedAt: time.Unix(1, 0).UTC()},
		); err != nil {
			t.Fatal(err)
		}
	}
	return journal
}

// A first round charges for every account: each record is an fsync, so many charges are few records.
func TestManyChargesAreFewRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	var charges []Charge
	for n := range 2500 {
		charges = append(charges, Charge{ChargeKey: strconv.Itoa(n % 2100), Kind: "balance", AmountMicroUSD: 100_000})
	}
	counted, err := journalWith(t, path, "0", "1").RecordCharges(charges...)
	if err != nil || counted != 2098*100_000 {
		t.Fatalf("%d micro-USD were counted: %v", counted, err)
	}
	if lines := strings.Count(string(content(t, path)), "\n"); lines != 2+3 {
		t.Errorf("%d records", lines)
	}
	journal := journalWith(t, path)
	if n := len(journal.Charges()); n != 2100 || !journal.Charged("2099") || journal.Charged("2100") {
		t.Errorf("%d charges are counted", n)
	}
}

func TestJournalForgetsOnlyALineThatWasNeverWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	journalWith(t, path, "a", "b", "b")
	whole := content(t, path)
	for cut := range len(whole) {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		journal := journalWith(t, path)
		before := journal.SpentSince(time.Time{})
		if want := int64(strings.Count(string(whole[:cut]), "\n")) * 100_000; before != want {
			t.Fatalf("cut at %d: %d micro-USD, want %d", cut, before, want)
		}
		journalWith(t, path, "c")
		if after := journalWith(t, path).SpentSince(time.Time{}); after != before+100_000 {
			t.Fatalf("cut at %d: %d micro-USD after one more charge", cut, after)
		}
	}
}

func TestJournalNamesTheLineThatRotted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	journalWith(t, path, "a", "b", "c")
	content := content(t, path)
	content[strings.Index(string(content), "\n")+20] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("opened: %v", err)
	}
}

func TestJournalKnowsWhatIsOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	journal := journalWith(t, path)
	at := time.Unix(1_800_000_000, 0).UTC()
	for _, key := range []string{"one", "two"} {
		if err := journal.RecordIntent(
			Intent{Key: key, AccountID: "fca_" + key, Feature: "balance", At: at},
		); err != nil {
			t.Fatal(err)
		}
	}
	if err := journal.RecordResult(
		RefreshResult{Key: "one", Outcome: ResultStarted, AttemptedAt: &at, RequestID: "req_1"},
	); err != nil {
		t.Fatal(err)
	}
	again := journalWith(t, path)
	if open := again.OpenIntents(); len(open) != 1 || open[0].Key != "two" {
		t.Errorf("open %v", open)
	}
	if _, result, ours := again.StartedByUs("fca_one", "balance", at); !ours || result.RequestID != "req_1" {
		t.Error("does not know what it started")
	}
	one, two := again.LastStarted("fca_one", "balance"), again.LastStarted("fca_two", "balance")
	if !one.Equal(at) || !two.IsZero() {
		t.Errorf("started last at %v and %v", one, two)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// FuzzDecodeRecord: a line is a record with its checksum, or an error; it never panics.
func FuzzDecodeRecord(f *testing.F) {
	line, err := encodeRecord(Record{Kind: recordReads, Reads: &Reads{Count: 3}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("00000000 {}\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		decoded, err := decodeRecord(line)
		if err != nil {
			return
		}
		index := newIndex()
		index.add(decoded)
	})
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
