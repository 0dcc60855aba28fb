package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/sync/collect"
	"fcpipe/sync/plan"
)

func (a *app) statusCommand() *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use: "status", Short: "what is wrong, how fresh the data is, last runs, requests and money", Args: noArguments,
		Long: `Reads the published file and the journal; no request is sent. Works while a round is running.

The first line is the verdict: OK, or what needs attention. Then come the accounts, five of each reason;
--all lists every one. The reasons are a closed list; --json calls them "code":
  missing             Stripe no longer lists it, or answers 404 for it; "fcpipe settle" accepts that
  sign_check_failed   balances or descriptions contradict the signs of its transactions: see quality.sign_check
  out_of_range        sums of its transactions or balances exceed 64 bits: null until the bank corrects them
  implausible_dates   transactions or its balance carry impossible dates: they count in no daily balance
  rows_refused        rows could not be decoded and are quarantined: see meta.quarantine
  failing             not complete for more than twice its interval (sync.transactions.every, sync.balance.every),
                      after which a round is partial (exit 3) as well; or, if sync.ownership is on, its ownership
                      refreshes have failed for two days
  link_to_decide      may be an earlier account linked again: "fcpipe link" or "fcpipe unlink"
  relink_required     still active, but its holder will have to link it again
  inactive            the bank connection broke: its holder has to link it again
  permission_missing  its holder did not share what the configuration asks for: transactions, balances, ownership
Accounts that have failed for a shorter time are listed separately: the next round retries them.
Ended accounts are only counted. Nothing more is read; what is held stays, or of those that are disconnected is
erased where privacy.on_disconnect says so, after the date that is shown:
  disconnected        by its holder, or by fcpipe disconnect
  closed              at its bank, for good
  relinked            linked again by its holder, under a newer id

Attention is also needed when a limit that is set (budget, stripe.reads_per_30_days) keeps accounts from being
complete for the first time, or left due work undone for twice its interval, when nothing was ever published, when no
round has succeeded for twice the shortest interval (a round of accounts that "fcpipe collect" linked does not count),
and when the last one ended with an exit code that a retry does not fix: 64, 65, 77, 78.
--check turns the verdict into the exit code: 3 if something needs attention, 0 if not.`,
		Example: `  fcpipe status --check > /dev/null || page-the-operator
  fcpipe status --json | jq '.attention[] | select(.code == "inactive") | .holder_id'`,
		RunE: func(c *cobra.Command, _ []string) error { return a.status(c.Context(), o) },
	}
	c.Flags().BoolVar(&o.all, "all", false, "name every account, not five of each reason")
	c.Flags().BoolVar(&o.check, "check", false, "exit with 3 when something needs attention")
	return a.jsonFlag(c)
}

type statusOptions struct{ all, check bool }

// statusReport is what status prints; with --json, the whole of it.
type statusReport struct {
	At           time.Time         `json:"at"` // the time ages are reckoned from
	Verdict      statusVerdict     `json:"verdict"`
	Database     string            `json:"database"`
	Published    bool              `json:"published"`
	Watermark    *time.Time        `json:"watermark"`
	AsOf         *string           `json:"derived_as_of"`   // day derived tables take for today; null: not known
	Through      *time.Time        `json:"derived_through"` // the newest merge they know; null: not known
	Transactions int64             `json:"transactions"`
	Versions     int64             `json:"versions"`
	Retention    *statusRetention  `json:"retention"` // what it removed; null where it removed nothing
	Lake         *statusLake       `json:"lake"`      // null where there is none
	Accounts     []statusAccounts  `json:"accounts"`
	Attention    []statusAttention `json:"attention"` // need attention
	Retried      []statusAttention `json:"retried"`   // failed in the last rounds; the next tries again by itself
	Ended        []statusAttention `json:"ended"`     // ended: closed, disconnected, linked again
	Settled      []statusSettled   `json:"settled"`   // not listed any more, accepted by fcpipe settle
	Runs         []statusRun       `json:"runs"`      // newest first
	ReadsUsed    int64             `json:"reads_used_30_days"`
	ReadsAllowed int64             `json:"reads_allowed_30_days"`
	Limits       []statusLimit     `json:"limits"`    // what they left undone in the last round
	Connected    []statusReads     `json:"connected"` // each has an allowance of its own
	SpentMonth   int64             `json:"spent_month_micro_usd"`
	BudgetMonth  *int64            `json:"budget_month_micro_usd"` // null: none is set
	endedNow     []statusAttention // of Ended, those that made the last round partial
	zone         string            // of AsOf
}

// statusRetention is what retention has removed so far.
type statusRetention struct {
	Removed           int64      `json:"transactions_removed"`
	TransactionsSince *time.Time `json:"transactions_since"` // none of before is held; null where none was removed
	BalancesSince     *time.Time `json:"balances_since"`
}

// removed notes what retention removed.
func (r *statusReport) removed(removed reader.Removed) {
	if removed.TransactionsSince != nil || removed.BalancesSince != nil {
		r.Retention = &statusRetention{removed.Transactions, removed.TransactionsSince, removed.BalancesSince}
	}
}

// statusReads are the requests made on behalf of a Connect account.
type statusReads struct {
	StripeAccountID string `json:"stripe_account_id"`
	ReadsUsed       int64  `json:"reads_used_30_days"`
}

type statusAccounts struct {
	Status         string     `json:"status"`
	Accounts       int64      `json:"accounts"`
	OldestComplete *time.Time `json:"oldest_complete_through"` // null when one was never complete
	NewestComplete *time.Time `json:"newest_complete_through"`
	NeverComplete  int64      `json:"never_complete"`
	NotShared      int64      `json:"not_shared"` // do not share transactions
	oldestOfOthers *time.Time // that were ever complete
}

type statusAttention struct {
	AccountID   string     `json:"account_id"`
	LogName     string     `json:"log_name"` // how logs call it
	HolderID    *string    `json:"holder_id"`
	Institution string     `json:"institution"`
	Last4       *string    `json:"last4"`
	Code        string     `json:"code"` // a closed list, see "fcpipe help status"
	Reason      string     `json:"reason"`
	Since       *time.Time `json:"since"`
	// Relink is the command by which its holder links it again; "" where that would not help, or who it is is not known
	Relink string `json:"relink,omitempty"`
	// OnDisconnect is what becomes of what is held of a disconnected account, keep or erase; "" of others
	OnDisconnect string     `json:"on_disconnect,omitempty"`
	ErasedAfter  *time.Time `json:"erased_after,omitempty"` // the first round after it erases what is held
}

type statusSettled struct {
	AccountID string    `json:"account_id"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
}

type statusRun struct {
	RunID      string     `json:"run_id"`
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	Outcome    string     `json:"outcome"`
	ExitCode   *int       `json:"exit_code"`
	Reason     *string    `json:"reason"`
	New        int64      `json:"transactions_new"`
	Changed    int64      `json:"transactions_changed"`
	Requests   int64      `json:"requests"`
	Cost       int64      `json:"cost_micro_usd"`
	Part       string     `json:"part,omitempty"` // of a run that is no ordinary round: linked, or task
}

const shownRuns = 5

func (a *app) status(ctx context.Context, o statusOptions) error {
	report, err := a.readStatus(ctx)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(report)
	} else {
		a.statusPage(o.all).print(report)
	}
	if err == nil && o.check && report.Verdict.NeedsAttention {
		return fmt.Errorf("%w: %s", errNeedsAttention, strings.TrimPrefix(report.Verdict.Text, needsAttention))
	}
	return err
}

// readStatus reads the file before the journal, which a round that ends meanwhile has told more.
func (a *app) readStatus(ctx context.Context) (report statusReport, err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return report, err
	}
	report = statusReport{
		Database: cfg.Layout().Database(), ReadsAllowed: cfg.Stripe.ReadsPer30Days,
		Accounts: []statusAccounts{}, Attention: []statusAttention{}, Retried: []statusAttention{},
		Ended: []statusAttention{}, Settled: []statusSettled{}, Limits: []statusLimit{},
		Runs: []statusRun{}, Connected: []statusReads{}, BudgetMonth: (*int64)(cfg.Budget.MaxPerMonth),
	}
	reader, err := openReader(ctx, cfg, readingSettings)
	if errors.Is(err, schema.ErrNoDatabase) {
		reader, err = nil, nil
	}
	if err != nil {
		return report, err
	}
	if reader != nil {
		defer func() { err = errors.Join(err, reader.Close()) }()
	}
	journal, err := journal.Open(cfg.Layout().Journal())
	if err != nil {
		return report, err
	}
	report.At = a.timeOf(cfg, journal)
	if err := report.readLake(cfg); err != nil {
		return report, err
	}
	if err := report.fromFile(ctx, cfg, reader, journal); err != nil {
		return report, err
	}
	report.fromJournal(journal, report.At)
	for _, id := range cfg.Stripe.Accounts {
		report.Connected = append(report.Connected, statusReads{
			id,
			journal.ReadsSince(report.At.AddDate(0, 0, -30), id),
		})
	}
	report.judge(cfg, journal.Runs())
	return report, nil
}

// timeOf is now, or the end of the last run where time is a simulator's.
func (a *app) timeOf(cfg config.Config, journal *journal.Journal) time.Time {
	if runs := journal.Runs(); cfg.Stripe.APIBase != "https://api.stripe.com" && len(runs) > 0 {
		return lastTime(runs[len(runs)-1])
	}
	return a.now()
}

// nowOf is timeOf as a clock that stands still where time is a simulator's.
func (a *app) nowOf(cfg config.Config) (func() time.Time, error) {
	journal, err := journal.Open(cfg.Layout().Journal())
	if err != nil {
		return nil, err
	}
	if cfg.Stripe.APIBase == "https://api.stripe.com" {
		return a.now, nil
	}
	at := a.timeOf(cfg, journal)
	return func() time.Time { return at }, nil
}

func lastTime(run journal.FinishedRun) time.Time {
	if run.FinishedAt != nil {
		return *run.FinishedAt
	}
	return run.StartedAt
}

// fromFile reads the published file; there is no reader where there is none.
func (r *statusReport) fromFile(
	ctx context.Context, cfg config.Config, opened *reader.Reader, journal *journal.Journal,
) error {
	failing, stale := failingAccounts(journal.History()), statusQuestion(cfg, r.At, nil).Stale
	if opened == nil {
		r.retried(failing, nil, stale)
		return nil
	}
	if err := store.CheckJournal(ctx, opened, journal); err != nil {
		return err
	}
	question := statusQuestion(cfg, r.At, failing)
	question.Budget, question.Reads = limitsOfRows(limitsOf(journal.Runs()))
	status, err := opened.Status(ctx, question)
	r.Published, r.Watermark, r.Transactions, r.Versions = true, status.Watermark, status.Transactions, status.Versions
	r.derived(status)
	r.removed(status.Removed)
	for _, c := range status.Accounts {
		oldest := c.OldestComplete
		if c.NeverComplete > 0 { // never is older than any instant
			oldest = nil
		}
		r.Accounts = append(r.Accounts, statusAccounts{
			c.Status, c.Accounts, oldest, c.NewestComplete, c.NeverComplete, c.NotShared, c.OldestComplete,
		})
	}
	settled := journal.Settled()
	for id := range settled {
		delete(failing, id)
	}
	for _, at := range status.Attention {
		if _, isSettled := settled[at.AccountID]; isSettled {
			continue
		}
		r.Attention = append(r.Attention, named(at, status.Names))
		delete(failing, at.AccountID)
	}
	for _, at := range status.Ended {
		r.Ended = append(r.Ended, named(at, status.Names))
		if f, isFailing := failing[at.AccountID]; isFailing { // its end came while it was read
			r.endedNow = append(r.endedNow, named(reader.Attention{
				AccountID: at.AccountID, Code: at.Code, Reason: at.Reason + ": " + f.Reason, Since: &f.Since,
			}, status.Names))
		}
		delete(failing, at.AccountID)
	}
	r.retried(failing, status.Names, stale)
	return errors.Join(err, r.disconnected(ctx, onDisconnect(cfg), opened, journal))
}

// derived says what day and merge the derived tables are of, as far as the file tells.
func (r *statusReport) derived(status reader.Status) {
	if with := status.Derived; with.AsOfDate != "" {
		r.AsOf, r.zone = &with.AsOfDate, with.ReportZone
	}
	if through := status.Derived.Through; !through.IsZero() {
		r.Through = &through
	}
}

// statusQuestion says what the configuration wants of an account, and since when it needs a person.
func statusQuestion(cfg config.Config, now time.Time, failing map[string]reader.Failure) reader.StatusQuestion {
	return reader.StatusQuestion{
		Now: now, Failing: failing,
		Stale:        now.Add(-2 * time.Duration(cfg.Sync.Transactions.Every)),
		StaleBalance: now.Add(-2 * time.Duration(cfg.Sync.Balance.Every)),
		StaleOwners:  now.Add(-2 * 24 * time.Hour),
		Transactions: cfg.Sync.Transactions.Mode != plan.ModeOff,
		Balances:     cfg.Sync.Balance.Mode != plan.ModeOff,
		Owners:       cfg.Sync.Ownership.Mode == plan.ModeOnDemand,
		OnDemand:     cfg.Sync.Transactions.Mode == plan.ModeOnDemand,
	}
}

// named adds what a person knows an account by.
func named(at reader.Attention, names map[string]reader.AccountName) statusAttention {
	name := names[at.AccountID]
	return statusAttention{
		AccountID: at.AccountID, LogName: hashedID(at.AccountID),
		HolderID: name.HolderID, Institution: name.InstitutionName, Last4: name.Last4,
		Code: at.Code, Reason: at.Reason, Since: at.Since, Relink: relinkBy(at.Code, name),
	}
}

// relinkBy is the command by which a holder links accounts again whose connection broke, or is about to.
func relinkBy(code string, name reader.AccountName) string {
	holder := orNothing(name.HolderID)
	if holder == "" || code != reader.NeedsRelink && code != reader.NeedsRelinkSoon {
		return ""
	}
	if strings.HasPrefix(holder, "acct_") && orNothing(name.HolderType) == collect.Customer {
		holder = collect.CustomerAccount + ":" + holder
	}
	return "fcpipe collect --holder " + holder
}

// retried lists accounts that failed, but not for so long that a person is needed. One the file does
// not have, as it was never read whole, or is a connected account, needs a person after the same time.
func (r *statusReport) retried(failing map[string]reader.Failure, names map[string]reader.AccountName,
	stale time.Time,
) {
	for _, id := range slices.Sorted(maps.Keys(failing)) {
		f := failing[id]
		at := named(reader.Attention{AccountID: id, Code: f.Code, Reason: f.Reason, Since: &f.Since}, names)
		if f.Since.After(stale) {
			r.Retried = append(r.Retried, at)
			continue
		}
		at.Code, at.Reason = reader.IsFailing, fmt.Sprintf("failing for %s: %s", age(r.At.Sub(f.Since)), f.Reason)
		r.Attention = append(r.Attention, at)
	}
}

// failingAccounts are those no round ended complete for since they first failed.
func failingAccounts(history *journal.History) map[string]reader.Failure {
	failing := map[string]reader.Failure{}
	for id, failure := range history.Failing() {
		failing[id] = reader.Failure(failure)
	}
	return failing
}

func (r *statusReport) fromJournal(journal *journal.Journal, now time.Time) {
	r.ReadsUsed = journal.ReadsSince(now.AddDate(0, 0, -30), "")
	r.SpentMonth = journal.SpentSince(time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC))
	settled := journal.Settled()
	for _, id := range slices.Sorted(maps.Keys(settled)) {
		r.Settled = append(r.Settled, statusSettled{id, settled[id].Reason, settled[id].At})
	}
	runs := journal.Runs()
	slices.Reverse(runs)
	for _, run := range runs[:min(len(runs), shownRuns)] {
		if run.FinishedAt == nil {
			run.Outcome = "unfinished" // running, or killed
		}
		r.Runs = append(r.Runs, statusRun{
			run.RunID, run.StartedAt, run.FinishedAt, run.Outcome, run.ExitCode, run.Reason,
			run.TransactionsNew, run.TransactionsChanged, run.Reads + run.Writes, run.CostMicroUSD, run.Part,
		})
	}
}
