//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/oracle"
)

// readPause is how long a reader waits after each answer.
const readPause = 200 * time.Millisecond

// ReadRepeatedly is what a reader process does: it opens the published file below data, asks and closes, until ctx
// ends, and prints an answer or an error each time, in a line.
func ReadRepeatedly(ctx context.Context, data string, out io.Writer, sleep func(time.Duration)) {
	for ctx.Err() == nil {
		answer, err := oracle.Fingerprint(ctx, data)
		if err != nil {
			answer = "failed: " + err.Error()
		}
		if _, err := fmt.Fprintln(out, strings.ReplaceAll(answer, "\n", " ")); err != nil {
			return
		}
		sleep(readPause)
	}
}

// ReadersStress publishes so many times while processes open and read the file all the time. Each answer must be that
// of a published generation.
func ReadersStress(all []*harness.Scenario, publishes int) []harness.Trial {
	run := func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (result, error) {
		return publishUnderReaders(ctx, w, all[1], publishes)
	}
	return []harness.Trial{{ID: "readers stress", Run: run}}
}

func publishUnderReaders(ctx context.Context, w *harness.Worker, s *harness.Scenario, publishes int,
) (got result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	before, err := oracle.Fingerprint(ctx, w.Data())
	if err != nil {
		return got, err
	}
	published := map[string]bool{before: true}
	pool, err := startReaders(ctx, w.Data())
	if err != nil {
		return got, err
	}
	for got.Points < publishes {
		w.Oracle.World.Advance(24 * time.Hour)
		if code, output, err := w.Clean(ctx); err != nil || code != 0 {
			pool.stop()
			return got, fmt.Errorf("a round under readers exited with %d: %s: %w", code, output, err)
		}
		now, err := oracle.Fingerprint(ctx, w.Data())
		if err != nil {
			got.Problems = append(got.Problems, "I1: "+err.Error())
			break
		}
		if !published[now] {
			got.Points++
		}
		published[now] = true
	}
	answers, lost := pool.stop()
	got.Problems = append(got.Problems, lost...)
	got.Counts = map[string]int{"opens": len(answers)}
	for _, answer := range answers {
		if !published[answer] {
			got.Problems = append(got.Problems, "I2, I7: a reader saw "+answer)
		}
	}
	return got, nil
}
