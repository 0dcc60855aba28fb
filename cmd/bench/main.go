package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

// options say what is measured.
type options struct {
	program, commit string
	core            string // the program with the core tables alone
	dir             string // "" is a new one in the system's directory for temporary files
	rows, runs      int
	cases           string // a regular expression; "" is those for this number of rows
	memory          string // data.memory_limit; "" is the default
	threads         int    // data.threads
	json            string // file for the table as JSON; "" writes none
	list            bool
	overlay         string // file that is written in place of measuring
	ownTexts        uint64 // percent of purchases with a text of their own, as US banks print them; 0 is plain texts
}

// largeRows is from where on first syncs are left out unless they are asked for: the base is synced once.
const largeRows = 5_000_000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if is, err := becomeChild(ctx, os.Args[1:], os.Stdin, os.Stdout); is {
		exitOn(err)
		return
	}
	o := parseFlags()
	if o.list {
		for _, c := range cases {
			fmt.Fprintf(os.Stdout, "%-15s %s\n", c.name, c.about)
		}
		return
	}
	if o.overlay != "" {
		exitOn(writeOverlay(o.overlay))
		return
	}
	exitOn(o.measure(ctx))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parseFlags() (o options) {
	flag.StringVar(&o.program, "program", "bin/fcpipe", "the program that is measured")
	flag.StringVar(&o.core, "core", "bin/fcpipe-core", "the same, built with the core tables alone; see -overlay")
	flag.StringVar(&o.overlay, "overlay", "",
		"measure nothing: write this file for \"go build -overlay\", which leaves out all tables but the core ones")
	flag.StringVar(&o.commit, "commit", "unknown", "the commit it was built from, for the table")
	flag.StringVar(&o.dir, "dir", "", "directory for data, on the disk that is meant; a new one in $TMPDIR if empty")
	flag.IntVar(&o.rows, "rows", 1_000_000, "transactions of the base, 1,000 an account; other worlds grow with it")
	flag.IntVar(&o.runs, "runs", 3, "runs of each case; the table has their median")
	flag.StringVar(&o.cases, "case", "", "only cases whose whole name matches this regular expression; see -list")
	flag.StringVar(&o.memory, "memory", "", "data.memory_limit, such as 512MiB; empty is the default")
	flag.IntVar(&o.threads, "threads", 0, "data.threads; 0 is as many as the machine has")
	flag.StringVar(&o.json, "json", "", "file that gets the table as JSON")
	flag.Uint64Var(&o.ownTexts, "texts", 0,
		"texts as US banks print them, about so many percent of them distinct; 0 is some twenty plain texts")
	flag.BoolVar(&o.list, "list", false, "list the cases")
	flag.Parse()
	return o
}

// measure runs the cases and prints the table.
func (o options) measure(ctx context.Context) error {
	b, err := newBench(ctx, o, os.Stderr)
	if err != nil {
		return err
	}
	defer b.close()
	found, err := b.run(ctx)
	if err != nil {
		return err
	}
	found.print(os.Stdout)
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(text, '\n'), 0o600)
}

// chosen are the cases that are run.
func (o options) chosen() (chosen []benchCase, err error) {
	pattern, err := regexp.Compile("^(" + o.cases + ")$")
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if o.cases == "" && (o.rows < largeRows || c.large) || o.cases != "" && pattern.MatchString(c.name) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case is called %q; -list shows them", o.cases)
	}
	return chosen, nil
}
