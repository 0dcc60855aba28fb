package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

// finding is one broken rule.
type finding struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// verifyReport is what verify prints; with --json, the whole of it.
type verifyReport struct {
	OK       bool      `json:"ok"`
	Deep     bool      `json:"deep"`
	Findings []finding `json:"findings"`
	Notes    []finding `json:"notes"`
}

func (a *app) verifyCommand() *cobra.Command {
	var deep, inProcess bool
	var readingFD int
	c := &cobra.Command{
		Use: "verify", Short: "check the published file and the lake for damage and broken invariants",
		Args: noArguments,
		Long: `Checks that the published file opens and has its tables, that its invariants hold (no id twice, no
cursor ahead of its rows, no row without an account, runs and charges as in the journal), and that the
lake holds exactly the files its manifest names. A data directory may have been copied or moved.

--deep reads every byte: the checksum of every block of the file, of earlier generations and of
landing segments; the SHA-256 of every lake file and quarantined payload; every version of every row;
a sample of the derived tables against a rebuild, in other places after each merge (all rows of those
that come from at most 10,000, and of those without scopes, where they come from at most a million); and
Parquet against the file, value by value.

Each problem is printed with its row or file, and the exit code is 65. A lake that is merely behind the
file (a round is running, or was killed before its export) is a note, and so are files left in lake/data
by an interrupted export. If DuckDB crashes on a file, the file is named and the exit code is 1.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if !inProcess {
				return a.verifyInChild(c.Context(), deep)
			}
			if readingFD > 0 {
				a.reading = os.NewFile(uintptr(readingFD), "reading")
			}
			return a.verify(c.Context(), deep)
		},
	}
	c.Flags().BoolVar(&deep, "deep", false, "check every byte and value, not only counts and invariants")
	c.Flags().BoolVar(&inProcess, "in-process", false, "do not start a child process")
	c.Flags().IntVar(&readingFD, "reading-fd", 0, "file descriptor to write the name of each file to that is read")
	_, _ = c.Flags().MarkHidden("in-process"), c.Flags().MarkHidden("reading-fd")
	return a.jsonFlag(c)
}

// verify looks at everything and prints what it found.
func (a *app) verify(ctx context.Context, deep bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	report, err := a.examine(ctx, cfg, deep)
	if ctx.Err() != nil || err != nil && len(report.Findings) == 0 {
		return err
	}
	return errors.Join(a.printVerified(report), err)
}

// printVerified prints a report; its error says whether something is broken.
func (a *app) printVerified(report verifyReport) (err error) {
	report.OK = len(report.Findings) == 0
	if a.json {
		err = a.printJSON(report)
	} else {
		for _, f := range slices.Concat(report.Findings, report.Notes) {
			fmt.Fprintf(a.stdout, "%s: %s\n", f.Where, f.What)
		}
		if report.OK {
			fmt.Fprintln(a.stdout, "no problems found")
		}
	}
	if err == nil && !report.OK {
		err = fmt.Errorf("%w: %d", errFindings, len(report.Findings))
	}
	return err
}

// examine collects what is broken. A damaged file is not given to DuckDB, and hides nothing
// else: the lake, earlier generations and landing are looked at all the same.
func (a *app) examine(ctx context.Context, cfg config.Config, deep bool) (verifyReport, error) {
	report := verifyReport{Deep: deep, Findings: []finding{}, Notes: []finding{}}
	layout := cfg.Layout()
	intact := true
	if deep {
		a.reads(layout.Database())
		damaged, err := duck.CheckBlocks(ctx, layout.Database())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return report, err
		}
		report.add(damaged)
		intact = len(damaged) == 0
	}
	if err := a.examineFile(ctx, cfg, &report, intact); err != nil || !deep {
		return report, err
	}
	stored, err := check.StoredFiles(layout)
	if err != nil {
		return report, err
	}
	var unread error // one that cannot be looked at hides nothing of the others
	for _, path := range stored {
		a.reads(path)
		found, err := check.VerifyStored(ctx, layout, path, duckSettings(cfg))
		if ctx.Err() != nil {
			return report, errors.Join(ctx.Err(), err)
		}
		report.add(found)
		unread = errors.Join(unread, err)
	}
	a.reads(layout.Quarantine())
	found, err := check.VerifyQuarantine(ctx, layout)
	report.add(found)
	return report, errors.Join(unread, err)
}

// examineFile holds the published file to its rules, and the lake against it.
func (a *app) examineFile(ctx context.Context, cfg config.Config, report *verifyReport, intact bool) (err error) {
	layout := cfg.Layout()
	var reader *reader.Reader
	if intact {
		a.reads(layout.Database())
		reader, err = openReader(ctx, cfg, readingSettings)
		switch {
		case errors.Is(err, schema.ErrPublishedMissing):
			report.Findings = append(report.Findings, finding{
				filepath.Base(layout.Database()),
				`is missing, while earlier generations are kept; "fcpipe repair" restores the newest`,
			})
		case err != nil:
			return err
		default:
			defer func() { err = errors.Join(err, reader.Close()) }()
			if err := report.rules(ctx, reader, layout); err != nil {
				return err
			}
		}
	}
	a.reads(layout.Lake())
	privacy, err := a.lakePrivacy(cfg)
	if err != nil {
		return err
	}
	problems, err := export.Verify(ctx, reader, layout.Lake(), privacy, report.Deep)
	if err != nil && ctx.Err() == nil && len(report.Findings) > 0 {
		return nil // DuckDB could not read what is listed already
	}
	for _, p := range problems {
		found := finding{"lake/" + p.Path, p.What}
		if p.Behind {
			report.Notes = append(report.Notes, found)
		} else {
			report.Findings = append(report.Findings, found)
		}
	}
	return err
}

func (r *verifyReport) add(found []schema.Finding) {
	for _, f := range found {
		r.Findings = append(r.Findings, finding{f.Where, f.What})
	}
}

func (r *verifyReport) rules(ctx context.Context, reader *reader.Reader, layout schema.Layout) error {
	c := check.VerifyQuick
	if r.Deep {
		c = check.Verify
		unread, err := check.ReadEverything(ctx, reader)
		r.add(unread)
		if err != nil || len(unread) > 0 {
			return err
		}
	}
	broken, err := c(ctx, reader, layout)
	r.add(broken)
	if err != nil || !r.Deep {
		return err
	}
	differing, err := check.CompareDerived(ctx, reader)
	r.add(differing)
	return err
}

// reads names the file that is read next to the parent process.
func (a *app) reads(path string) {
	if a.reading != nil {
		fmt.Fprintln(a.reading, filepath.Base(path))
		a.hooks.reach("verify.reading")
	}
}
