package landingtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
)

// Store is a landing with the store that merges what landed, as the contract sees it.
type Store interface {
	Land(ctx context.Context, rows schema.Landed) error
	Seal(ctx context.Context) error
	// Crash ends the run as kill -9 does, and opens what it left.
	Crash(t testing.TB)
	// Merge publishes what was sealed; false is that nothing differed and nothing was published.
	Merge(t testing.TB, round Round) (merged Merged, published bool, err error)
	// State is what is published; Overlaid is that with what was sealed on top.
	State(t testing.TB) schema.State
	Overlaid(t testing.TB) schema.State
	Contents(t testing.TB) Contents
	// Backup keeps the published file; calling restore brings it back.
	Backup(t testing.TB) (restore func())
}

// Contents is what a published file holds beside its State.
type Contents struct {
	Transactions map[string]schema.Transaction // as they are now
	Superseded   int                           // states that never were the current ones
	Owners       []schema.Owner                // by snapshot and id
	Refreshes    []schema.RefreshAttempt       // by account, feature and instant
	Refused      []string                      // account, object, field and reason, sorted
}

// Open makes an empty store that observes by the clock.
type Open func(t testing.TB, now func() time.Time) Store

// Contract tells every story to a store of its own, but those that are named to be left out. A name that no story has
// fails the test.
func Contract(t *testing.T, open Open, leftOut ...string) {
	t.Helper()
	for _, story := range stories {
		if n := slices.Index(leftOut, story.name); n >= 0 {
			leftOut = slices.Delete(slices.Clone(leftOut), n, n+1)
			continue
		}
		t.Run(story.name, func(t *testing.T) {
			s := &scene{TB: t, clock: begun}
			s.store = open(t, func() time.Time { return s.clock })
			story.tell(s)
		})
	}
	if len(leftOut) > 0 {
		t.Errorf("no stories: %q", leftOut)
	}
}

// begun is when the first round of a story observes.
var begun = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// scene is one store with a clock, an hour of which passes with each round.
type scene struct {
	testing.TB
	store Store
	clock time.Time
}

// land lands each argument by a call of its own and seals nothing.
func (s *scene) land(calls ...schema.Landed) {
	s.Helper()
	for _, rows := range calls {
		if err := s.store.Land(s.Context(), rows); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *scene) seal(calls ...schema.Landed) {
	s.Helper()
	s.land(calls...)
	if err := s.store.Seal(s.Context()); err != nil {
		s.Fatal(err)
	}
}

// round lands, seals and merges.
func (s *scene) round(calls ...schema.Landed) Merged {
	s.Helper()
	merged, _ := s.merge(Round{}, calls...)
	return merged
}

func (s *scene) merge(round Round, calls ...schema.Landed) (Merged, bool) {
	s.Helper()
	s.seal(calls...)
	s.clock = s.clock.Add(time.Hour)
	merged, published, err := s.store.Merge(s, round)
	if err != nil {
		s.Fatal(err)
	}
	return merged, published
}

// account is an account of the published file; overlaid is the same as the next round begins with it.
func (s *scene) account(id string) schema.AccountState {
	s.Helper()
	return s.store.State(s).Accounts[id]
}

func (s *scene) overlaid(id string) schema.AccountState {
	s.Helper()
	return s.store.Overlaid(s).Accounts[id]
}

func (s *scene) wantCursor(of schema.AccountState, want string) {
	s.Helper()
	if got := text(of.CursorRefreshID); got != want || (of.CompleteThroughAt != nil) != (want != "") {
		s.Errorf("the cursor of %s is %q through %v, want %q", of.AccountID, got, of.CompleteThroughAt, want)
	}
}

func (s *scene) wantRows(want ...string) {
	s.Helper()
	held := s.store.Contents(s).Transactions
	for _, id := range want {
		if _, is := held[id]; !is {
			s.Errorf("row %s is not held", id)
		}
	}
	if len(held) != len(want) {
		s.Errorf("%d rows are held, want %d", len(held), len(want))
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
