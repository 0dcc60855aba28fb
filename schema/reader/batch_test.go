package reader_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// every kind of value, with nulls that come and go around words of 64 rows
var everyKind = strings.ReplaceAll(`SELECT
	CASE WHEN i % 64 NOT IN (0, 63) THEN repeat('é', (i % 9)::INT) || chr(0) || i END AS short_or_long,
	CASE WHEN i % 3 = 0 THEN '{"n":' || i || '}' END::JSON AS json,
	CASE WHEN i % 65 <> 64 THEN i - 5000 END AS big,
	CASE WHEN i % 2 = 0 THEN (i - 5000)::INTEGER END AS medium,
	CASE WHEN i // 64 % 2 = 0 THEN (i % 100 - 50)::SMALLINT END AS small,
	CASE WHEN i % 7 <> 0 THEN i % 2 = 0 END AS flag,
	CASE WHEN i % 5 <> 0 THEN i / 8 END AS ratio,
	CASE WHEN i > 100 THEN TIMESTAMPTZ '1969-12-31 23:59:59.999999Z' + to_microseconds(i) END AS instant,
	CASE WHEN i < 9000 THEN DATE '1969-12-31' + i::INTEGER END AS day,
	CASE WHEN i % 11 <> 0 THEN CASE WHEN i % 4 = 0 THEN [] ELSE ['a', NULL, repeat('long text ', (i % 3)::INT)] END END
		AS list,
	CASE WHEN i % 13 <> 12 THEN ['a', 'b', 'ünïcode, and more than a slot has'][(i % 3 + 1)::INT] END
		::ENUM('a', 'b', 'ünïcode, and more than a slot has') AS word,
	(CASE WHEN i % 64 <> 1 THEN 'n' || i % 300 END)::ENUM($many) AS word_of_many
FROM range(10000) r(i) ORDER BY i`, "$many", many())

// many are the values of a list whose numbers need two bytes.
func many() string {
	words := make([]string, 300)
	for i := range words {
		words[i] = fmt.Sprintf("'n%d'", i)
	}
	return strings.Join(words, ", ")
}

func TestBatchesHoldWhatDuckDBHolds(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	want, err := reader.Database().QueryContext(
		t.Context(),
		`SELECT concat_ws('|', coalesce(short_or_long, '∅'), coalesce(json::VARCHAR, '∅'), coalesce(big::VARCHAR, '∅'),
		coalesce(medium::VARCHAR, '∅'), coalesce(small::VARCHAR, '∅'), coalesce(flag::VARCHAR, '∅'),
			coalesce(printf('%.3f', ratio), '∅'),
		coalesce(epoch_us(instant)::VARCHAR, '∅'), coalesce((day - DATE '1970-01-01')::VARCHAR, '∅'),
		coalesce('[' || array_to_string(list_transform(list, lambda x: coalesce(x, '∅')), ',') || ']', '∅'),
		coalesce(word::VARCHAR, '∅'), coalesce(word_of_many::VARCHAR, '∅')) FROM
			(`+everyKind+")",
	)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	rows := 0
	for batch, err := range reader.BatchesOf(t.Context(), make([]string, 12), everyKind) {
		if err != nil {
			t.Fatal(err)
		}
		for row := range batch.Len {
			var line string
			if !want.Next() || want.Scan(&line) != nil {
				t.Fatal("too many rows")
			}
			if got := printed(batch, row); got != line {
				t.Fatalf("row %d\n got %q\nwant %q", rows, got, line)
			}
			rows++
		}
	}
	if rows != 10000 {
		t.Errorf("%d rows", rows)
	}
}

func printed(batch *reader.Batch, row int) string {
	var cells []string
	for i := range batch.Columns {
		v := &batch.Columns[i]
		cell := "∅"
		if !v.Null(row) {
			switch v.Kind {
			case reader.KindText:
				cell = string(v.Text(row))
			case reader.KindInt64, reader.KindTimestamp:
				cell = fmt.Sprint(v.Int64s[row])
			case reader.KindBoolean:
				cell = fmt.Sprint(v.Booleans[row])
			case reader.KindDouble:
				cell = fmt.Sprintf("%.3f", v.Doubles[row])
			case reader.KindDate:
				cell = fmt.Sprint(v.Dates[row])
			case reader.KindTextList:
				var elements []string
				for element, end := v.List(row); element < end; element++ {
					if v.ElementNull(element) {
						elements = append(elements, "∅")
					} else {
						elements = append(elements, string(v.Texts[element]))
					}
				}
				cell = "[" + strings.Join(elements, ",") + "]"
			}
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, "|")
}

func TestBatchesRefuseTypesALakeDoesNotHave(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	for _, text := range []string{
		"1.5::DECIMAL(9,2)", "INTERVAL 1 DAY", "{'a': 1}", "[1]", "1::UBIGINT", "1::HUGEINT",
		"'x'::BLOB", "[['a']]", "TIME '12:00'", "TIMESTAMP_NS '2026-01-01 00:00:00'",
	} {
		var failed error
		for _, err := range reader.BatchesOf(t.Context(), []string{"fine", "odd_one"}, "SELECT 1, "+text) {
			failed = err
		}
		if failed == nil || !strings.Contains(failed.Error(), "odd_one") {
			t.Errorf("%s: %v", text, failed)
		}
	}
}

func TestBatchesNameErrorsInTheMiddle(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	var failed error
	for _, err := range reader.BatchesOf(t.Context(), []string{"n"}, "SELECT CASE WHEN i = 9999 THEN error('out of "+
		"order') ELSE 'x' END FROM range(10000) r(i)") {
		failed = err
	}
	if failed == nil || !strings.Contains(failed.Error(), "out of order") {
		t.Errorf("%v", failed)
	}
}

func TestDatasetsAreDescribedAndCutIntoPartitions(t *testing.T) {
	t.Parallel()
	s, opened := storetest.PublishedReader(t)
	datasets, err := opened.Datasets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]reader.Dataset{}
	for _, d := range datasets {
		found[d.Name] = d
		checkColumnsOf(t, d)
		if len(d.Key) == 0 || d.Description == "" || len(d.SortedBy) == 0 ||
			(d.FolderKey == "") != (d.PartitionColumn == "") {
			t.Errorf(
				"%s: key %v, description %q, sorted by %v, folders by %q", d.Name, d.Key, d.Description, d.SortedBy,
				d.FolderKey,
			)
		}
	}
	shown, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	shown = slices.DeleteFunc(shown, func(h models.Header) bool { return h.Intermediate })
	if len(datasets) != 4+len(shown) {
		t.Errorf("%d datasets", len(datasets))
	}
	wantPartitions := func(opened *reader.Reader, name string, since time.Time, want string) {
		t.Helper()
		wantPartitionsOf(t, opened, found[name], since, want)
	}
	first, err := opened.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantPartitions(opened, "transactions", time.Time{}, "2026-05 :1")
	wantPartitions(opened, "transactions", *first.Watermark, "")
	wantPartitions(opened, "accounts", *first.Watermark, " :1")
	wantPartitions(opened, "balances", time.Time{}, "")
	wantPartitions(opened, "changes/transactions", time.Time{}, fmt.Sprintf("2026-06-01 run-%d:1", s.Clock.Unix()))
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}

	// the row moves to another month, and another comes with a year that cannot be written
	moved := storetest.Transaction("fctxn_1", "fca_1", -450, 4)
	moved.TransactedAt, moved.UpdatedAt = moved.TransactedAt.AddDate(0, 1, 0), moved.UpdatedAt.AddDate(0, 0, 1)
	far := storetest.Transaction("fctxn_2", "fca_1", -1, 4)
	far.TransactedAt = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	early := storetest.Transaction("fctxn_3", "fca_1", -1, 4) // every other row lies between these two
	early.TransactedAt = time.Date(1776, 7, 4, 0, 0, 0, 0, time.UTC)
	s.Round(
		schema.Landed{
			Accounts:     []schema.Account{storetest.Account("fca_1")},
			Transactions: []schema.Transaction{moved, far, early},
		},
	)
	opened = storetest.OpenReader(t, s)
	wantPartitions(opened, "transactions", time.Time{}, "1900-01 :2, 2026-06 :1")
	wantPartitions(opened, "transactions", *first.Watermark, "1900-01 :2, 2026-06 :1, 2026-05 :0")
	wantPartitions(opened, "changes/transactions", *first.Watermark, fmt.Sprintf("2026-06-01 run-%d:3", s.Clock.Unix()))
}

// checkColumnsOf holds columns, and elements of lists, to ids of their own, descriptions, and names that no folder has.
func checkColumnsOf(t *testing.T, d reader.Dataset) {
	t.Helper()
	ids := map[int]string{}
	for _, column := range d.Columns {
		if other, taken := ids[column.FieldID]; taken || column.FieldID == 0 || column.Description == "" {
			t.Errorf(
				"%s.%s: field id %d (also %s), description %q", d.Name, column.Name, column.FieldID, other,
				column.Description,
			)
		}
		ids[column.FieldID] = column.Name
		if isList := column.Kind == reader.KindTextList; isList != (column.ElementID != 0) {
			t.Errorf("%s.%s: its elements have field id %d", d.Name, column.Name, column.ElementID)
		} else if other, taken := ids[column.ElementID]; isList && taken {
			t.Errorf("%s.%s: its elements have field id %d, as %s", d.Name, column.Name, column.ElementID, other)
		} else if isList {
			ids[column.ElementID] = column.Name + models.ElementSuffix
		}
		if d.FolderKey != "" && strings.EqualFold(column.Name, d.FolderKey) {
			t.Errorf("%s: folders are named by a column, %s", d.Name, column.Name)
		}
	}
}

// wantPartitionsOf compares the partitions of a dataset, and their rows, with a text: value run:rows, ….
func wantPartitionsOf(t *testing.T, opened *reader.Reader, d reader.Dataset, since time.Time, want string) {
	t.Helper()
	partitions, err := opened.Partitions(t.Context(), d, since)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range partitions {
		rows := int64(0)
		for batch, err := range opened.Batches(t.Context(), d, p) {
			if err != nil {
				t.Fatal(err)
			}
			rows += int64(batch.Len)
			checkFolderOf(t, d, p, batch)
		}
		if rows != p.Rows {
			t.Errorf("%s %s: %d rows in batches, %d counted", d.Name, p.Value, rows, p.Rows)
		}
		got = append(got, fmt.Sprintf("%s %s:%d", p.Value, p.RunID, p.Rows))
	}
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("%s since %v\n got %s\nwant %s", d.Name, since, text, want)
	}
}

// checkFolderOf holds the partition column to the value that names the folder.
func checkFolderOf(t *testing.T, d reader.Dataset, p reader.Partition, batch *reader.Batch) {
	t.Helper()
	at := slices.IndexFunc(d.Columns, func(c reader.Column) bool { return c.Name == d.PartitionColumn })
	for row := 0; at >= 0 && row < batch.Len; row++ {
		if value := string(batch.Columns[at].Texts[row]); value != p.Value && !d.SharesFolder(p) ||
			value == p.Value && d.SharesFolder(p) {
			t.Errorf("%s: a row of %s lies in %s", d.Name, value, p.Value)
		}
	}
}
