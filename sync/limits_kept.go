package sync

import (
	"errors"
	"time"

	"fcpipe/schema"
)

// resume goes on from the limits an earlier run ended with, grown back by the time since.
// It only ever lowers: what this run has learned itself stays.
func (l *limits) resume(held schema.Limits, now time.Time) {
	for _, rate := range held.Rates {
		p := l.all
		if rate.Operation != "" {
			p = l.of(rate.Operation)
		}
		p.resume(rate.PerSecond, earlier(rate.Since, now), now)
	}
	if held.Withheld > 0 {
		l.gate.resume(held.Withheld, earlier(held.WithheldSince, now), now)
	}
}

// earlier keeps a clock that was set back from freezing a limit.
func earlier(at, now time.Time) time.Time {
	if at.After(now) {
		return now
	}
	return at
}

func (p *pacer) resume(lowered float64, since, now time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	grown := lowered + p.ceiling/regrowth*now.Sub(since).Seconds()
	if p.ceiling > 0 && grown < p.rate(now) {
		p.lowered, p.since = max(lowered, min(slowestRate, p.ceiling)), since
	}
}

func (g *gate) resume(withheld int, since, now time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	steps := int(now.Sub(since) / widenAgain)
	wanted := min(withheld-steps, g.size-1)
	if wanted <= g.wanted {
		return
	}
	g.wanted, g.since = wanted, since.Add(time.Duration(steps)*widenAgain)
	for ; g.kept < g.wanted && len(g.free) > 0; g.kept++ {
		<-g.free
	}
}

// lowered is what an instant finds below its ceiling; false when nothing is.
func (l *limits) lowered(now time.Time) (held schema.Limits, any bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	note := func(operation string, p *pacer) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if p.ceiling > 0 && p.rate(now) < p.ceiling {
			held.Rates = append(held.Rates, schema.Rate{Operation: operation, PerSecond: p.lowered, Since: p.since.UTC()})
		}
	}
	note("", l.all)
	for operation, p := range l.operation {
		note(operation, p)
	}
	l.gate.mutex.Lock()
	defer l.gate.mutex.Unlock()
	if l.gate.wanted > 0 {
		held.Withheld, held.WithheldSince = l.gate.wanted, l.gate.since.UTC()
	}
	return held, len(held.Rates) > 0 || held.Withheld > 0
}

// recordLimits keeps for the next run what this one was held down to.
func (r *round) recordLimits() error {
	var failed []error
	now := r.syncer.options.Clock.Now()
	for _, c := range r.syncer.clients() {
		if held, any := c.limits.lowered(now); any {
			held.Connected, held.RunID, held.At = c.connected, r.runID, now.UTC()
			failed = append(failed, r.journal.RecordLimits(held))
		}
	}
	return errors.Join(failed...)
}
