package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/page"
	"fcpipe/sync/collect"
)

func (a *app) reportCommand() *cobra.Command {
	var holder, file, format string
	c := &cobra.Command{
		Use: "report --holder HOLDER", Short: "one holder's cash flow, as a page for people, or JSON",
		Args: noArguments,
		Long: `Writes what is known of a holder's cash flow: what the numbers rest on, balances, income, what recurs,
months, spending. Every number stands beside a state that says whether it may be relied on, and why not. One
HTML file without scripts that prints well, or JSON. HOLDER is cus_…, acct_… or customer_account:acct_….

It describes what banks shared: it is no credit score and no recommendation. The result is personal data: -o
makes a new file that only its owner reads, and never replaces one. Nothing is changed and no request is sent.`,
		Example: "  fcpipe report --holder cus_123 -o cus_123.html\n" +
			"  fcpipe report --holder cus_123 --format json | jq '.values[] | select(.value_state != \"OK\")'",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.json {
				format = "json"
			}
			return a.report(c.Context(), holder, format, file)
		},
	}
	c.Flags().StringVar(&holder, "holder", "",
		"whose cash flow: cus_…, acct_… or customer_account:acct_… (required)")
	c.Flags().StringVarP(&file, "output", "o", "", "a new file to write to; standard output without it")
	c.Flags().StringVar(&format, "format", "html", "html or json")
	return a.jsonFlag(c)
}

// report writes the report of a holder.
func (a *app) report(ctx context.Context, holder, format, file string) (err error) {
	if holder == "" {
		return usageError{errors.New("whose cash flow? --holder names one holder")}
	}
	if format != "html" && format != "json" {
		return usageError{errors.New("--format is html or json")}
	}
	if err := checkHolder(holder); err != nil {
		return err
	}
	r, err := a.reportOf(ctx, holder)
	if err != nil {
		return err
	}
	return a.writeAbout(r, format == "json", file)
}

func (a *app) reportOf(ctx context.Context, holder string) (r *page.Report, err error) {
	named, err := collect.ParseHolder(holder)
	if err != nil {
		return nil, err
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	opened, err := openReader(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	r, err = page.Of(ctx, opened, "", named.ID)
	if errors.Is(err, page.ErrNoHolder) {
		return nil, hint(usageError{err}, `"fcpipe status" counts accounts; ledger.accounts lists holders`)
	}
	if err != nil {
		return nil, hint(err, `a file of an earlier version has other tables: "fcpipe repair --models" makes them`)
	}
	return r, nil
}
