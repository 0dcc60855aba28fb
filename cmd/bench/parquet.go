package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

//go:embed bench.sql
var sqlFiles embed.FS

var statements = duck.Load(sqlFiles)

// copyToParquet has DuckDB write the rows of the lake's datasets, unordered, one file a dataset: what an export costs
// at least. Its arguments are the published file, a directory for the files, and an instant, or "" for every row. With
// an instant, of datasets that the lake cuts by month only the months are written in which a transaction is new or
// changed since, of feeds the rows since, and others whole. Finding that out is not measured.
func copyToParquet(ctx context.Context, arguments []string) (did told, err error) {
	file, dir, since := arguments[0], arguments[1], arguments[2]
	database, err := duck.Open(ctx, file, duck.ReadOnly, duck.Settings{}, dir)
	if err != nil {
		return told{}, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	queries, err := datasetQueries(ctx, database, since)
	if err != nil {
		return told{}, err
	}
	rows := int64(0)
	did, err = timed(func() error {
		for i, query := range queries {
			n, err := copyQuery(ctx, database, query, filepath.Join(dir, fmt.Sprintf("%d.parquet", i)))
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	did.Rows = rows
	return did, err
}

// copyQuery writes the answer to a question and counts its rows.
func copyQuery(ctx context.Context, database *sql.DB, query, file string) (rows int64, err error) {
	statement := "COPY (" + query + ") TO " + duck.Quote(file) + " (FORMAT parquet, COMPRESSION zstd)"
	written, err := database.ExecContext(ctx, statement) //nolint:gosec // of our own models and a quoted path
	if err != nil {
		return 0, err
	}
	return written.RowsAffected()
}

// datasetQueries are the rows of each dataset of the lake.
func datasetQueries(ctx context.Context, database *sql.DB, since string) ([]string, error) {
	tables, err := models.LoadHeaders(schema.LakeFiles)
	if err != nil {
		return nil, err
	}
	derived, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		return nil, err
	}
	months, err := touchedMonths(ctx, database, since)
	if err != nil {
		return nil, err
	}
	var queries []string
	for _, h := range append(tables, derived...) {
		queries = append(queries, rowsOf(h, since, months))
	}
	return queries, nil
}

// rowsOf are the rows of a dataset that a round since an instant may have touched.
func rowsOf(h models.Header, since, months string) string {
	rows, month := "SELECT * FROM "+h.Name, h.PartitionExpression
	if h.Query != "" && h.Table != "" { // a dataset that is no model
		rows, month = "SELECT * FROM ("+h.Query+")", h.Partition.Name
	}
	switch {
	case since == "" || month == "":
		return rows
	case strings.HasPrefix(h.Name, "changes/"):
		return rows + " WHERE _observed_at > CAST(" + duck.Quote(since) + " AS TIMESTAMPTZ)"
	}
	return rows + " WHERE " + month + " IN (" + months + ")"
}

// touchedMonths are literals of SQL with commas between them.
func touchedMonths(ctx context.Context, database *sql.DB, since string) (string, error) {
	if since == "" {
		return "", nil
	}
	months := []string{"''"}
	err := statements.EachRow(ctx, database, "touched_months", func(scan duck.Scan) error {
		var month string
		err := scan(&month)
		months = append(months, duck.Quote(month))
		return err
	}, since)
	return strings.Join(months, ", "), err
}

// duckdbVersion is that of the DuckDB this program and fcpipe are linked with.
func duckdbVersion(ctx context.Context) (version string, err error) {
	database, err := duck.Open(ctx, "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	err = database.QueryRowContext(ctx, statements.Get("duckdb_version")).Scan(&version)
	return version, err
}

// distinctTexts is the share of the base's rows that distinct texts are, as text; "" where no case needed the base.
func (b *bench) distinctTexts(ctx context.Context) (share string, err error) {
	if b.base == nil {
		return "", nil
	}
	database, err := duck.Open(ctx, b.base.layout().Database(), duck.ReadOnly, duck.Settings{}, b.work)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	var distinct, rows int64
	if err := database.QueryRowContext(ctx, statements.Get("distinct_texts")).Scan(&distinct, &rows); err != nil {
		return "", err
	}
	percent := 100 * float64(distinct) / float64(rows)
	return fmt.Sprintf("%d of %d texts (%.1f %%) are distinct", distinct, rows, percent), nil
}
