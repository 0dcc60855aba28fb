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
		"(SELECT string_agg(sql, '; ' ORDER BY schema_name, view_name) FROM duckdb_views() WHERE NOT internal) || " +
		"(SELECT count(*) || coalesce(string_agg(concat_ws(' ', schema_name, function_name, parameters::VARCHAR, " +
		"macro_definition), '; ' ORDER BY schema_name, function_name, macro_definition), '') " +
		"FROM duckdb_functions() WHERE NOT internal), " +
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

// TestOnlyCommentsAreLeftOut: what stands behind one is kept however its last line ends.
func TestOnlyCommentsAreLeftOut(t *testing.T) {
	const comment = "COMMENT ON TABLE a IS 'it''s; of\ntwo lines'"
	for _, c := range []struct{ text, want string }{
		{"CREATE 1;\n" + comment + ";\nCREATE 2;\n", "CREATE 1;\n\nCREATE 2;\n"},
		{"CREATE 1;\r\n" + comment + ";\r\nCREATE 2;", "CREATE 1;\r\n\r\nCREATE 2;"},
		{comment + "; -- said twice: '\nCREATE 2;\n" + comment + ";\n", " -- said twice: '\nCREATE 2;\n\n"},
		{comment + " ;CREATE 2", "CREATE 2"},
		{comment + ";", ""},
		{"CREATE 1; COMMENT ON x IS NULL", "CREATE 1; COMMENT ON x IS NULL"},
		{"COMMENT ON TABLE a IS NULL;\nCREATE 2;\n", "\nCREATE 2;\n"},
	} {
		if kept, err := withoutComments(c.text); err != nil || kept != c.want {
			t.Errorf("of %q is kept %q, %v; want %q", c.text, kept, err, c.want)
		}
	}
	for _, text := range []string{comment, comment + "\nCREATE 2\n", "COMMENT ON TABLE a IS 'no end;\nCREATE 2;\n"} {
		if kept, err := withoutComments(text); err == nil {
			t.Errorf("of %q is kept %q", text, kept)
		}
	}
}
