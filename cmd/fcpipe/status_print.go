package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
)

// statusPage prints a report for people.
type statusPage struct {
	out   io.Writer
	width int  // of the terminal; 0 is no terminal: nothing is shortened
	most  int  // accounts of each reason; 0 is all
	last4 bool // name them by that too; a mail does not
}

// shownAccounts is how many accounts of a reason are named without --all.
const shownAccounts = 5

func (a *app) statusPage(all bool) statusPage {
	p := statusPage{out: a.stdout, most: shownAccounts, last4: true}
	if all {
		p.most = 0
	}
	if file, isFile := a.data.(*os.File); isFile && onTerminal(file) {
		p.width, _, _ = term.GetSize(int(file.Fd()))
	}
	return p
}

// print says first what is wrong.
func (p statusPage) print(r statusReport) {
	fmt.Fprintln(p.out, schema.Shown(r.Verdict.Text))
	if r.Published && !strings.HasSuffix(r.Verdict.Text, r.Verdict.Complete) {
		fmt.Fprintln(p.out, r.Verdict.Complete)
	}
	p.list("to look at", r.Attention, r.At)
	p.list("that failed, tried again by the next round", r.Retried, r.At)
	p.ended(r.Ended)
	p.settled(r.Settled)
	p.sizes(r)
	p.runs(r.Runs)
	p.spent(r)
}

// settled prints accounts whose absence a person found right.
func (p statusPage) settled(accounts []statusSettled) {
	if len(accounts) == 0 {
		return
	}
	fmt.Fprintf(p.out, "\n%s, not listed any more and settled:\n", round.Count(int64(len(accounts)), "account"))
	for _, s := range accounts {
		fmt.Fprintf(p.out, "    %s  %s  %s\n", s.AccountID, s.At.UTC().Format("2006-01-02 15:04"),
			schema.Shown(s.Reason))
	}
}

// list prints accounts under a heading, if there are any.
func (p statusPage) list(what string, accounts []statusAttention, now time.Time) {
	if ids := distinct(accounts, func(at statusAttention) string { return at.AccountID }); len(ids) > 0 {
		fmt.Fprintf(p.out, "\n%s %s:\n", round.Count(int64(len(ids)), "account"), what)
		p.groups(accounts, now)
	}
}

// titles head a group whose accounts have reasons of their own.
var titles = map[string]string{
	reader.IsMissing:       "Stripe does not have them any more",
	reader.FailsSignCheck:  "the signs of rows are contradicted",
	reader.HasRefusedRows:  "rows were refused, see meta.quarantine",
	reader.IsFailing:       "failing for over twice their interval",
	reader.HasLinkToDecide: "may be earlier accounts linked again: fcpipe link, or fcpipe unlink",
	reader.NeedsRelinkSoon: "their holders have to link them again",
	reader.LacksPermission: "their holders did not share everything",
	reader.NeedsRelink:     "inactive",
}

// groups prints accounts by reason: one heading where all of a code say the same, or nearly.
func (p statusPage) groups(accounts []statusAttention, now time.Time) {
	for _, code := range distinct(accounts, func(at statusAttention) string { return at.Code }) {
		group := having(accounts, func(at statusAttention) bool { return at.Code == code })
		reasons := distinct(group, shownReason)
		if len(reasons) > 3 {
			p.group(cmp.Or(titles[code], code), group, true, now)
			continue
		}
		for _, reason := range reasons {
			p.group(reason, having(group, func(at statusAttention) bool { return shownReason(at) == reason }), false,
				now)
		}
	}
}

func having(accounts []statusAttention, is func(statusAttention) bool) []statusAttention {
	return slices.DeleteFunc(slices.Clone(accounts), func(at statusAttention) bool { return !is(at) })
}

// distinct are the values of accounts in the order they come.
func distinct(accounts []statusAttention, of func(statusAttention) string) (values []string) {
	for _, at := range accounts {
		if value := of(at); !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return values
}

// shownReason is a reason without how long it lasts, which is shown apart.
func shownReason(at statusAttention) string {
	if at.Code == reader.IsFailing {
		if _, reason, found := strings.Cut(at.Reason, ": "); found {
			return "failing: " + reason
		}
	}
	return at.Reason
}

func (p statusPage) group(title string, accounts []statusAttention, withReasons bool, now time.Time) {
	fmt.Fprintf(p.out, "  %s: %s\n", round.Count(int64(len(accounts)), "account"), schema.Shown(title))
	p.rows(accounts, withReasons, func(at statusAttention) string {
		if at.Since == nil {
			return ""
		}
		return age(now.Sub(*at.Since))
	})
	if how := relinkAll(accounts); how != "" {
		fmt.Fprintf(p.out, "    %s\n", how)
	}
}

// rows prints accounts, each in a line that ends with when.
func (p statusPage) rows(accounts []statusAttention, withReasons bool, when func(statusAttention) string) {
	shown := accounts
	if p.most > 0 && len(accounts) > p.most {
		shown = accounts[:p.most]
	}
	rows := make([][]string, len(shown))
	for i, at := range shown {
		rows[i] = p.account(at, when(at))
	}
	widths := p.widths(rows)
	for i, row := range rows {
		for c, cell := range row {
			row[c] = fit(cell, widths[c])
		}
		fmt.Fprintln(p.out, strings.TrimRight("    "+strings.Join(row, "  "), " "))
		if withReasons {
			fmt.Fprintf(p.out, "      %s\n", schema.Shown(shownReason(shown[i])))
		}
	}
	if more := len(accounts) - len(shown); more > 0 {
		fmt.Fprintf(p.out, "    … and %s more: fcpipe status --all\n", round.Thousands(int64(more)))
	}
}

// relinkAll says by which command holders link their accounts again: the very one, where it is one holder.
func relinkAll(accounts []statusAttention) string {
	commands := distinct(accounts, func(at statusAttention) string { return at.Relink })
	switch {
	case len(commands) == 1 && commands[0] != "":
		return "to link again: " + schema.Shown(commands[0])
	case len(commands) > 1:
		return "to link one again: fcpipe collect --holder, and its holder's id"
	}
	return ""
}

// account is what a person knows an account by: ids, bank and last digits; then since when it is so, or until when.
func (p statusPage) account(at statusAttention, when string) []string {
	bank := schema.Shown(at.Institution)
	if at.Last4 != nil && p.last4 {
		bank += " " + schema.Shown(*at.Last4)
	}
	holder := orNothing(at.HolderID)
	if _, named, found := strings.Cut(at.Relink, "--holder "); found {
		holder = named
	}
	return []string{schema.Shown(at.AccountID), schema.Shown(holder), bank, when}
}

// bankColumn is the one that gives way on a narrow terminal.
const bankColumn, narrowestBank = 2, 7

func (p statusPage) widths(rows [][]string) []int {
	widths := make([]int, 4)
	for _, row := range rows {
		for c, cell := range row {
			widths[c] = max(widths[c], utf8.RuneCountInString(cell))
		}
	}
	if all := widths[0] + widths[1] + widths[2] + widths[3] + 10; p.width > 0 && all > p.width {
		widths[bankColumn] = max(narrowestBank, widths[bankColumn]-(all-p.width))
	}
	return widths
}

// ended counts what needs no person.
func (p statusPage) ended(accounts []statusAttention) {
	if len(accounts) == 0 {
		return
	}
	words := map[string]string{
		reader.IsClosed: "closed for good", reader.IsDisconnected: "disconnected",
		reader.IsRelinked: "linked again under a newer id",
	}
	var parts []string
	for _, code := range distinct(accounts, func(at statusAttention) string { return at.Code }) {
		n := len(having(accounts, func(at statusAttention) bool { return at.Code == code }))
		parts = append(parts, round.Thousands(int64(n))+" "+words[code])
	}
	fmt.Fprintf(p.out, "\nended, nothing to do: %s\n", strings.Join(parts, ", "))
	p.disconnected(accounts)
}

// disconnected says what becomes of what is held of disconnected accounts: those that go first come first.
func (p statusPage) disconnected(ended []statusAttention) {
	if kept := having(ended, func(at statusAttention) bool { return at.OnDisconnect == "keep" }); len(kept) > 0 {
		fmt.Fprintf(p.out, "  what is held of %s stays until \"fcpipe erase\" removes it "+
			"(privacy.on_disconnect: keep)\n", round.Count(int64(len(kept)), "disconnected account"))
	}
	due := having(ended, func(at statusAttention) bool { return at.ErasedAfter != nil })
	if len(due) == 0 {
		return
	}
	slices.SortStableFunc(due, func(a, b statusAttention) int { return a.ErasedAfter.Compare(*b.ErasedAfter) })
	fmt.Fprintf(p.out, "  what is held of %s is erased by the first round after (privacy.on_disconnect):\n",
		round.Count(int64(len(due)), "disconnected account"))
	p.rows(due, false, func(at statusAttention) string { return at.ErasedAfter.UTC().Format("2006-01-02 15:04 UTC") })
}

func (p statusPage) sizes(r statusReport) {
	if !r.Published {
		fmt.Fprintf(p.out, "\nnothing is published yet at %s\n", r.Database)
		return
	}
	fmt.Fprintf(p.out, "\n%s\n%s (%s versions), newest merge %s UTC\n",
		r.Database, round.Count(r.Transactions, "transaction"), round.Thousands(r.Versions), shortTime(r.Watermark))
	p.derived(r)
	p.retention(r.Retention)
	p.lake(r.Lake)
	fmt.Fprintln(p.out)
	t := newTable("status", "accounts", "oldest complete (UTC)", "newest", "not shared")
	for _, c := range r.Accounts {
		oldest := shortTime(c.OldestComplete)
		switch {
		case c.NeverComplete > 0:
			oldest = "never, " + round.Count(c.NeverComplete, "account")
		case c.OldestComplete == nil:
			oldest = ""
		}
		newest := ""
		if c.NewestComplete != nil {
			newest = shortTime(c.NewestComplete)
		}
		t.add(c.Status, round.Thousands(c.Accounts), oldest, newest, round.Thousands(c.NotShared))
	}
	t.print(p.out)
}

// derived says what day the derived tables take for today, and which merge they know where that is not the newest.
func (p statusPage) derived(r statusReport) {
	if r.AsOf == nil {
		return
	}
	fmt.Fprintf(p.out, "derived tables as of %s in %s", *r.AsOf, r.zone)
	if r.Through != nil && (r.Watermark == nil || !r.Through.Equal(*r.Watermark)) {
		fmt.Fprintf(p.out, ", from rows merged until %s UTC", shortTime(r.Through))
	}
	fmt.Fprintln(p.out)
}

// statusLake is what the Parquet lake shows of texts that may name people.
type statusLake struct {
	Shows           string `json:"shows"`             // such as "descriptions: token (key 1), owners: keep"
	ToShow          string `json:"to_show"`           // what the configuration says
	NeedsFullExport bool   `json:"needs_full_export"` // until then rounds leave the lake as it is
	showsAll        bool
}

// readLake compares the lake's manifest with the configuration; keys are not read.
func (r *statusReport) readLake(cfg config.Config) error {
	shows, found, err := export.PrivacyOf(cfg.Layout().Lake())
	if err != nil || !found {
		return err
	}
	var versions []int
	for _, key := range cfg.Privacy.TokenKeys {
		versions = append(versions, key.Version)
	}
	toShow := export.Planned(cfg.LakePolicy(), versions)
	r.Lake = &statusLake{
		Shows: shows.String(), ToShow: toShow.String(), NeedsFullExport: !shows.SamePolicy(toShow),
		showsAll: len(shows.Policy)+len(toShow.Policy) == 0,
	}
	return nil
}

// lake says what the lake shows, unless it is everything, as it is to.
func (p statusPage) lake(l *statusLake) {
	switch {
	case l == nil || l.showsAll:
	case l.NeedsFullExport:
		fmt.Fprintf(p.out, "lake with %s; privacy.lake says %s: \"fcpipe export --full\" writes it again\n", l.Shows,
			l.ToShow)
	case l.Shows != l.ToShow:
		fmt.Fprintf(p.out, "lake with %s; \"fcpipe export --full\" takes the newest key\n", l.Shows)
	default:
		fmt.Fprintf(p.out, "lake with %s\n", l.Shows)
	}
}

// retention prints the horizons, if there are any.
func (p statusPage) retention(r *statusRetention) {
	if r == nil {
		return
	}
	var horizons []string
	for _, kind := range []struct {
		what  string
		since *time.Time
	}{{"transactions", r.TransactionsSince}, {"balances", r.BalancesSince}} {
		if kind.since != nil {
			horizons = append(horizons, kind.what+" from before "+kind.since.UTC().Format("2006-01-02 15:04 UTC"))
		}
	}
	fmt.Fprintf(p.out, "retention: no %s (%s removed so far)\n", strings.Join(horizons, ", no "),
		round.Count(r.Removed, "transaction"))
}

func (p statusPage) runs(runs []statusRun) {
	if len(runs) == 0 {
		return
	}
	fmt.Fprintln(p.out, "\nlast runs:")
	t := newTable("started (UTC)", "outcome", "exit", "new", "changed", "requests", "USD", "")
	for _, run := range runs {
		exit := ""
		if run.ExitCode != nil {
			exit = fmt.Sprint(*run.ExitCode)
		}
		t.add(shortTime(&run.StartedAt), run.Outcome, exit, round.Thousands(run.New), round.Thousands(run.Changed),
			round.Thousands(run.Requests), config.USD(run.Cost).String(), run.what())
	}
	t.shorten(p.width)
	t.print(p.out)
}

// what is why a run ended as it did, or what it was where it was no ordinary round.
func (r statusRun) what() string {
	if r.Reason == nil && r.Part == journal.PartLinked {
		return "of accounts that were linked"
	}
	return orNothing(r.Reason)
}

func (p statusPage) spent(r statusReport) {
	fmt.Fprintf(p.out, "\nreads in the last 30 days: %s %s\n", round.Thousands(r.ReadsUsed), ofReads(r.ReadsAllowed))
	for _, c := range r.Connected {
		fmt.Fprintf(p.out, "  on behalf of %s: %s %s\n", c.StripeAccountID, round.Thousands(c.ReadsUsed),
			ofReads(r.ReadsAllowed))
	}
	budget := "; no budget is set"
	if r.BudgetMonth != nil {
		budget = fmt.Sprintf(" of %s USD", config.USD(*r.BudgetMonth))
	}
	fmt.Fprintf(p.out, "spent in this month (UTC): %s USD%s\n", config.USD(r.SpentMonth), budget)
}

func ofReads(allowed int64) string {
	if allowed == 0 {
		return "(no limit is set)"
	}
	return "of " + round.Thousands(allowed)
}
