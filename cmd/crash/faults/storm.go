//go:build linux && amd64

package faults

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/oracle"
)

// ReadArgument makes this program a reader: it opens a published file, asks and closes, again
// and again, and prints an answer or an error each time.
const ReadArgument = "read-again-and-again"

// readers is how many processes read while rounds publish.
const readers = 8

// ReadAgainAndAgain is what a reader does until ctx ends, with a pause between two answers.
func ReadAgainAndAgain(ctx context.Context, data string, out io.Writer, pause func(time.Duration)) {
	for ctx.Err() == nil {
		answer, err := oracle.Fingerprint(ctx, data)
		if err != nil {
			answer = "failed: " + err.Error()
		}
		if _, err := fmt.Fprintln(out, strings.ReplaceAll(answer, "\n", " ")); err != nil {
			return
		}
		pause(200 * time.Millisecond)
	}
}

// Storm publishes so many times while readers open the file all the time.
func Storm(all []*harness.Scenario, publishes int) []harness.Trial {
	return []harness.Trial{{ID: "storm of readers", Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
		return publishUnderReaders(ctx, w, all[1], publishes)
	}}}
}

func publishUnderReaders(ctx context.Context, w *harness.Worker, s *harness.Scenario, publishes int) (got harness.Result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	before, err := oracle.Fingerprint(ctx, w.Data())
	if err != nil {
		return got, err
	}
	allowed := map[string]bool{before: true}
	crowd, err := startReaders(ctx, w.Data())
	if err != nil {
		return got, err
	}
	for got.Points < publishes {
		w.Oracle.World.Advance(24 * time.Hour)
		if code, said, err := w.Clean(ctx); err != nil || code != 0 {
			crowd.stop()
			return got, fmt.Errorf("a round under readers exited with %d: %s: %w", code, said, err)
		}
		now, err := oracle.Fingerprint(ctx, w.Data())
		if err != nil {
			got.Problems = append(got.Problems, "I1: "+err.Error())
			break
		}
		if !allowed[now] {
			got.Points++
		}
		allowed[now] = true
	}
	answers, lost := crowd.stop()
	got.Problems = append(got.Problems, lost...)
	got.Counts = map[string]int{"opens": len(answers)}
	for _, answer := range answers {
		if !allowed[answer] {
			got.Problems = append(got.Problems, "I2, I7: a reader saw "+answer)
		}
	}
	return got, nil
}

// crowd is readers in processes of their own, and what they saw.
type crowd struct {
	cancel   context.CancelFunc
	group    sync.WaitGroup
	mutex    sync.Mutex
	stopping bool
	answers  []string
	lost     []string // readers that ended by themselves, or never answered
}

func startReaders(ctx context.Context, data string) (*crowd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &crowd{cancel: cancel}
	for range readers {
		command := exec.CommandContext(ctx, self, ReadArgument, data)
		out, err := command.StdoutPipe()
		if err == nil {
			err = command.Start()
		}
		if err != nil {
			c.stop()
			return nil, err
		}
		c.group.Go(func() {
			c.listen(bufio.NewReader(out), command.Wait)
		})
	}
	return c, nil
}

// listen collects a reader's answers until it ends, which only stop may bring about.
func (c *crowd) listen(lines *bufio.Reader, wait func() error) {
	answered := 0
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // its last line may be half a line
			break
		}
		answered++
		c.mutex.Lock()
		c.answers = append(c.answers, strings.TrimSpace(line))
		c.mutex.Unlock()
	}
	ended := wait()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.stopping || answered == 0 {
		c.lost = append(c.lost, fmt.Sprintf("I7: a reader ended after %d answers: %v", answered, ended))
	}
}

// stop ends the readers and returns what they answered, and who was not there until the end.
func (c *crowd) stop() (answers, lost []string) {
	c.mutex.Lock()
	c.stopping = true
	c.mutex.Unlock()
	c.cancel()
	c.group.Wait()
	return c.answers, c.lost
}
