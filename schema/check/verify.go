package check

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

// Verify checks every rule of the published file that reader has open, its run ledger against the journal, and what
// lies beside it. No findings means that nothing is wrong. What DuckDB cannot read is a finding too; the error is for a
// context that ended, and for a machine that ran out of memory, disk or file handles, which says nothing about the
// file.
func Verify(ctx context.Context, reader *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	return verify(ctx, reader, layout, Deep)
}

// VerifyQuick is Verify without the rules that read every version.
func VerifyQuick(ctx context.Context, reader *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	return verify(ctx, reader, layout, Quick)
}

func verify(ctx context.Context, r *reader.Reader, layout schema.Layout, set RuleSet) ([]schema.Finding, error) {
	findings, err := Rules(ctx, r, set)
	if err != nil {
		return findings, err
	}
	for _, check := range []func(context.Context, *reader.Reader, schema.Layout) ([]schema.Finding, error){
		checkWatermark, checkLedger, verifyErased,
	} {
		found, err := check(ctx, r, layout)
		if err := inconclusive(ctx, err); err != nil {
			return findings, err
		}
		if err != nil {
			found = append(found, unreadable(layout.Database(), err))
		}
		findings = append(findings, found...)
	}
	found, err := VerifyPermissions(layout)
	return append(findings, found...), err
}

// inconclusive is the error that ends a check because it says nothing about the file: the context ended, or memory,
// disk or file handles ran out. It is nil after any other error, which is a finding.
func inconclusive(ctx context.Context, err error) error {
	if ctx.Err() != nil || duck.IsResourceExhausted(err) {
		return errors.Join(ctx.Err(), err)
	}
	return nil
}

// unreadable is the finding of a file that DuckDB cannot read: its message, without the hints that follow it.
func unreadable(path string, err error) schema.Finding {
	what, _, _ := strings.Cut(err.Error(), "\n")
	return schema.Finding{Where: filepath.Base(path), What: "cannot be read: " + what}
}

// checkWatermark holds every table against the instant that nothing was observed after.
func checkWatermark(ctx context.Context, r *reader.Reader, _ schema.Layout) ([]schema.Finding, error) {
	tables, err := listTables(ctx, r, "observed_tables")
	if err != nil || len(tables) == 0 {
		return nil, err
	}
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = fmt.Sprintf("SELECT %s, count(*) FROM %s WHERE observed_at > (SELECT watermark FROM meta.store)",
			duck.Quote(table), table)
	}
	rows, err := r.Database().QueryContext(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var findings []schema.Finding
	for rows.Next() {
		var table string
		var beyond int64
		if err := rows.Scan(&table, &beyond); err != nil {
			return findings, err
		}
		if beyond > 0 {
			what := fmt.Sprintf("%d rows were observed after the watermark", beyond)
			findings = append(findings, schema.Finding{Where: table, What: what})
		}
	}
	return findings, rows.Err()
}

// ReadEverything has DuckDB decode every value of every table of the file that r has open. Findings and errors are as
// those of Verify.
func ReadEverything(ctx context.Context, r *reader.Reader) ([]schema.Finding, error) {
	tables, err := listTables(ctx, r, "all_tables")
	if duck.IsResourceExhausted(err) {
		return nil, err
	}
	if err != nil {
		return []schema.Finding{unreadable(r.Path(), err)}, ctx.Err()
	}
	var findings []schema.Finding
	for _, table := range tables {
		var hash *string
		question := "SELECT CAST(bit_xor(hash(t)) AS VARCHAR) FROM " + table + " t"
		err := r.Database().QueryRowContext(ctx, question).Scan(&hash)
		if err := inconclusive(ctx, err); err != nil {
			return nil, err
		}
		if err != nil {
			f := unreadable(r.Path(), err)
			findings = append(findings, schema.Finding{Where: f.Where, What: table + " " + f.What})
		}
	}
	return findings, nil
}

// listTables lists the tables that a statement names by schema and table, quoted as SQL wants them.
func listTables(ctx context.Context, r *reader.Reader, name string) (tables []string, err error) {
	err = statements.EachRow(ctx, r.Database(), name, func(scan duck.Scan) error {
		var schema, table string
		err := scan(&schema, &table)
		tables = append(tables, reader.Identifier(schema)+"."+reader.Identifier(table))
		return err
	})
	return tables, err
}
