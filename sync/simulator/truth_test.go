package simulator

import "testing"

func TestTruthNamesTheAccountsThatEnd(t *testing.T) {
	s := New(Config{})
	closed := s.Truth().Closed
	if len(closed) != 2 {
		t.Errorf("%d accounts end", len(closed))
	}
	for id, at := range closed {
		if a := s.world.ByID[id]; a.ClosedAt.IsZero() || a.ClosedAt.Unix() != at {
			t.Errorf("%s closes at %v, the truth says %d", id, a.ClosedAt, at)
		}
	}
}
