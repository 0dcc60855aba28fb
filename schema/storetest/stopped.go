package storetest

import (
	"errors"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/repair"
)

// RepairStopped is a repair that is killed at a point of it.
func (s *Store) RepairStopped(point string) {
	s.T.Helper()
	options := s.Options
	options.Hook = func(reached string) {
		if reached == point {
			panic(errStopped)
		}
	}
	r, err := repair.Open(options, false)
	if err != nil {
		s.T.Fatal(err)
	}
	defer func() {
		if recovered := recover(); recovered != any(errStopped) {
			s.T.Errorf("did not stop at %s: %v", point, recovered)
		}
		if err := r.Close(); err != nil {
			s.T.Error(err)
		}
	}()
	err = r.Run(s.T.Context(), "")
	s.T.Errorf("ended: %v", err)
}

// StoppedRemoving is a store whose round published two segments and was killed at a point of their removal.
func StoppedRemoving(t *testing.T, point string, first, second schema.Landed) *Store {
	t.Helper()
	s := CompletedTimes(t, 1)
	s.Land(first)
	s.Land(second)
	s.RoundStopped(point, schema.Landed{})
	return s.Copied(t)
}

// errStopped stands for a power cut.
var errStopped = errors.New("stopped")

// stopAt makes the store stop at a named point, as kill -9 would there.
func (s *Store) stopAt(point string) {
	s.Hook = func(reached string) {
		if reached == point {
			panic(errStopped)
		}
	}
}

// RoundStopped runs a round that stops at the point it was told, then lets the store go on.
func (s *Store) RoundStopped(point string, rows schema.Landed) {
	s.T.Helper()
	s.stopAt(point)
	defer func() {
		s.Hook = func(string) {}
		if recovered := recover(); recovered != any(errStopped) {
			s.T.Fatalf("did not stop at %s: %v", point, recovered)
		}
	}()
	s.Round(rows)
}

// Copied opens a copy of the data directory, an hour later: one store does for many tests, and what DuckDB
// keeps open in a store that was stopped is not in its copy.
func (s *Store) Copied(t *testing.T) *Store {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, s.Layout().Dir, dir)
	later := openMade(t, dir)
	later.Derives, later.Zone, later.Clock = s.Derives, s.Zone, s.Clock.Add(time.Hour)
	later.begun = ReadFile(t, later.Layout().Database()) // which is verified where it was made
	return later
}
