//go:build linux && amd64

package main

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
)

// readArgument makes this program a reader: it opens a published file, asks and closes, again
// and again, and prints an answer or an error each time.
const readArgument = "read-again-and-again"

// readers is how many processes read while rounds publish.
const readers = 8

func readAgainAndAgain(ctx context.Context, data string, out io.Writer, pause func(time.Duration)) {
	for ctx.Err() == nil {
		answer, err := fingerprint(ctx, data)
		if err != nil {
			answer = "failed: " + err.Error()
		}
		if _, err := fmt.Fprintln(out, strings.ReplaceAll(answer, "\n", " ")); err != nil {
			return
		}
		pause(200 * time.Millisecond)
	}
}

// fingerprint is an answer that every change of the data changes.
func fingerprint(ctx context.Context, data string) (string, error) {
	reader, err := openReader(ctx, data)
	if err != nil {
		return "", err
	}
	lines, err := rows(ctx, reader, question("fingerprint"))
	if closing := reader.Close(); err == nil {
		err = closing
	}
	return strings.Join(lines, "|"), err
}

// storm publishes so many times while readers open the file all the time.
func storm(all []*scenario, publishes int) []trial {
	return []trial{{"storm of readers", func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
		return w.publishUnderReaders(ctx, all[1], publishes)
	}}}
}

func (w *worker) publishUnderReaders(ctx context.Context, s *scenario, publishes int) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	before, err := fingerprint(ctx, w.data())
	if err != nil {
		return got, err
	}
	allowed := map[string]bool{before: true}
	crowd, err := startReaders(ctx, w.data())
	if err != nil {
		return got, err
	}
	for got.points < publishes {
		w.bank.world.Advance(24 * time.Hour)
		if code, said, err := w.clean(ctx); err != nil || code != 0 {
			crowd.stop()
			return got, fmt.Errorf("a round under readers exited with %d: %s: %w", code, said, err)
		}
		now, err := fingerprint(ctx, w.data())
		if err != nil {
			got.problems = append(got.problems, "I1: "+err.Error())
			break
		}
		if !allowed[now] {
			got.points++
		}
		allowed[now] = true
	}
	answers, lost := crowd.stop()
	got.problems = append(got.problems, lost...)
	got.counts = map[string]int{"opens": len(answers)}
	for _, answer := range answers {
		if !allowed[answer] {
			got.problems = append(got.problems, "I2, I7: a reader saw "+answer)
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
		command := exec.CommandContext(ctx, self, readArgument, data)
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
