package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
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
			"Nothing is bought, stored or changed.",
		RunE: func(c *cobra.Command, _ []string) error { return a.plan(c.Context(), account) },
	}
	c.Flags().StringVar(&account, "account", "", "show the decisions for one account, fca_…")
	return a.jsonFlag(c)
}

func (a *app) plan(ctx context.Context, account string) error {
	p, err := a.wire(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
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
	if account != "" {
		decided.Decisions = slices.DeleteFunc(decided.Decisions,
			func(d plan.Decision) bool { return d.AccountID != account })
		if len(decided.Decisions) == 0 {
			//nolint:staticcheck // Stripe is a name
			return usageError{fmt.Errorf("Stripe lists no account %s", account)}
		}
	}
	if a.json {
		return a.printJSON(decided)
	}
	a.printPlan(decided, account != "")
	return nil
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
