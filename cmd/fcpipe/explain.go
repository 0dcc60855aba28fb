package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/explain"
	"fcpipe/cmd/fcpipe/features"
	"fcpipe/schema/replay"
)

func (a *app) explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "explain", Short: "why a transaction is counted as it is, and a number what it is", Args: noArguments,
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
	c.AddCommand(a.jsonFlag(transaction), a.explainAttributeCommand())
	return c
}

func (a *app) explainAttributeCommand() *cobra.Command {
	var q explain.AttributeQuestion
	var asOf, format string
	c := &cobra.Command{
		Use:   "attribute NAME --holder HOLDER",
		Short: "an attribute's definition, its values, and what they are computed from",
		Args:  arguments(1, "the name of an attribute, see underwriting.attributes"),
		Long: `Shows what an attribute of a holder, or of one of its accounts, says: its definition and formula, the
value over each of its spans with its state and why, and of one span every transaction that counts (with
its version, category and rule), or every day's balance with its proof, so that the value can be computed
again. --as-of computes it with what had been observed by then. underwriting.lineage has the same.

The published file is only read.`,
		Example: "  fcpipe explain attribute income_all_minor --holder cus_123\n" +
			"  fcpipe explain attribute balance_daily_min_minor --holder cus_123 --window 30d --as-of 2026-06-30",
		RunE: func(c *cobra.Command, args []string) error {
			if q.Name = args[0]; a.json {
				format = "json"
			}
			return a.explainAttribute(c.Context(), q, asOf, format)
		},
	}
	c.Flags().StringVar(&q.Holder, "holder", "", "whose: cus_…, acct_… or customer_account:acct_… (required)")
	c.Flags().StringVar(&q.Account, "account", "", "one account (account_key); the holder as a whole without it")
	c.Flags().StringVar(&q.Window, "window", "", "the span whose rows are shown; 90d without it, or the first there is")
	asOfFlag(c, &asOf)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return a.jsonFlag(c)
}

func (a *app) explainAttribute(ctx context.Context, q explain.AttributeQuestion, asOf, format string) (err error) {
	if format != "text" && format != "json" {
		return usageError{fmt.Errorf("--format %q is not text or json", format)}
	}
	if q.Holder == "" {
		return usageError{errors.New("whose attribute? --holder names one holder")}
	}
	past, err := a.pastQuestion(q.Holder, asOf)
	if err != nil {
		return err
	}
	q.Holder = past.Holder
	var explained explain.Attribute
	if asOf == "" {
		explained, err = a.attributeNow(ctx, q)
	} else {
		explained, err = attributeThen(ctx, past, q)
	}
	switch {
	case errors.Is(err, explain.ErrNoAttribute):
		return hint(usageError{err}, `"fcpipe query 'select attribute, label from underwriting.attributes'" lists them`)
	case errors.Is(err, explain.ErrNotOf):
		return hint(usageError{err}, `"fcpipe query 'from underwriting.attribute_values'" has every value there is`)
	case errors.Is(err, explain.ErrOtherModels):
		return hint(err, `the next "fcpipe run" derives it again, or "fcpipe repair --models", which sends no request`)
	case err != nil:
		return a.hintPast(err)
	}
	if format == "json" {
		return a.printJSON(explained)
	}
	explained.Print(a.stdout)
	return nil
}

// attributeNow asks the published file, which is derived already.
func (a *app) attributeNow(ctx context.Context, q explain.AttributeQuestion) (e explain.Attribute, err error) {
	_, opened, err := a.openPublished(ctx)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return explain.OfAttribute(ctx, opened.Database(), q)
}

// attributeThen computes what was known at an instant.
func attributeThen(
	ctx context.Context, past replay.Question, q explain.AttributeQuestion,
) (e explain.Attribute, err error) {
	past.Tables = []string{features.Table}
	known, err := replay.Open(ctx, past)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, known.Close()) }()
	return explain.OfAttribute(ctx, known.Database(), q)
}

func (a *app) explainTransaction(ctx context.Context, id, format string) (err error) {
	if format != "text" && format != "json" {
		return usageError{fmt.Errorf("--format %q is not text or json", format)}
	}
	_, opened, err := a.openPublished(ctx)
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
