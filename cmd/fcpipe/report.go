package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/features"
	"fcpipe/cmd/fcpipe/page"
	"fcpipe/cmd/fcpipe/userfiles"
	"fcpipe/schema/replay"
	"fcpipe/sync/collect"
)

// reportOptions are what report was asked for.
type reportOptions struct {
	holder, asOf, file, format, policy, dir string
	portfolio                               bool
}

func (a *app) reportCommand() *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use: "report {--holder HOLDER | --portfolio}", Short: "cash flow of a holder, or the state of all, as a page",
		Args: noArguments,
		Long: `--holder writes what is known of a holder's cash flow: how far the numbers can be relied on,
accounts, balances, income, obligations, months, payments that balances would have borne, distress, spending. Every
number stands beside a state that says whether it may be relied on, and why not. One HTML file without
scripts that prints well, or the same as Markdown or JSON. HOLDER is cus_…, acct_… or customer_account:acct_….

--portfolio writes the operator's page: freshness, coverage, states of numbers, accounts that need a person, reads and
money, and a line for every holder. With --dir it goes into a directory together with the page of every holder, whose
names are hashes; the directory has to be new, empty, or one that this command filled before.

--policy, or analytics.policy, names a CSV file of conditions: the report says which of them hold, on what evidence. A
number that cannot be relied on makes none hold. cmd/fcpipe/page/README.md says what the file is made of.

--as-of makes the report of a holder with what had been observed by an instant, or by the end of a date in the report
zone, as features does: it says as of when it is, and whether it is backfilled or re-scored. Instants after the
file's watermark or past a retention are refused, and a holder some of whose data was erased since.

It describes what banks shared: it is no credit score, no recommendation and no decision. The result is personal data:
-o makes a new file that only its owner reads, and never replaces one. Nothing is changed and no request is sent.`,
		Example: "  fcpipe report --holder cus_123 -o cus_123.html\n" +
			"  fcpipe report --holder cus_123 --format json | jq '.values[] | select(.value_state != \"OK\")'\n" +
			"  fcpipe report --holder cus_123 --policy policy.csv --format markdown\n" +
			"  fcpipe report --holder cus_123 --as-of 2026-06-30 -o june.html\n" +
			"  fcpipe report --portfolio --dir reports",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.json {
				o.format = "json"
			}
			return a.report(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.holder, "holder", "", "whose cash flow: cus_…, acct_… or customer_account:acct_…")
	asOfFlag(c, &o.asOf)
	c.Flags().StringVarP(&o.file, "output", "o", "", "a new file to write to; standard output without it")
	c.Flags().StringVar(&o.format, "format", "html", "html, markdown or json")
	c.Flags().StringVar(&o.policy, "policy", "", "a CSV file of conditions (default: analytics.policy)")
	c.Flags().BoolVar(&o.portfolio, "portfolio", false, "the operator's page over all holders")
	c.Flags().StringVar(&o.dir, "dir", "", "with --portfolio: a directory for it and the page of every holder")
	return a.jsonFlag(c)
}

// check refuses what makes no sense.
func (o reportOptions) check() error {
	switch {
	case o.format != "html" && o.format != "json" && o.format != "markdown":
		return usageError{errors.New("--format is html, markdown or json")}
	case o.portfolio && o.holder != "":
		return usageError{errors.New("--holder is one holder, --portfolio all of them; take one of both")}
	case o.portfolio && o.asOf != "":
		return usageError{errors.New("--as-of is of one holder; name it with --holder, or take " +
			"\"fcpipe features --as-of\", which has the numbers of all")}
	case o.dir != "" && !o.portfolio:
		return usageError{errors.New("--dir is for --portfolio; -o names the file of one holder")}
	case o.dir != "" && (o.file != "" || o.format != "html"):
		return usageError{errors.New("--dir writes pages; take it without -o and --format")}
	case o.portfolio && o.format == "markdown":
		return usageError{errors.New("--portfolio is html or json")}
	case !o.portfolio && o.holder == "":
		return usageError{errors.New("whose cash flow? --holder names one holder, --portfolio is all of them")}
	case !o.portfolio:
		return checkHolder(o.holder)
	}
	return nil
}

// report writes the report of a holder, or the page over all.
func (a *app) report(ctx context.Context, o reportOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if o.format == "html" && o.file == "" && o.dir == "" && onTerminal(a.data) {
		readable := "markdown"
		if o.portfolio {
			readable = "json"
		}
		return usageError{fmt.Errorf("a page of HTML is for a browser: -o page.html writes it, "+
			"--format %s is read here", readable)}
	}
	if err := checkNewFile(o.file); err != nil {
		return err
	}
	if o.portfolio {
		return a.portfolio(ctx, o)
	}
	r, err := a.reportOf(ctx, o)
	if err != nil {
		return err
	}
	return a.writeAbout(r, o.format, o.file)
}

func (a *app) reportOf(ctx context.Context, o reportOptions) (r *page.Report, err error) {
	named, err := collect.ParseHolder(o.holder)
	if err != nil {
		return nil, err
	}
	kind := ""
	if named.Kind != collect.Account {
		kind = collect.Customer // what a customer-configured account is stored as
	}
	open := a.readPages
	if o.asOf != "" {
		open = a.readPast
	}
	err = open(ctx, o, func(s pageSource) error {
		if r, err = page.Of(ctx, s, page.Holder{Type: kind, ID: named.ID}); err != nil {
			return err
		}
		if s.past != nil {
			r.SetPast(*s.past)
		}
		if s.policy == nil {
			return nil
		}
		return s.policy.Apply(ctx, s, []*page.Report{r})
	})
	if errors.Is(err, page.ErrNoHolder) {
		err = hint(usageError{fmt.Errorf("%w: %q", err, o.holder)},
			`"fcpipe query 'from ledger.accounts'" lists holders; `+
				`"fcpipe erase --dry-run --holder" and its id says whether it was erased`)
	}
	return r, err
}

// portfolio writes the page over all holders, with --dir beside a page of each.
func (a *app) portfolio(ctx context.Context, o reportOptions) error {
	operations, err := a.operations(ctx)
	if err != nil {
		return err
	}
	return a.readPages(ctx, o, func(s pageSource) error {
		p, err := page.PortfolioOf(ctx, s, operations)
		if err != nil {
			return err
		}
		if s.policy != nil {
			if err := p.Apply(ctx, s, s.policy); err != nil {
				return err
			}
		}
		if o.dir == "" {
			return a.writeAbout(p, o.format, o.file)
		}
		err = page.WriteFolder(ctx, s, p, s.policy, o.dir)
		if errors.Is(err, page.ErrForeignFolder) {
			err = hint(usageError{err}, "choose a new directory for --dir")
		}
		return err
	})
}

// operations is what status knows, for the page over all holders.
func (a *app) operations(ctx context.Context) (o page.Operations, err error) {
	status, err := a.readStatus(ctx)
	if err != nil {
		return o, err
	}
	o = page.Operations{
		Verdict: status.Verdict.Text, NeedsAttention: status.Verdict.NeedsAttention, ReadsUsed: status.ReadsUsed,
		ReadsAllowed: status.ReadsAllowed, SpentMonth: config.USD(status.SpentMonth).String(),
		Attention: []page.Attention{},
	}
	if status.BudgetMonth != nil {
		o.BudgetMonth = config.USD(*status.BudgetMonth).String()
	}
	if len(status.Runs) > 0 {
		o.LastRound, o.LastOutcome = status.Runs[0].FinishedAt, status.Runs[0].Outcome
	}
	for _, at := range status.Attention {
		o.Attention = append(o.Attention, page.Attention{
			HolderID: orNothing(at.HolderID), AccountID: at.AccountID, Institution: at.Institution, Code: at.Code,
			Reason: at.Reason, Since: at.Since,
		})
	}
	return o, nil
}

// pageSource is the connection that pages are read from, the policy that is applied, and what an earlier instant was
// computed from; nil without one.
type pageSource struct {
	*sql.Conn
	policy *page.Policy
	past   *page.Past
}

// readPages opens the published file and the policy, and has pages read from them.
func (a *app) readPages(ctx context.Context, o reportOptions, read func(pageSource) error) (err error) {
	cfg, opened, err := a.openPublished(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	connection, err := opened.Database().Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	source := pageSource{Conn: connection}
	if source.policy, err = policyOf(ctx, connection, cfg, o.policy); err == nil {
		err = read(source)
	}
	return hintTables(ctx, connection, err)
}

// readPast is readPages as of an earlier instant: what is read by then is derived in memory.
func (a *app) readPast(ctx context.Context, o reportOptions, read func(pageSource) error) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	q, err := a.pastQuestion(o.holder, o.asOf)
	if err != nil {
		return err
	}
	q.Tables = []string{features.Table}
	if q.Beside, err = page.Tables(); err != nil {
		return err
	}
	past, err := replay.Open(ctx, q)
	if err != nil {
		return a.hintPast(err)
	}
	defer func() { err = errors.Join(err, past.Close()) }()
	connection, err := past.Database().Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	k := past.Known
	source := pageSource{Conn: connection, past: &page.Past{
		AsOf: k.At, FirstObserved: k.FirstObserved, IsBackfilled: k.IsBackfilled, IsRescored: k.IsRescored,
		Definition: k.Definition, Taxonomy: k.Taxonomy, Rules: k.Rules, Overrides: k.Overrides,
		LoanRequests: k.LoanRequests,
	}}
	if source.policy, err = policyOf(ctx, connection, cfg, o.policy); err != nil {
		return err
	}
	return read(source)
}

// policyOf reads the policy that the command line or the configuration names; nil without one.
func policyOf(ctx context.Context, connection *sql.Conn, cfg config.Config, given string) (*page.Policy, error) {
	key, path := "--policy", given
	if path == "" {
		key, path = "analytics.policy", cfg.PolicyFile()
	}
	content, err := userfiles.Read(key, path)
	if err != nil || path == "" {
		return nil, policyError(given, err)
	}
	conditions, err := userfiles.ReadPolicy(ctx, connection, path, content)
	return &page.Policy{Name: filepath.Base(path), Conditions: conditions}, policyError(given, err)
}

// policyError is a mistake on the command line, or in the configuration.
func policyError(given string, err error) error {
	if err == nil {
		return nil
	}
	err = hint(err, "cmd/fcpipe/page/README.md says what a policy is made of")
	if given != "" {
		return usageError{err}
	}
	return configError{err}
}

// hintTables says what to do where tables are not those of this version.
func hintTables(ctx context.Context, connection *sql.Conn, err error) error {
	if err == nil || !strings.Contains(err.Error(), "Catalog Error") && !strings.Contains(err.Error(), "Binder Error") {
		return err
	}
	if other := userfiles.CheckModels(ctx, connection); other != nil {
		return hint(other, `the next "fcpipe run" derives it again, or "fcpipe repair --models", `+
			"which sends no request")
	}
	return err
}
