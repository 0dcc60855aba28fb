package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
)

// roundReport is what one round did; with --json, the whole of it.
type roundReport struct {
	RunID               string    `json:"run_id"`
	Outcome             string    `json:"outcome"` // complete, partial, failed, interrupted
	Reason              string    `json:"reason,omitempty"`
	At                  time.Time `json:"at"`
	Changed             bool      `json:"changed"` // a new file was published
	Accounts            int       `json:"accounts"`
	AccountsNew         int64     `json:"accounts_new"`
	AccountsChanged     int64     `json:"accounts_changed"`
	AccountsInactive    int64     `json:"accounts_gone_inactive"`
	AccountsLinked      int64     `json:"accounts_linked_again"`
	LinksAmbiguous      int64     `json:"links_to_decide"`
	AccountsFetched     int64     `json:"accounts_fetched"`
	AccountsFailed      int64     `json:"accounts_failed"`
	AccountsMissing     int64     `json:"accounts_missing"` // held, not listed by Stripe any more
	AccountsStale       int64     `json:"accounts_stale"`
	AccountsPending     int64     `json:"accounts_pending"`
	TransactionsNew     int64     `json:"transactions_new"`
	TransactionsChanged int64     `json:"transactions_changed"`
	PendingPosted       int64     `json:"pending_posted"`
	PostedOtherAmount   int64     `json:"posted_with_other_amount"`
	Voided              int64     `json:"voided"`
	Late                int64     `json:"late"`
	BalancesNew         int64     `json:"balances_new"`
	OwnersNew           int64     `json:"owners_new"`
	RefreshesFailed     int64     `json:"refreshes_failed"`
	Quarantined         int64     `json:"quarantined"`
	Audited             int       `json:"accounts_audited"`
	AuditDifferences    int64     `json:"audit_differences"` // rows an audit found missing or different; publishing the round repairs them
	Reads               int64     `json:"reads"`
	Writes              int64     `json:"writes"`
	Retries             int64     `json:"retries"`
	RateLimited         int64     `json:"rate_limited"`
	CostMicroUSD        int64     `json:"cost_micro_usd"`
	LakeFilesWritten    int       `json:"lake_files_written"`
	LakeFilesKept       int       `json:"lake_files_kept"`
}

// round is one whole round, room by room: plan, refresh, wait, fetch and land happen in
// sync; merge, derive and publish in schema; export in export. What landed is never lost:
// whatever fails, the next round goes on from there.
func (p *pipeline) round(ctx context.Context) (report roundReport, err error) {
	release, err := p.store.Lock()
	if err != nil {
		return report, hint(err, "it will finish by itself; a timer simply tries again")
	}
	defer func() { err = errors.Join(err, release()) }()
	defer func() { err = errors.Join(err, p.saveSimulator()) }()
	begun := p.clock.Now()
	id, err := uuid.NewV7()
	if err != nil {
		return report, err
	}
	report.RunID = id.String()
	if err := p.store.Journal().RecordRunStarted(journal.RunRecord{RunID: report.RunID, StartedAt: begun, Outcome: "running", ProgramVersion: version}); err != nil {
		return report, err
	}
	synced, err := p.fetchAndPublish(ctx, &report)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx) // whatever was cut short, it was the signal
	}
	p.app.progress.clear()
	report.conclude(synced, err)
	if report.At.IsZero() { // it failed before it could plan
		report.At = p.syncer.Now()
	}
	if errors.Is(err, fcsync.ErrDeadline) && report.Outcome == "partial" {
		err = hint(err, "everything that was read is published; the next round goes on with the stalest accounts")
	}
	if err := errors.Join(err, p.record(report, synced, err, begun)); err != nil {
		return report, err
	}
	return report, report.verdict(synced)
}

// storedState is what the published file says.
func storedState(ctx context.Context, store *store.Store) (schema.State, error) {
	state, err := store.State(ctx)
	return state, hintGone(err)
}

// hintGone says what to do about a published file that is missing.
func hintGone(err error) error {
	if errors.Is(err, schema.ErrPublishedMissing) {
		return hint(err, `"fcpipe repair" restores it; to start over, move that generation away`)
	}
	return err
}

// fetchAndPublish is the round between its first and last line in the journal.
func (p *pipeline) fetchAndPublish(ctx context.Context, report *roundReport) (synced fcsync.Report, err error) {
	state, err := storedState(ctx, p.store)
	if err != nil {
		return synced, err
	}
	landing, err := p.store.Landing(ctx)
	if err != nil {
		return synced, err
	}
	defer func() { err = errors.Join(err, landing.Close()) }()
	for _, segment := range landing.Unreadable {
		p.app.log.Warn("landing segment ignored, damaged or after a damaged one; its rows are read again", "segment", segment)
	}
	if err := p.store.Overlay(ctx, landing, &state); err != nil {
		return synced, err
	}
	synced, syncErr := p.syncer.Run(ctx, report.RunID, state, p.store.Journal(), landing)
	// what landed is kept even when the round was stopped
	if err := landing.Seal(context.WithoutCancel(ctx)); err != nil {
		if errors.Is(syncErr, err) { // it ended the round already
			return synced, syncErr
		}
		return synced, errors.Join(syncErr, err)
	}
	if ctx.Err() != nil {
		return synced, context.Cause(ctx)
	}
	if err := p.publish(ctx, landing, &synced, report); err != nil {
		return synced, errors.Join(syncErr, err)
	}
	return synced, errors.Join(syncErr, p.exportLake(ctx, report))
}

// publish merges what landed, derives, and shows the result, if anything differs.
func (p *pipeline) publish(ctx context.Context, landing *landing.Landing, synced *fcsync.Report, report *roundReport) error {
	p.app.progress.room("merge")
	run := journal.FinishedRun{RunRecord: report.record(*synced, p.syncer.Now()), Accounts: synced.Accounts}
	next, merged, err := p.store.Merge(ctx, landing, store.MergeRun{
		Run: run, Seen: synced.Seen, StripeAccountID: synced.StripeAccountID, Livemode: p.syncer.Livemode(), Audits: synced.Audits, ReportZone: p.config.Analytics.Timezone,
	})
	if err != nil {
		return err
	}
	synced.Amend(merged.Incomplete)
	if next == nil {
		report.take(merged)
		return p.recordAudits(merged.Audits)
	}
	err = p.show(ctx, next, merged)
	if report.Changed = next.Published(); report.Changed {
		report.take(merged) // rows that nobody sees are counted by the round that publishes them
	}
	return err
}

// show derives a generation and publishes it.
func (p *pipeline) show(ctx context.Context, next *store.Generation, merged store.MergeReport) error {
	if err := p.recordAudits(merged.Audits); err != nil {
		return errors.Join(err, next.Discard())
	}
	p.app.progress.room("derive")
	if err := next.Derive(ctx); err != nil {
		return errors.Join(err, next.Discard())
	}
	p.app.progress.room("publish")
	return next.Publish(ctx)
}

// recordAudits remembers them, and tells of every difference: there should be none.
func (p *pipeline) recordAudits(audits []journal.Audit) error {
	for _, audit := range audits {
		if audit.Missing+audit.Different > 0 {
			p.app.log.Warn("audit found differences, which publishing this round repairs; please report it", "account", audit.AccountID, "missing", audit.Missing, "different", audit.Different)
		}
		if err := p.store.Journal().RecordAudit(audit); err != nil {
			return err
		}
	}
	return nil
}

// exportLake brings the lake up to the published file; without one there is no lake.
func (p *pipeline) exportLake(ctx context.Context, report *roundReport) (err error) {
	reader, err := reader.Open(ctx, p.config.Layout(), duckSettings(p.config))
	if errors.Is(err, schema.ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	p.app.progress.room("export")
	exported, err := export.Run(ctx, reader, p.exportOptions())
	report.LakeFilesWritten, report.LakeFilesKept = exported.FilesWritten, exported.FilesKept
	p.app.warnOfLake(exported)
	return err
}

// record writes the round's last lines in the journal, a stopped round's too.
func (p *pipeline) record(report roundReport, synced fcsync.Report, failure error, begun time.Time) error {
	now := p.syncer.Now()
	run := journal.FinishedRun{RunRecord: report.record(synced, now.Add(-p.clock.Now().Sub(begun))), Accounts: synced.Accounts}
	code := exitCode(errors.Join(failure, report.verdict(synced)))
	run.FinishedAt, run.ExitCode = &now, &code
	return p.store.Journal().RecordRunFinished(run)
}

// conclude decides how the round is called.
func (r *roundReport) conclude(synced fcsync.Report, err error) {
	r.At = synced.Plan.At
	r.Accounts, r.AccountsFetched, r.AccountsFailed = len(synced.Seen), synced.AccountsFetched, synced.AccountsFailed
	r.AccountsMissing = int64(len(synced.Missing))
	r.AccountsStale, r.AccountsPending = synced.StaleAccounts, synced.PendingAccounts
	r.Retries, r.RateLimited = synced.Retries, synced.RateLimited
	r.Reads, r.Writes, r.CostMicroUSD = synced.Reads, synced.Writes, synced.CostMicroUSD
	var signal interruption
	switch {
	case errors.As(err, &signal):
		r.Outcome, r.Reason = "interrupted", signal.Error()
	case (errors.Is(err, fcsync.ErrDeadline) || errors.Is(err, fcsync.ErrDefaultAllowance)) && exitCode(err) == exitPartial:
		r.Outcome, r.Reason = "partial", err.Error()
	case err != nil:
		r.Outcome, r.Reason = "failed", err.Error()
	case !synced.Complete:
		r.Outcome, r.Reason = "partial", incomplete(synced)
	default:
		r.Outcome = "complete"
	}
}

// incomplete says how many accounts are why a round is partial.
func incomplete(synced fcsync.Report) string {
	parts := slices.Clone(synced.ListProblems)
	missing := int64(len(synced.Missing))
	if missing > 0 {
		parts = append(parts, count(missing, "account")+" missing, not listed by Stripe any more")
	}
	if n := synced.AccountsFailed - missing; n > 0 {
		parts = append(parts, count(n, "account")+" failed or incomplete")
	}
	if n := synced.EntriesRefused; n > 0 {
		parts = append(parts, count(n, "entry")+" of the account list without an id refused, see meta.quarantine")
	}
	if n := synced.StaleAccounts; n > 0 {
		parts = append(parts, count(n, "account")+" stale")
	}
	return strings.Join(append(parts, quotas(synced)...), ", ")
}

// quotas says of every Stripe account how many accounts wait for reads, and until when.
func quotas(synced fcsync.Report) (sentences []string) {
	for _, q := range synced.Plan.Quotas {
		if text := q.Sentence(); text != "" {
			sentences = append(sentences, text)
		}
	}
	return sentences
}

// verdict is the error of a round in which nothing broke but not everything was done.
func (r *roundReport) verdict(synced fcsync.Report) error {
	var problems []error
	if r.Outcome == "partial" {
		problems = append(problems, hint(fmt.Errorf("%w: %s", errPartial, r.Reason), `"fcpipe status" lists them; everything else is published`))
	}
	if synced.Plan.Blocked {
		blocked := errBlocked
		if synced.Plan.Short {
			blocked = fmt.Errorf("%w: %s", errBlocked, strings.Join(quotas(synced), ", "))
		}
		problems = append(problems, hint(blocked, `"fcpipe plan" shows what, and why`))
	}
	return errors.Join(problems...)
}

func (r *roundReport) take(m store.MergeReport) {
	r.AccountsNew, r.AccountsChanged, r.AccountsInactive = m.AccountsNew, m.AccountsChanged, m.AccountsInactive
	r.TransactionsNew, r.TransactionsChanged = m.TransactionsNew, m.TransactionsChanged
	r.PendingPosted, r.PostedOtherAmount, r.Voided, r.Late = m.PendingPosted, m.PostedWithOtherAmount, m.Voided, m.Late
	r.AccountsLinked, r.LinksAmbiguous = m.AccountsLinked, m.LinksAmbiguous
	r.Audited = len(m.Audits)
	for _, audit := range m.Audits {
		r.AuditDifferences += audit.Missing + audit.Different
	}
	r.OwnersNew = m.OwnersNew
	r.BalancesNew, r.RefreshesFailed, r.Quarantined = m.BalancesNew, m.RefreshesFailed, m.Quarantined
}

func (r *roundReport) record(synced fcsync.Report, startedAt time.Time) journal.RunRecord {
	run := journal.RunRecord{
		RunID: r.RunID, StartedAt: startedAt, Outcome: r.Outcome, AccountsListed: int64(len(synced.Seen)), AccountsFetched: synced.AccountsFetched,
		AccountsFailed: synced.AccountsFailed, TransactionsNew: r.TransactionsNew, TransactionsChanged: r.TransactionsChanged,
		Reads: synced.Reads, Writes: synced.Writes, CostMicroUSD: synced.CostMicroUSD, ProgramVersion: version,
	}
	if run.Outcome == "" { // the file is made before the round is over
		run.Outcome = "complete"
		if !synced.Complete {
			run.Outcome = "partial"
		}
	}
	if r.Reason != "" {
		run.Reason = &r.Reason
	}
	return run
}
