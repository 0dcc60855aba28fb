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
