package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema/reader"
)

func (a *app) runCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use: "run", Short: "one round: refresh, fetch, merge, publish, export; what cron and timers call",
		Args: noArguments,
		Long: `Runs one round and exits. On a terminal it shows progress and one line of result; elsewhere it prints
nothing unless something is wrong, so that cron sends no mail. -v prints the line anyway, --json the
full report on stdout. Running it again is always safe: see "fcpipe help exit-codes".`,
		Example: "  STRIPE_API_KEY_FILE=/etc/fcpipe/key fcpipe run\n  fcpipe --config demo/config.yaml run -v",
		RunE:    func(c *cobra.Command, _ []string) error { return a.runRound(c.Context()) },
	})
}

func (a *app) runRound(ctx context.Context) error {
	p, err := a.openPipeline(ctx)
	if err != nil {
		return err
	}
	report, err := p.run(ctx)
	if errors.Is(err, round.ErrPartial) {
		err = a.nameIncomplete(ctx, err)
	}
	if a.json && report.RunID != "" {
		if err := a.printJSON(report); err != nil {
			return err
		}
	} else if report.Outcome != "" {
		a.say("%s", summary(report))
	}
	return err
}

// nameIncomplete says below an error, which cron mails, which accounts were not complete, by what a
// person can look up: their ids, holders and banks. Logs have none of that.
func (a *app) nameIncomplete(ctx context.Context, err error) error {
	status, failed := a.readStatus(ctx)
	if failed != nil || ctx.Err() != nil {
		return err // the round's own error counts
	}
	incomplete := slices.DeleteFunc(status.Attention, func(at statusAttention) bool {
		return !slices.Contains([]string{reader.IsMissing, reader.IsFailing, reader.HasRefusedRows}, at.Code)
	})
	var text strings.Builder
	page := statusPage{out: &text, most: shownAccounts}
	page.groups(incomplete, status.At)
	page.groups(status.Retried, status.At)
	page.groups(status.endedNow, status.At)
	text.WriteString(`  "fcpipe status" lists them; everything else is published`)
	return hint(err, strings.TrimSpace(text.String()))
}

// summary is the round in one line.
func summary(r round.Report) string {
	cost := ""
	if r.CostMicroUSD > 0 {
		cost = fmt.Sprintf(", %s USD", config.USD(r.CostMicroUSD))
	}
	effort := fmt.Sprintf("%s%s", round.Count(r.Reads+r.Writes, "request"), cost)
	if !r.Changed && (r.Outcome == "failed" || r.Outcome == "interrupted") {
		return fmt.Sprintf("%s: nothing published (%s)", r.Outcome, effort)
	}
	if !r.Changed {
		return fmt.Sprintf("%s: nothing new in %s (%s)", r.Outcome, round.Count(int64(r.Accounts), "account"), effort)
	}
	return fmt.Sprintf("%s: %s in %s (%s)", r.Outcome, strings.Join(changes(r), ", "),
		round.Count(int64(r.Accounts), "account"), effort)
}

// changes names what a round changed, most important first.
func changes(r round.Report) []string {
	var parts []string
	add := func(n int64, what string) {
		if n > 0 {
			parts = append(parts, round.Thousands(n)+" "+what)
		}
	}
	add(r.TransactionsNew, round.Plural(r.TransactionsNew, "new transaction"))
	if r.PendingPosted > 0 {
		text := fmt.Sprintf("%s pending posted", round.Thousands(r.PendingPosted))
		if r.PostedWithOtherAmount > 0 {
			text += fmt.Sprintf(" (%s with another amount)", round.Thousands(r.PostedWithOtherAmount))
		}
		parts = append(parts, text)
	}
	add(r.Voided, "voided")
	add(r.Late, "arrived late")
	add(r.BalancesNew, round.Plural(r.BalancesNew, "balance"))
	add(r.OwnersNew, round.Plural(r.OwnersNew, "owner"))
	add(r.LabelsNew, round.Plural(r.LabelsNew, "row")+" labelled")
	add(r.LabelsChanged, round.Plural(r.LabelsChanged, "label")+" changed")
	add(r.RefreshesFailed, round.Plural(r.RefreshesFailed, "refresh")+" failed")
	add(r.AccountsNew, round.Plural(r.AccountsNew, "new account"))
	add(r.AccountsInactive, round.Plural(r.AccountsInactive, "account")+" went inactive")
	add(r.Quarantined, round.Plural(r.Quarantined, "row")+" refused")
	add(r.TransactionsRemoved, round.Plural(r.TransactionsRemoved, "transaction")+" removed by retention")
	add(r.BalancesRemoved, round.Plural(r.BalancesRemoved, "balance")+" removed by retention")
	if r.RulesChanged > 0 {
		parts = append(parts, "rules of your own changed")
	}
	if changed := r.ConsentsChanged - r.AccountsNew; changed > 0 { // each new account has one
		add(changed, round.Plural(changed, "consent")+" changed")
	}
	if r.ErasedNow > 0 {
		parts = append(parts, round.Count(int64(r.ErasedNow), "account")+" erased")
	}
	if len(parts) == 0 {
		parts = append(parts, "account details")
	}
	return parts
}
