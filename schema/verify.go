package schema

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Finding is a broken rule: where, and what is wrong.
type Finding struct {
	Where string // a row, or a file below the data directory
	What  string
	// IsDerived says that only derived tables break it: the next round that derives them mends it.
	IsDerived bool
}

// Verify checks every rule of the published file that reader has open, its run ledger against
// the journal, and what lies beside it. No findings means that every rule holds. What DuckDB
// cannot read is a finding too; the error is for a context that ended, and for a machine that ran
// out of memory, disk or file handles, which says nothing of the file.
func Verify(ctx context.Context, reader *Reader, layout Layout) ([]Finding, error) {
	return verify(ctx, reader, layout, "rule_", "deep_rule_")
}

// VerifyQuick is Verify without the rules that read every version.
func VerifyQuick(ctx context.Context, reader *Reader, layout Layout) ([]Finding, error) {
	return verify(ctx, reader, layout, "rule_")
}

func verify(ctx context.Context, reader *Reader, layout Layout, prefixes ...string) ([]Finding, error) {
	findings, err := reader.checkRules(ctx, prefixes)
	if err != nil {
		return findings, err
	}
	for _, check := range []func(context.Context, Layout) ([]Finding, error){reader.checkWatermark, reader.checkLedger} {
		found, err := check(ctx, layout)
		if ctx.Err() != nil {
			return findings, ctx.Err()
		}
		if ranShort(err) {
			return findings, err
		}
		if err != nil {
			found = append(found, unreadable(layout.Database(), err))
		}
		findings = append(findings, found...)
	}
	beside, err := verifyBeside(layout)
	return append(findings, beside...), err
}

// checkRules runs the rules whose names begin so.
func (r *Reader) checkRules(ctx context.Context, prefixes []string) ([]Finding, error) {
	var rules []string
	owners, err := hasOwners(ctx, r.database)
	if ctx.Err() != nil || ranShort(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	derived, derivedErr := r.derivedHere(ctx)
	if err = errors.Join(err, derivedErr); ctx.Err() != nil || ranShort(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	var findings []Finding
	if err != nil {
		findings = append(findings, unreadable(r.path, err))
	}
	for name := range statements {
		isGated := owners && strings.HasPrefix(name, "owners_rule_") || derived && strings.HasPrefix(name, "derived_rule_")
		if isGated || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			rules = append(rules, name)
		}
	}
	slices.Sort(rules)
	for _, rule := range rules {
		err := eachRow(ctx, r.database, rule, func(scan scanner) error {
			f := Finding{IsDerived: strings.HasPrefix(rule, "derived_rule_")}
			err := scan(&f.Where, &f.What)
			findings = append(findings, f)
			return err
		})
		if ctx.Err() != nil || ranShort(err) {
			return nil, errors.Join(ctx.Err(), err)
		}
		if err != nil {
			findings = append(findings, unreadable(r.path, err))
		}
	}
	return findings, nil
}

// unreadable says what DuckDB said, without the hints that follow it.
func unreadable(path string, err error) Finding {
	what, _, _ := strings.Cut(err.Error(), "\n")
	return Finding{Where: filepath.Base(path), What: "cannot be read: " + what}
}

// checkWatermark holds every table against the instant that nothing was observed after.
func (r *Reader) checkWatermark(ctx context.Context, _ Layout) ([]Finding, error) {
	tables, err := r.tables(ctx, "observed_tables")
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, table := range tables {
		var beyond int64
		if err := r.database.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE observed_at > (SELECT watermark FROM meta.store)").Scan(&beyond); err != nil {
			return findings, err
		}
		if beyond > 0 {
			findings = append(findings, Finding{Where: table, What: fmt.Sprintf("%d rows were observed after the watermark", beyond)})
		}
	}
	return findings, nil
}

// tables lists what a statement names by schema and table, ready to be asked.
func (r *Reader) tables(ctx context.Context, name string) (tables []string, err error) {
	err = eachRow(ctx, r.database, name, func(scan scanner) error {
		var schema, table string
		err := scan(&schema, &table)
		tables = append(tables, identifier(schema)+"."+identifier(table))
		return err
	})
	return tables, err
}

// ReadEverything has DuckDB decode every value of every table.
func (r *Reader) ReadEverything(ctx context.Context) ([]Finding, error) {
	tables, err := r.tables(ctx, "all_tables")
	if ranShort(err) {
		return nil, err
	}
	if err != nil {
		return []Finding{unreadable(r.path, err)}, ctx.Err()
	}
	var findings []Finding
	for _, table := range tables {
		var hash *string
		err := r.database.QueryRowContext(ctx, "SELECT CAST(bit_xor(hash(t)) AS VARCHAR) FROM "+table+" t").Scan(&hash)
		if ctx.Err() != nil || ranShort(err) {
			return nil, errors.Join(ctx.Err(), err)
		}
		if err != nil {
			f := unreadable(r.path, err)
			findings = append(findings, Finding{Where: f.Where, What: table + " " + f.What})
		}
	}
	return findings, nil
}

// verifyBeside looks at modes, and at what DuckDB must not have left.
func verifyBeside(layout Layout) ([]Finding, error) {
	var findings []Finding
	name := filepath.Base(layout.Database())
	if exists, err := fileExists(layout.Database() + ".wal"); err != nil {
		return nil, err
	} else if exists {
		findings = append(findings, Finding{Where: name + ".wal", What: "somebody opened the published file for writing"})
	}
	for _, path := range []string{layout.Database(), layout.Lake(), layout.State()} {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().Perm()&layout.forbidden(path) != 0 {
			findings = append(findings, Finding{Where: filepath.Base(path), What: fmt.Sprintf("has mode %v: others on this machine have access to it", info.Mode().Perm())})
		}
	}
	return findings, nil
}

// forbidden are the modes nobody but the owner may have of what holds bank data; a group may read
// the file and the lake.
func (l Layout) forbidden(path string) fs.FileMode {
	if path == l.State() {
		return 0o077
	}
	return 0o007
}

// StoredFiles lists the DuckDB files beside the published one that are to be readable: earlier
// generations and landing segments.
func StoredFiles(layout Layout) ([]string, error) {
	kept, err := layout.keptGenerations()
	if err != nil {
		return nil, err
	}
	landed, _, err := landedSegments(layout.Landing())
	return append(kept, landed...), err
}

// VerifyStored proves one of StoredFiles: by its checksums, then by reading it. One that a
// round removes meanwhile has no findings.
func VerifyStored(ctx context.Context, layout Layout, path string, settings Settings) ([]Finding, error) {
	where, err := filepath.Rel(layout.Dir, path)
	if err != nil {
		return nil, err
	}
	findings, err := CheckBlocks(ctx, path)
	if err == nil && len(findings) == 0 {
		if filepath.Dir(path) == layout.Landing() {
			err = readable(ctx, path, settings)
		} else {
			findings, err = verifyGeneration(ctx, layout, path, settings)
		}
	}
	if ctx.Err() != nil || undecided(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	if exists, e := fileExists(path); e == nil && !exists {
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
func verifyGeneration(ctx context.Context, layout Layout, path string, settings Settings) (findings []Finding, err error) {
	reader, err := openReader(ctx, path, layout, settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return reader.checkRules(ctx, []string{"rule_"})
}
