package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/schema"
	fcsync "fcpipe/sync"
)

func (a *app) statusCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use: "status", Short: "freshness, accounts to look at, last runs, requests and money", Args: noArguments,
		Long: `Reads the published file and the journal; no request is sent. Works while a round is running.

Accounts to look at need a person. The reasons are a closed list, named by "code" in --json:
  missing             Stripe answers 404 for it
  sign_check_failed   balances or texts contradict the signs of its rows: see quality.sign_check
  rows_refused        rows could not be read and wait in quarantine: see meta.quarantine
  failing             not complete for over twice its interval (sync.transactions.every, sync.balance.every),
                      the same time after which a round is partial (exit 3); or its refreshes of ownership fail for
                      two days, where sync.ownership asks for them
  link_to_decide      may be an earlier account linked again: fcpipe link, or fcpipe unlink
  relink_required     still active, but its bank wants its holder to link it again
  inactive            the bank connection broke: its holder has to link it again
  permission_missing  its holder did not share what the configuration asks for: transactions, balances, ownership
  disconnected        by its holder: what is held is kept, nothing more is read
Accounts that failed for a shorter time are listed apart: the next round tries them again by itself.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.status(c.Context()) },
	})
}

// statusReport is what status prints; with --json, the whole of it.
type statusReport struct {
	Database     string            `json:"database"`
	Published    bool              `json:"published"`
	Watermark    *time.Time        `json:"watermark"`
	Transactions int64             `json:"transactions"`
	Versions     int64             `json:"versions"`
	Accounts     []statusAccounts  `json:"accounts"`
	Attention    []statusAttention `json:"attention"` // need a person
	Retried      []statusAttention `json:"retried"`   // failed in the last rounds; the next tries again by itself
	Runs         []statusRun       `json:"runs"`      // newest first
	ReadsUsed    int64             `json:"reads_used_30_days"`
	ReadsAllowed int64             `json:"reads_allowed_30_days"`
	Connected    []statusReads     `json:"connected"` // each has an allowance of its own
	SpentMonth   int64             `json:"spent_month_micro_usd"`
	BudgetMonth  *int64            `json:"budget_month_micro_usd"` // null: none is set
}

// statusReads are the requests made on behalf of a Connect account.
type statusReads struct {
	StripeAccountID string `json:"stripe_account_id"`
	ReadsUsed       int64  `json:"reads_used_30_days"`
}

type statusAccounts struct {
	Status         string     `json:"status"`
	Accounts       int64      `json:"accounts"`
	OldestComplete *time.Time `json:"oldest_complete_through"`
	NewestComplete *time.Time `json:"newest_complete_through"`
}

type statusAttention struct {
	AccountID   string     `json:"account_id"`
	Institution string     `json:"institution"`
	Code        string     `json:"code"` // a closed list, see "fcpipe help status"
	Reason      string     `json:"reason"`
	Since       *time.Time `json:"since"`
}

type statusRun struct {
	RunID      string     `json:"run_id"`
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	Outcome    string     `json:"outcome"`
	Reason     *string    `json:"reason"`
	New        int64      `json:"transactions_new"`
	Changed    int64      `json:"transactions_changed"`
	Requests   int64      `json:"requests"`
	Cost       int64      `json:"cost_micro_usd"`
}

const shownRuns = 5

func (a *app) status(ctx context.Context) error {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	report := statusReport{
		Database: config.layout().Database(), ReadsAllowed: config.Stripe.ReadsPer30Days,
		Accounts: []statusAccounts{}, Attention: []statusAttention{}, Retried: []statusAttention{}, Runs: []statusRun{}, Connected: []statusReads{},
		BudgetMonth: (*int64)(config.Budget.MaxPerMonth),
	}
	journal, err := schema.OpenJournal(config.layout().Journal())
	if err != nil {
		return err
	}
	now := a.timeOf(config, journal)
	if err := report.fromFile(ctx, config, now, journal); err != nil {
		return err
	}
	report.fromJournal(journal, now)
	for _, id := range config.Stripe.Accounts {
		report.Connected = append(report.Connected, statusReads{id, journal.ReadsSince(now.AddDate(0, 0, -30), id)})
	}
	if a.json {
		return a.printJSON(report)
	}
	a.printStatus(report)
	return nil
}

// timeOf is now, or the end of the last run where time is a simulator's.
func (a *app) timeOf(config Config, journal *schema.Journal) time.Time {
	if runs := journal.Runs(); config.Stripe.APIBase != "https://api.stripe.com" && len(runs) > 0 {
		return lastTime(runs[len(runs)-1])
	}
	return a.now()
}

// nowOf is timeOf as a clock that stands still where time is a simulator's.
func (a *app) nowOf(config Config) (func() time.Time, error) {
	journal, err := schema.OpenJournal(config.layout().Journal())
	if err != nil {
		return nil, err
	}
	if config.Stripe.APIBase == "https://api.stripe.com" {
		return a.now, nil
	}
	at := a.timeOf(config, journal)
	return func() time.Time { return at }, nil
}

func lastTime(run schema.FinishedRun) time.Time {
	if run.FinishedAt != nil {
		return *run.FinishedAt
	}
	return run.StartedAt
}

func (r *statusReport) fromFile(ctx context.Context, config Config, now time.Time, journal *schema.Journal) (err error) {
	failing := failingAccounts(journal.Runs())
	question := schema.StatusQuestion{
		Now: now, Stale: now.Add(-2 * time.Duration(config.Sync.Transactions.Every)), StaleBalance: now.Add(-2 * time.Duration(config.Sync.Balance.Every)),
		StaleOwners: now.Add(-2 * 24 * time.Hour), Owners: config.Sync.Ownership.Mode == fcsync.ModeOnDemand,
		Transactions: config.Sync.Transactions.Mode != fcsync.ModeOff, Balances: config.Sync.Balance.Mode != fcsync.ModeOff, Failing: failing,
	}
	reader, err := openReader(ctx, config)
	if errors.Is(err, schema.ErrNoDatabase) {
		r.retried(failing, nil)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if err := reader.CheckJournal(ctx, journal); err != nil {
		return err
	}
	status, err := reader.Status(ctx, question)
	r.Published, r.Watermark, r.Transactions, r.Versions = true, status.Watermark, status.Transactions, status.Versions
	for _, c := range status.Accounts {
		r.Accounts = append(r.Accounts, statusAccounts(c))
	}
	for _, at := range status.Attention {
		r.Attention = append(r.Attention, statusAttention{at.AccountID, at.InstitutionName, at.Code, at.Reason, at.Since})
		delete(failing, at.AccountID)
	}
	r.retried(failing, status.Institutions)
	return err
}

// retried lists accounts that failed, but not for so long that a person is needed.
func (r *statusReport) retried(failing map[string]schema.Failure, institutions map[string]string) {
	for _, id := range slices.Sorted(maps.Keys(failing)) {
		f := failing[id]
		r.Retried = append(r.Retried, statusAttention{AccountID: id, Institution: institutions[id], Code: f.Code, Reason: f.Reason, Since: &f.Since})
	}
}

// failingAccounts are those no round ended complete for since they first failed. A round that
// reached its end and has nothing to say of an account found nothing wrong with it.
func failingAccounts(runs []schema.FinishedRun) map[string]schema.Failure {
	failing := map[string]schema.Failure{}
	for _, run := range runs {
		if run.FinishedAt == nil {
			continue
		}
		now := map[string]schema.Failure{}
		for _, account := range run.Accounts {
			if account.Outcome == "complete" {
				delete(failing, account.AccountID)
				continue
			}
			f := schema.Failure{Reason: account.Outcome, Since: run.StartedAt}
			if before, known := failing[account.AccountID]; known {
				f.Since = before.Since
			}
			if account.Reason != nil {
				f.Reason = *account.Reason
			}
			if account.ErrorCode != nil {
				f.Code = *account.ErrorCode
				f.Reason += " (" + f.Code + ")"
			}
			now[account.AccountID] = f
		}
		if (run.Outcome == "complete" || run.Outcome == "partial") && run.AccountsListed > 0 {
			failing = now
			continue
		}
		maps.Copy(failing, now)
	}
	return failing
}

func (r *statusReport) fromJournal(journal *schema.Journal, now time.Time) {
	r.ReadsUsed = journal.ReadsSince(now.AddDate(0, 0, -30), "")
	r.SpentMonth = journal.SpentSince(time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC))
	runs := journal.Runs()
	slices.Reverse(runs)
	for _, run := range runs[:min(len(runs), shownRuns)] {
		if run.FinishedAt == nil {
			run.Outcome = "unfinished" // running, or killed
		}
		r.Runs = append(r.Runs, statusRun{
			run.RunID, run.StartedAt, run.FinishedAt, run.Outcome, run.Reason,
			run.TransactionsNew, run.TransactionsChanged, run.Reads + run.Writes, run.CostMicroUSD,
		})
	}
}

func (a *app) printStatus(r statusReport) {
	out := a.stdout
	if !r.Published {
		fmt.Fprintf(out, "nothing published yet at %s; \"fcpipe run\" makes it\n", r.Database)
	} else {
		fmt.Fprintf(out, "%s: %s (%s versions), newest merge %s UTC\n\n", r.Database, count(r.Transactions, "transaction"), thousands(r.Versions), shortTime(r.Watermark))
		t := newTable("status", "accounts", "complete through (UTC): oldest", "newest")
		for _, c := range r.Accounts {
			t.add(c.Status, thousands(c.Accounts), shortTime(c.OldestComplete), shortTime(c.NewestComplete))
		}
		t.print(out)
	}
	printAccounts(out, "to look at", r.Attention)
	printAccounts(out, "that failed, tried again by the next round", r.Retried)
	if len(r.Runs) > 0 {
		fmt.Fprintln(out, "\nlast runs:")
		t := newTable("started (UTC)", "outcome", "new", "changed", "requests", "USD", "")
		for _, run := range r.Runs {
			t.add(shortTime(&run.StartedAt), run.Outcome, thousands(run.New), thousands(run.Changed), thousands(run.Requests), USD(run.Cost).String(), orNothing(run.Reason))
		}
		t.print(out)
	}
	fmt.Fprintf(out, "\nreads in the last 30 days: %s %s\n", thousands(r.ReadsUsed), ofReads(r.ReadsAllowed))
	for _, c := range r.Connected {
		fmt.Fprintf(out, "  on behalf of %s: %s %s\n", c.StripeAccountID, thousands(c.ReadsUsed), ofReads(r.ReadsAllowed))
	}
	budget := "; no budget is set"
	if r.BudgetMonth != nil {
		budget = fmt.Sprintf(" of %s USD", USD(*r.BudgetMonth))
	}
	fmt.Fprintf(out, "spent in this month (UTC): %s USD%s\n", USD(r.SpentMonth), budget)
}

func ofReads(allowed int64) string {
	if allowed == 0 {
		return "(no limit is set)"
	}
	return "of " + thousands(allowed)
}

func orNothing(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func printAccounts(out io.Writer, what string, accounts []statusAttention) {
	if len(accounts) == 0 {
		return
	}
	ids := map[string]bool{}
	for _, at := range accounts {
		ids[at.AccountID] = true
	}
	fmt.Fprintf(out, "\n%s %s:\n", count(int64(len(ids)), "account"), what)
	t := newTable("account", "institution", "since (UTC)", "why")
	for _, at := range accounts {
		since := ""
		if at.Since != nil {
			since = shortTime(at.Since)
		}
		t.add(at.AccountID, at.Institution, since, at.Reason)
	}
	t.print(out)
}

func shortTime(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.UTC().Format("2006-01-02 15:04")
}
