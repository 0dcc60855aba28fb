package export

import (
	"database/sql"
	"maps"
	"testing"
)

// TestAWholeExportFindsRowsThatNoMergeChanged: tables that were rebuilt have the watermark they had. An export of the
// whole writes what differs and keeps what it replaced for its grace; where nothing differs no byte changes.
func TestAWholeExportFindsRowsThatNoMergeChanged(t *testing.T) {
	t.Parallel()
	w, first := ofSpread.exported(t)
	whole := func() Report {
		t.Helper()
		reader := w.reader()
		options := w.options()
		options.Whole = true
		report, err := Run(t.Context(), reader, options)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	before := w.files()
	if report := whole(); !report.Unchanged || report.ExportID != first.ExportID || !maps.Equal(before, w.files()) {
		t.Errorf("nothing differs: %+v", report)
	}
	w.release()
	database, err := sql.Open("duckdb", w.layout.Database())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := database.Exec("UPDATE ledger.accounts SET category = 'other'; CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	if report := w.exported(); !report.Unchanged {
		t.Errorf("of the same watermark: %+v", report)
	}
	report := whole()
	if report.Unchanged || report.FilesWritten != 1 || report.FilesKept != first.FilesWritten-1 ||
		report.FilesRetired != 0 {
		t.Errorf("a table differs: %+v", report)
	}
	w.wantWhole()
	before = w.files()
	if report := whole(); !report.Unchanged || !maps.Equal(before, w.files()) {
		t.Errorf("nothing differs any more: %+v", report)
	}
}

// TestAnotherProgramsLakeIsComparedByItsDatasets: of the same data the lake of the same program is taken for the same,
// that of another one only where its datasets are.
func TestAnotherProgramsLakeIsComparedByItsDatasets(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	w.release()
	database, err := sql.Open("duckdb", w.layout.Database())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := database.Exec("UPDATE meta.dictionary SET is_nullable = NOT is_nullable WHERE schema_name = " +
		"'ledger' AND table_name = 'accounts' AND column_name = 'category'; CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	before := w.files()
	if report := w.exported(); !report.Unchanged || !maps.Equal(before, w.files()) {
		t.Errorf("the same program: %+v", report)
	}
	reader := w.reader()
	options := w.options()
	options.ProgramVersion += "+1"
	if report, err := Run(t.Context(), reader, options); err != nil || report.Unchanged || report.FilesWritten == 0 {
		t.Errorf("another program, other datasets: %+v, %v", report, err)
	}
	options.ProgramVersion += "+2"
	if report, err := Run(t.Context(), reader, options); err != nil || !report.Unchanged {
		t.Errorf("another program, the same datasets: %+v, %v", report, err)
	}
}
