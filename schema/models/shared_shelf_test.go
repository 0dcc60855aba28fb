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
	stories []*shelfStory
	derived sync.Once
}

// onOneShelf are all stories that no test tells on a shelf of its own.
var onOneShelf sharedShelf

// sharedEnd is the last day of the shared shelf.
const sharedEnd = "2027-02-28"

// shelfStory is what one test tells, and then asks.
type shelfStory struct {
	tables  []string                                // those it asks; what they read is derived with them
	tell    func(s *shelf) (ask func(t *testing.T)) // of the shared shelf, before it is derived
	ask     func(t *testing.T)
	shelves []*shelf
}

// tellShelf adds a story of a shelf. Tests tell theirs in variables of the package, so that all are known when the
// first one asks.
func tellShelf(tell func(s *shelf) (ask func(t *testing.T))) *shelfStory {
	told := &shelfStory{tell: tell}
	onOneShelf.stories = append(onOneShelf.stories, told)
	return told
}

// tellDiary is tellShelf for payments that are held up to a day, sharedEnd or an earlier one.
func tellDiary(end string, tell func(d *diary) (ask func(t *testing.T))) *shelfStory {
	return tellShelf(func(s *shelf) (ask func(t *testing.T)) { return tell(&diary{shelf: s, end: day(end)}) })
}

// test asks the story, once all are told and derived.
func (s *shelfStory) test(t *testing.T) {
	t.Helper()
	onOneShelf.derived.Do(func() { onOneShelf.derive(t) })
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
	made, asOf := newLastingShelf(t), day(sharedEnd).Add(20*time.Hour)
	made.exec("BEGIN") // one commit for all rows
	made.exec("UPDATE meta.store SET watermark = ?", asOf)
	var tables []string
	asks := make([]func(t *testing.T), len(s.stories))
	for i, told := range s.stories {
		own := *made
		own.suffix, own.story = fmt.Sprintf("@%03d.0", i), told
		told.shelves = append(told.shelves, &own)
		asks[i], tables = told.tell(&own), append(tables, told.tables...)
	}
	made.exec("COMMIT")
	slices.Sort(tables)
	if err := models.DeriveModels(t.Context(), made.database, models.Parameters{
		AsOf: asOf, ReportZone: "America/New_York", Rebuild: true,
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
