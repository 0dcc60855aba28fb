package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/page"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/cmd/fcpipe/userfiles"
	"fcpipe/schema"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
)

func (a *app) eraseCommand() *cobra.Command {
	var subject round.Subject
	var dryRun, allow bool
	c := &cobra.Command{
		Use: "erase", Short: "remove everything that is held of an account, or of a holder", Args: noArguments,
		Long: `Removes an account, with the accounts that were linked to it as the same bank account, or every account
of a holder, from every file of the data directory: published file, earlier generations, lake, landed
rows, journal, refused payloads and what repairs archived. No request is sent. First a tombstone is
durable, the keyed hash of each id: no round fetches it again, until --allow or until the holder gives
a new consent through fcpipe. At the end every file is searched for what was removed, byte by byte, and
a receipt without personal data is in meta.erasures.

The lake's change feed has a row "delete" for each transaction, so that warehouses follow; after
export.grace it names a keyed hash alone. Derived tables are computed again: others keep their rows.
What is elsewhere is yours to erase; it is listed at the end.

Killed at any point, run it again: it completes, also with neither --account nor --holder.
--dry-run says what would be removed. Refused while a round is running (exit 75). What is found and
cannot be removed, such as a file of your own in the data directory, ends it with exit code 65 and its
name, and so does a file whose bytes do not show what is in it, such as an archive or a copy of the
database; Parquet and gzip are read. Delete or move it, and run the command again: until then nothing
is called erased, and rounds go on for everyone else.`,
		Example: `  fcpipe erase --holder cus_left --dry-run
  fcpipe erase --account fca_closed
  fcpipe erase --allow --account fca_closed`,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case dryRun && allow:
				return usageError{errors.New("--dry-run and --allow exclude each other")}
			case dryRun:
				return a.planErasure(c.Context(), subject)
			case allow:
				return a.allow(c.Context(), subject)
			}
			return a.erase(c.Context(), subject)
		},
	}
	subjectFlags(c, &subject)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be removed; change nothing")
	c.Flags().BoolVar(&allow, "allow", false, "let an erased account, or holder, be fetched again; restores nothing")
	return a.jsonFlag(c)
}

// erasureOf is the subject in the words of an erasure; the holder's kind is no part of its id.
func erasureOf(subject round.Subject) erase.Subject {
	if subject.HolderID != "" {
		return erase.Subject{
			Kind: journal.SubjectHolder, ID: strings.TrimPrefix(subject.HolderID, "customer_account:"),
		}
	}
	return erase.Subject{Kind: journal.SubjectAccount, ID: subject.AccountID}
}

func (a *app) erase(ctx context.Context, subject round.Subject) error {
	wanted := erasureOf(subject)
	if wanted.ID != "" {
		if err := checkSubject(subject); err != nil {
			return err
		}
	}
	work, _, err := a.eraser(ctx)
	if err != nil {
		return err
	}
	named := a.ownLines(ctx) // while it is known whose the transactions are that they name
	done, err := work.Erase(ctx, wanted)
	if err == nil && done.Record.ErasureID == "" { // none was begun before
		return checkSubject(subject)
	}
	inTheWay := named.Of(wanted.ID, "customer_account:"+wanted.ID)
	return errors.Join(a.printErased(done, err == nil, named), hintErase(err, inTheWay...))
}

// eraser is a round that sends no request.
func (a *app) eraser(ctx context.Context) (round.Round, *store.Store, error) {
	cfg, opened, now, err := a.openStore(ctx)
	if err != nil {
		return round.Round{}, nil, err
	}
	options, err := a.exportOptions(cfg, now)
	if err != nil {
		return round.Round{}, nil, err
	}
	options.Hook = func(point string) { a.hooks.reach("export." + point) }
	return round.Round{
		Store: opened, Now: now, Clock: now, Export: options, ReportZone: cfg.Analytics.Timezone,
		ProgramVersion: version, Log: a.log, ExitCode: exitCode,
	}, opened, nil
}

// hintErase says what helps; lines of the user's own files are those that name what is erased.
func hintErase(err error, lines ...string) error {
	var left *erase.LeftError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, erase.ErrNothingHeld):
		return hint(usageError{err}, "an account is named with --account fca_…, a holder with --holder; "+
			"\"fcpipe query 'select holder_id, account_id from main.accounts'\" lists them")
	case errors.Is(err, erase.ErrOlderFile):
		return hint(err, `the next round upgrades it, or "fcpipe repair --models", which sends no request`)
	case errors.As(err, &left):
		return hint(err, leftAdvice(left, lines...)+"; then run the command again")
	case errors.Is(err, schema.ErrLocked):
		return hint(err, "it will finish by itself; try again then")
	}
	return hint(err, `what is erased so far stays erased; run "fcpipe erase" again: it goes on`)
}

// leftAdvice says what to do about each file in the way: pages of reports can be deleted, or written again without who
// is gone; of files of the user's own that the configuration names, lines go.
func leftAdvice(left *erase.LeftError, lines ...string) string {
	var own, pages, others, advice []string
	folder := ""
	for _, file := range slices.Concat(left.Files, left.Unread) {
		named := func(line string) bool { return strings.HasPrefix(line, file+":") }
		switch dir := filepath.Dir(filepath.Join(left.Dir, file)); {
		case slices.ContainsFunc(lines, named):
		case left.Own(file):
			own = append(own, file)
		case page.IsFolder(dir):
			pages, folder = append(pages, file), dir
		default:
			others = append(others, file)
		}
	}
	if len(lines) > 0 {
		advice = append(advice, "lines of your own files name it: remove "+strings.Join(lines, ", "))
	}
	if len(pages) > 0 {
		advice = append(advice, fmt.Sprintf("delete %s, or run \"fcpipe report --portfolio --dir %s\", which writes "+
			"that directory again", strings.Join(pages, ", "), folder))
	}
	if len(others) > 0 {
		advice = append(advice, "delete "+strings.Join(others, ", ")+", or move out of the data directory what is to "+
			"be kept")
	}
	if len(own) > 0 {
		advice = append(advice, "please report that "+strings.Join(own, ", ")+", which fcpipe made, held it")
	}
	return strings.Join(advice, "; ")
}

func (a *app) planErasure(ctx context.Context, subject round.Subject) error {
	if err := checkSubject(subject); err != nil {
		return err
	}
	_, s, err := a.eraser(ctx)
	if err != nil {
		return err
	}
	named := a.ownLines(ctx)
	plan, err := erase.Find(ctx, s, erasureOf(subject))
	if before, known := erase.Erased(s, erasureOf(subject)); known && errors.Is(err, erase.ErrNothingHeld) {
		return a.printNothingLeft(before)
	}
	if err != nil {
		return hintErase(err)
	}
	if a.json {
		return a.printJSON(map[string]any{
			"accounts": plan.Accounts, "still_connected": slices.Concat([]string{}, plan.Connected), "rows": plan.Rows,
			"own_lines": linesOf(named, plan),
		})
	}
	fmt.Fprintf(a.stdout, "would be erased: %s\n", round.Count(int64(len(plan.Accounts)), "account"))
	for _, id := range plan.Accounts {
		fmt.Fprintf(a.stdout, "  %s\n", id)
	}
	a.printCounts(plan.Rows)
	a.printOwnLines("lines of your own files that name it, which are yours to remove:", linesOf(named, plan))
	return nil
}

// printNothingLeft is the plan for one that was erased before, and of which the published file holds nothing.
func (a *app) printNothingLeft(before journal.Erasure) error {
	if a.json {
		return a.printJSON(map[string]any{
			"accounts": []string{}, "still_connected": []string{}, "rows": map[string]int64{}, "own_lines": []string{},
		})
	}
	if before.Receipt == nil {
		fmt.Fprintln(a.stdout, `its erasure was begun and is not complete: run "fcpipe erase", it goes on`)
		return nil
	}
	at := before.Receipt.CompletedAt.Format(time.RFC3339)
	fmt.Fprintf(a.stdout, "nothing would change: it was erased already, complete since %s\n", at)
	return nil
}

// printCounts prints what is not zero, by name.
func (a *app) printCounts(counts map[string]int64) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			fmt.Fprintf(a.stdout, "  %-22s %12s\n", name, round.Thousands(counts[name]))
		}
	}
}

// elsewhere is what fcpipe cannot reach.
var elsewhere = []string{
	"warehouses and other copies of the lake: load the change feed, then expire their history",
	"backups of the data directory, snapshots of its disk, and versions an object store keeps of the lake",
	"files that people made: exports of queries, notebooks, copies of the DuckDB file; logs name account ids",
	"Stripe: where the holder asked for it, write to privacy@stripe.com, " +
		`subject "Financial Connections: Request for account deletion"`,
}

// printErased prints what was erased; of an erasure that failed, the one that was completed before it alone.
func (a *app) printErased(done round.Erasing, isDone bool, named userfiles.Named) error {
	first := done.First
	if first != nil && first.Record.Receipt == nil {
		first = nil
	}
	switch {
	case a.json && isDone:
		shown := erasedShown(done, named)
		if first != nil {
			shown["completed_first"] = erasedShown(*first, named)
		}
		return a.printJSON(shown)
	case a.json && first != nil:
		return a.printJSON(map[string]any{"completed_first": erasedShown(*first, named)})
	case a.json:
		return nil
	}
	if first != nil {
		fmt.Fprint(a.stdout, "another erasure, which had been begun before, was completed first: ")
		a.printReceipt(*first, named)
	}
	if isDone {
		a.printReceipt(done, named)
	}
	if first == nil && (!isDone || done.Plan == nil) {
		return nil
	}
	fmt.Fprintln(a.stdout, "What fcpipe cannot reach, and you have to erase:")
	for _, place := range elsewhere {
		fmt.Fprintf(a.stdout, "  - %s\n", place)
	}
	return nil
}

// stillConnected are the accounts that Stripe goes on reading.
func stillConnected(done round.Erasing) []string {
	if done.Plan == nil {
		return []string{}
	}
	return slices.Concat([]string{}, done.Plan.Connected)
}

// erasedShown is an erasure that is complete as the JSON result shows it.
func erasedShown(done round.Erasing, named userfiles.Named) map[string]any {
	return map[string]any{
		"erasure_id": done.Record.ErasureID, "subject_hash": done.Record.Subject,
		"requested_at": done.Record.RequestedAt, "completed_at": done.Record.Receipt.CompletedAt,
		"counts": done.Record.Receipt.Counts, "receipt_hash": done.Record.Receipt.Hash,
		"changed": done.Plan != nil, "still_connected": stillConnected(done), "elsewhere": elsewhere,
		"own_lines": linesOf(named, done.Plan),
	}
}

func (a *app) printReceipt(done round.Erasing, named userfiles.Named) {
	at := done.Record.Receipt.CompletedAt.Format(time.RFC3339)
	if done.Plan == nil {
		fmt.Fprintf(a.stdout, "nothing changes: it was erased already, complete since %s\n", at)
		return
	}
	fmt.Fprintf(a.stdout, "erased; receipt %s of %s in meta.erasures\n", done.Record.ErasureID, at)
	a.printCounts(done.Record.Receipt.Counts)
	for _, id := range stillConnected(done) {
		fmt.Fprintf(a.stdout, "Stripe still reads and bills %s: fcpipe disconnect --account %s\n", id, id)
	}
	a.printOwnLines("Lines of your own files name what is gone. The files are left as they are: remove these lines.",
		linesOf(named, done.Plan))
}

func (a *app) allow(ctx context.Context, subject round.Subject) error {
	if err := checkSubject(subject); err != nil {
		return err
	}
	work, _, err := a.eraser(ctx)
	if err != nil {
		return err
	}
	wanted := erasureOf(subject)
	was, err := work.Allow(ctx, wanted)
	if err != nil {
		return hintErase(err)
	}
	if a.json {
		return a.printJSON(map[string]any{"changed": was, wanted.Kind + "_id": wanted.ID})
	}
	if !was {
		fmt.Fprintf(a.stdout, "nothing changes: %s is not erased\n", wanted.ID)
		return nil
	}
	fmt.Fprintf(a.stdout, "%s may be fetched again; what was erased stays erased\n", wanted.ID)
	return nil
}
