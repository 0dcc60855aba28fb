package schema

import "embed"

// Migrations are the steps that made the tables, migrations/0001_….sql and on. Released ones are frozen.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// ModelFiles define the derived tables and the macros they share, one folder for each of their schemas.
//
//go:embed ledger/*.sql quality/*.sql underwriting/*.sql expenses/*.sql
var ModelFiles embed.FS

// LakeFiles define the datasets of the lake that are no derived tables, below lake.
//
//go:embed lake/*.sql lake/changes/*.sql
var LakeFiles embed.FS

// FieldsFile gives every column its permanent number: table, column, number and, for a column that
// its table did not have from the beginning, the word later. Lines are added and never changed:
// Parquet files carry the numbers, and tables made over them elsewhere know a column by nothing else.
//
//go:embed fields.csv
var FieldsFile string

// SeedFiles are the tables that readings of texts go by, below seeds: merchants with their names, towns, the taxonomy.
//
//go:embed seeds/*.csv
var SeedFiles embed.FS
