package journal

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestJournalOfAnotherVersion: earlier versions kept the limits a run ended with and the events it had read; a later
// one may write kinds of records this one does not know. All are skipped, the rest counts, and the journal is appended
// to.
func TestJournalOfAnotherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var text []byte
	for _, body := range []string{
		`{"kind":"reads","reads":{"at":"2026-01-02T03:04:05Z","count":7,"run_id":"a"}}`,
		`{"kind":"limits","limits":{"rates":[{"operation":"refresh","per_second":2.5,` +
			`"since":"2026-01-02T03:04:05Z"}],` +
			`"withheld":3,"withheld_since":"2026-01-02T03:04:05Z","at":"2026-01-02T03:04:06Z","run_id":"a"}}`,
		`{"kind":"events","events":{"connected":"acct_1","through":"2026-01-02T03:04:05Z","seen":["evt_1"],` +
			`"again":["fca_1"],"listed_at":"2026-01-02T03:04:05Z"}}`,
		`{"kind":"of_a_later_version","something":[1]}`,
		`{"kind":"reads","reads":{"at":"2026-01-02T03:04:07Z","count":5,"run_id":"a"}}`,
	} {
		text = fmt.Appendf(text, "%08x %s\n", crc32.Checksum([]byte(body), castagnoli), body)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int64{12, 13} {
		journal, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := journal.ReadsSince(time.Unix(0, 0), ""); got != want {
			t.Errorf("%d reads, want %d", got, want)
		}
		if err := journal.RecordReads(Reads{At: time.Unix(1000, 0), Count: 1}); err != nil {
			t.Fatal(err)
		}
	}
}
