package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fcpipe/schema/journal"
)

func (a *app) settleCommand() *cobra.Command {
	var reason string
	var undo bool
	c := &cobra.Command{
		Use: "settle ACCOUNT", Short: "accept that Stripe no longer lists an account",
		Args: arguments(1, "an account, fca_…"),
		Long: `A round is partial (exit 3) while Stripe does not list an account that it used to list, because its data
grows stale. If that is right, since the account was closed or was removed at Stripe, settle it: ACCOUNT
is no longer expected, its rows are kept, and "fcpipe status" lists it as settled. The reason is kept in
the journal, but not who gave it: put no names into --reason.

--undo reverts that. An account that Stripe lists again is read again without it.
No request is sent. Refused (exit 64): an account that the last round did not miss.`,
		Example: `  fcpipe settle fca_closed --reason "closed at the bank, the holder told us"`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.settle(c.Context(), journal.Settlement{AccountID: args[0], Reason: reason, Undone: undo})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, one line; kept in the journal (required)")
	c.Flags().BoolVar(&undo, "undo", false, "expect the account again")
	return a.jsonFlag(c)
}

// settle writes to the journal, as a round does: under the lock.
func (a *app) settle(ctx context.Context, decision journal.Settlement) (err error) {
	if err := checkReason(decision.Reason); err != nil {
		return usageError{err}
	}
	_, store, now, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	release, err := store.Lock(ctx)
	if err != nil {
		return hint(err, "it will finish by itself; try again then")
	}
	defer func() { err = errors.Join(err, release()) }()
	journal := store.Journal()
	settled, isSettled := journal.Settled()[decision.AccountID]
	failure, fails := failingAccounts(journal.History())[decision.AccountID]
	switch {
	case isSettled == !decision.Undone:
		if !isSettled {
			settled = decision
		}
		return a.printSettled(settled, false)
	case !decision.Undone && (!fails || failure.Code != "not_listed"):
		return hint(usageError{fmt.Errorf("%q is not missing: the last round did not miss it", decision.AccountID)},
			`"fcpipe status" names the accounts that are missing`)
	}
	decision.At = now()
	if err := journal.RecordSettlement(decision); err != nil {
		return err
	}
	return a.printSettled(decision, true)
}

func (a *app) printSettled(s journal.Settlement, changed bool) error {
	if a.json {
		return a.printJSON(map[string]any{
			"changed": changed, "account_id": s.AccountID, "settled": !s.Undone,
			"reason": s.Reason, "at": s.At,
		})
	}
	switch {
	case !changed && s.Undone:
		fmt.Fprintf(a.stdout, "nothing changes: nothing is settled about %s\n", s.AccountID)
	case !changed:
		fmt.Fprintf(a.stdout, "nothing changes: %s is settled already\n", s.AccountID)
	case s.Undone:
		fmt.Fprintf(a.stdout, "%s is expected again\n", s.AccountID)
	default:
		fmt.Fprintf(a.stdout, "%s is no longer expected; its rows are kept\n", s.AccountID)
	}
	return nil
}
