package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

const (
	viewDirectory = "views"
	currentName   = "current"
)

// showView makes lake/current a tree of exactly the live files, for people who glob. It
// serves comfort: when it cannot be made the report says why, and there is none.
func (e *export) showView(ctx context.Context, m *Manifest) error {
	if e.viewIsRight(m) {
		return nil
	}
	if err := e.buildView(m); err != nil {
		return e.withoutView(err)
	}
	if err := e.reached(ctx, "view.built"); err != nil {
		return err
	}
	if err := e.switchView(m); err != nil {
		return e.withoutView(err)
	}
	return e.reached(ctx, "view.switched")
}

// withoutView leaves no lake/current rather than an old one. Where even that fails people
// would go on reading the old one, so it is an error.
func (e *export) withoutView(why error) error {
	e.report.View = why.Error()
	if err := e.retireCopiedView(); err != nil {
		return errors.Join(why, err)
	}
	if err := os.Remove(filepath.Join(e.Dir, currentName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return errors.Join(why, err)
	}
	return os.RemoveAll(filepath.Join(e.Dir, viewDirectory))
}

func (e *export) view(m *Manifest) string { return filepath.Join(e.Dir, viewDirectory, m.ExportID) }

// inView is where a file of the lake appears in a view: data/x/y becomes x/y.
func inView(view string, file File) string {
	return filepath.Join(view, filepath.FromSlash(file.Path[len(dataDirectory)+1:]))
}

// viewIsRight reports whether current shows every live file by link. A view is made once, under
// another name until it is whole, so it holds no others. One that was copied holds files of its own
// instead of links: it is made again, which costs links alone and gives the room back.
func (e *export) viewIsRight(m *Manifest) bool {
	target, err := os.Readlink(filepath.Join(e.Dir, currentName))
	if err != nil || target != filepath.Join(viewDirectory, m.ExportID) {
		return false
	}
	for _, file := range m.Files {
		shown, err := os.Lstat(inView(e.view(m), file))
		if err != nil {
			return false
		}
		live, err := os.Lstat(filepath.Join(e.Dir, filepath.FromSlash(file.Path)))
		if err != nil || !os.SameFile(shown, live) {
			return false
		}
	}
	return true
}

// buildView links every live file into a new tree. Its names are durable before it is shown: what a
// power cut leaves of current is a whole tree, never a part of one.
func (e *export) buildView(m *Manifest) error {
	building := e.view(m) + ".building"
	for _, leftover := range []string{building, e.view(m)} {
		if err := os.RemoveAll(leftover); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(building, directoryMode); err != nil {
		return err
	}
	names := make([]string, 0, len(m.Files))
	for _, file := range m.Files {
		shown := inView(building, file)
		if err := os.MkdirAll(filepath.Dir(shown), directoryMode); err != nil {
			return err
		}
		if err := os.Link(filepath.Join(e.Dir, filepath.FromSlash(file.Path)), shown); err != nil {
			return err
		}
		names = append(names, shown)
	}
	if err := syncTree(e.Dir, names); err != nil {
		return err
	}
	if err := os.Rename(building, e.view(m)); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(building))
}

// switchView points current at the new view in one step and removes the others.
func (e *export) switchView(m *Manifest) error {
	current := filepath.Join(e.Dir, currentName)
	if err := os.Remove(current + ".tmp"); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := e.retireCopiedView(); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(viewDirectory, m.ExportID), current+".tmp"); err != nil {
		return err
	}
	if err := os.Rename(current+".tmp", current); err != nil {
		return err
	}
	if err := syncDirectory(e.Dir); err != nil { // before what it showed until now is gone
		return err
	}
	return e.retireViews(m)
}

// retireViews removes every view but that of a manifest.
func (e *export) retireViews(m *Manifest) error {
	views, err := os.ReadDir(filepath.Join(e.Dir, viewDirectory))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, view := range views {
		if view.Name() != m.ExportID {
			if err := os.RemoveAll(filepath.Join(e.Dir, viewDirectory, view.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// copiedView is where a lake/current goes that is a directory, until it is removed with the other views.
const copiedView = "copied"

// retireCopiedView makes way where current is a directory: a copy that followed links (scp, cp -L,
// object stores) made the symlink one, and nothing can be renamed into its place.
func (e *export) retireCopiedView() error {
	current := filepath.Join(e.Dir, currentName)
	info, err := os.Lstat(current)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	retired := filepath.Join(e.Dir, viewDirectory, copiedView)
	if err := errors.Join(err, os.RemoveAll(retired), os.MkdirAll(filepath.Dir(retired), directoryMode)); err != nil {
		return err
	}
	return os.Rename(current, retired)
}
