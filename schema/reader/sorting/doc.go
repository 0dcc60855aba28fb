// Package sorting puts rows that are held in columns in order: it moves numbers of rows, never their values. texts.go
// gives equal texts one number, order.go finds the order, block.go is memory for columns.
//
// It imports nothing of fcpipe. It promises the order that DuckDB's ORDER BY has: texts by their bytes, and rows with
// equal keys as they came.
package sorting
