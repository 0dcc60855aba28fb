package reader_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

func TestQueryAnswersWhatOnlyReads(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	for _, test := range []struct{ text, want string }{
		{"SELECT transaction_id, amount_minor, void_at FROM main.transactions;", "transaction_id VARCHAR, " +
			"amount_minor BIGINT, void_at TIMESTAMP WITH TIME ZONE|fctxn_1,-450,∅"},
		{"-- a comment before\nFROM (VALUES (1, 'a'), (2, NULL)) v(n, s) ORDER BY n DESC ; ", "n INTEGER, s " +
			"VARCHAR|2,∅|1,a"},
		{"SELECT 1 AS a, 2 AS a", "a INTEGER, a INTEGER|1,2"},
		{"SELECT sum(amount_minor) AS s, 1.50::DECIMAL(9,2) AS d FROM main.transactions", "s HUGEINT, d " +
			"DECIMAL(9,2)|-450,1.50"},
		{"SELECT permissions FROM main.accounts -- at the end", `permissions VARCHAR[]|["balances","transactions"]`},
		{"SELECT {'a': 1, 'b': NULL} AS s, '' AS e", `s STRUCT(a INTEGER, b INTEGER), e VARCHAR|{"a":1,"b":null},`},
		{"WITH x AS (SELECT 1 AS n) SELECT n FROM x WHERE n > 1", "n INTEGER"},
		{"SELECT name FROM (SHOW ALL TABLES) WHERE name = 'runs'", "name VARCHAR|runs"},
		{"SELECT 1 AS n; -- note", "n INTEGER|1"},
		{"/* a /* b; */ c */ SELECT 1 AS n /* ; */ ; ; -- ';\n;", "n INTEGER|1"},
		{"SELECT ';--' AS a, $q$;/*$q$ AS \"b;\", e'\\';' AS c; -- it's fine", "a VARCHAR, b; VARCHAR, c " +
			"VARCHAR|;--,;/*,';"},
		{"VALUES (1, NULL), (2, '')", "col0 INTEGER, col1 VARCHAR|1,∅|2,"},
		{"TABLE meta.migrations LIMIT 0;", "number INTEGER, name VARCHAR, checksum VARCHAR, applied_at TIMESTAMP " +
			"WITH TIME ZONE"},
		{"FROM main.transactions SELECT count(*) AS n;", "n BIGINT|1"},
		{"PIVOT (SELECT status, category FROM main.accounts) ON status USING count(*);", "category VARCHAR, active " +
			"BIGINT|cash,1"},
		{
			"FROM (PIVOT (SELECT status, category FROM main.accounts) ON status USING count(*)) SELECT active -- x",
			"active BIGINT|1",
		},
		{"WITH p AS (PIVOT (SELECT status FROM main.accounts) ON status USING count(*)) FROM p;", "active BIGINT|1"},
		{"UNPIVOT (SELECT 1 AS a, 2 AS b) ON COLUMNS(*);", "name VARCHAR, value INTEGER|a,1|b,2"},
	} {
		got, err := storetest.Ask(t, reader, test.text)
		if err != nil || strings.ReplaceAll(got, `"a" `, "a ") != test.want {
			t.Errorf("%s\n got %s, %v\nwant %s", test.text, got, err, test.want)
		}
	}
	for _, text := range []string{
		"DESCRIBE main.accounts", "SUMMARIZE main.transactions", "SHOW TABLES",
		"EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "PIVOT main.accounts ON status IN ('active') USING count(*)",
		"SUMMARIZE main.accounts; -- all",
	} {
		if got, err := storetest.Ask(t, reader, text); err != nil || !strings.Contains(got, "|") {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func TestQueryRefusesEverythingElse(t *testing.T) {
	t.Parallel()
	s, opened := storetest.PublishedReader(t)
	for _, text := range []string{
		"", " ; ", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE main.accounts", "DELETE FROM " +
			"main.transaction_versions", "CREATE TABLE x AS SELECT 1",
		"CREATE TEMP TABLE x AS SELECT 1", "SET threads = 1", "ATTACH 'other.duckdb'", "LOAD httpfs", "CHECKPOINT",
		"BEGIN", "USE meta",
		"PRAGMA version", "pragma threads = 1", "CALL duckdb_tables()", "SELECT 1; -- one\nSELECT 2; -- two",
		"SELECT 1;;SELECT 2", "SET threads = 1; PIVOT main.accounts ON status USING count(*)",
		"PIVOT main.accounts ON status USING count(*); SELECT 1", "/* nothing */ ; -- at all",
		"CREATE TYPE t AS ENUM ('a')", "SELECT 1 /* ' */; SELECT 2 /* ' */",
	} {
		if _, err := storetest.Ask(t, opened, text); !errors.Is(err, reader.ErrNotReadOnly) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"EXPLAIN PIVOT main.accounts ON status USING count(*)", "SELEC 1", "SELECT nothing", "SELECT * FROM " +
			"read_csv('/etc/passwd')", "SELECT * FROM 'https://example.com/x.parquet'", "SELECT 'x'::INTEGER",
		fmt.Sprintf("COPY (SELECT 1) TO '%s/out.csv'", s.Layout().Dir), fmt.Sprintf("EXPORT DATABASE '%s/out'",
			s.Layout().Dir), "COPY (SELECT 1) TO 'out.csv'",
	} {
		if _, err := storetest.Ask(t, opened, text); err == nil || errors.Is(err, reader.ErrNotReadOnly) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.Layout().Dir, "out*")); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
	s.Want("SELECT count(*) FROM main.transactions", "1")
}

func TestQueryStopsWithItsContext(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, rows, err := reader.Query(ctx, "SELECT a.range FROM range(1000000000) a")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, err = range rows {
		if err != nil {
			break
		}
		if seen++; seen == 5000 {
			cancel()
		}
	}
	if !errors.Is(err, context.Canceled) || seen > 10000 {
		t.Errorf("after %d rows: %v", seen, err)
	}
}

// FuzzOneStatement: what is cut off a text is space, comments and semicolons, and no text makes two.
func FuzzOneStatement(f *testing.F) {
	for _, text := range []string{
		"select 1; -- x", "a'b''c;'", "$a$;$a$ ;", "e'\\'' ;", "/* /* */ ;*/ x", "\"", "$1;",
		"x$y$;$y$",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		question, err := reader.OneStatement(text)
		if err != nil {
			return
		}
		if again, err := reader.OneStatement(question); err != nil || again != question {
			t.Errorf("%q: again %q, %v", question, again, err)
		}
		if _, err := reader.OneStatement(question + "\n;\nselect 1"); err == nil && !strings.HasSuffix(text, question) {
			t.Errorf("%q takes what follows along", question)
		}
	})
}
