package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/sync/plan"
)

var statusNow = time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)

func before(d time.Duration) *time.Time { at := statusNow.Add(-d); return &at }

// manyWrong is an installation with much to look at: 193 accounts to be linked again, five kinds of failures.
func manyWrong() statusReport {
	r := statusReport{
		At: statusNow, Database: "/var/lib/fcpipe/fcpipe.duckdb", Published: true, Transactions: 1_234_567,
		Versions: 1_300_000, Watermark: before(3 * time.Hour),
		AsOf: new("2026-11-27"), Through: before(3 * time.Hour), zone: "America/New_York",
		Accounts: []statusAccounts{
			{"active", 900, nil, before(4 * time.Hour), 9, 12, before(27 * time.Hour)},
			{"disconnected", 7, before(2000 * time.Hour), before(900 * time.Hour), 0, 0, before(2000 * time.Hour)},
		},
		ReadsUsed: 1435, ReadsAllowed: 10_000, SpentMonth: 44_700_000,
		Runs: []statusRun{{
			StartedAt: *before(3 * time.Hour), Outcome: "partial", ExitCode: new(3), New: 120,
			Requests: 400, Cost: 7_100_000, Reason: new("2 accounts failed or incomplete, 5 accounts stale"),
		}},
	}
	account := func(n int, code, reason string, since time.Duration) statusAttention {
		return statusAttention{
			AccountID: fmt.Sprintf("fca_%024d", n), HolderID: new(fmt.Sprintf("cus_%014d", n)),
			Institution: "First Prairie Credit Union of Iowa", Last4: new("0042"),
			Code: code, Reason: reason, Since: before(since),
		}
	}
	for n, what := range []string{"\x1b[31mone", "two", "three", "four", "five"} {
		r.Attention = append(r.Attention, account(n, reader.IsFailing, "failing for 3 days: "+what, 75*time.Hour))
	}
	for n := range 193 {
		r.Attention = append(r.Attention, account(n+10, reader.NeedsRelink, "inactive: its holder has to link it again",
			400*time.Hour))
	}
	for n := range r.Attention {
		if at := &r.Attention[n]; at.Code == reader.NeedsRelink {
			at.Relink = "fcpipe collect --holder " + *at.HolderID
		}
	}
	r.Ended = []statusAttention{
		account(300, reader.IsClosed, "closed at its bank", time.Hour),
		account(301, reader.IsRelinked, "linked again as fca_x", time.Hour),
	}
	return r
}

// pageOfManyWrong is what a terminal of 80 columns shows of manyWrong.
const pageOfManyWrong = `needs attention: 198 accounts (5 failing, 193 inactive)
9 accounts never complete, the others through 2026-11-27 02:00 UTC, 27 h ago

198 accounts to look at:
  5 accounts: failing for over twice their interval
    fca_000000000000000000000000  cus_00000000000000  First Prairi… 0042  3 days
      failing: \u001b[31mone
    fca_000000000000000000000001  cus_00000000000001  First Prairi… 0042  3 days
      failing: two
    fca_000000000000000000000002  cus_00000000000002  First Prairi… 0042  3 days
      failing: three
    fca_000000000000000000000003  cus_00000000000003  First Prairi… 0042  3 days
      failing: four
    fca_000000000000000000000004  cus_00000000000004  First Prairi… 0042  3 days
      failing: five
  193 accounts: inactive: its holder has to link it again
    fca_000000000000000000000010  cus_00000000000010  First Prair… 0042  16 days
    fca_000000000000000000000011  cus_00000000000011  First Prair… 0042  16 days
    fca_000000000000000000000012  cus_00000000000012  First Prair… 0042  16 days
    fca_000000000000000000000013  cus_00000000000013  First Prair… 0042  16 days
    fca_000000000000000000000014  cus_00000000000014  First Prair… 0042  16 days
    … and 188 more: fcpipe status --all
    to link one again: fcpipe collect --holder, and its holder's id

ended, nothing to do: 1 closed for good, 1 linked again under a newer id

/var/lib/fcpipe/fcpipe.duckdb
1,234,567 transactions (1,300,000 versions), newest merge 2026-11-28 02:00 UTC
derived tables as of 2026-11-27 in America/New_York

status        accounts  oldest complete (UTC)  newest            not shared
────────────  ────────  ─────────────────────  ────────────────  ──────────
active             900  never, 9 accounts      2026-11-28 01:00          12
disconnected         7  2026-09-05 21:00       2026-10-21 17:00           0

last runs:
started (UTC)     outcome  exit  new  changed  requests   USD
────────────────  ───────  ────  ───  ───────  ────────  ────  ─────────────────
2026-11-28 02:00  partial     3  120        0       400  7.10  2 accounts faile…

reads in the last 30 days: 1,435 of 10,000
spent in this month (UTC): 44.70 USD; no budget is set
`

// TestWhatIsWrongComesFirstInFewLines: on a terminal of 80 columns no account breaks a line, 193 accounts
// of one reason take eight, and runs and money are in sight.
func TestWhatIsWrongComesFirstInFewLines(t *testing.T) {
	r := manyWrong()
	finished := journal.FinishedRun{RunRecord: journal.RunRecord{
		StartedAt:  *before(3 * time.Hour),
		FinishedAt: before(3 * time.Hour), Outcome: "partial", ExitCode: new(3),
	}}
	r.judge(config.Default(), []journal.FinishedRun{finished})
	var out strings.Builder
	statusPage{out: &out, width: 80, most: shownAccounts, last4: true}.print(r)
	if out.String() != pageOfManyWrong {
		t.Errorf("got\n%s\nwant\n%s", out.String(), pageOfManyWrong)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(line) - 1; n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	out.Reset()
	statusPage{out: &out, last4: true}.print(r)
	if all := out.String(); strings.Count(all, "First Prairie Credit Union of Iowa 0042") != 198 ||
		strings.Contains(all, "more: fcpipe") {
		t.Errorf("--all in a pipe does not name all in full:\n%s", all[:2000])
	}
}

// ran is a run that began so long before statusNow and took a minute; "running" has no end.
func ran(began time.Duration, outcome string, code int, reason string) journal.FinishedRun {
	f := journal.FinishedRun{RunRecord: journal.RunRecord{StartedAt: *before(began), Outcome: outcome}}
	if outcome == "running" {
		return f
	}
	f.FinishedAt, f.ExitCode = before(began-time.Minute), &code
	if reason != "" {
		f.Reason = &reason
	}
	return f
}

// as is a run that was no ordinary round.
func as(part string, f journal.FinishedRun) journal.FinishedRun {
	f.Part = part
	return f
}

var (
	good   = ran(3*time.Hour, "complete", 0, "")
	failed = []statusAttention{{AccountID: "fca_1", Code: "http_500"}}
)

// verdicts are what status says first of reports and runs.
var verdicts = map[string]struct {
	report statusReport
	runs   []journal.FinishedRun
	person bool
	text   string
}{
	"all well": {
		statusReport{Published: true},
		[]journal.FinishedRun{good},
		false,
		"OK: complete through 2026-11-28 01:00 UTC, 4 h ago",
	},
	"never run": {statusReport{}, nil, true, `needs attention: no round has run yet; "fcpipe run" makes one`},
	"first failed": {
		statusReport{},
		[]journal.FinishedRun{ran(time.Hour, "failed", 69, "Stripe cannot be reached")},
		false,
		"not yet: nothing is published, the last round failed 59 min ago with exit code 69: " +
			"Stripe cannot be reached",
	},
	"first running": {
		statusReport{},
		[]journal.FinishedRun{ran(time.Hour, "running", 0, "")},
		false,
		"not yet: nothing is published, a round began 60 min ago: it is running, or was killed",
	},
	"key refused": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			good,
			ran(time.Hour, "failed", 77, "Stripe refused the key"),
		},
		true,
		"needs attention: the last round failed 59 min ago with exit code 77: Stripe refused the key",
	},
	"failed once": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			good,
			ran(time.Hour, "failed", 69, "Stripe cannot be reached"),
		},
		false,
		"OK so far: the last round failed 59 min ago with exit code 69: Stripe cannot be reached",
	},
	"the list was cut": {
		statusReport{Published: true},
		[]journal.FinishedRun{good, ran(time.Hour, "partial", 3, "the list of accounts was not read to its end")},
		false,
		"OK so far: the last round was partial 59 min ago with exit code 3: the list of accounts was not read " +
			"to its end",
	},
	"the list is cut for days": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			ran(80*time.Hour, "complete", 0, ""), ran(30*time.Hour, "partial", 3, "x"),
			ran(time.Hour, "partial", 3, "x"),
		},
		true, "needs attention: no round was complete for 3 days; the last round was partial 59 min ago with " +
			"exit code 3: x",
	},
	"failing for days": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			ran(80*time.Hour, "partial", 3, ""), ran(30*time.Hour, "failed", 74, "disk full"),
			ran(time.Hour, "failed", 74, "disk full"),
		},
		true, "needs attention: no round has succeeded for 3 days; the last round failed 59 min ago with exit " +
			"code 74: disk full",
	},
	"first failing for days": {statusReport{}, []journal.FinishedRun{
		ran(80*time.Hour, "failed", 69, "x"),
		ran(time.Hour, "failed", 69, "x"),
	}, true, "needs attention: no round has succeeded for 3 days; the last " +
		"round failed 59 min ago with exit code 69: x"},
	"not running for days": {
		statusReport{Published: true},
		[]journal.FinishedRun{ran(73*time.Hour, "complete", 0, "")},
		true,
		"needs attention: no round has run for 3 days: check what starts them",
	},
	"killed, and no more runs": {statusReport{Published: true}, []journal.FinishedRun{
		ran(80*time.Hour, "complete", 0, ""),
		ran(73*time.Hour, "running", 0, ""),
	}, true, "needs attention: no round has succeeded for 3 days; a " +
		"round began 3 days ago: it is running, or was killed"},
	"only what is no ordinary round succeeds": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			ran(80*time.Hour, "complete", 0, ""), as(journal.PartLinked, ran(3*time.Hour, "complete", 0, "")),
			as(journal.PartTask, ran(2*time.Hour, "complete", 0, "disconnect")),
		},
		true, "needs attention: no round has run for 3 days: check what starts them",
	},
	"linked for the first time a moment ago": {
		statusReport{Published: true},
		[]journal.FinishedRun{as(journal.PartLinked, ran(time.Hour, "complete", 0, ""))},
		false, "OK: complete through 2026-11-28 01:00 UTC, 4 h ago",
	},
	"linked days ago, and no rounds": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			as(journal.PartLinked, ran(80*time.Hour, "complete", 0, "")),
			as(journal.PartLinked, ran(time.Hour, "complete", 0, "")),
		},
		true, "needs attention: no round has run for 3 days: check what starts them",
	},
	"a budget leaves balances undone": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			limited(plan.LimitMonth, plan.FeatureBalance, ran(30*time.Hour, "complete", 75, "")),
			limited(plan.LimitMonth, plan.FeatureBalance, ran(time.Hour, "complete", 75, "")),
		},
		false, "OK so far: budget.max_usd_per_month leaves 1,000 accounts without a refresh of the balance: " +
			"raise it; the next month begins on 2026-12-01",
	},
	"a budget leaves balances undone for days": {
		statusReport{Published: true},
		[]journal.FinishedRun{
			limited(plan.LimitRun, plan.FeatureBalance, ran(50*time.Hour, "complete", 75, "")),
			limited(plan.LimitRun, plan.FeatureBalance, ran(time.Hour, "complete", 75, "")),
		},
		true, "needs attention: budget.max_usd_per_run leaves 1,000 accounts without a refresh of the balance: " +
			"raise it, or run more often",
	},
	"reads by default leave accounts unread": {
		statusReport{},
		[]journal.FinishedRun{limited(plan.LimitReads, "", ran(time.Hour, "complete", 3, ""))},
		false, "not yet: nothing is published, the last round read everything and ended 59 min ago with exit code 3",
	},
	"an account failed": {
		statusReport{Published: true, Retried: failed},
		[]journal.FinishedRun{good},
		false,
		"OK so far: 1 account failed, the next round tries again",
	},
}

// limited is a run in which a limit left work of a thousand accounts undone.
func limited(limit, feature string, run journal.FinishedRun) journal.FinishedRun {
	run.Limits = []journal.Limit{{Limit: limit, Feature: feature, Accounts: 1000}}
	return run
}

// TestVerdictSaysWhetherAPersonIsNeeded: of runs that fail, that are late, that never were.
func TestVerdictSaysWhetherAPersonIsNeeded(t *testing.T) {
	for name, test := range verdicts {
		if test.report.At = statusNow; test.report.Published {
			test.report.Accounts = []statusAccounts{{
				"active", 3, before(4 * time.Hour), before(4 * time.Hour), 0, 0,
				before(4 * time.Hour),
			}}
		}
		test.report.judge(config.Default(), test.runs)
		if v := test.report.Verdict; v.NeedsAttention != test.person || v.Text != test.text {
			t.Errorf("%s: person %t: %s\nwant %t: %s", name, v.NeedsAttention, v.Text, test.person, test.text)
		}
	}
}

// TestWhatIsInNoFileNeedsAPersonToo: an account that is refused since it was first listed, and a connected
// account that cannot be listed, are in no table; they need a person after the same time as any other.
func TestWhatIsInNoFileNeedsAPersonToo(t *testing.T) {
	var r statusReport
	r.At = statusNow
	r.retried(map[string]reader.Failure{
		"acct_connected": {
			Reason: "the connected account could not be listed (account_invalid)",
			Code:   "account_invalid", Since: *before(72 * time.Hour),
		},
		"fca_refused": {
			Reason: "the account itself was refused", Code: "rows_refused",
			Since: *before(2 * time.Hour),
		},
	}, nil, *before(48 * time.Hour))
	if len(r.Attention) != 1 || len(r.Retried) != 1 || r.Retried[0].AccountID != "fca_refused" {
		t.Fatalf("to look at %v, retried %v", r.Attention, r.Retried)
	}
	got, want := r.Attention[0], "failing for 3 days: the connected account could not be listed (account_invalid)"
	if got.AccountID != "acct_connected" || got.Code != reader.IsFailing || got.Reason != want {
		t.Errorf("%s: %s %q", got.AccountID, got.Code, got.Reason)
	}
}

// TestDerivedTablesThatAreBehindSaySo: the merge they know is shown where it is not the newest, and nothing of a file
// that does not tell.
func TestDerivedTablesThatAreBehindSaySo(t *testing.T) {
	r := statusReport{Watermark: before(0), AsOf: new("2026-11-27"), zone: "UTC"}
	for want, through := range map[string]*time.Time{
		"derived tables as of 2026-11-27 in UTC\n":                                              before(0),
		"derived tables as of 2026-11-27 in UTC, from rows merged until 2026-11-27 05:00 UTC\n": before(24 * time.Hour),
	} {
		var out strings.Builder
		r.Through = through
		statusPage{out: &out}.derived(r)
		if out.String() != want {
			t.Errorf("shown %q, want %q", out.String(), want)
		}
	}
	var out strings.Builder
	statusPage{out: &out}.derived(statusReport{Watermark: before(0)})
	if out.Len() > 0 {
		t.Errorf("shown %q of a file that does not tell", out.String())
	}
}
