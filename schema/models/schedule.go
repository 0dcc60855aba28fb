package models

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// laneCount is how many tables are brought up to date at once. What changes in a round is little: a statement of it is
// planned and run by one thread, as are parts of many that rebuild a table.
const laneCount = 2

// partsForLanes is of how many parts a rebuild of the largest table may be where tables are brought up to date at once.
// With more rows each statement has work for all threads, and needs DuckDB's memory for itself.
const partsForLanes = 4

// awaitedRows is how many rows have been written at least where a checkpoint awaits a lane that is at work: DuckDB
// makes none beside other transactions.
const awaitedRows = 20 * manyRows

// schedule brings models up to date, each after those it reads: several at once, where rows are few, and one alone that
// has not enough memory beside another.
type schedule struct {
	*derivation
	idle    []*lane
	running int                 // lanes that are at work
	done    chan *lane          // those that have ended
	behind  map[string]bool     // models that are not up to date
	awaited map[string][]string // by model the tables that have to be before it
}

// lane is a derivation that brings one model after another up to date, on a connection of its own, whose temporary
// tables are seen by no other lane.
type lane struct {
	derivation
	model   Header
	rebuilt bool // whether the model is rebuilt, be it for what maintaining it found
	err     error
}

// newSchedule opens the lanes, if tables are brought up to date at once.
func (d *derivation) newSchedule(ctx context.Context, database *sql.DB, models []Header) (*schedule, error) {
	s := &schedule{derivation: d, done: make(chan *lane, laneCount), behind: map[string]bool{}}
	if !d.hasLanes(database) {
		return s, nil
	}
	s.awaited = awaited(models)
	for _, model := range models {
		s.behind[model.Name] = true
	}
	for range laneCount {
		connection, err := database.Conn(ctx)
		if err != nil {
			return s, errors.Join(err, s.end())
		}
		opened := &lane{derivation: *d}
		opened.Conn = connection
		s.idle = append(s.idle, opened)
	}
	return s, nil
}

// hasLanes reports whether tables are brought up to date at once: of few rows, by a pool that has connections for it.
func (d *derivation) hasLanes(database *sql.DB) bool {
	most := d.versions
	for _, table := range d.tables {
		most = max(most, table.rows)
	}
	open := database.Stats().MaxOpenConnections
	return (open == 0 || open > laneCount) && most <= partsForLanes*cmp.Or(d.parameters.PartRows, PartRows(0))
}

// shareThreads leaves the thread that a connection runs in to every lane: with one more of its own DuckDB divides what
// little a statement has to do, sets up for it twice and has more threads at work than there are cores, which took a
// fifth of the CPU seconds of a daily round.
func (d *derivation) shareThreads(ctx context.Context) (err error) {
	if d.threads, err = duck.Threads(ctx, d); err != nil {
		return err
	}
	return d.setThreads(ctx, d.besideLanes())
}

// besideLanes is how many threads DuckDB works with while lanes are at work.
func (d *derivation) besideLanes() int { return max(1, d.threads-laneCount+1) }

// setThreads says how many threads DuckDB works with, where these are shared.
func (d *derivation) setThreads(ctx context.Context, threads int) error {
	if d.threads < laneCount {
		return nil
	}
	return duck.SetThreads(ctx, d.Conn, threads)
}

// run brings all models up to date.
func (s *schedule) run(ctx context.Context, models []Header) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel() // what still runs after an error
		err = errors.Join(err, s.end())
	}()
	lanes := len(s.idle)
	left := slices.Clone(models)
	if lanes > 0 {
		left = mostAwaited(models, s.awaited)
	}
	for len(left) > 0 {
		next := slices.IndexFunc(left, s.isReady)
		if next < 0 || s.running > 0 && s.running == lanes {
			if err := s.await(ctx); err != nil {
				return err
			}
			continue
		}
		model := left[next]
		left = slices.Delete(left, next, next+1)
		if err := s.start(ctx, model); err != nil {
			return err
		}
	}
	return s.awaitAll(ctx)
}

// awaited are by model the tables that have to be up to date before it is brought up to date: those it reads, and those
// that rules of its header read and that come before it.
func awaited(models []Header) map[string][]string {
	found := map[string][]string{}
	for i, model := range models {
		rules := []string{model.Query, model.Widened}
		for _, rule := range model.Touches {
			rules = append(rules, rule.Query)
		}
		for _, input := range model.Inputs {
			rules = append(rules, input)
		}
		for _, table := range tablesRead(strings.Join(rules, "\n")) {
			if slices.ContainsFunc(models[:i], func(earlier Header) bool { return earlier.Name == table }) {
				found[model.Name] = append(found[model.Name], table)
			}
		}
	}
	return found
}

// workBesideQuery is what finding the scopes of a table and writing its rows take, in characters of a query.
const workBesideQuery = 4000

// mostAwaited are models with those first that most work awaits, along the longest way from one to the next: a lane
// that began with others would end alone with these. A longer query is taken for more work.
func mostAwaited(models []Header, awaited map[string][]string) []Header {
	work := map[string]int{}
	for _, model := range slices.Backward(models) { // each stands before those that await it
		work[model.Name] += workBesideQuery + len(model.Query)
		for _, table := range awaited[model.Name] {
			work[table] = max(work[table], work[model.Name])
		}
	}
	return slices.SortedStableFunc(slices.Values(models), func(a, b Header) int {
		return cmp.Compare(work[b.Name], work[a.Name])
	})
}

// isReady reports whether all that a model awaits is up to date.
func (s *schedule) isReady(model Header) bool {
	return !slices.ContainsFunc(s.awaited[model.Name], func(table string) bool { return s.behind[table] })
}

// start has an idle lane bring a model up to date, or brings it up to date alone.
func (s *schedule) start(ctx context.Context, model Header) error {
	rebuilt := s.isRebuilt(model)
	switch {
	case model.IsView: // where nothing is rebuilt it is not written, else in no time
		return s.bringAndFollow(ctx, model, rebuilt)
	case len(s.idle) > 0:
		l := s.idle[0]
		s.idle, s.running = s.idle[1:], s.running+1
		l.take(s.derivation, model, rebuilt)
		go func() {
			l.work(ctx)
			s.done <- l
		}()
		return nil
	default:
		return s.alone(ctx, model, rebuilt)
	}
}

// take gives a lane its next model, and what is known of tables: others are noted meanwhile.
func (l *lane) take(d *derivation, model Header, rebuilt bool) {
	l.model, l.rebuilt, l.unwritten = model, rebuilt, 0
	l.changed, l.tables = maps.Clone(d.changed), maps.Clone(d.tables)
}

// work maintains the table of the lane's model, or rebuilds it.
func (l *lane) work(ctx context.Context) {
	l.err = nil
	if !l.rebuilt {
		l.rebuilt, l.err = l.replaceTouched(ctx, l.model)
	}
	if l.rebuilt {
		l.err = l.rebuild(ctx, l.model)
	}
}

// alone brings a model up to date while no lane is at work, with all threads.
func (s *schedule) alone(ctx context.Context, model Header, whole bool) error {
	if err := errors.Join(s.awaitAll(ctx), s.setThreads(ctx, s.threads)); err != nil {
		return err
	}
	if err := s.bringAndFollow(ctx, model, whole); err != nil {
		return err
	}
	return s.setThreads(ctx, s.besideLanes())
}

func (s *schedule) bringAndFollow(ctx context.Context, model Header, whole bool) error {
	if err := s.bring(ctx, model, whole); err != nil {
		return fmt.Errorf("%s: %w", model.file, err)
	}
	return s.follow(ctx, model)
}

// await waits until a lane has ended. Its model is brought up to date again where it had not enough memory beside
// another.
func (s *schedule) await(ctx context.Context) error {
	l := <-s.done
	s.idle, s.running = append(s.idle, l), s.running-1
	s.unwritten += l.unwritten
	switch {
	case duck.IsOutOfMemory(l.err):
		return s.alone(ctx, l.model, l.rebuilt)
	case l.err != nil:
		return fmt.Errorf("%s: %w", l.model.file, l.err)
	case l.rebuilt:
		s.whole[l.model.Name] = true
	}
	if changed, differs := l.changed[l.model.Name]; differs {
		s.changed[l.model.Name] = changed
	}
	s.tables[l.model.Name] = l.tables[l.model.Name]
	return s.follow(ctx, l.model)
}

// awaitAll waits until no lane is at work.
func (s *schedule) awaitAll(ctx context.Context) error {
	for s.running > 0 {
		if err := s.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// follow does what follows a model that is up to date.
func (s *schedule) follow(ctx context.Context, model Header) error {
	delete(s.behind, model.Name)
	if s.needsCheckpoint() && (s.running == 0 || s.unwritten >= awaitedRows) {
		if err := s.awaitAll(ctx); err != nil {
			return err
		}
		if err := s.checkpoint(ctx); err != nil {
			return fmt.Errorf("checkpoint after %s: %w", model.Name, err)
		}
	}
	if s.parameters.Derived != nil {
		s.parameters.Derived(model.Name)
	}
	return nil
}

// end waits for what is still at work, whatever comes of it, and closes the connections.
func (s *schedule) end() (err error) {
	for ; s.running > 0; s.running-- {
		s.idle = append(s.idle, <-s.done)
	}
	for _, l := range s.idle {
		err = errors.Join(err, closeForGood(l.Conn))
	}
	return err
}
