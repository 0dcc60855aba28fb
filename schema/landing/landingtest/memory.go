package landingtest

import (
	"context"
	"sync"
	"time"

	"fcpipe/schema"
)

// Memory is a landing and the file that is published from it, in memory. With its clock set it is empty and ready.
// It is safe for concurrent use.
type Memory struct {
	Now func() time.Time // when rows are observed

	mutex  sync.Mutex
	open   []schema.Landed   // landed and not sealed
	sealed [][]schema.Landed // sealed and not merged, oldest first
	failed error             // the first failure of this run
	file   *file             // what is published, never changed in place; nil is nothing
}

// Land adds the rows of one call. After an error every later Land and Seal of the run returns that error.
func (m *Memory) Land(ctx context.Context, rows schema.Landed) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.fail(ctx) == nil {
		m.open = append(m.open, cloneLanded(rows))
	}
	return m.failed
}

// Seal makes what landed outlive a crash.
func (m *Memory) Seal(ctx context.Context) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.fail(ctx) == nil && len(m.open) > 0 {
		m.sealed = append(m.sealed, m.open)
		m.open = nil
	}
	return m.failed
}

// fail keeps the first failure: what landed before it and was not sealed is gone.
func (m *Memory) fail(ctx context.Context) error {
	if m.failed == nil && ctx.Err() != nil {
		m.failed, m.open = ctx.Err(), nil
	}
	return m.failed
}

// Crash ends a run as kill -9 does: what was not sealed is gone.
func (m *Memory) Crash() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.open, m.failed = nil, nil
}

// DropSealed forgets every segment that was sealed and not merged, as a damaged landing does.
func (m *Memory) DropSealed() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.sealed = nil
}

// Backup is the published file as it is now. Restore brings it back.
func (m *Memory) Backup() (restore func()) {
	kept := m.published()
	return func() {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		m.file = kept
	}
}

// Alter changes published rows behind everybody's back, as a damaged file would show them.
func (m *Memory) Alter(change func(rows map[string]Row)) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.file = m.file.clone()
	change(m.file.rows)
}

func (m *Memory) published() *file {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.file
}

// Merge publishes what was sealed. It reports false, and publishes nothing, where nothing differs. An error that is
// schema.ErrInvariant leaves the file and what was sealed as they were.
func (m *Memory) Merge(round Round) (merged Merged, published bool, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.sealed) == 0 {
		return Merged{Audits: map[string]Difference{}}, false, nil
	}
	next := newMerge(m.file.clone(), m.sealed, round, m.Now())
	if err := next.apply(); err != nil {
		return merged, false, err
	}
	if m.sealed = nil; next.merged.changes() == 0 {
		return next.merged, false, nil
	}
	m.file = next.file
	return next.merged, true, nil
}
