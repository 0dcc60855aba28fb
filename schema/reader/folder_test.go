package reader

import (
	"strings"
	"testing"
	"time"
)

func TestFoldersAreNamedByNoColumn(t *testing.T) {
	t.Parallel()
	text := func(name string) Column { return Column{Name: name, Kind: KindText} }
	for _, c := range []struct {
		partition string
		feed      bool
		columns   []Column
		key, want string
	}{
		{partition: "", columns: []Column{text("month")}},
		{partition: "posted_month", columns: []Column{text("posted_month")}, key: "month"},
		{partition: "observed_date", feed: true, columns: []Column{text("month"), text("observed_date")}, key: "date"},
		{partition: "posted_month", columns: []Column{text("Month")}, want: "has no column month"},
		{partition: "observed_date", feed: true, columns: []Column{text("date")}, want: "has no column date"},
		{partition: "month", columns: []Column{text("month")}, want: "ends in _month"},
		{partition: "posted_date", columns: []Column{text("posted_date")}, want: "ends in _month"},
		{partition: "run_month", feed: true, columns: []Column{text("run_month")}, want: "_date in a feed"},
	} {
		d := Dataset{PartitionColumn: c.partition, Feed: c.feed, Columns: c.columns}
		err := d.fold(monthsUntil(new(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) ||
			err == nil && d.FolderKey != c.key {
			t.Errorf("%s: key %q, %v, want %q %q", c.partition, d.FolderKey, err, c.key, c.want)
		}
	}
}

// However many months rows are dated in, a dataset has so many folders at most.
func TestFoldersAreBounded(t *testing.T) {
	t.Parallel()
	watermark := time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC)
	d := Dataset{PartitionColumn: "posted_month"}
	if err := d.fold(monthsUntil(&watermark)); err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for year := range 10_000 {
		for month := range 12 {
			folders[d.folderOf(time.Date(year, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"))] = true
		}
	}
	folders[d.folderOf("__invalid__")] = true
	if len(folders) != monthsWithFolders+1 {
		t.Errorf("%d folders", len(folders))
	}
	for value, want := range map[string]string{
		"2026-06": "2026-06", "2026-07": "2026-07", "2026-08": otherMonths, "9999-12": otherMonths,
		"__invalid__": otherMonths,
		"2006-08":     "2006-08", "2006-07": otherMonths, "1970-01": otherMonths, "0001-01": otherMonths,
	} {
		if got := d.folderOf(value); got != want {
			t.Errorf("%s lies in %s, want %s", value, got, want)
		}
	}
	for other, same := range map[time.Time]bool{
		watermark: true, watermark.AddDate(0, 0, -29): true, watermark.Add(time.Second): false, watermark.AddDate(1, 0,
			0): false,
	} {
		if SameFolders(watermark, other) != same {
			t.Errorf("the same folders at %s: want %v", other, same)
		}
	}
}

func TestOrdersAreReadAsDuckDBSorts(t *testing.T) {
	t.Parallel()
	got, err := parseOrder("a, b DESC, c NULLS FIRST, d desc nulls first, e ASC NULLS LAST")
	want := []SortedColumn{
		{"a", false, false}, {"b", true, false}, {"c", false, true}, {"d", true, true}, {"e", false, false},
	}
	if err != nil || len(got) != len(want) {
		t.Fatal(got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
	if _, err := parseOrder("a, lower(b) COLLATE NOCASE"); err == nil || !strings.Contains(err.Error(), "lower(b)") {
		t.Errorf("an expression: %v", err)
	}
}

func TestMonthsThatAreTouchedAreReadAlone(t *testing.T) {
	t.Parallel()
	d := Dataset{SortedBy: []SortedColumn{{Name: "at"}}}
	for _, c := range []struct {
		folders []string
		want    string
	}{
		{[]string{"2026-05"}, "2026-05 to 2026-06"},
		{[]string{"2026-01", "2025-11", "2025-12"}, "2025-11 to 2026-02"},
		{[]string{"2025-12"}, "2025-12 to 2026-01"},
		{[]string{"2026-05", otherMonths}, ""},
	} {
		got := strings.NewReplacer(`WHERE "at" >= TIMESTAMPTZ '`, "", `-01 00:00:00Z' AND "at" < TIMESTAMPTZ '`, " to ",
			"-01 00:00:00Z'", "").Replace(d.within(c.folders))
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.folders, got, c.want)
		}
	}
}
