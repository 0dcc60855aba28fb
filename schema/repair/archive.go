package repair

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"fcpipe/schema/durable"
)

// ArchivePath is where this repair puts what lies under a name below the data directory: a directory of
// state/damaged that is named by the instant the repair began.
func (r *Repair) ArchivePath(name string) string {
	return filepath.Join(r.layout.Damaged(), r.begun.UTC().Format("20060102T150405.000Z"), name)
}

// pickUnusedDir moves the instant the repair began until no earlier repair has archived anything under it: with a clock
// that stands still or went back, one may have begun at the same instant.
func (r *Repair) pickUnusedDir() error {
	for {
		used, err := durable.FileExists(r.ArchivePath(""))
		if err != nil || !used {
			return err
		}
		r.begun = r.begun.Add(time.Millisecond)
	}
}

// archive moves a file, or whatever else lies at path, to its ArchivePath. Both directories are durable afterwards.
func (r *Repair) archive(path string) error {
	name, err := filepath.Rel(r.layout.Dir, path)
	if err != nil {
		return err
	}
	to := r.ArchivePath(name)
	if err := durable.MakeDirectory(filepath.Dir(to)); err != nil {
		return err
	}
	if err := os.Rename(path, to); err != nil {
		return err
	}
	return errors.Join(durable.SyncDirectory(filepath.Dir(to)), durable.SyncDirectory(filepath.Dir(path)))
}

// below names a file for people: by its path below the data directory.
func (r *Repair) below(path string) string {
	name, err := filepath.Rel(r.layout.Dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(name)
}
