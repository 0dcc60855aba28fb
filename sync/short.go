package sync

import (
	"fmt"
	"time"

	"fcpipe/schema/journal"
)

// lackReads notes that due work waits for reads. Only a limit that the operator wrote is a budget.
func (p *Plan) lackReads(o Options) {
	p.Short = true
	p.Blocked = p.Blocked || o.ReadsWritten
}

// outOfReads reports that an account is not begun: it waits, which is told of all of them together.
func (r *round) outOfReads(id string) bool {
	src := r.sourceOf(r.account(id).Account)
	if src.ceiling == 0 || src.client.Reads() < src.ceiling {
		return false
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.waiting[id] = true
	r.report.Plan.lackReads(r.syncer.options)
	return true
}

// tellWhatWaits counts the accounts that wait for reads and says when they will have been read.
func (r *round) tellWhatWaits() {
	waiting := map[*source]map[string]bool{}
	note := func(id string) {
		src := r.sourceOf(r.account(id).Account)
		if waiting[src] == nil {
			waiting[src] = map[string]bool{}
		}
		waiting[src][id] = true
	}
	for _, d := range r.report.Plan.Decisions {
		if d.Reason == ReasonPaced || d.Reason == ReasonReadAllowance {
			note(d.AccountID)
		}
	}
	for id := range r.waiting {
		note(id)
	}
	for id, o := range r.outcomes {
		if orEmpty(o.ErrorCode) == codeReads {
			note(id)
		}
	}
	for i, src := range r.sources {
		if i < len(r.report.Plan.Projections) {
			r.tellOf(src, waiting[src], &r.report.Plan.Projections[i])
		}
	}
}

func (r *round) tellOf(src *source, waiting map[string]bool, p *Projection) {
	if p.Waiting = len(waiting); p.Waiting == 0 {
		return
	}
	used := src.client.Reads()
	p.Used = src.readsUsed + used
	b, first := src.backlog, r.readsOfAFirstReading()
	for id := range waiting {
		if b.reads++; r.state.Accounts[id].CompleteThroughAt == nil {
			b.reads += first - 1
		}
	}
	p.DoneBy = r.doneBy(src, b)
}

// doneBy is when so many reads will have been made; nil when that is too far away.
func (r *round) doneBy(src *source, b backlog) *time.Time {
	now := r.syncer.Now()
	c := newCalendar(r.syncer.options.ReadsPer30Days, func(age time.Duration) int64 {
		return r.journal.ReadsSince(now.Add(-age), src.connected)
	})
	c.add(0, src.client.Reads()-src.recorded)
	night := c.done(b)
	if night == 0 {
		return nil
	}
	at := now.AddDate(0, 0, night)
	return &at
}

// readsOfAFirstReading is what one took on average, of accounts that took several pages.
func (r *round) readsOfAFirstReading() int64 {
	pages, accounts := int64(0), int64(0)
	count := func(a journal.RunAccount) {
		if a.Pages > 1 && a.Outcome == outcomeComplete {
			pages, accounts = pages+a.Pages+1, accounts+1
		}
	}
	for _, run := range r.journal.Runs() {
		for _, a := range run.Accounts {
			count(a)
		}
	}
	for _, o := range r.outcomes {
		count(*o)
	}
	if accounts == 0 {
		return 3
	}
	return (pages + accounts - 1) / accounts
}

// allowanceError says which limit ended a round before it could list accounts, how far it is used
// up, and when there are reads again.
func (r *round) allowanceError(src *source, used, reads int64) error {
	kind, o := ErrReadAllowance, r.syncer.options
	if !o.ReadsWritten {
		kind = ErrDefaultAllowance
	}
	again := ""
	if at := r.doneBy(src, backlog{reads: reads}); at != nil {
		again = ", there are some again about " + at.Format(time.DateOnly)
	}
	return fmt.Errorf("%w: %d of stripe.reads_per_30_days: %d, of the last 30 days%s", kind, used, o.ReadsPer30Days, again)
}

// Quota says in a sentence that accounts wait for reads, or nothing.
func (p Projection) Quota() string {
	if p.Waiting == 0 {
		return ""
	}
	accounts, by, whose := "accounts wait", "that is not within four months at this pace", ""
	if p.Waiting == 1 {
		accounts = "account waits"
	}
	if p.DoneBy != nil {
		by = "all of that is read by about " + p.DoneBy.Format(time.DateOnly)
	}
	if p.IsDefault {
		whose = " (the default; what Stripe grants you may be more)"
	}
	return fmt.Sprintf("quota: %d %s for reads, %d of stripe.reads_per_30_days: %d%s are used; %s", p.Waiting, accounts, p.Used, p.Allowed, whose, by)
}
