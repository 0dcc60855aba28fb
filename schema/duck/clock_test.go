package duck

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// oddYears are the first years of spans in which a zone did what no other does: Kathmandu went on by a quarter of an
// hour, Liberia by 44 minutes and 30 seconds, Samoa left out a day; Morocco stops its summer for Ramadan.
var oddYears = map[string][]int{
	"Asia/Kathmandu": {1983}, "Africa/Monrovia": {1969}, "Pacific/Apia": {2008}, "Africa/Casablanca": {2010, 2035},
	"Australia/Lord_Howe": {1981, 2040}, "Antarctica/Troll": {2003}, "Europe/Dublin": {1968}, "Europe/London": {1941},
	"America/New_York": {1881, 2400},
}

// TestAClockShowsWhatTheLibraryShows compares the clock of every zone with what DuckDB's library of zones says: around
// each change, before and after the span, and on each second day at another time of day.
func TestAClockShowsWhatTheLibraryShows(t *testing.T) {
	t.Parallel()
	database, err := Open(t.Context(), "", ReadWrite, Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	changing := 0
	for _, zone := range schema.Zones() {
		for _, year := range append([]int{2021}, oddYears[zone]...) {
			if compareClock(t, database, zone, year) > 0 {
				changing++
			}
		}
	}
	if changing < 200 {
		t.Errorf("clocks change in %d spans of all zones", changing)
	}
}

// compareClock compares the clock of seven years, and counts its changes.
func compareClock(t *testing.T, database *sql.DB, zone string, year int) (changes int) {
	t.Helper()
	from, until := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+7, 1, 1, 0, 0, 0, 0, time.UTC)
	clock, err := ReadClock(t.Context(), database, zone, from, until)
	if err != nil {
		t.Fatal(zone, err)
	}
	edges := []string{fmt.Sprint(clock.from), fmt.Sprint(clock.until)}
	for _, change := range clock.changes {
		edges = append(edges, fmt.Sprint(change.at))
	}
	var compared, known, differing int
	err = database.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(*), count(*) FILTER (knows),
			count(*) FILTER (knows AND epoch_us(timezone($zone, make_timestamptz(us))) IS DISTINCT FROM us + ahead)
		FROM (SELECT us, %s AS knows, %s AS ahead FROM (
			SELECT s * 1000000 + d AS us FROM (SELECT unnest([%s]::BIGINT[]) AS s),
				(VALUES (-1), (0), (1), (-1000000), (1000000)) r(d)
			UNION ALL SELECT unnest(range(%d - 864000, %d + 864000, 176461)) * 1000000))`,
		clock.Knows("us"), clock.Ahead("us"), strings.Join(edges, ", "), clock.from, clock.until,
	), sql.Named("zone", zone)).Scan(&compared, &known, &differing)
	if err != nil || differing > 0 || known < 1200 || known == compared {
		t.Errorf("%s %d: of %d instants %d known, %d differ: %v", zone, year, compared, known, differing, err)
	}
	return len(clock.changes) - 1
}
