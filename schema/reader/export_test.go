package reader

import (
	"context"
	"iter"
)

// What the tests of this directory know of the inside.
var (
	AttentionOrder = attentionOrder
	CheckFormat    = checkFormat
	OneStatement   = oneStatement
)

// BatchesOf streams the rows of any statement under the names given.
func (r *Reader) BatchesOf(
	ctx context.Context, names []string, text string, parameters ...string,
) iter.Seq2[*Batch, error] {
	return r.batches(ctx, names, text, parameters...)
}

// HoldAtMost bounds what SortedBatches hold.
func (r *Reader) HoldAtMost(bytes int64) { r.mostHeld = bytes }

// DatasetOf is a dataset of a query, with a total order; one column is unique.
func (r *Reader) DatasetOf(ctx context.Context, query, order, unique string) (d Dataset, err error) {
	rows, err := r.database.QueryContext(ctx, "DESCRIBE "+query)
	if err != nil {
		return d, err
	}
	defer rows.Close()
	described := map[string]Column{}
	for rows.Next() {
		var c Column
		var ignored any
		if err := rows.Scan(&c.Name, &c.Type, &ignored, &ignored, &ignored, &ignored); err != nil {
			return d, err
		}
		c.Unique = c.Name == unique
		described[c.Name] = c
	}
	d = Dataset{query: query, order: order}
	if d.sortedAs, err = parseOrder(order); err == nil {
		d.Columns, err = r.columnsOf(ctx, query, described)
	}
	return d, err
}
