package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fcpipe/schema/reader"
)

// Erase brings a lake up to the file that reader has open, from which rows were erased, and keeps nothing that was
// replaced: no superseded file, no manifest but the newest, no view but the current one, nothing that killed exports
// left. Where the lake shows personal texts in another way than it is to, that does not stop it: nothing stays as it
// was. What it removed is durably gone when it returns. It may be called again at any time.
func Erase(ctx context.Context, reader *reader.Reader, options Options) (Report, error) {
	options.Grace, options.Whole, options.rewrites = 0, true, true
	report, err := Run(ctx, reader, options)
	if err != nil {
		return report, err
	}
	if err := removeLeftovers(options.Dir, report.ExportID); err != nil {
		return report, fmt.Errorf("export: %w", err)
	}
	return report, nil
}

// DataFiles are the data files of a lake, those that were replaced among them, by their paths below it; none where
// there is no lake.
func DataFiles(dir string) ([]string, error) {
	files, err := strayFiles(dir, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, err
}

// previousSuperseded are the files that the lake's manifest keeps for readers of older ones.
func (e *export) previousSuperseded() []Superseded {
	if e.previous == nil {
		return nil
	}
	return e.previous.Superseded
}

// removeLeftovers removes every manifest and view but those of an export, and what has a temporary name.
func removeLeftovers(dir, exportID string) error {
	leftovers, err := leftovers(dir)
	if err != nil {
		return err
	}
	for _, kept := range []struct{ directory, pattern, name string }{
		{manifestDirectory, "*.json", exportID + ".json"}, {viewDirectory, "*", exportID},
	} {
		names, err := fs.Glob(os.DirFS(dir), kept.directory+"/"+kept.pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			isOurs := kept.directory == viewDirectory || ourManifest.MatchString(filepath.Base(name))
			if filepath.Base(name) != kept.name && isOurs {
				leftovers = append(leftovers, name)
			}
		}
	}
	for _, name := range leftovers {
		if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return syncDirectories(dir)
}

// syncDirectories makes every name below a directory, and that names are gone, durable. It may be reached by a link.
func syncDirectories(root string) error {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		err = syncDirectory(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}
