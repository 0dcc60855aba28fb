package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"fcpipe/schema/reader"
)

// dataset is a dataset and its form in Parquet.
type dataset struct {
	reader.Dataset
	parquet     *parquet.Schema
	required    []bool // by column
	tokens      []int  // columns that have tokens in the place of texts
	dropped     []string
	shown       disguise
	fingerprint string // of everything that is the same in all its files: columns, their order, that of rows, folders
}

// datasetsOf makes the Parquet schema of everything the file can show.
func datasetsOf(ctx context.Context, reader *reader.Reader, shown disguise) ([]dataset, error) {
	found, err := reader.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	datasets := make([]dataset, len(found))
	for i, d := range found {
		if datasets[i], err = newDataset(d, shown); err != nil {
			return nil, fmt.Errorf("dataset %s: %w", d.Name, err)
		}
	}
	return datasets, nil
}

func newDataset(d reader.Dataset, shown disguise) (dataset, error) {
	made, err := shown.hide(d)
	if err != nil {
		return made, err
	}
	d, made.required = made.Dataset, make([]bool, len(d.Columns))
	for i, column := range d.Columns {
		if column.FieldID == 0 || column.Kind == reader.KindTextList && column.ElementID == 0 {
			return made, fmt.Errorf("column %s has no field id", column.Name)
		}
		made.required[i] = isRequired(d, column)
	}
	for _, sorted := range d.SortedBy {
		at := slices.IndexFunc(d.Columns, func(c reader.Column) bool { return c.Name == sorted.Name })
		if at < 0 || d.Columns[at].Kind == reader.KindTextList {
			return made, fmt.Errorf("rows are sorted by %s, which is no column of single values", sorted.Name)
		}
	}
	made.parquet = made.schema(func(int) parquet.Type { return parquet.String().Type() })
	made.fingerprint = fingerprintOf(made.entry())
	return made, nil
}

// isRequired reports whether readers may rely on a value in every row of every file there will
// be. A column that came later has none in the files before, wherever those were copied to.
func isRequired(d reader.Dataset, column reader.Column) bool {
	return !column.Nullable && (!column.Later || slices.Contains(d.Key, column.Name))
}

// schema is the dataset's in Parquet, with a type for the text that repeats in a column.
func (d *dataset) schema(textType func(column int) parquet.Type) *parquet.Schema {
	group, names := parquet.Group{}, make([]string, len(d.Columns))
	for i, column := range d.Columns {
		names[i] = column.Name
		group[column.Name] = nodeOf(column, d.required[i], func() parquet.Type { return textType(i) })
	}
	return parquet.NewSchema(strings.ReplaceAll(d.Name, "/", "_"), orderedGroup{group, names})
}

// nodeOf is a column as every warehouse loads it. Text that repeats is stored once a row
// group; what hardly repeats is not. JSON is text: its own logical type reads differently everywhere.
func nodeOf(column reader.Column, required bool, repeatedText func() parquet.Type) parquet.Node {
	var node parquet.Node
	switch column.Kind {
	case reader.KindText:
		if column.Unique {
			node = parquet.Encoded(leafOf(parquet.String()), &parquet.Plain)
		} else {
			node = textNode(repeatedText())
		}
	case reader.KindInt64:
		node = leafOf(parquet.Int(64))
	case reader.KindBoolean:
		node = leafOf(parquet.Leaf(parquet.BooleanType))
	case reader.KindDouble:
		node = leafOf(parquet.Leaf(parquet.DoubleType))
	case reader.KindTimestamp:
		node = leafOf(parquet.Timestamp(parquet.Microsecond))
	case reader.KindDate:
		node = leafOf(parquet.Date())
	case reader.KindTextList:
		node = parquet.List(parquet.FieldID(parquet.Optional(textNode(parquet.String().Type())), column.ElementID))
	}
	if !required {
		node = parquet.Optional(node)
	}
	return parquet.FieldID(node, column.FieldID)
}

// leafOf is a leaf whose pages are not larger than ours: parquet-go makes room for the largest that may be, 2 MiB in
// each column of each file.
func leafOf(node parquet.Node) parquet.Node { return parquet.Leaf(pageType{node.Type()}) }

// pageType is a type whose column buffers begin with room for the rows of a page.
type pageType struct{ parquet.Type }

// NewColumnBuffer implements parquet.Type.
func (t pageType) NewColumnBuffer(column, values int) parquet.ColumnBuffer {
	return t.Type.NewColumnBuffer(column, min(values, rowsPerPage))
}

func textNode(of parquet.Type) parquet.Node {
	return parquet.Encoded(parquet.Leaf(of), &parquet.RLEDictionary)
}

// orderedGroup keeps columns in the order of the table; parquet.Group sorts them by name.
type orderedGroup struct {
	parquet.Group
	names []string
}

// Fields returns the columns in their order.
func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(g.names, a.Name()) - slices.Index(g.names, b.Name())
	})
	return fields
}

// sorting is the order of the rows as a footer declares it.
func (d *dataset) sorting() []parquet.SortingColumn {
	columns := make([]parquet.SortingColumn, len(d.SortedBy))
	for i, sorted := range d.SortedBy {
		column := parquet.Ascending(sorted.Name)
		if sorted.Descending {
			column = parquet.Descending(sorted.Name)
		}
		if sorted.NullsFirst {
			column = parquet.NullsFirst(column)
		}
		columns[i] = column
	}
	return columns
}

// entry describes the dataset in a manifest, its rows not counted.
func (d *dataset) entry() DatasetEntry {
	entry := DatasetEntry{
		Name: d.Name, Schema: d.fingerprint, Key: d.Key, PartitionColumn: d.PartitionColumn, FolderKey: d.FolderKey,
		Feed: d.Feed, Tokens: d.tokenNames(), Dropped: d.dropped,
	}
	for i, column := range d.Columns {
		entry.Columns = append(entry.Columns,
			ColumnEntry{column.Name, typeNames[column.Kind], d.required[i], column.FieldID, column.ElementID})
	}
	for _, column := range d.SortedBy {
		entry.SortedBy = append(entry.SortedBy, SortEntry{column.Name, column.Descending, column.NullsFirst})
	}
	return entry
}

var typeNames = map[reader.Kind]string{
	reader.KindText: "STRING", reader.KindInt64: "INT64", reader.KindBoolean: "BOOLEAN", reader.KindDouble: "DOUBLE",
	reader.KindTimestamp: "TIMESTAMP", reader.KindDate: "DATE", reader.KindTextList: "LIST<STRING>",
}

// fingerprintOf hashes what a change of makes every file of a dataset another one.
func fingerprintOf(d DatasetEntry) string {
	fixed := DatasetEntry{Columns: d.Columns, SortedBy: d.SortedBy, FolderKey: d.FolderKey}
	text, _ := json.Marshal(fixed) // cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// fastZstd compresses a lake in half the time of the default level, to 3 percent more bytes. It is safe for concurrent
// use, as any codec.
var fastZstd = zstd.Codec{Level: zstd.SpeedFastest}

// codecOf finds a compression by the name the configuration gives it.
func codecOf(name string) (compress.Codec, error) {
	switch name {
	case "zstd":
		return &fastZstd, nil
	case "snappy":
		return &parquet.Snappy, nil
	case "none":
		return &parquet.Uncompressed, nil
	}
	return nil, fmt.Errorf("compression %q: want zstd, snappy or none", name)
}
