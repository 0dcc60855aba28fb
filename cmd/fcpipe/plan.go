package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	fcsync "fcpipe/sync"
)

func (a *app) planCommand() *cobra.Command {
	var account string
	c := &cobra.Command{
		Use: "plan", Short: "show what a round would do now, what it would cost, and why; changes nothing", Args: noArguments,
		Long: "Lists the accounts (one request per 100) and prints what a round would do for each feature of each account.\n" +
			"Nothing is bought, stored or changed.",
		RunE: func(c *cobra.Command, _ []string) error { return a.plan(c.Context(), account) },
	}
	c.Flags().StringVar(&account, "account", "", "show the decisions for one account, fca_…")
	return a.jsonFlag(c)
}

func (a *app) plan(ctx context.Context, account string) error {
	p, err := a.wire(ctx, true)
	if err != nil {
		return err
	}
	state, err := storedState(ctx, p.store)
	if err != nil {
		return err
	}
	if err := p.store.OverlayLanded(ctx, &state); err != nil {
		return err
	}
	plan, err := p.syncer.Plan(ctx, state, p.store.Journal())
	p.app.progress.clear()
	if err != nil {
		return err
	}
	if account != "" {
		plan.Decisions = slices.DeleteFunc(plan.Decisions, func(d fcsync.Decision) bool { return d.AccountID != account })
		if len(plan.Decisions) == 0 {
			return usageError{fmt.Errorf("Stripe lists no account %s", account)} //nolint:staticcheck // Stripe is a name
		}
	}
	if a.json {
		return a.printJSON(plan)
	}
	a.printPlan(plan, account != "")
	return nil
}

// planGroup is every decision of one kind.
type planGroup struct {
	feature, action, reason string
	accounts, requests      int
	cost                    int64
}

func (a *app) printPlan(plan fcsync.Plan, detailed bool) {
	groups := map[[3]string]*planGroup{}
	for _, d := range plan.Decisions {
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
		return cmp.Or(strings.Compare(y.feature, x.feature), y.requests-x.requests, y.accounts-x.accounts, strings.Compare(x.reason, y.reason))
	})
	table := newTable("feature", "action", "accounts", "requests", "USD", "because")
	for _, g := range ordered {
		table.add(g.feature, g.action, thousands(int64(g.accounts)), thousands(int64(g.requests)), USD(g.cost).String(), fcsync.Explain(g.reason))
	}
	table.print(a.stdout)
	if detailed {
		return
	}
	cost := "nothing to buy"
	if plan.CostMicroUSD > 0 {
		cost = fmt.Sprintf("%s USD if every refresh succeeds", USD(plan.CostMicroUSD))
	}
	fmt.Fprintf(a.stdout, "\n%s, at least %s, %s\nspent, under way or due by subscriptions in this month (UTC): %s USD\n",
		count(int64(plan.Accounts), "account"), count(int64(plan.Requests), "request"), cost, USD(plan.SpentMonth))
	if plan.Blocked {
		fmt.Fprintln(a.stdout, "a configured limit leaves due work undone: the round does the rest and exits with 75")
	} else if plan.Short {
		fmt.Fprintln(a.stdout, "accounts wait for reads: the round does the rest and exits with 3")
	}
	for _, p := range plan.Projections {
		a.printProjection(p)
	}
}

// printProjection says what 30 days of rounds will read, and what to do where that is too much.
func (a *app) printProjection(p fcsync.Projection) {
	of := ""
	if p.StripeAccountID != "" {
		of = p.StripeAccountID + ": "
	}
	if p.Allowed == 0 {
		fmt.Fprintf(a.stdout, "%sreads in the last 30 days: %s, without limit; rounds like these take about %s\n", of, thousands(p.Used), thousands(p.Needed))
		return
	}
	whose := ""
	if p.IsDefault {
		whose = " (the default)"
	}
	fmt.Fprintf(a.stdout, "%sreads in the last 30 days: %s of %s%s; this round may take %s, rounds like these about %s in 30 days\n",
		of, thousands(p.Used), thousands(p.Allowed), whose, thousands(p.ThisRound), thousands(p.Needed))
	if text := p.Quota(); text != "" {
		fmt.Fprintf(a.stdout, "%s%s\n", of, text)
	}
	switch {
	case p.Paced && p.Needed <= p.Allowed:
		fmt.Fprintf(a.stdout, "%searlier rounds used more than their share: to make the rest last, the stalest accounts are read first, %s in this round\n", of, count(p.ThisRound, "read"))
	case p.Paced:
		fits := "; with no interval up to 30 days while rounds are as frequent as now, each lists the accounts"
		if hours := int64(p.IntervalThatFit.Hours()); hours > 0 {
			fits = fmt.Sprintf(", or with sync.transactions {mode: on_demand, every: %dh} and no shorter sync.balance.every; rows of one night may be read over several", hours)
		}
		fmt.Fprintf(a.stdout, "%sthat is more than allowed: the stalest accounts are read first, %s in this round. It fits with stripe.reads_per_30_days: %d%s\n",
			of, count(p.ThisRound, "read"), p.Needed, fits)
	}
}
