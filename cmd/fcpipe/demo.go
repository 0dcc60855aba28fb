package main

import (
	"context"
	_ "embed" // the questions
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/sync/simulator"
)

//go:embed demo.sql
var demoQuestions string

const demoConfig = `# Made by "fcpipe demo". The API is the simulator, in this process, with its saved state.
stripe:
  api_base: simulator:simulator.state
data:
  dir: .
`

// demoFiles are what a demo directory holds, and all that a new demo removes.
var demoFiles = []string{"config.yaml", "simulator.state", "fcpipe.duckdb", "lake", "state"}

type demoOptions struct {
	dir   string
	days  int
	world simulator.Config
}

func (a *app) demoCommand() *cobra.Command {
	o := demoOptions{dir: "demo"}
	c := &cobra.Command{
		Use: "demo", Short: "everything against the built-in simulator: no key, no network", Args: noArguments,
		Long: `Creates a simulated world of about 40 people with 90 accounts, syncs it, runs a round a day for some
days, and shows what to query. The directory it leaves is a working installation: every other command
works on it with --config DIRECTORY/config.yaml.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), o) },
	}
	a.pathVar(c, &o.dir, "dir", "directory to create; an earlier demo there is replaced")
	c.Flags().IntVar(&o.days, "days", 6, "simulated days after the first sync, 0 to 60")
	c.Flags().Uint64Var(&o.world.Seed, "seed", 0, "another seed makes another world")
	return c
}

const demoNextQuestion = "select merchant_key, sum(net_minor) as spent from expenses.merchant_month " +
	"group by all order by spent desc limit 5"

func (a *app) demo(ctx context.Context, o demoOptions) error {
	if o.days < 0 || o.days > 60 {
		return usageError{fmt.Errorf("--days %d is not between 0 and 60", o.days)}
	}
	if err := clearDemo(o.dir); err != nil {
		return err
	}
	world := simulator.New(o.world)
	if err := errors.Join(world.Save(filepath.Join(o.dir, "simulator.state")),
		os.WriteFile(filepath.Join(o.dir, "config.yaml"), []byte(demoConfig), 0o600)); err != nil {
		return err
	}
	a.configPath = filepath.Join(o.dir, "config.yaml")
	for day := range o.days + 1 {
		if err := a.demoDay(ctx, day); err != nil {
			return err
		}
	}
	if err := a.demoAnswers(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, `
The file analysts open is %[1]s/fcpipe.duckdb, the Parquet lake %[1]s/lake/current. Ask the next question:

  fcpipe --config %[1]s/config.yaml query "%[2]s"
`, o.dir, demoNextQuestion)
	return nil
}

// clearDemo removes an earlier demo, and refuses a directory that holds anything else.
func clearDemo(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(dir, "simulator.state"))
	if len(entries) > 0 && errors.Is(err, fs.ErrNotExist) {
		return hint(usageError{fmt.Errorf("%s is neither empty nor a demo", dir)},
			"it was not touched; choose another with --dir")
	}
	for _, name := range demoFiles {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// demoDay lives through one day and runs its round.
func (a *app) demoDay(ctx context.Context, day int) error {
	p, err := a.openPipeline(ctx)
	if err != nil {
		return err
	}
	if day > 0 {
		p.simulator.Advance(24 * time.Hour)
	}
	if day == 2 {
		if err := p.simulator.AddFault(failingRefresh(p.simulator.Accounts()[3])); err != nil {
			return err
		}
	}
	report, err := p.run(ctx)
	if err != nil && !errors.Is(err, round.ErrPartial) {
		return err
	}
	date := p.simulator.Now().UTC().Format("Mon 2 Jan")
	what := strings.Join(changes(report), ", ")
	if day == 0 {
		what = "first sync: " + what
	}
	fmt.Fprintf(a.stdout, "day %d, %s: %s\n", day, date, what)
	return nil
}

// failingRefresh makes the next refresh of an account fail.
func failingRefresh(account string) simulator.Fault {
	var f simulator.Fault
	f.When.Account, f.Do.FailRefresh = account, true
	return f
}

// demoAnswers asks the demo's questions and prints each with its answer.
func (a *app) demoAnswers(ctx context.Context) error {
	for _, part := range strings.Split("\n"+demoQuestions, "\n-- question: ")[1:] {
		question, text, _ := strings.Cut(part, "\n")
		fmt.Fprintf(a.stdout, "\n%s\n\n", question)
		if err := a.query(ctx, text, "table"); err != nil {
			return err
		}
	}
	return nil
}
