package export

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"fcpipe/schema/reader"
)

const (
	rowsPerPage  = 8_192
	rowsPerGroup = 15 * rowsPerPage // 122,880, as DuckDB's own
)

// parquetWriter writes batches as a Parquet file. Pages and row groups end after a fixed
// number of rows, wherever a batch ends, so that the same rows make the same bytes.
type parquetWriter struct {
	dataset *dataset
	file    *parquet.GenericWriter[any]
	group   *parquet.ConcurrentRowGroupWriter
	columns []*parquet.ColumnWriter
	texts   []*textDictionary // by column, nil where texts do not repeat or are none
	values  []parquet.Value
	inGroup int // rows
	rows    int64
}

func newParquetWriter(output io.Writer, d *dataset, compression, programVersion string) (*parquetWriter, error) {
	codec, err := codecOf(compression)
	if err != nil {
		return nil, err
	}
	texts := make([]*textDictionary, len(d.Columns))
	schema := d.schema(func(column int) parquet.Type {
		return textType{parquet.String().Type(), &texts[column]}
	})
	file := parquet.NewGenericWriter[any](output, schema,
		parquet.Compression(codec),
		parquet.DataPageVersion(1), // older readers do not know version 2
		parquet.MaxRowsPerRowGroup(rowsPerGroup),
		// more than a page of our rows takes, so that pages end where Flush says
		parquet.PageBufferSize(2<<20),
		// the column index has the same for every page
		parquet.DataPageStatistics(false),
		parquet.SortingWriterConfig(parquet.SortingColumns(d.sorting()...)), // declared; the rows come in this order
		parquet.KeyValueMetadata("fcpipe.dataset", d.Name),
		parquet.KeyValueMetadata("fcpipe.schema", d.fingerprint),
		parquet.KeyValueMetadata("fcpipe.version", programVersion),
	)
	group := file.BeginRowGroup()
	return &parquetWriter{dataset: d, file: file, group: group, columns: group.ColumnWriters(), texts: texts}, nil
}

// write adds a batch.
func (w *parquetWriter) write(batch *reader.Batch) error {
	for first := 0; first < batch.Len; {
		end := min(batch.Len, first+rowsPerPage-w.inGroup%rowsPerPage)
		if err := w.writeRows(batch, first, end); err != nil {
			return err
		}
		first = end
	}
	return nil
}

// writeRows adds rows that end on a page's end or before it.
func (w *parquetWriter) writeRows(batch *reader.Batch, first, end int) error {
	pageEnds := (w.inGroup+end-first)%rowsPerPage == 0
	for i := range batch.Columns {
		written := 0
		values, err := w.valuesOf(batch, i, first, end)
		if err == nil {
			written, err = w.columns[i].WriteRowValues(values)
		}
		if err == nil && written != end-first {
			err = fmt.Errorf("%d of %d rows written", written, end-first)
		}
		if err == nil && pageEnds {
			err = w.columns[i].Flush()
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", w.dataset.Columns[i].Name, err)
		}
	}
	w.inGroup += end - first
	w.rows += int64(end - first)
	if w.inGroup == rowsPerGroup {
		return w.endGroup()
	}
	return nil
}

// valuesOf are those of rows of a column, valid until it is called again.
func (w *parquetWriter) valuesOf(batch *reader.Batch, column, first, end int) (values []parquet.Value, err error) {
	vector, required := &batch.Columns[column], w.dataset.required[column]
	if texts := w.texts[column]; texts != nil && vector.Numbers != nil {
		return texts.valuesOf(w.values[:0], vector, first, end, required)
	}
	w.values, err = appendValues(w.values[:0], vector, first, end, required)
	return w.values, err
}

func (w *parquetWriter) endGroup() error {
	rows, err := w.group.Commit()
	if err == nil && rows != int64(w.inGroup) {
		err = fmt.Errorf("a row group has %d of %d rows", rows, w.inGroup)
	}
	w.inGroup = 0
	return err
}

// close ends the file; the output stays open.
func (w *parquetWriter) close() error {
	if w.inGroup > 0 {
		if err := w.endGroup(); err != nil {
			return err
		}
	}
	return w.file.Close()
}
