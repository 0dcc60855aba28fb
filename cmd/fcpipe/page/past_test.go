package page

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestAReportOfThePastSaysSo, before its numbers and in every form; a report of the file as it is says nothing of it.
func TestAReportOfThePastSaysSo(t *testing.T) {
	t.Parallel()
	connection := readWorld(t)
	forms := func(r *Report) map[string]string {
		var markdown bytes.Buffer
		content, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Markdown(&markdown); err != nil {
			t.Fatal(err)
		}
		return map[string]string{"html": pageOf(t, r), "markdown": markdown.String(), "json": string(content)}
	}
	at := time.Date(2026, 6, 1, 3, 59, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		past    *Past
		has     string // in pages
		json    string
		problem string
	}{
		{"now", nil, "", "", ""},
		{
			"then", &Past{AsOf: at, IsRescored: new(false)},
			"As of 31 May 2026, 23:59 EDT: made only of what had been observed by then", `"is_rescored":false`, "",
		},
		{
			"nothing recorded", &Past{AsOf: at}, "As of 31 May 2026, 23:59 EDT: made only", `"is_rescored":null`, "",
		},
		{
			"other definitions", &Past{AsOf: at, IsRescored: new(true)},
			"As of 31 May 2026, 23:59 EDT, re-scored: made", `"is_rescored":true`, "rescored",
		},
		{
			"before all", &Past{AsOf: at, FirstObserved: at.AddDate(0, 0, 9), IsBackfilled: true},
			"As of 31 May 2026, 23:59 EDT, backfilled: made of what was observed first", `"is_backfilled":true`,
			"backfilled",
		},
	} {
		r, err := Of(t.Context(), connection, Holder{ID: steady})
		if err != nil {
			t.Fatal(err)
		}
		if c.past != nil {
			r.SetPast(*c.past)
		}
		for form, text := range forms(r) {
			want := c.has
			if form == "json" {
				want = c.json
			}
			text = strings.NewReplacer("<strong>", "", "</strong>", "", "**", "").Replace(text)
			isPast := strings.Contains(text, "As of ") || strings.Contains(text, `"past":`)
			if !strings.Contains(text, want) || isPast != (c.past != nil) {
				t.Errorf("%s as %s: %q is in it, or a word of the past: %v", c.name, form, want, isPast)
			}
		}
		codes := ""
		for _, p := range r.Problems {
			codes += p.Code
		}
		if codes != c.problem || r.Problems == nil {
			t.Errorf("%s: problems %q, want %q", c.name, codes, c.problem)
		}
	}
}

// TestTheTablesOfAReportAreDerivedTables, so that an earlier instant has each of them.
func TestTheTablesOfAReportAreDerivedTables(t *testing.T) {
	connection := readWorld(t)
	tables, err := Tables()
	if err != nil || len(tables) < 20 {
		t.Fatal(tables, err)
	}
	for _, name := range tables {
		if _, err := connection.ExecContext(t.Context(), "FROM "+name+" LIMIT 0"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
