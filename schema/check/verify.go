package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// Verify checks every rule of the published file that reader has open, its run ledger against
// the journal, and what lies beside it. No findings means that no problems found. What DuckDB
// cannot read is a finding too; the error is for a context that ended, and for a machine that ran
// out of memory, disk or file handles, which says nothing of the file.
func Verify(ctx context.Context, reader *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	return verify(ctx, reader, layout, "rule_", "deep_rule_")
}

// VerifyQuick is Verify without the rules that read every version.
func VerifyQuick(ctx context.Context, reader *reader.Reader, layout schema.Layout) ([]schema.Finding, error) {
	return verify(ctx, reader, layout, "rule_")
}

func verify(ctx context.Context, opened *reader.Reader, layout schema.Layout, prefixes ...string) ([]schema.Finding, error) {
	findings, err := CheckRules(ctx, opened, prefixes)
	if err != nil {
		return findings, err
	}
	for _, check := range []func(context.Context, *reader.Reader, schema.Layout) ([]schema.Finding, error){checkWatermark, checkLedger} {
		found, err := check(ctx, opened, layout)
		if ctx.Err() != nil {
			return findings, ctx.Err()
		}
		if duck.IsResourceExhausted(err) {
			return findings, err
		}
		if err != nil {
			found = append(found, unreadable(layout.Database(), err))
		}
		findings = append(findings, found...)
	}
	beside, err := VerifyPermissions(layout)
	return append(findings, beside...), err
}

// CheckRules runs the rules whose names begin so.
func CheckRules(ctx context.Context, r *reader.Reader, prefixes []string) ([]schema.Finding, error) {
	var rules []string
	owners, err := duck.HasOwnerTables(ctx, r.Database(), "")
	if ctx.Err() != nil || duck.IsResourceExhausted(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	derived, derivedErr := derivedHere(ctx, r)
	if err = errors.Join(err, derivedErr); ctx.Err() != nil || duck.IsResourceExhausted(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	var findings []schema.Finding
	if err != nil {
		findings = append(findings, unreadable(r.Path(), err))
	}
	for name := range statements {
		isGated := owners && strings.HasPrefix(name, "owners_rule_") || derived && strings.HasPrefix(name, "derived_rule_")
		if isGated || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			rules = append(rules, name)
		}
	}
	slices.Sort(rules)
	for _, rule := range rules {
		err := statements.EachRow(ctx, r.Database(), rule, func(scan duck.Scan) error {
			f := schema.Finding{IsDerived: strings.HasPrefix(rule, "derived_rule_")}
			err := scan(&f.Where, &f.What)
			findings = append(findings, f)
			return err
		})
		if ctx.Err() != nil || duck.IsResourceExhausted(err) {
			return nil, errors.Join(ctx.Err(), err)
		}
		if err != nil {
			findings = append(findings, unreadable(r.Path(), err))
		}
	}
	return findings, nil
}

// unreadable says what DuckDB said, without the hints that follow it.
func unreadable(path string, err error) schema.Finding {
	what, _, _ := strings.Cut(err.Error(), "\n")
	return schema.Finding{Where: filepath.Base(path), What: "cannot be read: " + what}
}

// checkWatermark holds every table against the instant that nothing was observed after.
func checkWatermark(ctx context.Context, r *reader.Reader, _ schema.Layout) ([]schema.Finding, error) {
	tables, err := listTables(ctx, r, "observed_tables")
	if err != nil {
		return nil, err
	}
	var findings []schema.Finding
	for _, table := range tables {
		var beyond int64
		if err := r.Database().QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE observed_at > (SELECT watermark FROM meta.store)").Scan(&beyond); err != nil {
			return findings, err
		}
		if beyond > 0 {
			findings = append(findings, schema.Finding{Where: table, What: fmt.Sprintf("%d rows were observed after the watermark", beyond)})
		}
	}
	return findings, nil
}

// tables lists what a statement names by schema and table, ready to be asked.
func listTables(ctx context.Context, r *reader.Reader, name string) (tables []string, err error) {
	err = statements.EachRow(ctx, r.Database(), name, func(scan duck.Scan) error {
		var schema, table string
		err := scan(&schema, &table)
		tables = append(tables, reader.Identifier(schema)+"."+reader.Identifier(table))
		return err
	})
	return tables, err
}

// ReadEverything has DuckDB decode every value of every table.
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
		err := r.Database().QueryRowContext(ctx, "SELECT CAST(bit_xor(hash(t)) AS VARCHAR) FROM "+table+" t").Scan(&hash)
		if ctx.Err() != nil || duck.IsResourceExhausted(err) {
			return nil, errors.Join(ctx.Err(), err)
		}
		if err != nil {
			f := unreadable(r.Path(), err)
			findings = append(findings, schema.Finding{Where: f.Where, What: table + " " + f.What})
		}
	}
	return findings, nil
}

// VerifyPermissions looks at modes, and at what DuckDB must not have left.
func VerifyPermissions(layout schema.Layout) ([]schema.Finding, error) {
	var findings []schema.Finding
	name := filepath.Base(layout.Database())
	if exists, err := durable.FileExists(layout.Database() + ".wal"); err != nil {
		return nil, err
	} else if exists {
		findings = append(findings, schema.Finding{Where: name + ".wal", What: "the published file was opened for writing"})
	}
	for _, path := range []string{layout.Database(), layout.Lake(), layout.State()} {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().Perm()&ForbiddenMode(layout, path) != 0 {
			findings = append(findings, schema.Finding{Where: filepath.Base(path), What: fmt.Sprintf("has mode %v: others on this machine have access to it", info.Mode().Perm())})
		}
	}
	return findings, nil
}

// forbidden are the modes nobody but the owner may have of what holds bank data; a group may read
// the file and the lake.
func ForbiddenMode(l schema.Layout, path string) fs.FileMode {
	if path == l.State() {
		return 0o077
	}
	return 0o007
}

// StoredFiles lists the DuckDB files beside the published one that are to be readable: earlier
// generations and landing segments.
func StoredFiles(layout schema.Layout) ([]string, error) {
	kept, err := store.KeptGenerations(layout)
	if err != nil {
		return nil, err
	}
	landed, _, err := landing.ListSegments(layout.Landing())
	return append(kept, landed...), err
}

// VerifyStored proves one of StoredFiles: by its checksums, then by reading it. One that a
// round removes meanwhile has no findings.
func VerifyStored(ctx context.Context, layout schema.Layout, path string, settings duck.Settings) ([]schema.Finding, error) {
	where, err := filepath.Rel(layout.Dir, path)
	if err != nil {
		return nil, err
	}
	findings, err := duck.CheckBlocks(ctx, path)
	if err == nil && len(findings) == 0 {
		if filepath.Dir(path) == layout.Landing() {
			err = landing.CheckSegment(ctx, path, settings)
		} else {
			findings, err = verifyGeneration(ctx, layout, path, settings)
		}
	}
	if ctx.Err() != nil || duck.IsInconclusive(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	if exists, e := durable.FileExists(path); e == nil && !exists {
		return nil, nil
	}
	if err != nil {
		findings = append(findings, unreadable(path, err))
	}
	for i := range findings {
		findings[i].Where = where
	}
	return findings, nil
}

// verifyGeneration opens an earlier generation as if it were the published file.
func verifyGeneration(ctx context.Context, layout schema.Layout, path string, settings duck.Settings) (findings []schema.Finding, err error) {
	reader, err := reader.OpenFile(ctx, path, layout, settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return CheckRules(ctx, reader, []string{"rule_"})
}
