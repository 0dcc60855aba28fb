package schema

import (
	"errors"
	"testing"
	"time"
)

// repairStopped is a repair that is killed at a point of it.
func (s *testStore) repairStopped(point string) {
	s.t.Helper()
	options := s.options
	options.Hook = func(reached string) {
		if reached == point {
			panic(errStopped)
		}
	}
	r, err := OpenRepair(options, false)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		if recovered := recover(); recovered != any(errStopped) {
			s.t.Errorf("did not stop at %s: %v", point, recovered)
		}
		if err := r.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	err = r.Run(s.t.Context(), "")
	s.t.Errorf("ended: %v", err)
}

// stoppedRemoving is a store whose round published two segments and was killed at a point of their removal.
func stoppedRemoving(t *testing.T, point string, first, second Landed) *testStore {
	t.Helper()
	s := newTestStore(t)
	s.round(completed(0, 1))
	s.land(first)
	s.land(second)
	s.roundStopped(point, Landed{})
	return s.copied(t)
}

// errStopped stands for a power cut.
var errStopped = errors.New("stopped")

// stopAt makes the store stop at a named point, as kill -9 would there.
func (s *testStore) stopAt(point string) {
	s.hook = func(reached string) {
		if reached == point {
			panic(errStopped)
		}
	}
}

// roundStopped runs a round that stops at the point it was told, then lets the store go on.
func (s *testStore) roundStopped(point string, rows Landed) {
	s.t.Helper()
	s.stopAt(point)
	defer func() {
		s.hook = func(string) {}
		if recovered := recover(); recovered != any(errStopped) {
			s.t.Fatalf("did not stop at %s: %v", point, recovered)
		}
	}()
	s.round(rows)
}

// copied opens a copy of the data directory, an hour later: one store does for many tests, and what DuckDB
// keeps open in a store that was stopped is not in its copy.
func (s *testStore) copied(t *testing.T) *testStore {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, s.Layout().Dir, dir)
	later := openTestStore(t, dir)
	later.derives, later.zone, later.clock = s.derives, s.zone, s.clock.Add(time.Hour)
	return later
}
