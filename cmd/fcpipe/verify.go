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

	"fcpipe/export"
	"fcpipe/schema"
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
		Use: "verify", Short: "prove the rules of file and lake", Args: noArguments,
		Long: `Checks that the published file opens, has the tables it says, keeps its rules (ids once, cursors
behind their rows, no row without its account, runs and charges as in the journal), and that the
lake holds exactly the files its manifest names. A data directory that was copied or moved holds as well.
--deep proves every byte: the checksums of all blocks of the file, of earlier generations and
landing segments, the SHA-256 of all lake files and of the bodies of refused rows, every version of
every row, and Parquet against the file, value by value.
What is broken is listed by row or file, and the exit code is 65. A lake that is only behind the file
(a run is going on, or was killed before its export) is a note, and so are files that an export which
was cut short left in lake/data.`,
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
	c.Flags().BoolVar(&deep, "deep", false, "prove every byte and value, not only counts and rules")
	c.Flags().BoolVar(&inProcess, "in-process", false, "without a child process")
	c.Flags().IntVar(&readingFD, "reading-fd", 0, "file descriptor to write the name of each file to that is read")
	_, _ = c.Flags().MarkHidden("in-process"), c.Flags().MarkHidden("reading-fd")
	return a.jsonFlag(c)
}

// verify looks at everything and prints what it found.
func (a *app) verify(ctx context.Context, deep bool) error {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	report, err := a.examine(ctx, config, deep)
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
			fmt.Fprintln(a.stdout, "every rule holds")
		}
	}
	if err == nil && !report.OK {
		err = fmt.Errorf("%w: %d", errFindings, len(report.Findings))
	}
	return err
}

// examine collects what is broken. A damaged file is not given to DuckDB, and hides nothing
// else: the lake, earlier generations and landing are looked at all the same.
func (a *app) examine(ctx context.Context, config Config, deep bool) (verifyReport, error) {
	report := verifyReport{Deep: deep, Findings: []finding{}, Notes: []finding{}}
	layout := config.layout()
	intact := true
	if deep {
		a.reads(layout.Database())
		damaged, err := schema.CheckBlocks(ctx, layout.Database())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return report, err
		}
		report.add(damaged)
		intact = len(damaged) == 0
	}
	if err := a.examineFile(ctx, config, &report, intact); err != nil || !deep {
		return report, err
	}
	stored, err := schema.StoredFiles(layout)
	if err != nil {
		return report, err
	}
	var unread error // one that cannot be looked at hides nothing of the others
	for _, path := range stored {
		a.reads(path)
		found, err := schema.VerifyStored(ctx, layout, path, config.duckdb())
		if ctx.Err() != nil {
			return report, errors.Join(ctx.Err(), err)
		}
		report.add(found)
		unread = errors.Join(unread, err)
	}
	a.reads(layout.Quarantine())
	found, err := schema.VerifyQuarantine(ctx, layout)
	report.add(found)
	return report, errors.Join(unread, err)
}

// examineFile holds the published file to its rules, and the lake against it.
func (a *app) examineFile(ctx context.Context, config Config, report *verifyReport, intact bool) (err error) {
	layout := config.layout()
	var reader *schema.Reader
	if intact {
		a.reads(layout.Database())
		reader, err = openReader(ctx, config)
		switch {
		case errors.Is(err, schema.ErrFileGone):
			report.Findings = append(report.Findings, finding{filepath.Base(layout.Database()), `is gone, while earlier generations are kept; "fcpipe repair" puts the last one in its place`})
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
	problems, err := export.Verify(ctx, reader, layout.Lake(), report.Deep)
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

func (r *verifyReport) rules(ctx context.Context, reader *schema.Reader, layout schema.Layout) error {
	check := schema.VerifyQuick
	if r.Deep {
		check = schema.Verify
		unread, err := schema.ReadEverything(ctx, reader)
		r.add(unread)
		if err != nil || len(unread) > 0 {
			return err
		}
	}
	broken, err := check(ctx, reader, layout)
	r.add(broken)
	return err
}

// reads names the file that is read next to the parent process.
func (a *app) reads(path string) {
	if a.reading != nil {
		fmt.Fprintln(a.reading, filepath.Base(path))
		failpoint(a.getenv, a.stderr)("verify.reading")
	}
}
