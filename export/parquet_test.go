package export

import (
	"database/sql"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/reader"
)

// fill puts generated transactions, and their versions, straight into the published file:
// nulls in every pattern of a word of 64 rows, over pages and row groups.
func (w *world) fill(rows int) {
	w.t.Helper()
	w.alter(
		fmt.Sprintf(`INSERT INTO main.transaction_versions
			SELECT printf('fctxn_%%024x', hash(i)), printf('fca_%%020x', hash(i %% 90)),
			(hash(i, 'amount') %% 20000)::BIGINT - 15000, 'usd',
			['TST* BLUE OWL COFFEE 0042 AUSTIN TX', 'ACH DEPOSIT PAYROLL ' || i %% 5000, 'CHECKCARD ' || i, '']
				[1 + (hash(i, 'text') %% 4)::INT],
			['posted', 'posted', 'posted', 'pending', 'void'][1 + (i %% 5)::INT],
			TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_seconds(i %% (180 * 86400)),
			CASE WHEN i %% 64 NOT IN (0, 1, 63) THEN TIMESTAMPTZ '2026-05-01 00:00:00Z' + to_seconds(i) END,
			CASE WHEN hash(i // 64) >> (i %% 64) & 1 = 1 THEN TIMESTAMPTZ '1970-01-01 00:00:00Z' END,
			TIMESTAMPTZ '2026-05-01 00:00:00Z' + to_seconds(i),
			'fctxnref_' || i %% 90, 1, now, now, 'run-1', false, CASE WHEN i %% 1000 = 1 THEN '{"n":' || i || '}' END,
			false, true
			FROM range(%d) r(i), (SELECT watermark AS now FROM meta.store)`, rows),
	)
}

// alter changes the published file without a merge.
func (w *world) alter(steps ...string) {
	w.t.Helper()
	w.release()
	database, err := sql.Open("duckdb", w.layout.Database())
	if err != nil {
		w.t.Fatal(err)
	}
	defer database.Close()
	database.SetMaxOpenConns(1)
	for _, step := range slices.Concat([]string{"SET TimeZone = 'UTC'"}, steps, []string{"CHECKPOINT"}) {
		if _, err := database.Exec(step); err != nil {
			w.t.Fatalf("%s: %v", step, err)
		}
	}
}

func TestManyRowsOverPagesAndGroups(t *testing.T) {
	t.Parallel()
	w := ofSpread.world(t)
	w.fill(rowsPerGroup + rowsPerPage + 1)
	w.export()
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	w.wantOrder(manifest)
	database := w.oracle()
	defer database.Close()
	feed := fmt.Sprintf("'%s/current/changes/transactions/*/run-1-*.parquet'", w.layout.Lake())
	w.want(database, "SELECT list(DISTINCT row_group_num_rows ORDER BY row_group_num_rows DESC) FROM parquet_metadata("+
		feed+")", fmt.Sprintf("[%d, %d]", rowsPerGroup, rowsPerPage+1))
}

func TestParquetSchemaIsWhatWarehousesLoad(t *testing.T) {
	t.Parallel()
	w, _ := ofAdversaries.exported(t)
	database := w.oracle()
	defer database.Close()
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range manifest.Datasets {
		glob := fmt.Sprintf("'%s/current/%s/**/*.parquet'", w.layout.Lake(), d.Name)
		var want []string
		for _, column := range d.Columns {
			repetition := "OPTIONAL"
			if column.Required {
				repetition = "REQUIRED"
			}
			want = append(want, fmt.Sprintf("%s %s %s %d", column.Name, map[string]string{
				"STRING": "BYTE_ARRAY UTF8", "INT64": "INT64 INT_64", "BOOLEAN": "BOOLEAN ", "DOUBLE": "DOUBLE ",
				"TIMESTAMP": "INT64 TIMESTAMP_MICROS", "DATE": "INT32 DATE", "LIST<STRING>": " LIST",
			}[column.Type], repetition, column.FieldID))
		}
		w.want(database, `SELECT any_value(x) FROM (
			SELECT string_agg(concat(
				name, ' ', type, ' ', converted_type, ' ', repetition_type, ' ', field_id), ', ') AS x
			FROM (SELECT *, row_number() OVER () AS place FROM parquet_schema(`+glob+`))
			WHERE name NOT IN ('list', 'element') AND field_id IS NOT NULL GROUP BY file_name)
			HAVING count(DISTINCT x) = 1`, strings.Join(want, ", "))
		w.want(database, `SELECT list(DISTINCT logical_type)
			FILTER (logical_type LIKE 'Timestamp%' AND logical_type NOT LIKE '%isAdjustedToUTC=1%') IS NULL
			FROM parquet_schema(`+glob+")", "true")
		w.want(database, "SELECT list(DISTINCT value::VARCHAR) FROM parquet_kv_metadata("+glob+
			") WHERE key::VARCHAR = 'fcpipe.schema'", "["+d.Schema+"]")
		w.want(database, "SELECT list(DISTINCT value::VARCHAR) FROM parquet_kv_metadata("+glob+
			") WHERE key::VARCHAR = 'fcpipe.dataset'", "["+d.Name+"]")
	}
	w.want(database, fmt.Sprintf(`SELECT list(DISTINCT e ORDER BY e)
		FROM (SELECT unnest(string_split(encodings, ', ')) AS e FROM parquet_metadata('%s/current/**/*.parquet'))`,
		w.layout.Lake()), "[PLAIN, RLE, RLE_DICTIONARY]")
	w.want(database, fmt.Sprintf(`SELECT list(DISTINCT encodings) FROM parquet_metadata('%s/current/**/*.parquet')
		WHERE path_in_schema = 'transaction_id' AND file_name NOT LIKE '%%/expenses/anomalies/%%'`, w.layout.Lake()),
		"[PLAIN]") // of anomalies the ids are no key: months of a category have none
}

func TestEveryTypeHasItsForm(t *testing.T) {
	t.Parallel()
	kinds := []reader.Kind{
		reader.KindText, reader.KindInt64, reader.KindBoolean, reader.KindDouble, reader.KindTimestamp, reader.KindDate,
		reader.KindTextList,
	}
	var columns []reader.Column
	for i, kind := range kinds {
		columns = append(columns, reader.Column{
			Name: string(rune('z' - i)), Kind: kind, Nullable: i > 0, FieldID: i + 1, ElementID: 1001 + i,
		})
	}
	d, err := newDataset(reader.Dataset{Name: "a/b", Columns: columns, Key: []string{"z"}}, disguise{})
	if err != nil {
		t.Fatal(err)
	}
	want := `message a_b {
	required binary z (STRING) = 1;
	optional int64 y (INT(64,true)) = 2;
	optional boolean x = 3;
	optional double w = 4;
	optional int64 v (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)) = 5;
	optional int32 u (DATE) = 6;
	optional group t (LIST) = 7 {
		repeated group list {
			optional binary element (STRING) = 1007;
		}
	}
}`
	if got := d.parquet.String(); got != want {
		t.Errorf("got %s", got)
	}
	if _, err := newDataset(reader.Dataset{
		Name: "x", Columns: []reader.Column{{Name: "new", Kind: reader.KindText}},
	}, disguise{}); err == nil || !strings.Contains(err.Error(), "new") {
		t.Errorf("a column without field id: %v", err)
	}
	if _, err := codecOf("lz4"); err == nil {
		t.Error("lz4 passed")
	}
}

var benchRows = flag.Int("rows", 2000, "rows of the lake that BenchmarkExport writes")

// BenchmarkExport says what tokens cost beside texts, and nulls.
func BenchmarkExport(b *testing.B) {
	w := ofSpread.world(b)
	w.fill(*benchRows)
	for _, policy := range Policies() {
		w.privacy = policyOf(policy, policy, "first")
		b.Run(policy, func(b *testing.B) { w.benchmark(b) })
	}
}

func (w *world) benchmark(b *testing.B) {
	reader := w.reader()
	options := w.options()
	b.ReportAllocs()
	written, n := int64(0), 0
	for b.Loop() {
		n++
		options.Dir = filepath.Join(b.TempDir(), fmt.Sprint(n))
		report, err := Run(b.Context(), reader, options)
		if err != nil {
			b.Fatal(err)
		}
		written += report.Rows
		b.SetBytes(report.Bytes)
	}
	b.ReportMetric(float64(written)/b.Elapsed().Seconds(), "rows/s")
}
