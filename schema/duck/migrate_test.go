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
