package landing

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// sealing is a segment that is being made durable while rows land in the next one. There is one at a time, and the next
// is begun when it has ended well: were a later segment there without an earlier one, a completion could be without its
// rows.
type sealing struct {
	building, final string
	ended           chan struct{} // closed when err is set
	err             error
}

func (s *sealing) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// buildingPath is the temporary name of the next segment.
func (l *Landing) buildingPath() string {
	path := filepath.Join(l.options.Directory, "building.duckdb")
	if l.sealing != nil && l.sealing.building == path {
		return filepath.Join(l.options.Directory, "building-too.duckdb")
	}
	return path
}

// Seal makes everything landed so far durable. After an error of it, or of Land, it returns that.
func (l *Landing) Seal(ctx context.Context) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.failed == nil {
		l.failed = l.seal(ctx)
	}
	return l.failed
}

func (l *Landing) seal(ctx context.Context) error {
	if l.open == nil {
		return l.endSeal()
	}
	if ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), l.endSeal(), l.discard())
	}
	if err := l.beginSeal(ctx); err != nil {
		return err
	}
	return l.endSeal()
}

// discard drops the open segment.
func (l *Landing) discard() error {
	open := l.open
	l.open = nil
	return open.discard()
}

// beginSeal begins to seal the open segment, after the one before is sealed. The end of ctx does not stop it.
func (l *Landing) beginSeal(ctx context.Context) error {
	if err := l.endSeal(); err != nil {
		return err
	}
	open := l.open
	l.open = nil
	s := &sealing{
		building: open.path, final: filepath.Join(l.options.Directory, fmt.Sprintf("%012d.duckdb", l.number)),
		ended: make(chan struct{}),
	}
	l.sealing = s
	go func() {
		defer close(s.ended)
		s.err = open.seal(context.WithoutCancel(ctx), s.final)
	}()
	return nil
}

// endSeal waits for the segment that is being sealed, if one is.
func (l *Landing) endSeal() error {
	if l.sealing == nil {
		return nil
	}
	s := l.sealing
	<-s.ended
	l.sealing = nil
	if s.err != nil {
		return s.err
	}
	l.sealed = append(l.sealed, s.final)
	l.options.Hook("landing.sealed")
	return l.options.SpaceFor(0) // what has landed stays; nothing more is read for what cannot be published
}
