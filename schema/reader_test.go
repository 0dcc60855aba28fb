package schema

import (
	"context"
	"errors"
	"testing"
)

func TestWhoIsStoppedDoesNotCallAFileForeign(t *testing.T) {
	database, err := openDatabase(t.Context(), "", readWrite, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if err := checkOurs(t.Context(), database, "x.duckdb"); !errors.Is(err, ErrForeignFile) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := checkOurs(stopped, database, "x.duckdb"); err == nil || errors.Is(err, ErrForeignFile) {
		t.Errorf("%v", err)
	}
}
