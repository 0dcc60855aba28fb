package tombstone

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// registered is a register whose journal erased an account and a holder.
func registered(t *testing.T) (*Register, *journal.Journal, schema.Layout) {
	t.Helper()
	layout := schema.Layout{Dir: t.TempDir()}
	if err := os.MkdirAll(layout.State(), 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := journal.Open(layout.Journal())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(layout, log)
	if err != nil {
		t.Fatal(err)
	}
	if r.IsErased("fca_1", "cus_1") || r.Scrub("fca_1") != "fca_1" {
		t.Error("something is erased before anything was")
	}
	if err := r.Prepare(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"fca_1", "cus_2"} {
		if err := log.RecordErasure(journal.Erasure{
			ErasureID: "of " + id, Subject: r.Hash(id), Tombstones: []string{r.Hash(id)}, KeyID: r.KeyID(),
			RequestedAt: noon,
		}); err != nil {
			t.Fatal(err)
		}
	}
	return r, log, layout
}

func TestIDsAreErasedAndAllowedAgain(t *testing.T) {
	r, log, _ := registered(t)
	want := func(account, holder string, erased bool) {
		t.Helper()
		if r.IsErased(account, holder) != erased {
			t.Errorf("%s of %s: erased is %v", account, holder, !erased)
		}
	}
	want("fca_1", "", true)
	want("fca_2", "cus_1", false)
	want("fca_3", "cus_2", true)
	if err := log.RecordAllowance(journal.Allowance{Subject: r.Hash("fca_1"), At: noon}); err != nil {
		t.Fatal(err)
	}
	want("fca_1", "cus_1", false)
	want("fca_3", "cus_2", true)
	// a consent that was given before allows nothing
	for _, at := range []time.Time{noon.Add(-time.Hour), noon.Add(time.Hour)} {
		if err := log.RecordConsents(journal.Consent{AccountID: "fca_4", HolderID: "cus_2", GivenAt: at}); err != nil {
			t.Fatal(err)
		}
		want("fca_4", "cus_2", at.Before(noon))
		want("fca_3", "cus_2", at.Before(noon)) // its own tombstone would still stop it
	}
}

func TestOnlyWholeIDsAreScrubbed(t *testing.T) {
	r, _, _ := registered(t)
	hash := r.Hash("fca_1")
	for text, want := range map[string]string{
		"fca_1": hash, "link fca_1 to fca_12": "link " + hash + " to fca_12",
		"balance|fca_1|2026": "balance|" + hash + "|2026",
		"xfca_1":             "xfca_1", "": "", "é fca_1.": "é " + hash + ".", hash: hash,
	} {
		if got := r.Scrub(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if !strings.HasPrefix(hash, Prefix) || strings.Contains(hash, "fca_1") {
		t.Errorf("hash %s", hash)
	}
}

// Without the key nothing could tell which accounts are erased: that is an error, not an empty register.
func TestAMissingOrOtherKeyIsAnError(t *testing.T) {
	_, log, layout := registered(t)
	info, err := os.Stat(layout.ErasureKey())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if _, err := Open(layout, log); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "zz", strings.Repeat("ab", keySize)} {
		if err := os.WriteFile(layout.ErasureKey(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(layout, log); !errors.Is(err, ErrKey) {
			t.Errorf("key %q: %v", content, err)
		}
	}
	if err := os.Rename(layout.ErasureKey(), filepath.Join(layout.Dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(layout, log); !errors.Is(err, ErrKey) {
		t.Errorf("no key: %v", err)
	}
}

func TestAChainShowsWhatWasChangedOrTakenAway(t *testing.T) {
	var rows []Row
	previous := ""
	for n := range 3 {
		e := journal.Erasure{
			ErasureID: string(rune('a' + n)), Subject: "erased_1", Tombstones: []string{"erased_1"}, Reason: "request",
			RequestedAt: noon,
			Receipt: &journal.Receipt{
				CompletedAt: noon.Add(time.Duration(n)), Counts: map[string]int64{"accounts": 1},
				PreviousHash: previous,
			},
		}
		row := RowOf(e)
		row.Hash = row.Sum()
		again, err := row.Erasure()
		if previous = row.Hash; err != nil || RowOf(again).Sum() != row.Hash {
			t.Errorf("%+v %v", again, err)
		}
		rows = append(rows, row)
	}
	if problems := CheckChain(rows); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	changed := append([]Row(nil), rows...)
	changed[1].Details = strings.Replace(changed[1].Details, "1", "2", 1)
	for name, chain := range map[string][]Row{
		"changed": changed, "one is gone": {rows[0], rows[2]}, "the first is gone": rows[1:],
		"order": {rows[1], rows[0]},
	} {
		if len(CheckChain(chain)) == 0 {
			t.Errorf("%s: nothing is noticed", name)
		}
	}
}
