package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
)

// Lock takes the data directory for one run, and reads the journal as it is now. It fails with ErrLocked, naming the
// holder, when another run has it, and with the errors of Open where that left the file to it. The lock dies with the
// process; its file stays.
func (s *Store) Lock(ctx context.Context) (release func() error, err error) {
	unlock, err := TakeLock(s.layout)
	if err != nil {
		return nil, err
	}
	s.published.Stay()
	release = func() error { return errors.Join(s.published.Leave(), unlock()) }
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, release())
	}
	s.locked, s.givenAtLock = true, len(s.journal.Consents())
	return release, nil
}

// begin looks at what there is, under the lock: what another run appended since this store was opened is known then.
func (s *Store) begin(ctx context.Context) error {
	read := s.ReadJournal
	if s.options.ChecksAtLock {
		read = func() error { return s.openJournal(ctx) }
	}
	if err := read(); err != nil {
		return err
	}
	if err := s.clearLeftovers(); err != nil {
		return err
	}
	return WriteLockOwner(s.layout, s.now())
}

// clearLeftovers removes what a run that died left and nothing reads again: that frees space before any is needed.
func (s *Store) clearLeftovers() error {
	if err := ClearSpill(s.layout.Spill()); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return errors.Join(
		duck.Remove(s.layout.Next()), duck.Remove(s.layout.Compacted()), journal.RemoveLeftovers(s.layout.Journal()),
	)
}

// TakeLock locks a data directory. schema.ErrLocked, with who has it in its message, means that another run does. The
// lock dies with the process.
func TakeLock(layout schema.Layout) (release func() error, err error) {
	path := layout.Lock()
	lock := flock.New(path, flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("%w: %s", schema.ErrLocked, lockOwner(path))
	}
	return lock.Unlock, nil
}

// WriteLockOwner writes who holds the lock into its file, for those who find it locked.
func WriteLockOwner(layout schema.Layout, since time.Time) error {
	holder := fmt.Sprintf("pid %d since %s\n", os.Getpid(), since.UTC().Format(time.RFC3339))
	if err := os.WriteFile(layout.Lock(), []byte(holder), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", layout.Lock(), err)
	}
	return nil
}

// lockOwner says who holds the lock, as far as the file tells.
func lockOwner(path string) string {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return "holder unknown"
	}
	return strings.TrimSpace(string(text))
}

// ClearSpill removes what killed processes spilled into a directory, because it is bank data. What processes that live
// spilled stays.
func ClearSpill(directory string) error {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		owner, _, _ := strings.Cut(entry.Name(), "-")
		if pid, err := strconv.Atoi(owner); err == nil && syscall.Kill(pid, 0) == nil && pid != os.Getpid() {
			continue
		}
		if err := os.RemoveAll(filepath.Join(directory, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
