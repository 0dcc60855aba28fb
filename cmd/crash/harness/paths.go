package harness

import (
	"path"
	"strings"
)

// GenericPath is a path below the data directory without the parts that differ from run to run.
func GenericPath(file string) string {
	if IsKeptGeneration(file) || strings.HasSuffix(file, ".parquet") || strings.HasPrefix(file, "lake/manifests/") {
		return path.Dir(file) + "/*" + path.Ext(file)
	}
	return file
}

// IsKeptGeneration reports whether a file is a generation kept for a rollback, which has its own name from the start.
func IsKeptGeneration(file string) bool { return path.Dir(file) == "state/previous" }
