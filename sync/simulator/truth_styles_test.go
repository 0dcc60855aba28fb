package simulator

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
)

// TestTruthOfStyles: every transaction that is listed has one meaning and no other has; a world that was saved has the
// same; plain worlds have none.
func TestTruthOfStyles(t *testing.T) {
	s := New(Config{Seed: 3, Holders: 4, Accounts: 12, Styles: "evaluation", Linked: true, Calm: true})
	s.Advance(3600e9)
	truth := s.Truth()
	listed := map[string]bool{}
	for _, raw := range truth.Transactions {
		var row struct{ ID string }
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatal(err)
		}
		listed[row.ID] = true
	}
	for _, m := range truth.Meanings {
		if !listed[m.ID] || m.Label == "" || m.Institution == "" {
			t.Errorf("%+v, listed %v", m, listed[m.ID])
		}
		delete(listed, m.ID)
	}
	if len(listed) > 0 || len(truth.Meanings) < 1000 || len(truth.Streams) < 20 {
		t.Errorf("%d without a meaning, %d with one, %d streams", len(listed), len(truth.Meanings), len(truth.Streams))
	}
	path := filepath.Join(t.TempDir(), "state")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(truth)
	after, _ := json.Marshal(loaded.Truth())
	if !bytes.Equal(before, after) {
		t.Error("a saved world has another truth")
	}
	if plain := New(Config{Linked: true}).Truth(); len(plain.Meanings) > 0 || len(plain.Streams) > 0 {
		t.Error("a plain world has meanings")
	}
}
