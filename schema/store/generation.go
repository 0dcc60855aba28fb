package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/models"
)

// Generation is the next version of the published file while it is being built. No reader sees it before Publish;
// Discard throws it away.
type Generation struct {
	store     *Store
	Derived   func(table string) // told of each derived table when it is up to date; may be nil
	settings  duck.Settings      // those its file is opened with
	database  *sql.DB            // nil once closed
	copied    bool               // of the published file, where there is one
	landing   *landing.Landing
	merged    []string // segments whose rows it holds
	run       MergeRun
	given     []journal.Consent // consents that the published file lacks
	report    MergeReport
	expected  publishExpectation
	published bool
	rebuild   bool      // derive every table whole
	gone      *sql.Conn // knows what the merge removed (models.KeepGone); nil where it removed nothing
	fresh     bool      // written to a file without old bytes, and no earlier generation is kept
}

// newGeneration copies the published file, or starts an empty one, and brings it to this program's schema.
func (s *Store) newGeneration(ctx context.Context) (g *Generation, migrated bool, err error) {
	next := s.layout.Next()
	if err := s.published.Close(); err != nil {
		return nil, false, err
	}
	isBegun := s.takeBegun()
	defer func() {
		if err != nil && g == nil { // perhaps it filled the disk, and then not even the journal can be written
			err = errors.Join(err, duck.Remove(next))
		}
	}()
	if !isBegun {
		err = duck.Remove(next)
	}
	if err := errors.Join(err, duck.Remove(s.layout.Compacted())); err != nil {
		return nil, false, fmt.Errorf("next generation: %w", err)
	}
	if err := s.CheckSpace(0); err != nil {
		return nil, false, err
	}
	isCopy := false
	if !isBegun {
		isCopy, err = durable.CopyFile(s.layout.Database(), next)
	}
	if err != nil {
		return nil, false, fmt.Errorf("next generation: %w", err)
	}
	held, err := s.dataBytes()
	if err != nil {
		return nil, false, fmt.Errorf("next generation: %w", err)
	}
	settings := s.Settings().For(held)
	database, err := openNext(ctx, next, isCopy, settings, s.layout.State())
	if err != nil {
		return nil, false, fmt.Errorf("next generation: %w", err)
	}
	database.SetMaxIdleConns(0) // temporary tables end with their connection
	made := &Generation{store: s, settings: settings, database: database, copied: isCopy}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.Discard())
		}
	}()
	if isBegun {
		return made, false, nil
	}
	if !isCopy {
		return made, false, s.makeTables(ctx, database)
	}
	steps, err := duck.Migrate(ctx, database, s.now())
	return made, steps > 0, err
}

// makeTables makes the tables of a new file.
func (s *Store) makeTables(ctx context.Context, database *sql.DB) error {
	if _, err := duck.Migrate(ctx, database, s.now()); err != nil {
		return err
	}
	_, err := database.ExecContext(
		ctx, statements.Get("store_create"), duck.StorageVersion, s.options.ProgramVersion,
	)
	if err == nil {
		err = sayCompression(ctx, database)
	}
	if err != nil {
		return fmt.Errorf("next generation: %w", err)
	}
	return nil
}

// sayCompression makes the table of versions of a new file say how its columns are compressed.
func sayCompression(ctx context.Context, database *sql.DB) error {
	var steps []string
	if err := statements.EachRow(ctx, database, "store_versions", func(scan duck.Scan) error {
		var step string
		err := scan(&step)
		steps = append(steps, step)
		return err
	}); err != nil {
		return err
	}
	_, err := database.ExecContext(ctx, strings.Join(steps, ";\n"))
	return err
}

// openNext opens the file of a generation. A copy is changed in many small steps, of which each would wait for a
// write-ahead log that nothing reads: what a crash leaves of it is removed. A first sync is few large ones, which
// DuckDB writes into the file at once.
func openNext(
	ctx context.Context, path string, isCopy bool, settings duck.Settings, directory string,
) (*sql.DB, error) {
	if isCopy {
		return duck.OpenUnlogged(ctx, path, settings, directory)
	}
	return duck.Open(ctx, path, duck.ReadWrite, settings, directory)
}

// Discard throws the generation away. It may be called after Publish, and twice.
func (g *Generation) Discard() error {
	if g.database == nil {
		return nil
	}
	err := errors.Join(g.forgetGone(), g.database.Close(), duck.Remove(g.store.layout.Next()))
	g.database = nil
	return err
}

// forgetGone closes the connection that knows what was removed. It may be called twice.
func (g *Generation) forgetGone() (err error) {
	if g.gone != nil {
		if err = g.gone.Close(); errors.Is(err, sql.ErrConnDone) {
			err = nil // a derivation ended it
		}
		g.gone = nil
	}
	return err
}

// begun is the next file of a store that has published none, which is made while rows are still being read: its tables
// with their comments, and what models share, are a thousand statements that hold no row and keep one core busy.
type begun struct {
	ended chan struct{} // closed when err is set
	err   error
}

// BeginFirst makes the first file in the background, up to where a merge goes on with it. The caller holds the lock,
// and calls DropFirst before it gives that back. A file that could not be begun the merge makes, or says why it cannot.
func (s *Store) BeginFirst(ctx context.Context) {
	b := &begun{ended: make(chan struct{})}
	s.begun = b
	go func() {
		defer close(b.ended)
		b.err = s.makeFirst(ctx)
	}()
}

// DropFirst removes what BeginFirst made, unless a merge went on with it or nothing was begun.
func (s *Store) DropFirst() error {
	if s.begun == nil {
		return nil
	}
	s.takeBegun()
	return duck.Remove(s.layout.Next())
}

// takeBegun reports whether the next file is begun; it is the caller's then.
func (s *Store) takeBegun() bool {
	b := s.begun
	if b == nil {
		return false
	}
	<-b.ended
	s.begun = nil
	return b.err == nil
}

// makeFirst makes the file. It is thrown away unless it is finished, so that no step has to wait for the disk.
func (s *Store) makeFirst(ctx context.Context) (err error) {
	if err := s.CheckSpace(0); err != nil {
		return err
	}
	settings := s.Settings()
	settings.Threads = 1
	database, err := duck.OpenUnlogged(ctx, s.layout.Next(), settings, s.layout.State())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := s.makeTables(ctx, database); err != nil {
		return err
	}
	if err := models.ShareMacros(ctx, database); err != nil {
		return err
	}
	return checkpoint(ctx, database)
}

func checkpoint(ctx context.Context, database *sql.DB) error {
	_, err := database.ExecContext(ctx, "CHECKPOINT")
	return err
}
