package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/userfiles"
	"fcpipe/schema/erase"
	"fcpipe/schema/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "rules", Short: "rules of your own: what transactions are", Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	check := &cobra.Command{
		Use: "check", Short: "what your rules and overrides would change, and lines that change nothing",
		Args: noArguments,
		Long: `Reads the files that analytics.rules, overrides, policy and loan_requests name, and tries them against
the published file, which is only read. It names lines that nothing fits, lines that earlier ones decide for, lines that
say something else than an earlier one, overrides of transactions that are not held, and loan requests of holders who
are not; then what the next round would change: transactions and money, line by line.

A file that cannot be used is one error with its line (exit 78). Rounds go on without it: the lines that were read
before stay in force, and the round ends with 78. schema/rules/README.md says what the files are made of.`,
		Example: "  fcpipe rules check && fcpipe run",
		RunE:    func(c *cobra.Command, _ []string) error { return a.checkRules(c.Context()) },
	}
	c.AddCommand(a.jsonFlag(check))
	return c
}

// userFiles reads the user's own files.
func userFiles(ctx context.Context, cfg config.Config) (rules.Set, error) {
	set, err := userfiles.Load(ctx, cfg)
	if err != nil {
		err = hint(configError{err}, "schema/rules/README.md says what the files are made of")
	}
	return set, err
}

func (a *app) checkRules(ctx context.Context) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	set, err := userFiles(ctx, cfg)
	if err != nil {
		return err
	}
	opened, err := openReader(ctx, cfg, readingSettings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	report, err := userfiles.Check(ctx, cfg, opened, set)
	if errors.Is(err, userfiles.ErrOtherModels) {
		return hint(err,
			`the files can be used; "fcpipe run" derives the file again, then this command says what they change`)
	}
	if err != nil {
		return fmt.Errorf("rules check: %w", err)
	}
	if a.json {
		return a.printJSON(report)
	}
	report.Print(a.stdout)
	return nil
}

// ownLines are the lines of the user's own files by what they name; without any where these, or the published file,
// cannot be read: an erasure goes on without them, and "fcpipe rules check" names the lines later.
func (a *app) ownLines(ctx context.Context) userfiles.Named {
	cfg, err := a.loadConfig()
	if err != nil || cfg.RulesFile()+cfg.OverridesFile()+cfg.LoanRequestsFile() == "" {
		return userfiles.Named{}
	}
	named, err := a.readOwnLines(ctx, cfg)
	if err != nil {
		a.log.Warn(`which lines of your own files name what is erased is not known; "fcpipe rules check" says it later`)
	}
	return named
}

func (a *app) readOwnLines(ctx context.Context, cfg config.Config) (named userfiles.Named, err error) {
	set, err := userfiles.Load(ctx, cfg)
	if err != nil {
		return named, err
	}
	opened, err := openReader(ctx, cfg, readingSettings)
	if err != nil {
		return named, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return userfiles.Naming(ctx, cfg, opened, set)
}

// linesOf are those that name what a plan erases.
func linesOf(named userfiles.Named, plan *erase.Plan) []string {
	if plan == nil {
		return []string{}
	}
	return named.Of(append(slices.Clone(plan.Accounts), plan.Subject.ID, "customer_account:"+plan.Subject.ID)...)
}

func (a *app) printOwnLines(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(a.stdout, title)
	for _, line := range lines {
		fmt.Fprintf(a.stdout, "  %s\n", line)
	}
}
