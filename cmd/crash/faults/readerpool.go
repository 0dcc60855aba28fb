//go:build linux && amd64

package faults

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// ReaderArgument is the argument that, before a data directory, makes this program call ReadRepeatedly.
const ReaderArgument = "read-repeatedly"

// readers is how many processes read while rounds publish.
const readers = 8

// readerPool is readers in processes of their own, and what they saw.
type readerPool struct {
	cancel   context.CancelFunc
	group    sync.WaitGroup
	mutex    sync.Mutex // protects all below
	stopping bool
	answers  []string
	lost     []string // problems: readers that ended by themselves, or never answered
}

func startReaders(ctx context.Context, data string) (*readerPool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &readerPool{cancel: cancel}
	for range readers {
		command := exec.CommandContext(ctx, self, ReaderArgument, data)
		out, err := command.StdoutPipe()
		if err == nil {
			err = command.Start()
		}
		if err != nil {
			p.stop()
			return nil, err
		}
		p.group.Go(func() {
			p.listen(bufio.NewReader(out), command.Wait)
		})
	}
	return p, nil
}

// listen collects a reader's answers until it ends, which only stop may bring about.
func (p *readerPool) listen(lines *bufio.Reader, wait func() error) {
	answered := 0
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // its last line may be half a line
			break
		}
		answered++
		p.mutex.Lock()
		p.answers = append(p.answers, strings.TrimSpace(line))
		p.mutex.Unlock()
	}
	ended := wait()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.stopping || answered == 0 {
		p.lost = append(p.lost, fmt.Sprintf("I7: a reader ended after %d answers: %v", answered, ended))
	}
}

// stop ends the readers and returns their answers, and which of them did not last until now.
func (p *readerPool) stop() (answers, lost []string) {
	p.mutex.Lock()
	p.stopping = true
	p.mutex.Unlock()
	p.cancel()
	p.group.Wait()
	return p.answers, p.lost
}
