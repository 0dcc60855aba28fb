package models

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
)

// zonesApart are zones of clocks far from those of others; TestAClockShowsWhatTheLibraryShows has all zones.
var zonesApart = []string{"America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"}

// TestQuickDatesAreTheOthers compares the dates that a rebuild makes with those that the macros of the file make, in
// the report zone and in another one.
func TestQuickDatesAreTheOthers(t *testing.T) {
	t.Parallel()
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := duck.Migrate(t.Context(), database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	connection := connectionTo(t, database, macros())
	for _, zone := range zonesApart {
		if _, err := connection.ExecContext(t.Context(), instantsToDate, sql.Named("zone", zone)); err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{1, 2012, 2026} {
			compareDates(t, &derivation{Conn: connection, parameters: Parameters{
				ReportZone: zone, AsOf: time.Date(year, 12, 31, 23, 0, 0, 0, time.UTC),
			}})
		}
	}
}

// instantsToDate makes a table of instants: those that have no date, of years far away, the first of each year,
// some hours, the midnights of a zone, and a microsecond before each.
const instantsToDate = `CREATE OR REPLACE TEMP TABLE instants AS
	SELECT unnest(['infinity'::TIMESTAMPTZ, '-infinity', '290000-01-01 00:00:00+00', '9999-12-31 12:00:00+00',
		'0001-01-02 00:00:00+00', '0001-01-01 00:00:00+00', '3000-01-01 (BC) 00:00:00+00', NULL]) AS instant
	UNION ALL SELECT make_timestamptz(r.years * 31556952000000 + p.us)
		FROM range(-1960, 8000, 40) r(years), (VALUES (0), (-1), (43200000000)) p(us)
	UNION ALL SELECT make_timestamptz(epoch_us(make_timestamp(r.y, 1, 1, 0, 0, 0)) + p.us)
		FROM range(1960, 2030) r(y), (VALUES (0), (-1), (1)) p(us)
	UNION ALL SELECT make_timestamptz((r.hours * 3600 + s.minutes * 60) * 1000000 + p.us)
		FROM range(-30000, 520000, 251) r(hours), (VALUES (0), (15)) s(minutes), (VALUES (0), (-1)) p(us)
	UNION ALL SELECT timezone($zone, TIMESTAMP '1966-01-01 00:00:00' + to_days(r.days::INTEGER)) + to_microseconds(p.us)
		FROM range(0, 25000, 13) r(days), (VALUES (0), (-1)) p(us)`

// compareDates asks for dates both ways: a name in quotes is one that a rebuild leaves alone.
func compareDates(t *testing.T, d *derivation) {
	t.Helper()
	question, err := d.withQuickDates(t.Context(), `SELECT count(DISTINCT ledger.civil_date(instant, basis, zone)),
			count(*) FILTER (ledger.civil_date(instant, basis, zone) IS DISTINCT FROM
				"ledger".civil_date(instant, basis, zone)),
			count(*) FILTER (ledger.balance_date(instant, basis, zone) IS DISTINCT FROM
				"ledger".balance_date(instant, basis, zone))
		FROM instants, (VALUES ('local_time'), ('utc_date'), ('row_by_row'), (NULL)) r(basis),
			(VALUES ($zone), ('Asia/Tokyo'), (NULL)) s(zone)`)
	if err != nil || !strings.Contains(question, "temp.balance_date(") {
		t.Fatal(question, err)
	}
	var days, civil, balance int
	err = d.QueryRowContext(t.Context(), question, sql.Named("zone", d.parameters.ReportZone)).
		Scan(&days, &civil, &balance)
	if err != nil || days < 2000 || civil+balance > 0 {
		t.Errorf("%s %s: of %d days %d civil dates and %d of balances differ: %v", d.parameters.ReportZone,
			d.parameters.AsOf, days, civil, balance, err)
	}
}
