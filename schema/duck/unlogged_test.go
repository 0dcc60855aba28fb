package duck_test

import (
	"os"
	"path/filepath"
	"testing"

	"fcpipe/schema/duck"
)

func TestWhatIsUnloggedIsDurableAfterACheckpointAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "next.duckdb")
	settings := duck.Settings{Threads: 1, MemoryLimit: 128 << 20, Spill: dir}
	database, err := duck.OpenUnlogged(t.Context(), path, settings, dir)
	if err != nil {
		t.Fatal(err)
	}
	database.SetMaxIdleConns(0) // every statement has a connection of its own
	execute := func(statement string) {
		t.Helper()
		if _, err := database.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	execute("CREATE TABLE main.kept (a BIGINT)")
	execute("CHECKPOINT")
	execute("INSERT INTO kept VALUES (1)")
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 1 {
		t.Errorf("beside the file: %v, %v", files, err)
	}
	killed := filepath.Join(dir, "killed.duckdb")
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(killed, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	execute("CHECKPOINT")
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int{killed: 0, path: 1} {
		if rows := rowsOfKept(t, file); rows != want {
			t.Errorf("%s holds %d rows, want %d", filepath.Base(file), rows, want)
		}
	}
}

func rowsOfKept(t *testing.T, path string) (rows int) {
	t.Helper()
	settings := duck.Settings{Threads: 1, MemoryLimit: 128 << 20}
	database, err := duck.Open(t.Context(), path, duck.ReadOnly, settings, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if err := database.QueryRowContext(t.Context(), "SELECT count(*) FROM kept").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
