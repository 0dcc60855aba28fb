package storetest

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/store"
)

// testZone is the zone of civil dates in test stores, and in their template.
const testZone = "America/New_York"

// template is a published file with every table and model and no row, made once for all tests. It says
// that another program derived it.
var template = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "template-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{
		Layout: schema.Layout{Dir: dir}, Settings: duck.Settings{Threads: 1}, ProgramVersion: "test",
		Now: func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		return nil, err
	}
	next, err := s.EmptyGeneration(ctx, testZone)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(next.Derive(ctx), next.Publish(ctx), ofAnotherProgram(ctx, s)); err != nil {
		return nil, err
	}
	return os.ReadFile(s.Layout().Database())
})

// ofAnotherProgram makes a published file say that other models than this program's derived it.
func ofAnotherProgram(ctx context.Context, s *store.Store) error {
	database, err := duck.Open(ctx, s.Layout().Database(), duck.ReadWrite, s.Settings(), s.Layout().Dir)
	if err != nil {
		return err
	}
	_, err = database.ExecContext(ctx, "UPDATE meta.parameters SET value = 'another program' WHERE name = 'models'")
	if err == nil {
		_, err = database.ExecContext(ctx, "CHECKPOINT")
	}
	return errors.Join(err, database.Close())
}
