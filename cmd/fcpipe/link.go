package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/store"
)

// longestReason keeps a reason one line of a report.
const longestReason = 300

func (a *app) linkCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "link ACCOUNT ACCOUNT_KEY", Short: "decide that an account is an earlier one, linked again",
		Args: arguments(2, "an account and the account_key it joins, fca_… both"),
		Long: `Joins ACCOUNT, and the accounts already joined to it, to the chain that begins with the account
ACCOUNT_KEY. Both keep their rows; derived tables count a transaction that came twice only once.
"fcpipe status" lists the accounts to decide. The decision is kept forever in main.account_links, with
its reason but not with who made it: put no names into --reason. As-of questions about earlier instants
are answered as before.

No request is sent. File and lake are published again, unless nothing changes.
Refused (exit 64): unknown ids, accounts of different holders or without a common currency, a later
account as the chain, and an account that is linked elsewhere.`,
		Example: `  fcpipe link fca_new fca_first --reason "same statement, the bank changed its software"`,
		RunE: func(c *cobra.Command, args []string) error {
			if args[1] == "" {
				return usageError{errors.New("the account_key to join is empty")}
			}
			return a.decideLink(c.Context(), store.LinkDecision{
				AccountID: args[0], AccountKey: args[1],
				Reason: reason,
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, one line; kept as evidence (required)")
	return a.jsonFlag(c)
}

func (a *app) unlinkCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "unlink ACCOUNT", Short: "decide that an account is a separate bank account",
		Args: arguments(1, "an account, fca_…"),
		Long: `Separates ACCOUNT, and the accounts joined to it before it was linked, from its chain; or, where a link
was only a proposal or rows look alike (quality.possible_relinks), says that it is another account. No round
links it again by itself; "fcpipe link" can. The decision is kept forever in main.account_links, with its
reason but not with who made it: put no names into --reason.
As-of questions about earlier instants are answered as before.

No request is sent. File and lake are published again, unless there is no account it could be linked to.
The first account of a chain cannot be unlinked (exit 64); unlink the later ones.`,
		Example: `  fcpipe unlink fca_new --reason "two accounts of one card number range"`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.decideLink(c.Context(), store.LinkDecision{AccountID: args[0], Reason: reason})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, one line; kept as evidence (required)")
	return a.jsonFlag(c)
}

func checkReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("--reason is missing: say in a line why, it is kept as evidence")
	case utf8.RuneCountInString(reason) > longestReason || !utf8.ValidString(reason) ||
		strings.ContainsFunc(reason, unicode.IsControl):
		return fmt.Errorf("--reason is not one line of at most %d characters", longestReason)
	}
	return nil
}

// decideLink is a round of its own: lock, next generation, derive, publish, export.
func (a *app) decideLink(ctx context.Context, decision store.LinkDecision) error {
	if err := checkReason(decision.Reason); err != nil {
		return usageError{err}
	}
	cfg, opened, now, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	lake, err := a.exportOptions(cfg, now)
	if err != nil {
		return err
	}
	planned, err := round.Round{
		Store: opened, Now: now, Clock: now, Export: lake, ReportZone: cfg.Analytics.Timezone,
		ProgramVersion: version, Log: a.log, ExitCode: exitCode,
	}.Link(ctx, decision)
	if err != nil {
		return hintChange(cfg, err)
	}
	return a.printLink(planned)
}

// hintChange says what to do where a change that a person asked for could not be made.
func hintChange(cfg config.Config, err error) error {
	switch {
	case errors.Is(err, schema.ErrLocked):
		return hint(err, "it will finish by itself; try again then")
	case errors.Is(err, schema.ErrNoDatabase):
		return hintNoDatabase(cfg, err)
	}
	return err
}

func (a *app) printLink(plan store.LinkPlan) error {
	d := plan.Decision
	if a.json {
		moved := plan.Moved
		if moved == nil {
			moved = []string{}
		}
		return a.printJSON(map[string]any{
			"changed": plan.Changes, "what": round.DescribeLink(plan),
			"account_id": d.AccountID, "account_key": plan.Chain, "accounts": moved,
		})
	}
	others := ""
	if n := len(plan.Moved) - 1; n > 0 {
		others = fmt.Sprintf(", with %s joined to it before", round.Count(int64(n), "account"))
	}
	switch {
	case !plan.Changes && d.AccountKey == "":
		fmt.Fprintf(a.stdout, "nothing changes: %s is linked to no other account\n", d.AccountID)
	case !plan.Changes:
		fmt.Fprintf(a.stdout, "nothing changes: %s and %s are linked already\n", d.AccountID, d.AccountKey)
	case d.AccountKey == "" && len(plan.Moved) == 0:
		fmt.Fprintf(a.stdout, "%s stays a separate bank account; it was a candidate for %s\n", d.AccountID, plan.Chain)
	case d.AccountKey == "":
		fmt.Fprintf(a.stdout, "%s is a separate bank account now, no longer %s%s\n", d.AccountID, plan.Chain, others)
	default:
		fmt.Fprintf(a.stdout, "%s is the bank account %s now%s\n", d.AccountID, plan.Chain, others)
	}
	return nil
}
