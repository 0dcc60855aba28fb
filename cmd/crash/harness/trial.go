//go:build linux && amd64

package harness

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

// Trial is one thing to try. The same seed makes the same trials under the same ids.
type Trial struct {
	ID  string
	Run func(ctx context.Context, w *Worker, random *rand.Rand) (Result, error)
}

// Result is what a trial came to.
type Result struct {
	Points   int            // faults that really happened
	Problems []string       // broken invariants, one line each
	Counts   map[string]int // more to publish, by name
}

// Finding is a broken invariant and how to see it again.
type Finding struct {
	Trial   string `json:"trial"`
	Problem string `json:"problem"`
}

// Section is a kind of fault and what trying it showed.
type Section struct {
	Name     string         `json:"name"`
	Commit   string         `json:"commit"` // of the program that was disturbed
	What     string         `json:"what"`
	Trials   int            `json:"trials"`
	Points   int            `json:"points"`
	Counts   map[string]int `json:"counts,omitempty"`
	Findings []Finding      `json:"findings"`
	Seconds  float64        `json:"seconds"`
}

// Harness runs trials on several workers.
type Harness struct {
	Workers  []*Worker
	Seed     uint64
	Progress io.Writer // nil shows nothing
	Now      func() time.Time
}

// Try runs the trials of a section until at least wanted points were tried; 0 is all of them.
func (h *Harness) Try(ctx context.Context, s *Section, trials []Trial, wanted int) error {
	begun := h.Now()
	s.Counts = map[string]int{}
	var next, points atomic.Int64
	var mutex sync.Mutex
	var failure error
	var group sync.WaitGroup
	for _, w := range h.Workers {
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(trials) || wanted > 0 && points.Load() >= int64(wanted) || ctx.Err() != nil {
					return
				}
				got, err := trials[n].Run(ctx, w, h.randomOf(trials[n]))
				points.Add(int64(got.Points))
				mutex.Lock()
				h.note(s, trials[n].ID, got)
				if err != nil && failure == nil {
					failure = fmt.Errorf("%s: %w", trials[n].ID, err)
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
	s.Seconds = h.Now().Sub(begun).Seconds()
	if h.Progress != nil {
		fmt.Fprintf(h.Progress, "\r\033[K")
	}
	if failure == nil {
		failure = ctx.Err()
	}
	return failure
}

// randomOf is the same for a trial whatever else is tried beside it.
func (h *Harness) randomOf(t Trial) *rand.Rand {
	name := fnv.New64a()
	_, _ = io.WriteString(name, t.ID)
	return rand.New(rand.NewPCG(h.Seed, name.Sum64())) //nolint:gosec // a seed must replay
}

func (h *Harness) note(s *Section, id string, got Result) {
	s.Trials++
	s.Points += got.Points
	for name, n := range got.Counts {
		s.Counts[name] += n
	}
	for _, problem := range got.Problems {
		s.Findings = append(s.Findings, Finding{id, problem})
	}
	if h.Progress != nil {
		fmt.Fprintf(h.Progress, "\r\033[K%s: %d points, %d findings", s.Name, s.Points, len(s.Findings))
	}
}
