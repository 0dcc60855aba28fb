package models_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/schema/models"
)

// sharedShelf has the stories of many tests, which one derivation brings up to date: it costs as much for one account
// as for fifty. Each story has ids of its own, and its test sees no other's rows.
type sharedShelf struct {
	asOf    time.Time
	stories []*shelfStory
	derived sync.Once
}

// sharedShelves are by the instant up to which they are told.
var sharedShelves = map[time.Time]*sharedShelf{}

// shelfStory is what one test tells, and then asks.
type shelfStory struct {
	shared  *sharedShelf
	tables  []string                                // those it asks; what they read is derived with them
	tell    func(s *shelf) (ask func(t *testing.T)) // of the shared shelf, before it is derived
	ask     func(t *testing.T)
	shelves []*shelf
}

// tellShelf adds a story of a shelf. Tests tell theirs in variables of the package, so that all are known when the
// first one asks.
func tellShelf(tell func(s *shelf) (ask func(t *testing.T))) *shelfStory {
	return tellUpTo(shelfStart.AddDate(0, 6, 0), tell)
}

// tellDiary is tellShelf for payments that are told up to a day.
func tellDiary(end string, tell func(d *diary) (ask func(t *testing.T))) *shelfStory {
	return tellUpTo(day(end).Add(20*time.Hour), func(s *shelf) (ask func(t *testing.T)) {
		return tell(&diary{shelf: s, end: day(end)})
	})
}

func tellUpTo(asOf time.Time, tell func(s *shelf) (ask func(t *testing.T))) *shelfStory {
	if sharedShelves[asOf] == nil {
		sharedShelves[asOf] = &sharedShelf{asOf: asOf}
	}
	shared := sharedShelves[asOf]
	told := &shelfStory{shared: shared, tell: tell}
	shared.stories = append(shared.stories, told)
	return told
}

// test asks the story, once all are told and derived.
func (s *shelfStory) test(t *testing.T) {
	t.Helper()
	s.shared.derived.Do(func() { s.shared.derive(t) })
	if s.ask == nil {
		t.Fatal("the test that told all stories failed")
	}
	for _, told := range s.shelves {
		told.t = t
	}
	s.ask(t)
}

func (s *sharedShelf) derive(t *testing.T) {
	t.Helper()
	made := newLastingShelf(t)
	made.exec("UPDATE meta.store SET watermark = ?", s.asOf)
	var tables []string
	asks := make([]func(t *testing.T), len(s.stories))
	for i, told := range s.stories {
		own := &shelf{t: t, database: made.database, prepared: made.prepared, suffix: fmt.Sprintf("@%03d.0", i), story: told}
		told.shelves = append(told.shelves, own)
		asks[i], tables = told.tell(own), append(tables, told.tables...)
	}
	slices.Sort(tables)
	if err := models.DeriveModels(t.Context(), made.database, models.Parameters{
		AsOf: s.asOf, ReportZone: "America/New_York", Rebuild: true,
	}, only(slices.Compact(tables)...)); err != nil {
		t.Fatal(err)
	}
	for i, told := range s.stories {
		told.ask = asks[i]
	}
}

// asks names tables that a story asks.
func (s *shelf) asks(tables ...string) { s.story.tables = append(s.story.tables, tables...) }

// whole is the shelf with the rows of all stories.
func (s *shelf) whole() *shelf { return &shelf{t: s.t, database: s.database, prepared: s.prepared} }

// beside is a shelf of the same story whose rows are others: a variant.
func (s *shelf) beside() *shelf {
	other := *s
	story, _, _ := strings.Cut(s.suffix, ".")
	other.suffix = fmt.Sprintf("%s.%d", story, len(s.story.shelves))
	s.story.shelves = append(s.story.shelves, &other)
	return &other
}
