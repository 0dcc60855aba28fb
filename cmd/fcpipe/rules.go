package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/userfiles"
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
		Long: `Reads the files that analytics.rules and analytics.overrides name, and tries them against the published
file, which is only read. It names lines that nothing fits, lines that earlier ones decide for, lines that say something
else than an earlier one, and overrides of transactions that are not held; then what the next round would change:
transactions and money, line by line.

A file that cannot be used is one error with its line (exit 78). Rounds go on without it: the lines that were read
before stay in force, and the round ends with 78. schema/rules/README.md says what the files are made of.`,
		Example: "  fcpipe rules check && fcpipe run",
		RunE:    func(c *cobra.Command, _ []string) error { return a.checkRules(c.Context()) },
	}
	c.AddCommand(a.jsonFlag(check))
	return c
}

// userFiles reads the user's own files.
func userFiles(cfg config.Config) (rules.Set, error) {
	set, err := userfiles.Load(cfg)
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
	set, err := userFiles(cfg)
	if err != nil {
		return err
	}
	opened, err := openReader(ctx, cfg)
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
