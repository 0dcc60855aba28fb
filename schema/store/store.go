package store

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/tombstone"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// Options say where a store lies and how it behaves. Layout and Now are needed.
type Options struct {
	Layout          schema.Layout
	Settings        duck.Settings
	Reading         duck.Settings // of the published file, which an export reads; zero: Settings
	FileMode        fs.FileMode   // of the published file; zero means 0600
	KeepGenerations int           // replaced generations kept for a rollback
	ProgramVersion  string
	Now             func() time.Time
	ReadOnly        bool                                  // for a plan: no directory is made
	StaysOpen       bool                                  // for a plan: the file is opened once, until Close
	ChecksAtLock    bool                                  // for a round: the file is looked at by Lock alone, see Open
	FreeSpace       func(directory string) (int64, error) // bytes that may still be written; nil asks the file system
	Hook            func(point string)                    // called at named points of a round; may be nil
}

// Store is a data directory: the published file and fcpipe's own state beside it.
type Store struct {
	layout  schema.Layout
	options Options
	journal *journal.Journal
	erased  *tombstone.Register
	hook    func(string)

	published reader.Kept // stays open while the lock is held, until a generation is made

	begun *begun // the first file, which is made while rows are read; nil where none is

	locked      bool // the lock was taken once
	givenAtLock int  // consents of the journal when it last was

	freeSpace func(directory string) (int64, error)
}

// Open makes the directories it needs and checks what it finds. A file at the database path that fcpipe did not make,
// or that a newer fcpipe made, is refused with schema.ErrForeignFile or schema.ErrNewerSchema and stays as it is; a
// journal that is not that of the file is refused with ErrJournalGone, one without the key of its tombstones with
// tombstone.ErrKey. With ChecksAtLock it is Lock that refuses them, so that a round opens the file once; nothing may be
// asked of the store before.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.FileMode == 0 {
		options.FileMode = 0o600
	}
	if options.Hook == nil {
		options.Hook = func(string) {}
	}
	s := &Store{layout: options.Layout, options: options, hook: options.Hook, freeSpace: durable.FreeSpace}
	if options.FreeSpace != nil {
		s.freeSpace = options.FreeSpace
	}
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if options.ChecksAtLock {
		return s, nil
	}
	if options.StaysOpen {
		s.published.Stay()
	}
	if err := s.openJournal(ctx); err != nil {
		return s, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the published file, if it stays open.
func (s *Store) Close() error { return s.published.Leave() }

// openJournal opens the journal and holds it against the published file, if there is one. The file is read first: the
// journal always knows more.
func (s *Store) openJournal(ctx context.Context) (err error) {
	published, done, err := s.Published(ctx)
	if err != nil && !errors.Is(err, schema.ErrNoDatabase) {
		return err
	}
	if published != nil {
		defer func() { err = errors.Join(err, done()) }()
	}
	if err := s.ReadJournal(); err != nil || published == nil {
		return err
	}
	return CheckJournal(ctx, published, s.journal)
}

// ReadJournal reads the journal and the tombstones as they are now, and does not look at the published file.
func (s *Store) ReadJournal() (err error) {
	if s.journal, err = journal.Open(s.layout.Journal()); err != nil {
		return err
	}
	s.erased, err = tombstone.Open(s.layout, s.journal)
	return err
}

// prepare makes the directories, and tries to write, unless the store is only read.
func (s *Store) prepare() error {
	if s.options.ReadOnly {
		return nil
	}
	if err := MakeDirectories(s.layout); err != nil {
		return err
	}
	if err := durable.CheckOneFileSystem(s.layout.Dir, s.layout.State(), s.layout.Previous()); err != nil {
		return err
	}
	return durable.CheckWritable(s.layout.State())
}

// MakeDirectories makes the directories of a data directory that are missing, mode 0700, and makes them durable.
func MakeDirectories(l schema.Layout) error {
	for _, directory := range []string{l.Dir, l.State(), l.Landing(), l.Quarantine(), l.Previous(), l.Spill()} {
		if err := durable.MakeDirectory(directory); err != nil {
			return err
		}
	}
	return nil
}

// Layout names the files of the store.
func (s *Store) Layout() schema.Layout { return s.layout }

// Journal is the store's record of runs, requests and money.
func (s *Store) Journal() *journal.Journal { return s.journal }

// Landing opens what earlier runs landed and never merged; see Open.
func (s *Store) Landing(ctx context.Context) (*landing.Landing, error) {
	return landing.Open(ctx, landing.Options{
		Directory: s.layout.Landing(), Quarantine: s.layout.Quarantine(), Settings: s.Settings(),
		Now: s.now, Hook: s.hook, SpaceFor: s.CheckSpace,
	})
}

func (s *Store) now() time.Time { return s.options.Now() }

// Published opens the published file; errors are those of reader.Open. The caller calls done when it has read, and
// before it makes a generation. Under the lock the file is opened once.
func (s *Store) Published(ctx context.Context) (published *reader.Reader, done func() error, err error) {
	return s.published.Open(ctx, s.layout, cmp.Or(s.options.Reading, s.options.Settings))
}

// Settings are those the store opens its files with.
func (s *Store) Settings() duck.Settings {
	settings := s.options.Settings
	settings.Spill = s.layout.Spill()
	return settings
}

// Hook says that a named point is reached.
func (s *Store) Hook(point string) { s.hook(point) }

// Erased tells which accounts are erased.
func (s *Store) Erased() *tombstone.Register { return s.erased }
