package export

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

// openLive opens a file that a manifest lists.
func (w *world) openLive(listed File) *parquet.File {
	w.t.Helper()
	file, err := os.Open(filepath.Join(w.layout.Lake(), listed.Path))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { file.Close() })
	opened, err := parquet.OpenFile(file, listed.Bytes)
	if err != nil {
		w.t.Fatal(listed.Path, err)
	}
	return opened
}

func TestColumnsArePromised(t *testing.T) {
	t.Parallel()
	if !hasProofTables(t) {
		return
	}
	w, _ := ofSpread.exported(t)
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	w.wantIDs(manifest)
	w.wantRequired(manifest)
	w.wantOrder(manifest)
}

// Tables over our files know columns by their ids, so that none may lack one, lists' elements included.
func (w *world) wantIDs(manifest *Manifest) {
	t := w.t
	t.Helper()
	seen, lists := map[string]bool{}, 0
	for _, listed := range manifest.Files {
		seen[listed.Dataset] = true
		ids := map[int]string{}
		for _, column := range w.openLive(listed).Root().Columns() {
			parts := []*parquet.Column{column}
			if !column.Leaf() {
				lists++
				parts = append(parts, column.Column("list").Column("element"))
			}
			for _, part := range parts {
				if other, taken := ids[part.ID()]; taken || part.ID() < 1 {
					t.Errorf("%s: %v has field id %d, %q too", listed.Path, part.Path(), part.ID(), other)
				}
				ids[part.ID()] = strings.Join(part.Path(), ".")
			}
		}
	}
	if len(seen) != len(manifest.Datasets) || lists < 3 {
		t.Errorf("files of %d of %d datasets, %d lists", len(seen), len(manifest.Datasets), lists)
	}
}

// A column that is never null in the table is required of every file: engines take no other as a key.
func (w *world) wantRequired(manifest *Manifest) {
	w.t.Helper()
	database := w.oracle()
	defer database.Close()
	derived, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		w.t.Fatal(err)
	}
	views := map[string][]string{} // which do not say themselves what is never null
	for _, model := range derived {
		for _, column := range append(model.Columns, model.Partition) {
			if model.IsView && column.NotNull {
				views[model.Name] = append(views[model.Name], column.Name)
			}
		}
	}
	for _, d := range manifest.Datasets {
		glob := fmt.Sprintf("'%s/current/%s/**/*.parquet'", w.layout.Lake(), d.Name)
		table := strings.ReplaceAll(d.Name, "/", ".")
		if d.Feed {
			continue // no table is like it: a delete has ids alone
		}
		if required := views[table]; required != nil {
			slices.Sort(required)
			w.want(database, "SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM parquet_schema("+glob+`)
				WHERE repetition_type = 'REQUIRED' AND field_id IS NOT NULL AND name <> 'element'`,
				strings.Join(required, " "))
			continue
		}
		switch {
		case d.Name == "transactions":
			table = "main.transaction_versions"
		case !strings.Contains(table, "."):
			table = "main." + table
		}
		w.want(database, fmt.Sprintf(`SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM (
			SELECT DISTINCT name, repetition_type = 'REQUIRED' AS required FROM parquet_schema(%s)
			WHERE field_id IS NOT NULL AND name <> 'element')
			JOIN information_schema.columns c ON c.column_name = name
			 AND c.table_schema || '.' || c.table_name = '%s' AND c.table_catalog = 'file'
			WHERE required <> (is_nullable = 'NO')`, glob, table), "")
	}
	glob := fmt.Sprintf("'%s/current/changes/transactions/**/*.parquet'", w.layout.Lake())
	w.want(database, "SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM parquet_schema("+glob+`)
		WHERE repetition_type = 'REQUIRED' AND num_children IS NULL`,
		"_observed_at _op _run_id account_id observed_at observed_date run_id transaction_id")
}

func TestARequiredColumnRefusesANull(t *testing.T) {
	t.Parallel()
	w := ofSpread.world(t)
	w.alter("ALTER TABLE main.transaction_versions ALTER COLUMN livemode DROP NOT NULL",
		"UPDATE main.transaction_versions SET livemode = NULL WHERE transaction_id = 'fctxn_3'")
	if _, err := w.try(); !errors.Is(err, errRequired) || !strings.Contains(err.Error(), "column livemode") {
		t.Fatalf("a null became a value: %v", err)
	}
	w.alter("UPDATE main.transaction_versions SET livemode = false WHERE livemode IS NULL")
	w.exportAgain()
}

// A footer says how rows are sorted; readers that believe it skip what they would have to sort.
func (w *world) wantOrder(manifest *Manifest) {
	t := w.t
	t.Helper()
	groups, filled := 0, 0
	for _, listed := range manifest.Files {
		if listed.Rows > 0 {
			filled++
		}
		d, _ := manifest.dataset(listed.Dataset)
		file := w.openLive(listed)
		for _, group := range file.RowGroups() {
			groups++
			sorted := group.SortingColumns()
			if len(sorted) != len(d.SortedBy) || len(sorted) == 0 || sorted[0].Path()[0] != d.SortedBy[0].Column {
				t.Fatalf("%s is sorted by %v, the manifest says %v", listed.Path, sorted, d.SortedBy)
			}
			if row, err := firstOutOfOrder(group, file.Schema()); err != nil || row >= 0 {
				t.Errorf("%s: row %d is out of order, %v", listed.Path, row, err)
			}
		}
	}
	if filled == 0 || groups < filled {
		t.Errorf("%d row groups in %d files that have rows", groups, filled)
	}
}

// firstOutOfOrder is the first row that comes before the one above it by what its group declares, or -1.
func firstOutOfOrder(group parquet.RowGroup, of *parquet.Schema) (at int, err error) {
	compare := of.Comparator(group.SortingColumns()...)
	rows := group.Rows()
	defer rows.Close()
	var last parquet.Row
	buffer := make([]parquet.Row, 64)
	for {
		n, err := rows.ReadRows(buffer)
		for i, row := range buffer[:n] {
			if i > 0 {
				last = buffer[i-1]
			}
			if last != nil && compare(last, row) > 0 {
				return at, nil
			}
			at++
		}
		if n > 0 {
			last = buffer[n-1].Clone() // the next reading takes the buffer
		}
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
		if err != nil {
			return at, err
		}
	}
}
