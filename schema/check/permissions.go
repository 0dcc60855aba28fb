package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fcpipe/schema"
	"fcpipe/schema/durable"
)

// VerifyPermissions finds who else has access to the published file, the lake or state, and a write-ahead log that
// DuckDB must not have left beside the published file. What is not there has no findings.
func VerifyPermissions(layout schema.Layout) ([]schema.Finding, error) {
	var findings []schema.Finding
	name := filepath.Base(layout.Database())
	if exists, err := durable.FileExists(layout.Database() + ".wal"); err != nil {
		return nil, err
	} else if exists {
		what := "the published file was opened for writing"
		findings = append(findings, schema.Finding{Where: name + ".wal", What: what})
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
			what := fmt.Sprintf("has mode %v: others on this machine have access to it", info.Mode().Perm())
			findings = append(findings, schema.Finding{Where: filepath.Base(path), What: what})
		}
	}
	return findings, nil
}

// ForbiddenMode is the permission bits that a path which holds bank data must not have. A group may read the published
// file and the lake; state is its owner's alone.
func ForbiddenMode(l schema.Layout, path string) fs.FileMode {
	if path == l.State() {
		return 0o077
	}
	return 0o007
}
