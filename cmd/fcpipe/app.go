package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/sync/simulator"
)

// environment is everything a command takes from outside.
type environment struct {
	args   []string
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
	mounts func() string // /proc/self/mountinfo; "" when it is not known
	// of Go's memory, in bytes; nil leaves it to GOMEMLIMIT and to tests
	limitHeap func(bytes int64) (before int64)

	hangups *hangups // nil in tests: none comes
	hooks   hooks    // of tests
}

// app is one invocation of the program.
type app struct {
	environment
	configPath string
	verbose    bool
	json       bool
	data       io.Writer // stdout as it is, for what is no text for people
	log        *slog.Logger
	progress   *progress
	world      *simulator.Server // that pipelines share; nil lets each load its own
	noHelp     error             // why help was asked for in vain
	reading    io.Writer         // where verify names the file it reads, for its parent process; nil without one
}

// run is the whole program. Its error decides the exit code, see exitCode.
func run(ctx context.Context, env environment) error {
	if env.mounts == nil {
		env.mounts = func() string { return "" }
	}
	a := &app{environment: env, data: env.stdout}
	a.stdout = &shownWriter{out: env.stdout}
	root := a.command() //nolint:contextcheck // commands take the context of ExecuteContext
	root.SetArgs(env.args)
	root.SetIn(env.stdin)
	root.SetOut(a.stdout)
	root.SetErr(env.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = a.noHelp
	}
	var unsaved unsavedError
	if signal, stopped := errors.AsType[interruption](context.Cause(ctx)); err != nil && stopped &&
		!errors.As(err, &unsaved) {
		err = signal // whatever was cut short, it was the signal
	}
	var told childExit
	if err != nil && !errors.As(err, &told) {
		a.explain(err)
	}
	return err
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "fcpipe",
		Short: "bank data from Stripe Financial Connections, in DuckDB and Parquet",
		Long: `fcpipe copies what people agreed to share through Stripe Financial Connections (accounts,
balances, transactions) into one DuckDB file and a Parquet lake, and derives tables for
underwriting and expense analytics.

Start with "fcpipe demo": it needs no key and no network.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.Version = versionLine()
	root.Flags().Bool("version", false, "print the version")
	root.SetVersionTemplate("{{.Version}}\n")
	root.PersistentFlags().Var(pathFlag{&a.configPath, a.expandHome}, "config",
		"configuration file (default: $FCPIPE_CONFIG, then ./config.yaml)")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false,
		"report progress on stderr, even when it is not a terminal")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(a.demoCommand(), a.runCommand(), a.scheduleCommand(), a.planCommand(), a.statusCommand(),
		a.collectCommand(),
		a.exportCommand(),
		a.queryCommand(), a.explainCommand(), a.rulesCommand(),
		a.linkCommand(), a.unlinkCommand(), a.settleCommand(), a.accessCommand(), a.reportCommand(),
		a.featuresCommand(), a.diffCommand(), a.disconnectCommand(), a.eraseCommand(),
		a.verifyCommand(), a.repairCommand(),
		a.simulateCommand(), a.configCommand(), a.systemdCommand(), a.versionCommand(), exitCodesTopic())
	root.SetGlobalNormalizationFunc(spelling)
	a.careful(root)
	return root
}

// spelling takes a flag by another name that people try first.
func spelling(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if name == "out" {
		name = "output"
	}
	return pflag.NormalizedName(name)
}

// arguments wants exactly n arguments.
func arguments(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("%s wants %s", c.CommandPath(), what)}
		}
		return nil
	}
}

// jsonFlag adds --json to a command that reports.
func (a *app) jsonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&a.json, "json", false, "print the result as JSON")
	return c
}

// onTerminal reports whether a stream is a person's terminal.
func onTerminal(stream any) bool {
	file, isFile := stream.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd()))
}

// interactive reports whether progress and good news are wanted: a person watches, or asked.
func (a *app) interactive() bool { return a.verbose || onTerminal(a.stderr) }

// say prints a line for people on stderr, where one is watching.
func (a *app) say(format string, args ...any) {
	if a.interactive() {
		fmt.Fprintln(a.stderr, shownLines(fmt.Sprintf(format, args...)))
	}
}

// explain prints an error and what to do about it.
func (a *app) explain(err error) {
	fmt.Fprintf(a.stderr, "fcpipe: %s\n", shownLines(duck.Concise(err).Error()))
	if _, ok := errors.AsType[hintedError](err); !ok {
		err = hintDamage(err)
	}
	if hinted, ok := errors.AsType[hintedError](err); ok {
		fmt.Fprintf(a.stderr, "  %s\n", hinted.hint)
	}
}

// hintDamage says what to do about what is damaged, gone or too little, wherever it was met.
func hintDamage(err error) error {
	switch {
	case duck.IsDamaged(err):
		return hint(err, `"fcpipe verify --deep" names what is damaged, "fcpipe repair" repairs it`)
	case errors.Is(err, journal.ErrCorrupt):
		return hint(err, `"fcpipe repair" keeps its whole lines and restores the rest from the published file`)
	case errors.Is(err, store.ErrJournalGone):
		return hint(err,
			`restore state/journal.ndjson from the backup that the file is from; `+
				`without one "fcpipe repair" restores runs, reads and charges from the file`)
	case duck.IsOutOfMemory(err):
		return hint(err, `raise data.memory_limit in the configuration: 512MiB is enough for millions of rows`)
	case errors.Is(err, fs.ErrPermission), duck.IsIO(err) && strings.Contains(err.Error(), "Permission denied"):
		return hint(err, `the user that runs fcpipe may not read or write it: "ls -ld" shows whose it is`)
	}
	return err
}
