package journal

import "time"

// History is what the finished and unfinished runs of a journal add up to, account by account. One pass over the
// runs answers every question about what happened to an account before. It does not change; safe for concurrent use.
type History struct {
	accounts map[string]accountHistory
	started  []time.Time // of the runs, oldest first
	whole    tallyPages
	// The numbers, from 1, of the last run that saw any account, of the last of those that finished, and of the last
	// that reached its end: what such a run has nothing to say of was found in order. 0 means that there was no such
	// run.
	lastSaw, lastFinished, lastWhole int
}

// accountHistory is what is known of one account after the runs so far.
type accountHistory struct {
	refusals  map[string]Refusals // by code
	unread    []pagesRead         // since it was last read to the end
	regressed time.Time           // start of the first of the last runs that all were shown an older state; else zero
	failing   *Failure            // nil when nothing is wrong with it
	missing   bool                // in the last run that could tell
	askedFor  time.Time           // start of the last run that asked Stripe for it by its id while it was missing
	named     int                 // number of the last run that named it
}

// Refusals are how often rows, or owners, of an account were refused since they were last read whole.
type Refusals struct {
	Times int
	Last  time.Time // start of the last of these runs
}

type pagesRead struct {
	at    time.Time
	pages int64
}

// tallyPages adds up accounts that took several pages and were read whole.
type tallyPages struct{ accounts, reads int64 }

// Failure is what is wrong with an account that no run ended complete for.
type Failure struct {
	Reason string
	Code   string    // of the last run; "" when it said none
	Since  time.Time // start of the first of the runs
}

// HistoryOf folds runs, oldest first.
func HistoryOf(runs []FinishedRun) *History {
	h := &History{accounts: map[string]accountHistory{}}
	for _, run := range runs {
		h.add(run)
	}
	return h
}

// History folds every run of the journal.
func (j *Journal) History() *History { return HistoryOf(j.Runs()) }

// add folds a run. One that was no ordinary round says something of the accounts that it names, and of no other.
func (h *History) add(run FinishedRun) {
	if run.Part == "" {
		h.started = append(h.started, run.StartedAt)
	}
	number := len(h.started)
	for _, outcome := range run.Accounts {
		h.whole.add(outcome)
		a := h.of(outcome.AccountID)
		a.add(run, outcome)
		a.named = number
		h.accounts[outcome.AccountID] = a
	}
	if run.Part != "" || run.AccountsListed == 0 && len(run.Accounts) == 0 {
		return // it saw nothing, or some accounts alone
	}
	h.lastSaw = number
	if run.FinishedAt != nil {
		h.lastFinished = number
	}
	if run.FinishedAt != nil && run.AccountsListed > 0 && (run.Outcome == "complete" || run.Outcome == "partial") {
		h.lastWhole = number
	}
}

// of is the history of an account, with what later runs said by naming it no more.
func (h *History) of(id string) accountHistory {
	a := h.accounts[id]
	if h.lastSaw > a.named {
		a.regressed = time.Time{}
	}
	if h.lastFinished > a.named {
		a.missing = false
	}
	if h.lastWhole > a.named {
		a.failing = nil
	}
	return a
}

// add is what a run did with the account.
func (a *accountHistory) add(run FinishedRun, outcome RunAccount) {
	code := ""
	if outcome.ErrorCode != nil {
		code = *outcome.ErrorCode
	}
	a.addRefusal(run, code)
	a.addPages(run, code, outcome.Pages)
	if code != CodeRegressed {
		a.regressed = time.Time{}
	} else if a.regressed.IsZero() {
		a.regressed = run.StartedAt
	}
	if run.FinishedAt != nil {
		a.missing = code == CodeNotListed
		a.addFailure(run, outcome, code)
	}
	if code == CodeNotListed && outcome.RequestID != nil {
		a.askedFor = run.StartedAt
	}
}

func (a *accountHistory) addRefusal(run FinishedRun, code string) {
	switch code {
	case CodeBackoff: // it was not read
	case CodeRowsRefused, CodeOwnersRefused:
		a.refusals = map[string]Refusals{code: {a.refusals[code].Times + 1, run.StartedAt}}
	default:
		a.refusals = nil
	}
}

func (a *accountHistory) addPages(run FinishedRun, code string, pages int64) {
	switch {
	case code == CodePages, code == CodeReads:
		a.unread = append(a.unread, pagesRead{run.StartedAt, pages})
	case pages > 0:
		a.unread = nil
	}
}

func (a *accountHistory) addFailure(run FinishedRun, outcome RunAccount, code string) {
	if outcome.Outcome == "complete" {
		a.failing = nil
		return
	}
	f := &Failure{Code: code, Reason: outcome.Outcome, Since: run.StartedAt}
	if a.failing != nil {
		f.Since = a.failing.Since
	}
	if outcome.Reason != nil {
		f.Reason = *outcome.Reason
	}
	if code != "" {
		f.Reason += " (" + code + ")"
	}
	a.failing = f
}

func (t *tallyPages) add(outcome RunAccount) {
	if outcome.Pages > 1 && outcome.Outcome == "complete" {
		t.accounts, t.reads = t.accounts+1, t.reads+outcome.Pages+1 // it is looked at once more
	}
}

// Refused returns how often rows (CodeRowsRefused), or owners (CodeOwnersRefused), of an account were refused in
// the last runs that read it.
func (h *History) Refused(accountID, code string) Refusals {
	return h.of(accountID).refusals[code]
}

// RegressedSince returns the start of the first of the runs that were all, up to the last, shown an older state of an
// account than the one held; false when the last was not.
func (h *History) RegressedSince(accountID string) (since time.Time, regressed bool) {
	since = h.of(accountID).regressed
	return since, !since.IsZero()
}

// PagesWithoutCompletion counts, by account, the pages that runs since an instant read without coming to the end,
// after it was last read to the end.
func (h *History) PagesWithoutCompletion(since time.Time) map[string]int64 {
	pages := map[string]int64{}
	for id, a := range h.accounts {
		for _, read := range a.unread {
			if !read.at.Before(since) {
				pages[id] += read.pages
			}
		}
	}
	return pages
}

// Failing returns the accounts that no run ended complete for since they first failed. A run that reached its end
// and has nothing to say of an account found nothing wrong with it.
func (h *History) Failing() map[string]Failure {
	failing := map[string]Failure{}
	for id := range h.accounts {
		if a := h.of(id); a.failing != nil {
			failing[id] = *a.failing
		}
	}
	return failing
}

// Missing returns the accounts that were missing in the last run that could tell.
func (h *History) Missing() map[string]bool {
	missing := map[string]bool{}
	for id := range h.accounts {
		if h.of(id).missing {
			missing[id] = true
		}
	}
	return missing
}

// AskedForSince returns the missing accounts that Stripe was asked for by their ids in runs that began after an
// instant.
func (h *History) AskedForSince(since time.Time) map[string]bool {
	asked := map[string]bool{}
	for id, a := range h.accounts {
		if a.askedFor.After(since) {
			asked[id] = true
		}
	}
	return asked
}

// FirstReading is how many reads the first reading of an account takes on average, as far as accounts of several
// pages tell, those of a run that is under way too; 0 when none does.
func (h *History) FirstReading(underWay ...RunAccount) int64 {
	whole := h.whole
	for _, outcome := range underWay {
		whole.add(outcome)
	}
	if whole.accounts == 0 {
		return 0
	}
	return (whole.reads + whole.accounts - 1) / whole.accounts
}

// RoundsSince counts the runs that began at or after an instant; false where there was none before: then the count
// says nothing of how frequent they are.
func (h *History) RoundsSince(since time.Time) (rounds int, known bool) {
	if len(h.started) == 0 || h.started[0].After(since) {
		return 0, false
	}
	for _, started := range h.started {
		if !started.Before(since) {
			rounds++
		}
	}
	return rounds, true
}
