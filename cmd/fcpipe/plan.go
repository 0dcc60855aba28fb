package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/erase"
	"fcpipe/schema/store"
	"fcpipe/sync/plan"
)

func (a *app) planCommand() *cobra.Command {
	var account string
	c := &cobra.Command{
		Use: "plan", Short: "show what a round would do now, what it would cost, and why; changes nothing",
		Args: noArguments,
		Long: "Lists the accounts (one request per 100) and prints what a round would do for each feature of each " +
			"account.\n" +
			"What retention and privacy.on_disconnect would remove for good is named as well.\n" +
			"Nothing is bought, stored or changed.",
		RunE: func(c *cobra.Command, _ []string) error { return a.plan(c.Context(), account) },
	}
	c.Flags().StringVar(&account, "account", "", "show the decisions for one account, fca_…")
	return a.jsonFlag(c)
}

func (a *app) plan(ctx context.Context, account string) (err error) {
	defer round.WhileReading()()
	p, err := a.wire(ctx, store.Options{ReadOnly: true, StaysOpen: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	state, err := p.store.State(ctx)
	if err != nil {
		return hintGone(err)
	}
	if err := p.store.OverlayLanded(ctx, &state); err != nil {
		return err
	}
	decided, err := p.syncer.Plan(ctx, state, p.store.Journal())
	p.app.progress.clear()
	if err != nil {
		return err
	}
	removes, err := p.planRemoval(ctx, state, decided)
	if err != nil {
		return err
	}
	if account != "" {
		decided.Decisions = slices.DeleteFunc(decided.Decisions,
			func(d plan.Decision) bool { return d.AccountID != account })
		if len(decided.Decisions) == 0 {
			//nolint:staticcheck // Stripe is a name
			return usageError{fmt.Errorf("Stripe lists no account %s", account)}
		}
	}
	if a.json {
		return a.printJSON(plannedRound{decided, removes})
	}
	a.printPlan(decided, account != "")
	if account == "" {
		removes.print(a.stdout)
	}
	return nil
}

// plannedRound is what a round would do: the decisions, and what it would remove.
type plannedRound struct {
	plan.Plan
	Removes plannedRemoval `json:"removes"`
}

// plannedRemoval is what a round would remove for good.
type plannedRemoval struct {
	Retention store.Removal `json:"retention"`       // by privacy.retention
	Erased    []string      `json:"accounts_erased"` // by privacy.on_disconnect; those linked before them go with them
}

// planRemoval is what a round would remove now.
func (p *pipeline) planRemoval(
	ctx context.Context, state schema.State, decided plan.Plan,
) (r plannedRemoval, err error) {
	r.Erased = []string{}
	policy := onDisconnect(p.config)
	if p.config.Retention() == (schema.Retention{}) && !policy.Erase {
		return r, nil // nothing is removed, and the file need not be opened
	}
	opened, done, err := p.store.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, done()) }()
	r.Retention, err = store.PlannedRemoval(ctx, opened.Database(), p.config.Retention(), decided.At,
		p.config.Analytics.Timezone)
	if err != nil || !policy.Erase {
		return r, err
	}
	since, err := erase.DisconnectedIn(ctx, opened, p.store.Journal())
	if err != nil {
		return r, err
	}
	if policy.After == 0 {
		maps.Copy(since, disconnectedNow(state, decided))
	}
	for _, id := range slices.Sorted(maps.Keys(since)) {
		if !decided.At.Before(policy.Due(since[id])) {
			r.Erased = append(r.Erased, id)
		}
	}
	return r, nil
}

// disconnectedNow are the accounts held that Stripe shows as disconnected and none of whose chain it shows otherwise:
// the round that learns it erases them, where that is to be at once.
func disconnectedNow(state schema.State, decided plan.Plan) map[string]time.Time {
	found, connected := map[string]time.Time{}, map[string]bool{}
	for _, d := range decided.Decisions {
		switch held, isHeld := state.Accounts[d.AccountID]; {
		case d.Feature != plan.FeatureTransactions || !isHeld:
		case d.Reason == plan.ReasonDisconnected:
			found[d.AccountID] = decided.At
		default:
			connected[held.AccountKey] = true
		}
	}
	maps.DeleteFunc(found, func(id string, _ time.Time) bool { return connected[state.Accounts[id].AccountKey] })
	return found
}

// print says what a round would remove, if it would remove anything.
func (r plannedRemoval) print(out io.Writer) {
	r.printRetention(out)
	if len(r.Erased) == 0 {
		return
	}
	fmt.Fprintf(out, "the round erases for good what is held of %s (privacy.on_disconnect): ",
		round.Count(int64(len(r.Erased)), "disconnected account"))
	shown := r.Erased[:min(len(r.Erased), shownAccounts)]
	fmt.Fprint(out, strings.Join(shown, ", "))
	if more := len(r.Erased) - len(shown); more > 0 {
		fmt.Fprintf(out, " and %s more: fcpipe plan --json", round.Thousands(int64(more)))
	}
	fmt.Fprintln(out)
}

func (r plannedRemoval) printRetention(out io.Writer) {
	var parts []string
	if n := r.Retention.Transactions; n > 0 {
		parts = append(parts, fmt.Sprintf("%s from before %s (%s)", round.Count(n, "transaction"),
			shortTime(r.Retention.TransactionsBefore)+" UTC", round.Count(r.Retention.TransactionVersions, "version")))
	}
	if n := r.Retention.Balances; n > 0 {
		parts = append(parts, fmt.Sprintf("%s from before %s UTC", round.Count(n, "balance"),
			shortTime(r.Retention.BalancesBefore)))
	}
	if len(parts) > 0 {
		fmt.Fprintf(out, "the round removes for good what is past privacy.retention: %s\n", strings.Join(parts, ", "))
	}
}

// planGroup is every decision of one kind.
type planGroup struct {
	feature, action, reason string
	accounts, requests      int
	cost                    int64
}

func (a *app) printPlan(decided plan.Plan, detailed bool) {
	groups := map[[3]string]*planGroup{}
	for _, d := range decided.Decisions {
		key := [3]string{d.Feature, d.Action, d.Reason}
		if groups[key] == nil {
			groups[key] = &planGroup{feature: d.Feature, action: d.Action, reason: d.Reason}
		}
		g := groups[key]
		g.accounts++
		g.requests += d.Requests
		g.cost += d.CostMicroUSD
	}
	var ordered []*planGroup
	for _, g := range groups {
		ordered = append(ordered, g)
	}
	slices.SortFunc(ordered, func(x, y *planGroup) int {
		return cmp.Or(strings.Compare(y.feature, x.feature), y.requests-x.requests, y.accounts-x.accounts,
			strings.Compare(x.reason, y.reason))
	})
	table := newTable("feature", "action", "accounts", "requests", "USD", "because")
	for _, g := range ordered {
		table.add(g.feature, g.action, round.Thousands(int64(g.accounts)), round.Thousands(int64(g.requests)),
			config.USD(g.cost).String(), plan.Explain(g.reason))
	}
	table.print(a.stdout)
	if detailed {
		return
	}
	cost := "nothing to buy"
	if decided.CostMicroUSD > 0 {
		cost = fmt.Sprintf("%s USD if every refresh succeeds", config.USD(decided.CostMicroUSD))
	}
	fmt.Fprintf(a.stdout,
		"\n%s, at least %s, %s\nspent, under way or due by subscriptions in this month (UTC): %s USD\n",
		round.Count(int64(decided.Accounts), "account"), round.Count(int64(decided.Requests), "request"), cost,
		config.USD(decided.SpentMonth))
	var limits []statusLimit
	for _, l := range decided.Limited {
		limits = append(limits, statusLimit{Limit: l.Limit, Feature: l.Feature, Accounts: l.Accounts})
	}
	if text := limitsText(limits, decided.At); text != "" {
		fmt.Fprintln(a.stdout, text)
	}
	if decided.Blocked {
		fmt.Fprintln(a.stdout, "a configured limit leaves due work undone: the round does the rest and exits with 75")
	} else if decided.Short {
		fmt.Fprintln(a.stdout, "accounts wait for reads: the round does the rest and exits with 3")
	}
	for _, q := range decided.Quotas {
		a.printQuota(q)
	}
}

// printQuota says what was read of a Stripe account, what this round may read of it, and what rounds like it need.
func (a *app) printQuota(q plan.Quota) {
	of := ""
	if q.StripeAccountID != "" {
		of = q.StripeAccountID + ": "
	}
	if !q.Limited() {
		fmt.Fprintf(a.stdout, "%sreads in the last 30 days: %s, without limit; rounds as configured need about %s\n",
			of, round.Thousands(q.Used), round.Thousands(q.Needed))
		return
	}
	whose := ""
	if q.IsDefault {
		whose = " (the default)"
	}
	fmt.Fprintf(a.stdout, "%sreads in the last 30 days: %s of %s allowed%s; this round may make %s, rounds as "+
		"configured need about %s in 30 days\n",
		of, round.Thousands(q.Used), round.Thousands(q.Allowed), whose, round.Thousands(q.ThisRound),
		round.Thousands(q.Needed))
	if text := q.Sentence(); text != "" {
		fmt.Fprintf(a.stdout, "%s%s\n", of, text)
	}
}
