// Package models reads the headers of the .sql files that define derived tables and datasets of the lake, orders the
// tables by what they read, derives them, and fills the dictionary.
//
// It imports schema, whose embedded folders hold the files, and duck. It promises that the same rows, report zone and
// watermark give the same derived rows in the same order, and that every column has a description and a permanent field
// id from fields.csv.
package models
