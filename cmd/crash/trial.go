//go:build linux && amd64

package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// trial is one thing to try. The same seed makes the same trials under the same ids.
type trial struct {
	id  string
	run func(ctx context.Context, w *worker, random *rand.Rand) (result, error)
}

// result is what a trial came to.
type result struct {
	points   int            // faults that really happened
	problems []string       // broken invariants, one line each
	counts   map[string]int // more to publish, by name
}

// finding is a broken invariant and how to see it again.
type finding struct {
	Trial   string `json:"trial"`
	Problem string `json:"problem"`
}

// section is a kind of fault and what trying it showed.
type section struct {
	Name     string         `json:"name"`
	Commit   string         `json:"commit"` // of the program that was disturbed
	What     string         `json:"what"`
	Trials   int            `json:"trials"`
	Points   int            `json:"points"`
	Counts   map[string]int `json:"counts,omitempty"`
	Findings []finding      `json:"findings"`
	Seconds  float64        `json:"seconds"`
}

// harness runs trials on several workers.
type harness struct {
	workers  []*worker
	seed     uint64
	progress io.Writer // nil shows nothing
	now      func() time.Time
}

// try runs the trials of a section until at least wanted points were tried; 0 is all of them.
func (h *harness) try(ctx context.Context, s *section, trials []trial, wanted int) error {
	begun := h.now()
	s.Counts = map[string]int{}
	var next, points atomic.Int64
	var mutex sync.Mutex
	var failure error
	var group sync.WaitGroup
	for _, w := range h.workers {
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(trials) || wanted > 0 && points.Load() >= int64(wanted) || ctx.Err() != nil {
					return
				}
				got, err := trials[n].run(ctx, w, h.randomOf(trials[n]))
				points.Add(int64(got.points))
				mutex.Lock()
				h.note(s, trials[n].id, got)
				if err != nil && failure == nil {
					failure = fmt.Errorf("%s: %w", trials[n].id, err)
				}
				stop := failure != nil
				mutex.Unlock()
				if stop {
					return
				}
			}
		})
	}
	group.Wait()
	s.Seconds = h.now().Sub(begun).Seconds()
	if h.progress != nil {
		fmt.Fprintf(h.progress, "\r\033[K")
	}
	if failure == nil {
		failure = ctx.Err()
	}
	return failure
}

// randomOf is the same for a trial whatever else is tried beside it.
func (h *harness) randomOf(t trial) *rand.Rand {
	name := fnv.New64a()
	_, _ = io.WriteString(name, t.id)
	return rand.New(rand.NewPCG(h.seed, name.Sum64())) //nolint:gosec // a seed must replay
}

func (h *harness) note(s *section, id string, got result) {
	s.Trials++
	s.Points += got.points
	for name, n := range got.counts {
		s.Counts[name] += n
	}
	for _, problem := range got.problems {
		s.Findings = append(s.Findings, finding{id, problem})
	}
	if h.progress != nil {
		fmt.Fprintf(h.progress, "\r\033[K%s: %d points, %d findings", s.Name, s.Points, len(s.Findings))
	}
}
