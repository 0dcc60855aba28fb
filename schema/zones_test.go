package schema_test

import (
	"archive/zip"
	"database/sql"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

var updateZones = flag.Bool("update", false, "rewrite generated files")

// zonesOfGo are the zones that Go puts into the program, by name, whatever this machine has.
func zonesOfGo(t *testing.T) map[string]*time.Location {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	zones := map[string]*time.Location{}
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		data, err := fs.ReadFile(archive, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if zones[file.Name], err = time.LoadLocationFromTZData(file.Name, data); err != nil {
			t.Fatal(err)
		}
	}
	return zones
}

// TestGoldenZones holds the list of zones to what Go and DuckDB both know.
func TestGoldenZones(t *testing.T) {
	database := memoryDatabase(t)
	inGo := zonesOfGo(t)
	rows, err := database.QueryContext(t.Context(), "SELECT name FROM pg_timezone_names()")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var both []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if inGo[name] != nil {
			both = append(both, name)
		}
	}
	slices.Sort(both)
	if *updateZones {
		if err := os.WriteFile("zones.txt", []byte(strings.Join(both, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !slices.Equal(both, schema.Zones()) || len(both) < 500 {
		t.Errorf("zones.txt has %d names, Go and DuckDB both know %d: make golden", len(schema.Zones()), len(both))
	}
}

func memoryDatabase(t *testing.T) *sql.DB {
	t.Helper()
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	return database
}

// TestZonesAreWhatBothKnow tries names that only one of Go, DuckDB, ICU and the machine knows.
func TestZonesAreWhatBothKnow(t *testing.T) {
	database := memoryDatabase(t)
	for name, near := range map[string]string{
		"UTC": "accepted", "America/New_York": "accepted", "EST5EDT": "accepted", "Etc/GMT+5": "accepted",
		"US/Eastern": "accepted",
		"GMT+0":      "accepted", "Europe/Kyiv": "accepted", "Europe/Kiev": "accepted",
		"America/Ciudad_Juarez": "accepted",
		"":                      "", "Local": "", "localtime": "", "posixrules": "",
		"UTC+2": "", "GMT+5": "", "+05:00": "", "PST": "",
		"IST": "", "ACT": "",
		"SystemV/EST5": "", "US/Pacific-New": "", "Etc/Unknown": "", "../UTC": "", "..": "", "America/../UTC": "",
		"tzdata.zi":      "",
		"/etc/localtime": "", "America": "", "America/": "", "UTC\x00": "", "Mars/Olympus": "",
		"america/new_york": "America/New_York", "America/New York": "America/New_York", " UTC": "UTC", "utc": "UTC",
		"est":                    "EST",
		"posix/America/New_York": "America/New_York", "right/UTC": "UTC",
		"/usr/share/zoneinfo/Europe/Berlin": "Europe/Berlin",
		":Europe/Berlin":                    "Europe/Berlin", "New_York": "America/New_York", "berlin": "Europe/Berlin",
	} {
		want := fmt.Sprintf("%q is no time zone; did you mean %q?", name, near)
		if near == "" {
			want = fmt.Sprintf("%q is no time zone; write UTC or a name such as America/New_York", name)
		}
		switch err := schema.CheckZone(name); {
		case near == "accepted":
			_, inGo := time.LoadLocation(name)
			_, inDuckDB := database.ExecContext(t.Context(), "SELECT timezone(?, now())", name)
			if err != nil || inGo != nil || inDuckDB != nil {
				t.Errorf("%s: %v, Go %v, DuckDB %v", name, err, inGo, inDuckDB)
			}
		case err == nil || err.Error() != want:
			t.Errorf("%q: %v, want %s", name, err, want)
		case near != "" && schema.CheckZone(near) != nil:
			t.Errorf("%q: the proposal %q is refused too", name, near)
		}
	}
}

// olderInDuckDB are the zones whose rules changed after DuckDB's zone data were made, by the first
// day on which Go's say otherwise. DuckDB makes the civil dates: near midnight they are an hour off there.
var olderInDuckDB = map[string]string{
	"Africa/Casablanca":   "2026-10-15",
	"Africa/El_Aaiun":     "2026-10-15",
	"America/Edmonton":    "2026-11-01",
	"America/Inuvik":      "2026-11-01",
	"America/Vancouver":   "2026-11-01",
	"America/Yellowknife": "2026-11-01",
	"Canada/Mountain":     "2026-11-01",
	"Canada/Pacific":      "2026-11-01",
	"Europe/Chisinau":     "2022-03-27",
	"Europe/Tiraspol":     "2022-03-27", // for an hour on the days of change
}

// TestZonesHaveTheSameClocks compares every zone's clock in Go and DuckDB around every change
// from 2015 to 2030, and in the middle of each month.
func TestZonesHaveTheSameClocks(t *testing.T) {
	database, inGo, older := memoryDatabase(t), zonesOfGo(t), map[string]string{}
	for _, name := range schema.Zones() {
		if at, differs := firstDifference(t, database, name, inGo[name]); differs {
			older[name] = at.UTC().Format(time.DateOnly)
		}
	}
	if !maps.Equal(older, olderInDuckDB) {
		t.Errorf("Go and DuckDB differ in %v\nwant %v", older, olderInDuckDB)
	}
}

func firstDifference(t *testing.T, database *sql.DB, name string, zone *time.Location) (time.Time, bool) {
	t.Helper()
	var instants []string
	start, end := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := start; at.Before(end); at = at.AddDate(0, 1, 0) {
		instants = append(instants, fmt.Sprint(at.AddDate(0, 0, 14).Unix()))
	}
	for week := start; week.Before(end); week = week.AddDate(0, 0, 7) {
		_, before := week.In(zone).Zone()
		hours := sort.Search(169, func(h int) bool {
			_, now := week.Add(time.Duration(h) * time.Hour).In(zone).Zone()
			return now != before
		})
		if hours <= 168 {
			change := week.Add(time.Duration(hours) * time.Hour).Unix()
			instants = append(instants, fmt.Sprint(change-3600), fmt.Sprint(change-1), fmt.Sprint(change))
		}
	}
	rows, err := database.QueryContext(t.Context(), `SELECT s, (epoch(timezone(?, to_timestamp(s))) - s)::BIGINT
		FROM (SELECT unnest([`+strings.Join(instants, ", ")+`])) r(s) ORDER BY s`, name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at, offset int64
		if err := rows.Scan(&at, &offset); err != nil {
			t.Fatal(err)
		}
		if _, inGo := time.Unix(at, 0).In(zone).Zone(); int64(inGo) != offset {
			return time.Unix(at, 0), true
		}
	}
	return time.Time{}, false
}
