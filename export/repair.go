package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"fcpipe/schema/reader"
)

// Repair proves a lake against the file that reader has open and writes again what is wrong with it. What is damaged is
// not destroyed: it is archived below archive, under its name in the lake. It returns what was wrong. With dryRun it
// only looks.
func Repair(ctx context.Context, reader *reader.Reader, options Options, archive string,
	dryRun bool,
) ([]Problem, error) {
	problems, err := Verify(ctx, reader, options.Dir, options.Privacy, true)
	if err != nil {
		return nil, err
	}
	leftovers, err := leftovers(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("repair lake: %w", err)
	}
	for _, leftover := range leftovers {
		problems = append(problems, Problem{Path: leftover, What: "left by an export that was killed"})
	}
	if dryRun {
		return problems, nil
	}
	e, err := newExport(ctx, reader, options) // which writes nothing; nothing is archived in vain
	if err == nil {
		err = e.readDatasets(ctx)
	}
	if err != nil {
		return problems, fmt.Errorf("repair lake: %w", err)
	}
	for _, p := range problems {
		if p.Behind {
			continue
		}
		if err := archiveDamaged(options.Dir, p.Path, archive); err != nil {
			return problems, fmt.Errorf("repair lake: %w", err)
		}
	}
	_, err = Run(ctx, reader, options)
	return problems, err
}

// archiveDamaged moves what is wrong out of the lake. A dataset, which is no file, is wrong in the
// manifest's own account of it: without the pointer the lake is written again.
func archiveDamaged(dir, name, archive string) error {
	from := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(from)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return os.Remove(from) // lake/current, which the export makes again
	case err == nil && strings.HasSuffix(name, ".building"):
		return os.RemoveAll(from) // links to files that are elsewhere
	case err == nil && info.Mode().IsRegular() || name == currentName:
	case path.Ext(name) == ".parquet" || path.Ext(name) == ".json":
		return nil // missing: the export writes it
	default:
		from, name = filepath.Join(dir, latestName), latestName
	}
	to := filepath.Join(archive, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), directoryMode); err != nil {
		return err
	}
	err = os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// leftovers lists temporary names, as paths below the lake.
func leftovers(dir string) (found []string, err error) {
	for _, pattern := range []string{
		latestName + ".tmp", currentName + ".tmp",
		manifestDirectory + "/*.tmp", viewDirectory + "/*.building", ".incoming/*",
	} {
		names, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return nil, err
		}
		found = append(found, names...)
	}
	return found, nil
}
