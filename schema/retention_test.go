package schema_test

import (
	"testing"
	"time"

	"fcpipe/schema"
)

func TestTheHorizonIsACivilDayOfTheZone(t *testing.T) {
	for _, test := range []struct {
		at, zone string
		months   int
		want     string
	}{
		{"2026-11-28T12:00:00Z", "UTC", 24, "2024-11-28T00:00:00Z"},
		{"2026-11-28T03:00:00Z", "America/New_York", 24, "2024-11-27T05:00:00Z"}, // still the 27th there
		{"2026-03-31T12:00:00Z", "UTC", 1, "2026-02-28T00:00:00Z"},
		{"2028-03-31T12:00:00Z", "UTC", 1, "2028-02-29T00:00:00Z"},
		{"2026-01-15T12:00:00Z", "UTC", 13, "2024-12-15T00:00:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339, test.at)
		got, err := schema.Horizon(at, test.zone, test.months)
		if err != nil || got.Format(time.RFC3339) != test.want {
			t.Errorf("%+v: %s, %v", test, got.Format(time.RFC3339), err)
		}
	}
	if _, err := schema.Horizon(time.Now(), "Mars", 1); err == nil {
		t.Error("no zone")
	}
}
