package schema

import "embed"

//go:embed migrations/*.sql
var Migrations embed.FS

//go:embed ledger/*.sql quality/*.sql underwriting/*.sql expenses/*.sql
var ModelFiles embed.FS

//go:embed lake/*.sql lake/changes/*.sql
var LakeFiles embed.FS

// FieldsFile gives every column its permanent number: table, column, number and, for a column that
// its table did not have from the beginning, the word later. Lines are added and never changed:
// Parquet files carry the numbers, and tables made over them elsewhere know a column by nothing else.
//
//go:embed fields.csv
var FieldsFile string
