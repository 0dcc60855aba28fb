package round

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
)

// Report is what one round did: what sync counted, what the merge changed, as far as it was published, and the rest.
// As JSON it is one flat object.
type Report struct {
	RunID    string    `json:"run_id"`
	Outcome  string    `json:"outcome"` // complete, partial, failed, interrupted; "" when the round did not begin
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`       // of the plan
	Changed  bool      `json:"changed"`  // a new file was published
	Accounts int       `json:"accounts"` // that Stripe listed

	AccountsMissing  int   `json:"accounts_missing"` // held, not listed by Stripe any more
	AccountsAudited  int   `json:"accounts_audited"`
	AuditDifferences int64 `json:"audit_differences"` // rows missing or different; publishing repairs them

	fcsync.Report
	store.MergeReport

	ErasedNow int `json:"erased_now"` // accounts, by privacy.on_disconnect, and of an erasure that had been killed

	ErasureLeft []string `json:"erasure_left,omitempty"` // files in the way of an erasure, which is not complete

	RulesProblem string `json:"rules_problem,omitempty"` // why the user's own files cannot be used
	userFiles    error  // the same, as an error

	LakeFilesWritten int `json:"lake_files_written"`
	LakeFilesKept    int `json:"lake_files_kept"`

	StageTimes
}

var (
	// ErrPartial means that some accounts failed or are stale; the rest is published.
	ErrPartial = errors.New("some accounts are not complete")
	// ErrBlocked means that a limit that is set, of money or reads, kept due work from being done.
	ErrBlocked = errors.New("a configured limit left due work undone")
	// ErrUserFiles means that one of the user's own files cannot be used; everything else was done.
	ErrUserFiles = errors.New("your own rules are not applied")
)

// count adds what a merge changed.
func (r *Report) count(merged store.MergeReport) {
	r.MergeReport, r.AccountsAudited, r.AuditDifferences = merged, len(merged.Audits), 0
	for _, audit := range merged.Audits {
		r.AuditDifferences += audit.Missing + audit.Different
	}
}

// conclude decides how the round is called. exitCode says whether a failure weighs more than accounts left for the next
// round.
func (r *Report) conclude(failure error, stopped bool, exitCode func(error) int) {
	r.At, r.Accounts, r.AccountsMissing = r.Plan.At, len(r.Seen), len(r.Missing)
	switch {
	case failure != nil && stopped:
		r.Outcome, r.Reason = "interrupted", failure.Error()
	case endsEarly(failure) && exitCode(failure) == exitCode(ErrPartial):
		r.Outcome, r.Reason = "partial", failure.Error()
	case failure != nil:
		r.Outcome, r.Reason = "failed", failure.Error()
	case !r.Complete:
		r.Outcome, r.Reason = "partial", r.incomplete()
	default:
		r.Outcome = "complete"
	}
}

// endsEarly reports whether a round ended where the next one goes on.
func endsEarly(failure error) bool {
	return errors.Is(failure, fcsync.ErrDeadline) || errors.Is(failure, fcsync.ErrDefaultAllowance)
}

// incomplete says how many accounts are why a round is partial.
func (r *Report) incomplete() string {
	parts := slices.Clone(r.ListProblems)
	missing := int64(len(r.Missing))
	if missing > 0 {
		parts = append(parts, Count(missing, "account")+" missing, not listed by Stripe any more")
	}
	if n := r.AccountsFailed - missing; n > 0 {
		parts = append(parts, Count(n, "account")+" failed or incomplete")
	}
	if n := r.EntriesRefused; n > 0 {
		parts = append(parts, Count(n, "entry")+" of the account list without an id refused, see meta.quarantine")
	}
	if n := r.StaleAccounts; n > 0 {
		parts = append(parts, Count(n, "account")+" stale")
	}
	return strings.Join(append(parts, r.quotas()...), ", ")
}

// quotas says of every Stripe account how many accounts wait for reads, and until when.
func (r *Report) quotas() (sentences []string) {
	for _, q := range r.Plan.Quotas {
		if text := q.Sentence(); text != "" {
			sentences = append(sentences, text)
		}
	}
	return sentences
}

// verdict is the error of a round in which nothing broke but not everything was done.
func (r *Report) verdict() error {
	var problems []error
	if r.Outcome == "partial" {
		problems = append(problems, fmt.Errorf("%w: %s", ErrPartial, r.Reason))
	}
	if r.Plan.Blocked {
		blocked := ErrBlocked
		if r.Plan.Short {
			blocked = fmt.Errorf("%w: %s", ErrBlocked, strings.Join(r.quotas(), ", "))
		}
		problems = append(problems, blocked)
	}
	return errors.Join(problems...)
}

// run is the report as the journal keeps it; begun says which run it is.
func (r *Report) run(begun journal.RunRecord) journal.FinishedRun {
	run := begun
	run.Outcome, run.Reason = r.Outcome, nil
	run.AccountsListed, run.AccountsFetched, run.AccountsFailed = int64(len(r.Seen)), r.AccountsFetched,
		r.AccountsFailed
	run.TransactionsNew, run.TransactionsChanged = r.TransactionsNew, r.TransactionsChanged
	run.Reads, run.Writes, run.CostMicroUSD = r.Reads, r.Writes, r.CostMicroUSD
	if run.Outcome == "" { // the file is made before the round is over
		run.Outcome = "complete"
		if !r.Complete {
			run.Outcome = "partial"
		}
	}
	if r.Reason != "" {
		run.Reason = &r.Reason
	}
	return journal.FinishedRun{RunRecord: run, Accounts: r.Report.Accounts, Limits: r.Limits()}
}
