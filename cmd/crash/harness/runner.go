//go:build linux && amd64

package harness

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// Runner runs trials on several workers at the same time.
type Runner struct {
	Workers  []*Worker
	Seed     uint64    // of all choices of trials
	Progress io.Writer // nil shows nothing
	Now      func() time.Time
}

// Try runs the trials of a section, in their order, until at least wanted points were tried, 0 is all of them, or what
// the section is tried until was counted. It stops when a trial fails.
func (r *Runner) Try(ctx context.Context, s *Section, trials []Trial, wanted int) error {
	begun := r.Now()
	s.Counts = map[string]int{}
	t := &trying{section: s, trials: trials, wanted: wanted, progress: r.Progress}
	var group sync.WaitGroup
	for _, w := range r.Workers {
		group.Go(func() {
			for ctx.Err() == nil {
				trial, left := t.next()
				if !left {
					return
				}
				got, err := trial.Run(ctx, w, r.randomOf(trial))
				t.add(trial.ID, got, err)
			}
		})
	}
	group.Wait()
	s.Seconds = r.Now().Sub(begun).Seconds()
	if r.Progress != nil {
		fmt.Fprintf(r.Progress, "\r\033[K")
	}
	if t.failure == nil {
		return ctx.Err()
	}
	return t.failure
}

// randomOf is the same for a trial whatever else is tried beside it.
func (r *Runner) randomOf(t Trial) *rand.Rand {
	name := fnv.New64a()
	_, _ = io.WriteString(name, t.ID)
	return rand.New(rand.NewPCG(r.Seed, name.Sum64())) //nolint:gosec // a seed must replay
}

// trying is a section while its trials run.
type trying struct {
	mutex    sync.Mutex // protects all below
	section  *Section
	trials   []Trial // those that are left
	wanted   int
	failure  error // of the first trial that failed
	progress io.Writer
}

func (t *trying) next() (trial Trial, left bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	s := t.section
	isEnough := t.wanted > 0 && s.Points >= t.wanted || s.Until != "" && s.Counts[s.Until] > 0
	if len(t.trials) == 0 || isEnough || t.failure != nil {
		return trial, false
	}
	trial, t.trials = t.trials[0], t.trials[1:]
	return trial, true
}

func (t *trying) add(id string, got Result, err error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if err != nil && t.failure == nil {
		t.failure = fmt.Errorf("%s: %w", id, err)
	}
	s := t.section
	s.Trials++
	s.Points += got.Points
	for name, n := range got.Counts {
		s.Counts[name] += n
	}
	for _, problem := range got.Problems {
		s.Findings = append(s.Findings, Finding{id, problem})
	}
	if t.progress != nil {
		fmt.Fprintf(t.progress, "\r\033[K%s: %d points, %d findings", s.Name, s.Points, len(s.Findings))
	}
}
