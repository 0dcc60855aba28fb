package schema

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestJournalOfAnOtherVersion: an old journal has no limits, a newer one has kinds of records
// this program does not know: both open, what is known of them counts, and they are appended to.
func TestJournalOfAnOtherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	old, err := OpenJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.RecordReads(Reads{At: time.Unix(1000, 0), Count: 7}); err != nil {
		t.Fatal(err)
	}
	if err := old.append(record{Kind: "of_a_newer_version"}); err != nil {
		t.Fatal(err)
	}
	opened, err := OpenJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, known := opened.Limits(""); known || opened.ReadsSince(time.Unix(0, 0), "") != 7 {
		t.Error("a journal without limits is read wrongly")
	}
	want := Limits{At: time.Unix(2000, 0).UTC(), Rates: []Rate{{Operation: "refresh", PerSecond: 2.5, Since: time.Unix(1990, 0).UTC()}}}
	if err := opened.RecordLimits(want); err != nil {
		t.Fatal(err)
	}
	again, err := OpenJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	got, known := again.Limits("")
	if !known || len(got.Rates) != 1 || got.Rates[0] != want.Rates[0] || again.ReadsSince(time.Unix(0, 0), "") != 7 {
		t.Errorf("limits read back as %+v", got)
	}
	if text, _ := os.ReadFile(path); len(text) == 0 {
		t.Error("nothing was written")
	}
}
