package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fcpipe/schema/erase"
)

// TestWhatIsInTheWayOfAnErasureIsNamed: a file that the configuration names is not to be removed whole, pages of
// reports can be written again, and a file of fcpipe's own is left as it is.
func TestWhatIsInTheWayOfAnErasureIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "reports"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "reports", ".fcpipe-reports"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct{ files, unread, lines []string }{
		"lines of your own files name it: remove loan_requests.csv:2, loan_requests.csv:7; then run": {
			files: []string{"loan_requests.csv"}, lines: []string{"loan_requests.csv:2", "loan_requests.csv:7"},
		},
		"delete f.parquet, copy.zip, or move out of the data directory what is to be kept; then run": {
			files: []string{"f.parquet"}, unread: []string{"copy.zip"},
		},
		"delete reports/h-1.html, or run \"fcpipe report --portfolio --dir " + filepath.Join(dir, "reports") + `"`: {
			files: []string{"reports/h-1.html"},
		},
		"please report that state/journal.ndjson, which fcpipe made, held it": {
			files: []string{"state/journal.ndjson"},
		},
	} {
		left := &erase.LeftError{Dir: dir, Files: c.files, Unread: c.unread}
		err := hintErase(left, c.lines...)
		hinted, isHinted := errors.AsType[hintedError](err)
		if !isHinted || !strings.Contains(hinted.hint, want) || exitCode(err) != exitCode(left) {
			t.Errorf("got %v %q (exit %d), want %s", err, hinted.hint, exitCode(err), want)
		}
	}
}
