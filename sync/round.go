package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// Outcomes of an account in a round.
const (
	outcomeComplete   = "complete"
	outcomeIncomplete = "incomplete"
	outcomeFailed     = "failed"
)

// Report is what a round did. It is valid beside an error. Its counts have names in JSON, for programs that run rounds.
type Report struct {
	Plan            plan.Plan            `json:"-"`
	Accounts        []journal.RunAccount `json:"-"` // where anything was done or went wrong
	Seen            []string             `json:"-"` // ids Stripe listed
	Missing         []string             `json:"-"` // ids that are held, and that Stripe does not list any more
	ListProblems    []string             `json:"-"` // why lists of accounts are not to be believed, or not whole
	StripeAccountID *string              `json:"-"` // the key's own
	Audits          []journal.Audit      `json:"-"` // accounts listed whole; the merge adds what differed
	AccountsFetched int64                `json:"accounts_fetched"`
	AccountsFailed  int64                `json:"accounts_failed"` // failed or incomplete
	// older than twice their interval, or a balance that fails as long
	StaleAccounts   int64 `json:"accounts_stale"`
	PendingAccounts int64 `json:"accounts_pending"` // a refresh had not settled
	RefreshesAsked  int64 `json:"-"`
	Pages           int64 `json:"-"`
	Rows            int64 `json:"-"`
	Owners          int64 `json:"-"`
	Reads           int64 `json:"reads"`
	Writes          int64 `json:"writes"`
	Retries         int64 `json:"retries"`      // requests sent again
	RateLimited     int64 `json:"rate_limited"` // answers that said too many requests
	CostMicroUSD    int64 `json:"cost_micro_usd"`
	AccountsErased  int64 `json:"accounts_erased"` // that are listed, are erased, and are not read
	EntriesRefused  int64 `json:"-"`               // entries of the account list that are no account, and have no id
	Complete        bool  `json:"-"`               // every selected account's last succeeded refresh is held
}

// round is one run of a Syncer.
type round struct {
	syncer      *Syncer
	runID       string
	state       schema.State
	journal     *journal.Journal
	landing     Landing          // nil in a plan
	planOnly    bool             // nothing is bought, landed or recorded
	history     *journal.History // of the runs before this one
	sources     []*source
	mutex       sync.Mutex // guards roster, unconfirmed and report while accounts are read at the same time
	roster      roster
	unconfirmed []*fetch // accounts whose one page was empty, until they are confirmed
	outage      error    // of purchases alone: it ended buying
	report      Report
}

// Plan lists the accounts and decides what a round would do now. It changes nothing.
func (s *Syncer) Plan(ctx context.Context, state schema.State, journal *journal.Journal) (plan.Plan, error) {
	r := s.newRound("", state, journal, nil)
	r.planOnly = true
	if err := r.open(ctx); err != nil {
		return plan.Plan{}, err
	}
	r.decide()
	r.reportWaiting()
	return r.report.Plan, nil
}

// Run is a round up to landing: plan, refresh, wait, fetch, land. It seals the landing, which the caller merges. An
// account that fails is in the Report; an error means that the round could not go on, with everything landed so far
// still good.
func (s *Syncer) Run(
	ctx context.Context,
	runID string,
	state schema.State,
	journal *journal.Journal,
	landing Landing,
) (Report, error) {
	ctx, stop := withDeadline(ctx, s.options.Stripe.Clock, s.options.Policy.Deadline)
	defer stop()
	r := s.newRound(runID, state, journal, landing)
	err := r.run(ctx)
	if errors.Is(err, ErrDeadline) {
		err = r.endAtDeadline(ctx)
	}
	err = errors.Join(r.seal(ctx, err), r.outage, r.recordReads())
	for _, c := range s.clients() {
		counts := c.Counts()
		r.report.Reads += counts.Reads
		r.report.Writes += counts.Writes
		r.report.Retries += counts.Retries
		r.report.RateLimited += counts.RateLimited
	}
	r.close()
	return r.report, err
}

// seal makes durable what landed, also of a round that was stopped. It returns the error the round ends with.
func (r *round) seal(ctx context.Context, ended error) error {
	err := r.landing.Seal(context.WithoutCancel(ctx))
	if err == nil || errors.Is(ended, err) { // ended has this error already
		return ended
	}
	return errors.Join(ended, landError{err})
}

func (s *Syncer) newRound(runID string, state schema.State, log *journal.Journal, landing Landing) *round {
	return &round{
		syncer: s, runID: runID, state: state, journal: log, landing: landing,
		history: log.History(),
	}
}

// run is the story of a round.
func (r *round) run(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	if err := r.settle(); err != nil {
		return err
	}
	r.decide()
	r.warnOfBudget()
	if err := r.checkSpace(); err != nil {
		return err
	}
	if err := r.whileAnswered(r.refreshPlanned(ctx)); err != nil {
		return err
	}
	if err := r.wait(ctx); err != nil {
		return err
	}
	if err := r.recordCharges(); err != nil {
		return err
	}
	if err := r.fetchPlanned(ctx, r.toFetch()); err != nil {
		return err
	}
	if err := r.fetchOwners(ctx, r.ownersToFetch()); err != nil {
		return err
	}
	if err := r.readLabels(ctx); err != nil && !errors.Is(err, ErrDeadline) {
		return err // labels that no time is left for come another day
	}
	if err := r.auditAccounts(ctx); err != nil && !errors.Is(err, ErrDeadline) {
		return err // audits that no time is left for come another day
	}
	return r.landChanges(context.WithoutCancel(ctx))
}

// open finds out whose key this is and lists the accounts.
func (r *round) open(ctx context.Context) error {
	if err := r.identify(ctx); err != nil {
		return err
	}
	r.newSources(r.report.StripeAccountID)
	for _, src := range r.sources {
		if err := r.openSource(ctx, src); err != nil {
			return err
		}
	}
	return nil
}

// identify learns which Stripe account the key belongs to, once per key, and refuses a key
// that does not belong to the stored data.
func (r *round) identify(ctx context.Context) error {
	key := r.syncer.options.Stripe.Key
	if r.state.Livemode != nil && *r.state.Livemode != key.Livemode() {
		return fmt.Errorf("%w: live and test data do not mix; use another data directory", ErrWrongStore)
	}
	identity, known := r.journal.Identity(key.Fingerprint())
	if !known {
		id, isTold, err := r.syncer.platform(ctx)
		if err != nil {
			return err
		}
		identity = journal.Identity{Fingerprint: key.Fingerprint(), StripeAccountID: id, Livemode: key.Livemode()}
		if !r.planOnly && isTold {
			if err := r.journal.RecordIdentity(identity); err != nil {
				return err
			}
		}
	}
	if stored := r.state.StripeAccountID; stored != nil && identity.StripeAccountID != nil &&
		*stored != *identity.StripeAccountID {
		return fmt.Errorf(
			"%w: it is of Stripe account %s, the data of %s",
			ErrWrongStore,
			*identity.StripeAccountID,
			*stored,
		)
	}
	r.report.StripeAccountID = identity.StripeAccountID
	if identity.StripeAccountID == nil {
		r.report.StripeAccountID = r.state.StripeAccountID
	}
	return nil
}

// platform asks for the key's own Stripe account; nil when the key may not say. An answer that cannot
// be understood tells nothing: another round asks again.
func (s *Syncer) platform(ctx context.Context) (id *string, isTold bool, err error) {
	answer, err := s.client.Get(ctx, "retrieve platform", "/v1/account", nil)
	var api *stripe.APIError
	if errors.As(err, &api) && (api.Status == 403 || api.Status == 404) {
		return nil, true, nil // a restricted key need not have this permission
	}
	if err != nil {
		return nil, false, err
	}
	named, err := wire.DecodeID(answer.Body)
	if err != nil {
		s.options.Log.Warn(
			"which Stripe account the key belongs to could not be understood",
			"request",
			answer.RequestID,
		)
		return nil, false, nil
	}
	return &named, true, nil
}

// toFetch lists accounts that have new rows after waiting, without those the plan excluded. Where a refresh is pending,
// rows of earlier refreshes are read and the cursor does not move.
func (r *round) toFetch() []string {
	denied := r.denied(plan.FeatureTransactions)
	var ids []string
	for _, a := range r.stalestFirst() {
		if r.owes(a) && (plan.IsReadable(a) || r.unsure(a.AccountID)) && !denied[a.AccountID] {
			ids = append(ids, a.AccountID)
		}
	}
	return ids
}

// owes reports whether an account has new rows, as it is now or as it was when the plan was made. A pending refresh in
// place of one whose rows are held hides no rows.
func (r *round) owes(a schema.Account) bool {
	before := r.roster.get(a.AccountID)
	hides := !before.hadNothingNew || !plan.IsPending(a.TransactionRefresh)
	return before.hadNewRows || r.unsure(a.AccountID) || hides && plan.OwesRows(a, r.state.Accounts[a.AccountID])
}

// denied are the accounts whose rows, or owners, the plan excludes. Those that are excluded after repeated refusals are
// not complete, which is noted as their outcome.
func (r *round) denied(feature string) map[string]bool {
	denied := map[string]bool{}
	for _, d := range r.report.Plan.Decisions {
		if d.Feature != feature {
			continue
		}
		denied[d.AccountID] = d.Reason == plan.ReasonReadAllowance || d.Reason == plan.ReasonPaced ||
			d.Reason == plan.ReasonBackoff
		if d.Reason == plan.ReasonBackoff {
			r.failReason(d.AccountID, codeBackoff, plan.Explain(plan.ReasonBackoff))
		}
	}
	return denied
}

// stalestFirst are the accounts, those first that were complete longest ago.
func (r *round) stalestFirst() []schema.Account {
	accounts, through := r.accounts(), make(map[string]*time.Time, len(r.roster.listed))
	for _, a := range accounts {
		through[a.AccountID] = r.state.Accounts[a.AccountID].CompleteThroughAt
	}
	slices.SortStableFunc(accounts, func(a, b schema.Account) int {
		staler := plan.CompareStaleness(through[a.AccountID], through[b.AccountID])
		return cmp.Or(staler, compareText(a.AccountID, b.AccountID))
	})
	return accounts
}

// close adds up how the round went.
func (r *round) close() {
	for o := range r.roster.outcomes() {
		r.report.Accounts = append(r.report.Accounts, *o)
		if o.Outcome != outcomeComplete {
			r.report.AccountsFailed++
		}
	}
	sortAccounts(r.report.Accounts)
	r.countStaleness()
	r.reportWaiting()
	r.report.Complete = r.report.AccountsFailed == 0 && r.report.StaleAccounts == 0 && r.report.EntriesRefused == 0
	if r.report.Plan.Short || len(r.report.ListProblems) > 0 {
		r.report.Complete = false
	}
}

func sortAccounts(accounts []journal.RunAccount) {
	slices.SortFunc(accounts, func(a, b journal.RunAccount) int { return compareText(a.AccountID, b.AccountID) })
}

// Amend adds accounts that merging found incomplete.
func (r *Report) Amend(found []journal.RunAccount) {
	if len(found) == 0 {
		return
	}
	run := journal.FinishedRun{Accounts: r.Accounts}
	run.Amend(found)
	r.Accounts, r.AccountsFailed, r.Complete = run.Accounts, 0, false
	sortAccounts(r.Accounts)
	for _, account := range r.Accounts {
		if account.Outcome != outcomeComplete {
			r.AccountsFailed++
		}
	}
}
