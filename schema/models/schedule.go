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

// laneCount is how many tables are maintained at once. What changes in a round is little: a statement of it is planned
// and run by one thread.
const laneCount = 2

// partsForLanes is of how many parts a rebuild of the largest table may be where tables are maintained at once. With
// more rows each statement has work for all threads, and needs DuckDB's memory for itself.
const partsForLanes = 4

// schedule brings models up to date, each after those it reads: several at once whose tables are maintained, and one
// alone that is rebuilt or followed by a checkpoint.
type schedule struct {
	*derivation
	idle    []*lane
	running int                 // lanes that are at work
	done    chan *lane          // those that have ended
	behind  map[string]bool     // models that are not up to date
	awaited map[string][]string // by model the tables that have to be before it
}

// lane is a derivation that maintains one model after another, on a connection of its own, whose temporary tables are
// seen by no other lane.
type lane struct {
	derivation
	model Header
	whole bool // whether the model has to be rebuilt instead
	err   error
}

// newSchedule opens the lanes, if tables are maintained at once.
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

// hasLanes reports whether tables are maintained at once: of few rows, by a pool that has connections for it.
func (d *derivation) hasLanes(database *sql.DB) bool {
	var most int64
	for _, table := range d.tables {
		most = max(most, table.rows)
	}
	open := database.Stats().MaxOpenConnections
	return !d.parameters.Rebuild && (open == 0 || open > laneCount) &&
		most <= partsForLanes*cmp.Or(d.parameters.PartRows, PartRows(0))
}

// run brings all models up to date.
func (s *schedule) run(ctx context.Context, models []Header) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel() // what still runs after an error
		err = errors.Join(err, s.end())
	}()
	lanes := len(s.idle)
	for left := slices.Clone(models); len(left) > 0; {
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

// isReady reports whether all that a model awaits is up to date.
func (s *schedule) isReady(model Header) bool {
	return !slices.ContainsFunc(s.awaited[model.Name], func(table string) bool { return s.behind[table] })
}

// start has an idle lane maintain a model, or brings it up to date alone.
func (s *schedule) start(ctx context.Context, model Header) error {
	rebuilt := s.isRebuilt(model)
	if len(s.idle) > 0 && !rebuilt && !model.IsView {
		l := s.idle[0]
		s.idle, s.running = s.idle[1:], s.running+1
		l.model, l.changed, l.unwritten = model, maps.Clone(s.changed), 0
		go func() {
			l.whole, l.err = l.replaceTouched(ctx, l.model)
			s.done <- l
		}()
		return nil
	}
	if rebuilt { // where nothing is, a view is not written
		return s.alone(ctx, model, true)
	}
	return s.bringAndFollow(ctx, model, false)
}

// alone brings a model up to date while no lane is at work.
func (s *schedule) alone(ctx context.Context, model Header, whole bool) error {
	if err := s.awaitAll(ctx); err != nil {
		return err
	}
	return s.bringAndFollow(ctx, model, whole)
}

func (s *schedule) bringAndFollow(ctx context.Context, model Header, whole bool) error {
	if err := s.bring(ctx, model, whole); err != nil {
		return fmt.Errorf("%s: %w", model.file, err)
	}
	return s.follow(ctx, model)
}

// await waits until a lane has ended. Its model is rebuilt where that has to be, and maintained again where it had not
// enough memory beside another.
func (s *schedule) await(ctx context.Context) error {
	l := <-s.done
	s.idle, s.running = append(s.idle, l), s.running-1
	s.unwritten += l.unwritten
	switch {
	case l.whole || duck.IsOutOfMemory(l.err):
		return s.alone(ctx, l.model, l.whole)
	case l.err != nil:
		return fmt.Errorf("%s: %w", l.model.file, l.err)
	}
	if changed, differs := l.changed[l.model.Name]; differs {
		s.changed[l.model.Name] = changed
	}
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
	if s.needsCheckpoint() {
		if err := s.awaitAll(ctx); err != nil { // DuckDB makes none beside other transactions
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
