package service

import (
	"context"
	"sync"

	"fcpipe/schema"
	"fcpipe/sync/collect"
)

const (
	// mostRemembered bounds the sessions that are answered for without asking Stripe again.
	mostRemembered = 1000
	// mostWaiting bounds the first rounds that wait. Those beyond are left to the next ordinary round.
	mostWaiting = 1000
)

// Steps of a session, beside those of a page.
const (
	stepNothing = "nothing" // not over, or nothing was shared
	stepLinked  = "linked"  // recorded; the next round reads it
)

// remembered is a session that ended with accounts.
type remembered struct {
	session  collect.Session
	accounts []collect.Linked // as Stripe showed them last
	step     string
}

// work records what was linked, and reads it in rounds, one after another. It is safe for concurrent use.
type work struct {
	collector  *collect.Collector
	afterwards collect.Afterwards
	tell       func(string)
	jobs       chan string // sessions

	recording sync.Mutex // held while consents are recorded: told twice at once, they are recorded once

	mutex    sync.Mutex            // protects all below
	sessions map[string]remembered // by id
	order    []string              // of sessions, oldest first
}

func newWork(o Options) *work {
	return &work{
		collector: o.Collector, afterwards: o.Afterwards, tell: o.Tell, jobs: make(chan string, mostWaiting),
		sessions: map[string]remembered{},
	}
}

// link records what a session ended with, and lets it be read, once.
func (w *work) link(ctx context.Context, s collect.Session, accounts []collect.Linked, c []schema.Consent) error {
	w.recording.Lock()
	defer w.recording.Unlock()
	if _, known := w.find(s.ID); known {
		return nil
	}
	if err := w.afterwards.Record(context.WithoutCancel(ctx), c); err != nil {
		return err
	}
	w.put(remembered{s, accounts, collect.StepReading})
	select {
	case w.jobs <- s.ID:
	default: // so many wait that an ordinary round will be sooner
		w.put(remembered{s, accounts, stepLinked})
	}
	return nil
}

// find is a session that ended with accounts, if it is remembered.
func (w *work) find(session string) (remembered, bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	found, known := w.sessions[session]
	return found, known
}

func (w *work) put(r remembered) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if _, known := w.sessions[r.session.ID]; !known {
		w.order = append(w.order, r.session.ID)
	}
	w.sessions[r.session.ID] = r
	if len(w.order) > mostRemembered {
		delete(w.sessions, w.order[0])
		w.order = w.order[1:]
	}
}

// run reads what is linked until ctx ends, in rounds that have a context of their own.
func (w *work) run(ctx, rounds context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case session := <-w.jobs:
			if next, known := w.find(session); known {
				w.read(rounds, next)
			}
		}
	}
}

// read is the first round of a session's accounts. An ordinary round makes up for one that fails.
func (w *work) read(ctx context.Context, next remembered) {
	id := next.session.ID
	first, err := w.afterwards.FirstRound(ctx, next.session.Holder, collect.IDsOf(next.accounts), func(string) {})
	next.step = collect.StepDone
	if err != nil {
		next.step, first.Summary = stepLinked, err.Error()
	}
	if now, failed := w.collector.Linked(context.WithoutCancel(ctx), id); failed == nil && len(now) > 0 {
		next.accounts = now
	}
	w.put(next)
	w.tell("first round after " + id + ": " + first.Summary)
}
