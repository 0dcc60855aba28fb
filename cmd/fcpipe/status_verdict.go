package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

// errNeedsAttention is what status --check ends with.
var errNeedsAttention = errors.New("attention needed")

const needsAttention = "needs attention: "

// statusVerdict is the first line of status.
type statusVerdict struct {
	NeedsAttention bool   `json:"needs_attention"`
	Text           string `json:"text"`     // the reasons, or that all is well
	Complete       string `json:"complete"` // through when
}

// judge decides whether a person is needed, and says in a line how things are.
func (r *statusReport) judge(cfg config.Config, runs []journal.FinishedRun) {
	r.Verdict.Complete = r.completeThrough()
	var reasons []string
	aboutRuns := r.aboutRuns(shortestInterval(cfg), runs)
	r.Limits = limitsOf(runs)
	limits := limitsText(r.Limits, r.At)
	for _, reason := range []string{
		aboutRuns, r.aboutLimits(cfg, limits), r.aboutLake(aboutRuns), r.aboutAccounts(),
	} {
		if reason != "" {
			reasons = append(reasons, reason)
		}
	}
	r.Verdict.NeedsAttention = len(reasons) > 0
	switch {
	case r.Verdict.NeedsAttention:
		r.Verdict.Text = needsAttention + strings.Join(reasons, "; ")
	case !r.Published:
		r.Verdict.Text = "not yet: nothing is published, " + r.lastRun(runs)
	case len(r.Retried) > 0:
		failed := round.Count(int64(len(r.Retried)), "account")
		r.Verdict.Text = fmt.Sprintf("OK so far: %s failed, the next round tries again", failed)
	case slices.Contains([]string{"failed", "partial"}, lastOf(runs).Outcome): // no account is why
		r.Verdict.Text = "OK so far: " + r.lastRun(runs)
	case len(r.Limits) > 0:
		r.Verdict.Text = "OK so far: " + limits
	default:
		r.Verdict.Text = "OK: " + r.Verdict.Complete
	}
}

// shortestInterval is how often a round is to make something newer.
func shortestInterval(cfg config.Config) time.Duration {
	interval := 24 * time.Hour
	for _, policy := range []config.FeatureConfig{cfg.Sync.Transactions, cfg.Sync.Balance} {
		if policy.Mode != plan.ModeOff {
			interval = min(interval, time.Duration(policy.Every))
		}
	}
	return interval
}

// hopeless are the exit codes that trying again does not help.
var hopeless = []int{exitUsage, exitRefusedData, exitKeyRefused, exitConfiguration}

// lastOf is the newest ordinary round; where there was none, the newest run.
func lastOf(runs []journal.FinishedRun) journal.FinishedRun {
	if rounds := journal.OrdinaryRounds(runs); len(rounds) > 0 {
		runs = rounds
	}
	return runs[len(runs)-1]
}

// aboutRuns says why the runs need a person, "" when they do not. A round of accounts that were just linked, or a run
// that is no round, does not tell that ordinary rounds run.
func (r *statusReport) aboutRuns(interval time.Duration, runs []journal.FinishedRun) string {
	if len(runs) == 0 {
		return `no round has run yet; "fcpipe run" makes one`
	}
	last := runs[len(runs)-1]
	isMistyped := last.Part == journal.PartTask && last.ExitCode != nil && *last.ExitCode == exitUsage
	if last.ExitCode != nil && slices.Contains(hopeless, *last.ExitCode) && !isMistyped {
		return r.ended(last)
	}
	good := runs[0].StartedAt // nothing can have succeeded before
	rounds := journal.OrdinaryRounds(runs)
	for _, run := range rounds {
		if run.FinishedAt != nil && (run.Outcome == "complete" || run.Outcome == "partial") {
			good = *run.FinishedAt
		}
	}
	if r.At.Sub(good) <= 2*interval {
		return r.aboutListing(interval, rounds)
	}
	if len(rounds) > 0 && lastOf(rounds).StartedAt.After(good) {
		return fmt.Sprintf("no round has succeeded for %s; %s", age(r.At.Sub(good)), r.lastRun(runs))
	}
	return fmt.Sprintf("no round has run for %s: check what starts them", age(r.At.Sub(good)))
}

// aboutListing says that rounds stay partial, for twice the interval, although no account is why: what
// Stripe lists is not to be believed, or not whole, and unknown accounts may be absent.
func (r *statusReport) aboutListing(interval time.Duration, rounds []journal.FinishedRun) string {
	if len(rounds) == 0 {
		return ""
	}
	last := lastOf(rounds)
	if last.Outcome != "partial" || len(last.Accounts)+len(last.Limits) > 0 {
		return ""
	}
	whole := rounds[0].StartedAt
	for _, run := range rounds {
		if run.FinishedAt != nil && (run.Outcome == "complete" || len(run.Accounts)+len(run.Limits) > 0) {
			whole = *run.FinishedAt
		}
	}
	if r.At.Sub(whole) <= 2*interval {
		return ""
	}
	return fmt.Sprintf("no round was complete for %s; %s", age(r.At.Sub(whole)), r.lastRun(rounds))
}

// lastRun says how the newest ordinary round ended.
func (r *statusReport) lastRun(runs []journal.FinishedRun) string { return r.ended(lastOf(runs)) }

// ended says how a run ended.
func (r *statusReport) ended(last journal.FinishedRun) string {
	if last.FinishedAt == nil {
		return fmt.Sprintf("a round began %s ago: it is running, or was killed", age(r.At.Sub(last.StartedAt)))
	}
	ended, hasCode := "was "+last.Outcome, last.ExitCode != nil && *last.ExitCode != 0
	switch {
	case last.Outcome == "failed":
		ended = last.Outcome
	case last.Outcome == "complete" && hasCode: // what it read is published
		ended = "read everything and ended"
	}
	what := "round"
	if last.Part == journal.PartTask {
		what = "run"
	}
	said := fmt.Sprintf("the last %s %s %s ago", what, ended, age(r.At.Sub(*last.FinishedAt)))
	if hasCode {
		said += fmt.Sprintf(" with exit code %d", *last.ExitCode)
	}
	if last.Reason == nil {
		return said
	}
	said += ": " + *last.Reason
	switch {
	case strings.Contains(*last.Reason, round.ErrUserFiles.Error()):
		said += `; "fcpipe rules check" says more`
	case strings.HasPrefix(*last.Reason, round.ReasonErase) && strings.Contains(*last.Reason, erase.WhatWasErased):
		said += `; delete or move them, and run "fcpipe erase"`
	}
	return said
}

// statusLimit is a limit of the configuration that left due work of accounts undone in the last round.
type statusLimit struct {
	Limit    string    `json:"limit"`   // the key of the configuration
	Feature  string    `json:"feature"` // what was not bought; "" of a limit of reads
	Accounts int64     `json:"accounts"`
	Since    time.Time `json:"since"` // the first of the rounds without a break in which it did so
}

// limitsOf are the limits that left due work undone in the last ordinary round that ended.
func limitsOf(runs []journal.FinishedRun) []statusLimit {
	limits, rounds := []statusLimit{}, journal.OrdinaryRounds(runs)
	rounds = slices.DeleteFunc(rounds, func(run journal.FinishedRun) bool { return run.FinishedAt == nil })
	if len(rounds) == 0 {
		return limits
	}
	for _, limit := range rounds[len(rounds)-1].Limits {
		since := rounds[len(rounds)-1].StartedAt
		for _, run := range slices.Backward(rounds) {
			if !slices.ContainsFunc(run.Limits, func(l journal.Limit) bool {
				return l.Limit == limit.Limit && l.Feature == limit.Feature
			}) {
				break
			}
			since = run.StartedAt
		}
		limits = append(limits, statusLimit{limit.Limit, limit.Feature, limit.Accounts, since})
	}
	return limits
}

// limitsOfRows are the limits that keep rows of accounts away: of money, and of reads.
func limitsOfRows(limits []statusLimit) (budget, reads string) {
	for _, l := range limits {
		switch l.Feature {
		case plan.FeatureTransactions:
			budget = l.Limit
		case "":
			reads = l.Limit
		}
	}
	return budget, reads
}

// aboutLimits says that a limit which is set needs a person: it keeps accounts from being complete for the first time,
// or has left work undone for twice its interval.
func (r *statusReport) aboutLimits(cfg config.Config, text string) string {
	policy, never := cfg.Policy(), !r.Published
	for _, c := range r.Accounts {
		never = never || c.Status == "active" && c.NeverComplete > 0
	}
	for _, limit := range r.Limits {
		feature := cmp.Or(limit.Feature, plan.FeatureTransactions)
		switch {
		case limit.Limit == plan.LimitReads && !policy.ReadsWritten: // Stripe's: they are read night by night
		case never && feature == plan.FeatureTransactions, policy.IsStale(feature, limit.Since, r.At):
			return text
		}
	}
	return ""
}

// limitsText says which limits leave work of how many accounts undone, and what to do.
func limitsText(limits []statusLimit, now time.Time) string {
	next := plan.StartOfMonth(now).AddDate(0, 1, 0).Format(time.DateOnly)
	advice := map[string]string{
		plan.LimitMonth: "raise it; the next month begins on " + next,
		plan.LimitRun:   "raise it, or run more often",
		plan.LimitReads: "the stalest are read first; raise it, if Stripe grants you more",
	}
	var texts []string
	for _, limit := range []string{plan.LimitMonth, plan.LimitRun, plan.LimitReads} {
		var waiting []string
		for _, l := range limits {
			switch {
			case l.Limit == limit && l.Feature == "":
				waiting = append(waiting, round.Count(l.Accounts, "account")+" without reads")
			case l.Limit == limit:
				waiting = append(waiting,
					round.Count(l.Accounts, "account")+" without a refresh of "+refreshed[l.Feature])
			}
		}
		if len(waiting) > 0 {
			texts = append(texts, limit+" leaves "+strings.Join(waiting, ", ")+": "+advice[limit])
		}
	}
	return strings.Join(texts, "; ")
}

// refreshed is what a refresh of a feature brings.
var refreshed = map[string]string{
	plan.FeatureTransactions: "transactions", plan.FeatureBalance: "the balance",
	plan.FeatureOwnership: "the ownership",
}

// aboutLake says that the lake waits for a full export, unless the last run said so.
func (r *statusReport) aboutLake(aboutRuns string) string {
	if r.Lake == nil || !r.Lake.NeedsFullExport || strings.Contains(aboutRuns, export.ErrPrivacy.Error()) {
		return ""
	}
	return `the lake shows what privacy.lake does not say: "fcpipe export --full" writes it again`
}

func (r *statusReport) aboutAccounts() string {
	if len(r.Attention) == 0 {
		return ""
	}
	ids, byCode := map[string]bool{}, map[string]int64{}
	for _, at := range r.Attention {
		ids[at.AccountID] = true
		byCode[at.Code]++
	}
	var parts []string
	for _, code := range distinct(r.Attention, func(at statusAttention) string { return at.Code }) {
		parts = append(parts, round.Thousands(byCode[code])+" "+code)
	}
	return fmt.Sprintf("%s (%s)", round.Count(int64(len(ids)), "account"), strings.Join(parts, ", "))
}

// completeThrough says up to when the active accounts that share transactions are held completely.
func (r *statusReport) completeThrough() string {
	for _, c := range r.Accounts {
		switch {
		case c.Status != "active":
		case c.oldestOfOthers == nil && c.NeverComplete > 0:
			return fmt.Sprintf("none of %s was ever complete", round.Count(c.Accounts, "active account"))
		case c.NeverComplete > 0:
			return fmt.Sprintf("%s never complete, the others through %s UTC, %s ago",
				round.Count(c.NeverComplete, "account"), shortTime(c.oldestOfOthers), age(r.At.Sub(*c.oldestOfOthers)))
		case c.OldestComplete != nil:
			return fmt.Sprintf("complete through %s UTC, %s ago", shortTime(c.OldestComplete),
				age(r.At.Sub(*c.OldestComplete)))
		}
	}
	if r.Watermark != nil {
		return fmt.Sprintf("newest merge %s UTC, %s ago", shortTime(r.Watermark), age(r.At.Sub(*r.Watermark)))
	}
	return "no data yet"
}

// age is a span of time for people.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", max(0, int(d/time.Minute)))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}
