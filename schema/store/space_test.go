package store

import (
	"os"
	"path/filepath"
	"testing"

	"fcpipe/schema"
)

// TestWhatHasLandedIsLargerOnceItIsDerived: a million rows land in some 50 MB, and become a file of 270 MB: one thread,
// which is for little data, would take twice as long.
func TestWhatHasLandedIsLargerOnceItIsDerived(t *testing.T) {
	s, err := Open(t.Context(), Options{Layout: schema.Layout{Dir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	landed := filepath.Join(s.layout.Landing(), "000000000001.duckdb")
	if err := os.MkdirAll(filepath.Dir(landed), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(landed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(landed, 50e6); err != nil {
		t.Fatal(err)
	}
	held, err := s.dataBytes()
	if err != nil {
		t.Fatal(err)
	}
	if threads := s.Settings().For(held).Threads; threads != 0 {
		t.Errorf("a first round of a million rows has %d threads, want as many as the machine has", threads)
	}
}
