package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/features"
	"fcpipe/schema/replay"
)

func (a *app) diffCommand() *cobra.Command {
	var holder string
	c := &cobra.Command{
		Use: "diff FROM TO", Short: "which attributes say something else, and which rows moved them",
		Args: arguments(2, "two runs, instants or dates"),
		Long: `Compares the attributes as they were known at two instants, each a run (see meta.runs: what was known
when it had merged), an instant, or a date: its end in the report zone. With --holder it names the rows that
moved each value: those that came, changed to another version, count otherwise, or that a span of days took
in or left behind; and days whose balance is another one. Nothing is changed and no request is sent.`,
		Example: "  fcpipe diff 2026-06-01 2026-06-30 --holder cus_123\n" +
			"  fcpipe query 'select run_id, started_at from meta.runs order by all'",
		RunE: func(c *cobra.Command, args []string) error { return a.diff(c.Context(), args[0], args[1], holder) },
	}
	c.Flags().StringVar(&holder, "holder", "", "one holder, with the rows; all, without the rows, where it is left out")
	return a.jsonFlag(c)
}

func (a *app) diff(ctx context.Context, from, to, holder string) error {
	var sides [2]replay.Question
	for i, text := range []string{from, to} {
		var err error
		if sides[i], err = a.sideQuestion(ctx, text, holder); err != nil {
			return err
		}
	}
	found, err := features.Diff(ctx, sides[0], sides[1])
	if err != nil {
		return a.hintPast(err)
	}
	if a.json {
		return a.printJSON(map[string]any{
			"from": shownKnown(found.From), "to": shownKnown(found.To), "values": found.Values,
		})
	}
	a.printDiff(found)
	return nil
}

func shownKnown(k replay.Known) map[string]any {
	return map[string]any{
		"as_of": k.At.Format(time.RFC3339Nano), "watermark": k.Watermark.Format(time.RFC3339Nano),
		"as_of_date": k.AsOfDate, "rules_hash": k.Rules, "overrides_hash": k.Overrides,
		"loan_requests_hash": k.LoanRequests,
		"is_backfilled":      k.IsBackfilled, "definition_version": k.Definition,
	}
}

// sideQuestion asks as of an instant, a date, or a run.
func (a *app) sideQuestion(ctx context.Context, text, holder string) (q replay.Question, err error) {
	if _, _, failed := parseAsOf(text); failed == nil {
		return a.pastQuestion(holder, text)
	}
	if q, err = a.pastQuestion(holder, ""); err != nil {
		return q, err
	}
	_, opened, err := a.openPublished(ctx)
	if err != nil {
		return q, err
	}
	at, err := features.RunInstant(ctx, opened.Database(), text)
	if err = errors.Join(err, opened.Close()); errors.Is(err, features.ErrNoRun) {
		return q, hint(usageError{err}, `"fcpipe query 'select run_id, started_at from meta.runs order by all'" lists `+
			`runs; an instant is written 2026-06-30T17:00:00Z, a date 2026-06-30`)
	}
	q.At = &at
	return q, err
}

func (a *app) printDiff(d features.Difference) {
	fmt.Fprintf(a.stdout, "as of %s (today %s) and as of %s (today %s): ", d.From.At.Format(time.RFC3339),
		d.From.AsOfDate, d.To.At.Format(time.RFC3339), d.To.AsOfDate)
	if len(d.Values) == 0 {
		fmt.Fprintln(a.stdout, "every attribute says the same")
		return
	}
	fmt.Fprintf(a.stdout, "%d values differ\n", len(d.Values))
	for _, v := range d.Values {
		subject := v.HolderID
		if v.AccountKey != "" {
			subject += " " + v.AccountKey
		}
		fmt.Fprintf(a.stdout, "%s %s %s %s: %s → %s\n", subject, v.Attribute, v.Window, v.Currency, shownSaid(v.From),
			shownSaid(v.To))
		for _, r := range v.Rows {
			fmt.Fprintf(a.stdout, "  %s %s: %s → %s, %s\n", r.Day, strings.Trim(r.TransactionID+" "+r.AccountKey, " "),
				shownCounted(r.Before), shownCounted(r.After), strings.Trim(r.Why+", "+r.Category, ", "))
		}
	}
}

func shownSaid(s *features.Said) string {
	switch {
	case s == nil:
		return "not there"
	case s.Value == nil:
		return s.State
	}
	return *s.Value + " " + s.State
}

func shownCounted(value *int64) string {
	if value == nil {
		return "not counted"
	}
	return fmt.Sprint(*value)
}
