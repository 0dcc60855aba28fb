package duck

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// Clock is what the clocks of a time zone show in a span of time, by DuckDB's own library of zones: an offset that is
// written into a statement costs a tenth of what it costs to ask the library for each value.
type Clock struct {
	from, until int64         // seconds since 1970; the span ends before until
	changes     []clockChange // in order, the first at from
}

// clockChange is how far clocks are ahead of UTC from an instant on.
type clockChange struct{ at, ahead int64 } // seconds since 1970; microseconds

// clocks are those that were read: the library is a part of this program and does not change.
var clocks struct {
	sync.Mutex
	read map[clockSpan]Clock
}

type clockSpan struct {
	zone        string
	from, until int64
}

// ReadClock asks DuckDB for the clock of a zone between two instants, of which fractions of a second do not count.
func ReadClock(ctx context.Context, database Queryer, zone string, from, until time.Time) (Clock, error) {
	clocks.Lock()
	defer clocks.Unlock()
	span := clockSpan{zone, from.Unix(), until.Unix()}
	if known, isKnown := clocks.read[span]; isKnown {
		return known, nil
	}
	clock := Clock{from: span.from, until: span.until}
	err := statements.EachRow(ctx, database, "clock_changes", func(scan Scan) error {
		var next clockChange
		err := scan(&next.at, &next.ahead)
		clock.changes = append(clock.changes, next)
		return err
	}, sql.Named("zone", zone), sql.Named("from", span.from), sql.Named("until", span.until))
	if err != nil {
		return Clock{}, err
	}
	if clocks.read == nil {
		clocks.read = map[clockSpan]Clock{}
	}
	clocks.read[span] = clock
	return clock, nil
}

// Knows is a condition in SQL: whether an instant, given in microseconds since 1970, is in the span of the clock.
func (c Clock) Knows(microseconds string) string {
	return fmt.Sprintf("%s BETWEEN %d AND %d", microseconds, c.from*1_000_000, c.until*1_000_000-1)
}

// Ahead is an expression in SQL: by how many microseconds the clock is ahead of UTC at an instant that it knows.
func (c Clock) Ahead(microseconds string) string { return aheadAt(microseconds, c.changes) }

// aheadAt halves changes until one is left, so that an instant is compared with few of them.
func aheadAt(microseconds string, changes []clockChange) string {
	if len(changes) == 1 {
		return fmt.Sprint(changes[0].ahead)
	}
	half := len(changes) / 2
	return fmt.Sprintf("CASE WHEN %s < %d THEN %s ELSE %s END", microseconds, changes[half].at*1_000_000,
		aheadAt(microseconds, changes[:half]), aheadAt(microseconds, changes[half:]))
}
