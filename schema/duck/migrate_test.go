package duck

import (
	"path/filepath"
	"testing"
	"time"
)

func TestMigrateMakesEveryTableWithCommentsOnce(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	database, err := Open(ctx, filepath.Join(dir, "x.duckdb"), ReadWrite, Settings{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	applied, err := Migrate(ctx, database, time.Unix(0, 0))
	if err != nil || applied == 0 {
		t.Fatalf("first migrate: %d steps, %v", applied, err)
	}
	again, err := Migrate(ctx, database, time.Unix(0, 0))
	if err != nil || again != 0 {
		t.Fatalf("second migrate: %d steps, %v", again, err)
	}
	var bare int
	query := "SELECT count(*) FROM (SELECT comment FROM duckdb_columns() WHERE NOT internal UNION ALL SELECT " +
		"comment FROM duckdb_tables() WHERE NOT internal UNION ALL SELECT comment FROM duckdb_views() " +
		"WHERE NOT internal) WHERE coalesce(comment, '') = ''"
	if err := database.QueryRowContext(ctx, query).Scan(&bare); err != nil {
		t.Fatal(err)
	}
	if bare != 0 {
		t.Errorf("%d tables or columns without a comment", bare)
	}
}

// TestTablesWithoutCommentsAreThoseOfTheSteps: nothing else is left out with the comments.
func TestTablesWithoutCommentsAreThoseOfTheSteps(t *testing.T) {
	query := "SELECT string_agg(concat_ws(' ', schema_name, table_name, column_name, data_type, is_nullable, " +
		"column_default), '; ' ORDER BY schema_name, table_name, column_index) || " +
		"(SELECT string_agg(constraint_text, '; ' ORDER BY constraint_text) FROM duckdb_constraints()) || " +
		"(SELECT string_agg(view_name, '; ' ORDER BY view_name) FROM duckdb_views() WHERE NOT internal) || " +
		"(SELECT count(*) FROM duckdb_functions() WHERE NOT internal), " +
		"count(comment) FROM duckdb_columns() WHERE NOT internal"
	found := map[bool]string{}
	for _, isDescribed := range []bool{false, true} {
		database, err := Open(t.Context(), "", ReadWrite, Settings{}, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer database.Close()
		if isDescribed {
			_, err = Migrate(t.Context(), database, time.Unix(0, 0))
		} else {
			err = MakeTables(t.Context(), database)
		}
		if err != nil {
			t.Fatal(err)
		}
		var comments int
		var made string
		if err := database.QueryRowContext(t.Context(), query).Scan(&made, &comments); err != nil {
			t.Fatal(err)
		}
		if found[isDescribed] = made; isDescribed != (comments > 0) {
			t.Errorf("described %v: %d comments", isDescribed, comments)
		}
	}
	if found[false] != found[true] {
		t.Errorf("without comments\n%s\nwith them\n%s", found[false], found[true])
	}
}
