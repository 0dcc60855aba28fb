package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	fcsync "fcpipe/sync"
)

// progress shows on a terminal how far a round is, in one line that is rewritten.
// Elsewhere it shows nothing.
type progress struct {
	mutex sync.Mutex
	out   io.Writer // nil shows nothing
	now   func() time.Time
	last  time.Time
	shown bool
}

const progressEvery = 100 * time.Millisecond

func (a *app) newProgress() *progress {
	a.progress = &progress{now: a.now}
	if onTerminal(a.stderr) {
		a.progress.out = a.stderr
	}
	return a.progress
}

var phaseTexts = map[string]string{
	"plan": "listing accounts", "refresh": "asking for refreshes", "wait": "waiting for banks",
	"fetch": "reading transactions", "owners": "reading owners", "labels": "reading labels",
	"merge": "merging", "derive": "deriving tables", "publish": "publishing", "export": "writing the lake",
}

// show takes a report of sync.
func (p *progress) show(at fcsync.Progress) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.out == nil || p.shown && p.now().Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = p.now(), true
	count := ""
	if at.Total > 0 {
		count = fmt.Sprintf(" %d of %d", at.Done, at.Total)
	} else if at.Done > 0 {
		count = fmt.Sprintf(" %d", at.Done)
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s%s …", phaseTexts[at.Phase], count)
}

// begin shows that a phase begins.
func (p *progress) begin(name string) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	p.last = time.Time{}
	p.mutex.Unlock()
	p.show(fcsync.Progress{Phase: name})
}

// clear removes the line.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.out != nil && p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}
