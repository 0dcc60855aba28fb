package export

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ourFile is the name of a file this package wrote. Nothing else is ever removed from data/.
var ourFile = regexp.MustCompile(`^[A-Za-z0-9_.-]+-[0-9a-f]{32}\.parquet$`)

// ourManifest is the name of a manifest: the watermark it shows and a hash.
var ourManifest = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9a-f]{12}\.json$`)

// superseded lists the files that stay for readers of older manifests, and those manifests,
// until their grace ends.
func (e *export) superseded(m *Manifest) []Superseded {
	if e.previous == nil {
		return []Superseded{}
	}
	live := m.paths()
	candidates := slices.Clone(e.previous.Superseded)
	now := e.Now().UTC()
	candidates = append(candidates, Superseded{manifestPath(e.previous.ExportID), now})
	for _, file := range e.previous.Files {
		candidates = append(candidates, Superseded{file.Path, now})
	}
	candidates = slices.DeleteFunc(candidates, func(s Superseded) bool {
		return live[s.Path] || e.graceEnded(s.Since)
	})
	slices.SortStableFunc(candidates, func(a, b Superseded) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(candidates, func(a, b Superseded) bool { return a.Path == b.Path })
}

// countSuperseded says how many files this export replaced, and until when they stay.
func (e *export) countSuperseded(m *Manifest) {
	if e.previous == nil {
		return
	}
	replaced := e.previous.paths()
	for _, s := range m.Superseded {
		if replaced[s.Path] {
			e.report.Superseded++
			e.report.KeptUntil = s.Since.Add(e.Grace)
		}
	}
}

func (e *export) graceEnded(since time.Time) bool { return !e.Now().Before(since.Add(e.Grace)) }

func (m *Manifest) paths() map[string]bool {
	paths := map[string]bool{}
	for _, file := range m.Files {
		paths[file.Path] = true
	}
	return paths
}

// sweep removes files that the manifest does not account for: those whose grace ended, and
// what killed exports left.
func (e *export) sweep(m *Manifest) error {
	keep := m.paths()
	for _, s := range m.Superseded {
		keep[s.Path] = true
	}
	strays, err := strayFiles(e.Dir, keep)
	if err != nil {
		return err
	}
	for _, stray := range strays {
		if err := os.Remove(filepath.Join(e.Dir, filepath.FromSlash(stray))); err != nil {
			return err
		}
		e.report.FilesRetired++
	}
	if err := removeEmpty(filepath.Join(e.Dir, dataDirectory)); err != nil {
		return err
	}
	return os.RemoveAll(e.incoming())
}

// strayFiles lists files of ours below data/ that are not to be kept, as paths below the lake.
func strayFiles(dir string, keep map[string]bool) ([]string, error) {
	var strays []string
	err := filepath.WalkDir(filepath.Join(dir, dataDirectory), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if relative = filepath.ToSlash(relative); !keep[relative] && ourFile.MatchString(entry.Name()) {
			strays = append(strays, relative)
		}
		return nil
	})
	return strays, err
}

// removeEmpty removes directories without files, the deepest first, the root excepted.
func removeEmpty(root string) error {
	var directories []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root {
			directories = append(directories, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, directory := range slices.Backward(directories) {
		entries, err := os.ReadDir(directory)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			if err := os.Remove(directory); err != nil {
				return err
			}
		}
	}
	return nil
}

// retireManifests removes manifests that no reader uses any more: not this one, and not
// within their grace.
func (e *export) retireManifests(m *Manifest) error {
	keep := map[string]bool{manifestPath(m.ExportID): true}
	for _, s := range m.Superseded {
		keep[s.Path] = true
	}
	entries, err := os.ReadDir(filepath.Join(e.Dir, manifestDirectory))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if path := manifestDirectory + "/" + entry.Name(); !keep[path] && ourManifest.MatchString(entry.Name()) {
			if err := os.Remove(filepath.Join(e.Dir, filepath.FromSlash(path))); err != nil {
				return err
			}
		}
	}
	return nil
}
