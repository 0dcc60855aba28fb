package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/explain"
)

func (a *app) explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "explain", Short: "why a transaction is counted as it is", Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var format string
	transaction := &cobra.Command{
		Use: "transaction ID", Short: "how its text was read, which rules were tried, and what it is part of",
		Args: arguments(1, "the id of a transaction, fctxn_…"),
		Long: `Shows how the bank's text was read, which rules were tried in their order and which of them fits (with
its version and how sure it is), what else the transaction belongs to (the other half of a transfer, a
refund, a stream, a row that counts in its place), and whether it counts as spending, and why.

The published file is only read. What is printed has the text of the bank in it.`,
		Example: `  fcpipe query "select transaction_id from expenses.transactions where rule_id = 'none' limit 3"
  fcpipe explain transaction fctxn_1NN6e0B6tNEe8c`,
		RunE: func(c *cobra.Command, args []string) error {
			if a.json {
				format = "json"
			}
			return a.explainTransaction(c.Context(), args[0], format)
		},
	}
	transaction.Flags().StringVar(&format, "format", "text", "text or json")
	c.AddCommand(a.jsonFlag(transaction))
	return c
}

func (a *app) explainTransaction(ctx context.Context, id, format string) (err error) {
	if format != "text" && format != "json" {
		return usageError{fmt.Errorf("--format %q is not text or json", format)}
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	opened, err := openReader(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	explained, err := explain.Of(ctx, opened, id)
	switch {
	case errors.Is(err, explain.ErrUnknown):
		return hint(usageError{err},
			"expenses.transactions lists those that are held; retention and erasure remove some")
	case errors.Is(err, explain.ErrOtherModels):
		return hint(err, `the next "fcpipe run" derives it again`)
	case err != nil:
		return err
	}
	if format == "json" {
		return a.printJSON(explained)
	}
	explained.Print(a.stdout)
	return nil
}
