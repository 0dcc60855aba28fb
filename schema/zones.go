package schema

import (
	_ "embed" // the names of time zones
	"fmt"
	"slices"
	"strings"
	_ "time/tzdata" // a machine without zone files has the same zones
)

// zoneNames are the time zones that Go and DuckDB both know, one a line, in byte order. DuckDB makes
// civil dates and Go keeps the schedule: a name that only one of them knows would pass a check here
// and fail there. A test holds the list to both.
//
//go:embed zones.txt
var zoneNames string

// Zones lists every time zone that may be named, sorted.
func Zones() []string { return strings.Fields(zoneNames) }

// CheckZone refuses what is not the exact name of a time zone to Go and to DuckDB; so also localtime
// and its kin, which mean whatever a machine is set to.
func CheckZone(name string) error {
	zones := Zones()
	if _, known := slices.BinarySearch(zones, name); known {
		return nil
	}
	if near := nearZone(zones, name); near != "" {
		return fmt.Errorf("%q is no time zone; did you mean %q?", name, near)
	}
	return fmt.Errorf("%q is no time zone; write UTC or a name such as America/New_York", name)
}

// nearZone is the zone a name most likely stands for: the same in other letters, with blanks for
// underscores, below a folder of zone files, or the city alone; "" when no single one suggests itself.
func nearZone(zones []string, name string) string {
	wanted := plainZone(name)
	for _, folder := range []string{"posix/", "right/", "usr/share/zoneinfo/"} {
		wanted = strings.TrimPrefix(wanted, folder)
	}
	if wanted == "" || strings.ContainsAny(wanted, "+-0123456789") && !strings.Contains(wanted, "/") {
		return "" // GMT+5 may mean five hours ahead, which Etc/GMT+5 is not
	}
	var city []string
	for _, zone := range zones {
		plain := plainZone(zone)
		if plain == wanted {
			return zone
		}
		if len(wanted) > len("PST") && strings.HasSuffix(plain, "/"+wanted) {
			city = append(city, zone)
		}
	}
	if len(city) == 1 {
		return city[0]
	}
	return ""
}

func plainZone(name string) string {
	return strings.Trim(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_"), "/:")
}
