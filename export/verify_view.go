package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// view checks lake/current, where there is one: it shows the live files, and no other. A lake that
// was copied shows copies instead of links, and current may be a directory: what they hold counts.
func (v *verification) view(context.Context) error {
	current := filepath.Join(v.dir, currentName)
	info, err := os.Lstat(current)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // hard links may not work here; export says so
	}
	if err != nil {
		return err
	}
	root := current
	switch {
	case info.Mode().IsRegular():
		v.wrongView("is no directory", false)
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		root = filepath.Join(v.dir, viewDirectory, v.manifest.ExportID)
		if target, err := os.Readlink(current); err != nil ||
			target != filepath.Join(viewDirectory, v.manifest.ExportID) {
			v.wrongView("does not show what the manifest lists", v.showsEarlier(current))
			return err
		}
	}
	if len(v.damaged) == 0 {
		what, err := v.differsFrom(root)
		if err != nil || what != "" {
			v.wrongView(what, false)
			return err
		}
	}
	return v.noOthersIn(root)
}

func (v *verification) wrongView(what string, behind bool) {
	v.problems = append(v.problems, Problem{currentName, what + ": the next export repairs it", behind})
}

// differsFrom says how a tree of the live files differs from what the manifest lists, "" when it does not.
func (v *verification) differsFrom(root string) (what string, err error) {
	for _, file := range v.manifest.Files {
		path := inView(root, file)
		shown, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return "does not show what the manifest lists", nil
		}
		if err != nil {
			return "", err
		}
		live, err := os.Lstat(filepath.Join(v.dir, filepath.FromSlash(file.Path)))
		if err == nil && os.SameFile(shown, live) {
			continue // proven as the live file
		}
		what, err := v.damageOf(path, file)
		if err != nil || what != "" {
			return fmt.Sprintf("shows a copy of %s that %s", file.Path, what), err
		}
	}
	return "", nil
}

// noOthersIn finds what the manifest does not list in a tree of the live files.
func (v *verification) noOthersIn(root string) error {
	shown := map[string]bool{}
	for _, file := range v.manifest.Files {
		shown[inView(root, file)] = true
	}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !entry.IsDir() && !shown[path] {
			below, _ := filepath.Rel(v.dir, path)
			v.report(filepath.ToSlash(below), "no manifest lists it, and who reads lake/current counts it")
		}
		return err
	})
}

// showsEarlier reports whether current still shows another whole export, as between the
// pointer and the view.
func (v *verification) showsEarlier(current string) bool {
	target, err := os.Readlink(current)
	id := filepath.Base(target)
	if err != nil || filepath.Dir(target) != viewDirectory || id == v.manifest.ExportID ||
		!ourManifest.MatchString(id+".json") {
		return false
	}
	_, err = os.Stat(current)
	return err == nil
}
