package schema

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Finding is a broken rule: where, and what is wrong.
type Finding struct {
	Where string
	What  string
}

// Verify checks every rule of verify.sql and what lies beside the published file.
// No findings means that every rule holds.
func Verify(ctx context.Context, reader *Reader, layout Layout) ([]Finding, error) {
	var rules []string
	owners, err := hasOwners(ctx, reader.database)
	if err != nil {
		return nil, err
	}
	for name := range statements {
		if strings.HasPrefix(name, "rule_") || owners && strings.HasPrefix(name, "owners_rule_") {
			rules = append(rules, name)
		}
	}
	slices.Sort(rules)
	var findings []Finding
	for _, rule := range rules {
		err := eachRow(ctx, reader.database, rule, func(scan scanner) error {
			var f Finding
			err := scan(&f.Where, &f.What)
			findings = append(findings, f)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	beside, err := verifyBeside(layout)
	return append(findings, beside...), err
}

// verifyBeside looks at the file's mode and at what DuckDB must not have left.
func verifyBeside(layout Layout) ([]Finding, error) {
	var findings []Finding
	name := filepath.Base(layout.Database())
	info, err := os.Stat(layout.Database())
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		findings = append(findings, Finding{name, "everybody on this machine can read it"})
	}
	if exists, err := fileExists(layout.Database() + ".wal"); err != nil {
		return nil, err
	} else if exists {
		findings = append(findings, Finding{name + ".wal", "somebody opened the published file for writing"})
	}
	if state, err := os.Stat(layout.State()); err == nil && state.Mode().Perm()&0o077 != 0 {
		findings = append(findings, Finding{filepath.Base(layout.State()), "others can look into fcpipe's own directory"})
	}
	return findings, nil
}
