package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"fcpipe/export"
	"fcpipe/schema"
)

// finding is one broken rule.
type finding struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

func (a *app) verifyCommand() *cobra.Command {
	var deep bool
	c := &cobra.Command{
		Use: "verify", Short: "prove the rules of file and lake", Args: noArguments,
		Long: `Checks that the published file keeps its rules (ids once, versions in order, cursors behind their
rows, no row without its account) and that the lake holds exactly the files its manifest names.
--deep compares every Parquet value with the file. Broken rules are listed; the exit code is 65.
A lake that is only behind the file (a run is going on, or was killed before its export) is a note.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.verify(c.Context(), deep) },
	}
	c.Flags().BoolVar(&deep, "deep", false, "compare Parquet and DuckDB value by value")
	return a.jsonFlag(c)
}

func (a *app) verify(ctx context.Context, deep bool) (err error) {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	reader, err := openReader(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	findings := []finding{}
	broken, err := schema.Verify(ctx, reader, config.layout())
	if err != nil {
		return err
	}
	for _, f := range broken {
		findings = append(findings, finding{f.Where, f.What})
	}
	problems, err := export.Verify(ctx, reader, config.layout().Lake(), deep)
	if err != nil {
		return err
	}
	notes := []finding{}
	for _, p := range problems {
		found := finding{"lake/" + p.Path, p.What}
		if p.Behind {
			notes = append(notes, found)
		} else {
			findings = append(findings, found)
		}
	}
	if a.json {
		err = a.printJSON(map[string]any{"ok": len(findings) == 0, "deep": deep, "findings": findings, "notes": notes})
	} else {
		a.printFindings(findings, notes)
	}
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("%w: %d", errFindings, len(findings))
	}
	return err
}

func (a *app) printFindings(findings, notes []finding) {
	for _, f := range slices.Concat(findings, notes) {
		fmt.Fprintf(a.stdout, "%s: %s\n", f.Where, f.What)
	}
	if len(findings) == 0 {
		fmt.Fprintln(a.stdout, "every rule holds")
	}
}
