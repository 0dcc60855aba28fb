package models_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// TestWhatIsReadOtherwiseThanByDuckDBIsRefused: a header says why, and of which file.
func TestWhatIsReadOtherwiseThanByDuckDBIsRefused(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT a FROM x.main.accounts`:                            "before .main.",
		`SELECT a FROM "x".ledger.labels`:                          "quoted name",
		`SELECT b AS "it's" FROM main.accounts`:                    "quoted name",
		"SELECT a /* it's b */ FROM main.accounts":                 "/* */",
		"SELECT $$it's$$ AS a FROM main.accounts":                  "dollar",
		"SELECT $of$it's$of$ AS a FROM main.accounts":              "dollar",
		`SELECT E'it\'s' AS a FROM main.accounts`:                  "escapes",
		`SELECT a||e'it\'s' AS a FROM main.accounts`:               "escapes",
		"SELECT a FROM main.accounts e":                            "",
		"SELECT a FROM main.accounts e -- it's":                    "",
		"SELECT main.accounts.a FROM main.accounts":                "",
		"SELECT a.status.details FROM main.accounts a":             "",
		`SELECT 'E"$1/*' || type'x' AS a -- "x.main.t" FROM x.y`:   "",
		"SELECT 'x.main.t' AS a, 1.5 AS b FROM main.accounts_seen": "",
	} {
		_, err := models.ParseHeader("ledger/x.sql",
			"-- model: ledger.x\n-- order: a\n-- column a: VARCHAR. A\n"+query)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) ||
			err != nil && !strings.HasPrefix(err.Error(), "ledger/x.sql: ") {
			t.Errorf("%s\n got %v\nwant %q", query, err, want)
		}
	}
}

// TestAPartThatIsComputedOnceIsOneOfTheQuery: another name would be computed as often as before.
func TestAPartThatIsComputedOnceIsOneOfTheQuery(t *testing.T) {
	for name, want := range map[string]string{"few": "", "others": `no "others AS NOT MATERIALIZED ("`} {
		_, err := models.ParseHeader("ledger/x.sql", "-- model: ledger.x\n-- order: a\n-- once: "+name+"\n"+
			"-- column a: VARCHAR. A\nWITH few AS NOT MATERIALIZED (FROM main.accounts) FROM few UNION ALL FROM few")
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
