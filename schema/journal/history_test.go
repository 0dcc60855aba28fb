package journal

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var historyBegins = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// runs are one a day; each says what it did with fca_1, and "" that it did nothing with it. A run that ends partial
// listed two accounts.
func runsOf(codes ...string) (runs []FinishedRun) {
	for day, code := range codes {
		at := historyBegins.AddDate(0, 0, day)
		run := FinishedRun{
			RunRecord: RunRecord{
				RunID: at.String(), StartedAt: at, FinishedAt: &at, Outcome: "partial", AccountsListed: 2,
			},
		}
		switch code {
		case "":
		case "complete":
			run.Accounts = []RunAccount{{AccountID: "fca_1", Outcome: "complete", Pages: 3}}
		default:
			run.Accounts = []RunAccount{{AccountID: "fca_1", Outcome: "failed", Pages: 5, ErrorCode: &code}}
		}
		runs = append(runs, run)
	}
	return runs
}

func TestHistoryCountsRefusals(t *testing.T) {
	for _, test := range []struct {
		codes []string
		times int
		last  int // day
	}{
		{nil, 0, 0},
		{[]string{CodeRowsRefused}, 1, 0},
		{[]string{CodeRowsRefused, CodeRowsRefused}, 2, 1},
		{[]string{CodeRowsRefused, CodeRowsRefused, CodeBackoff}, 2, 1},
		{[]string{CodeRowsRefused, "", CodeRowsRefused}, 2, 2},
		{[]string{CodeRowsRefused, CodeRowsRefused, "complete"}, 0, 0},
		{[]string{CodeRowsRefused, CodeOwnersRefused}, 0, 0},
	} {
		got := HistoryOf(runsOf(test.codes...)).Refused("fca_1", CodeRowsRefused)
		if got.Times != test.times || got.Times > 0 && !got.Last.Equal(historyBegins.AddDate(0, 0, test.last)) {
			t.Errorf("%v: %+v", test.codes, got)
		}
	}
}

// TestOldCodesAreRead: journals of earlier versions call a code otherwise; it means the same.
func TestOldCodesAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	journal, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runsOf(CodeRowsRefused, CodeRowsRefused, "resting") {
		if err := journal.RecordRunFinished(run); err != nil {
			t.Fatal(err)
		}
	}
	if journal, err = Open(path); err != nil {
		t.Fatal(err)
	}
	if got := journal.History().Refused("fca_1", CodeRowsRefused).Times; got != 2 {
		t.Errorf("%d refusals", got)
	}
	if code := *journal.Runs()[2].Accounts[0].ErrorCode; code != CodeBackoff {
		t.Errorf("the code is %q", code)
	}
	for from, to := range renamedCodes {
		if _, again := renamedCodes[to]; again || from == to {
			t.Errorf("%q is renamed to %q, which is renamed too", from, to)
		}
	}
}

func TestHistoryKnowsSinceWhenAnAccountRegressed(t *testing.T) {
	for _, test := range []struct {
		codes []string
		since int // day; -1 is not
	}{
		{[]string{CodeRegressed}, 0},
		{[]string{"complete", CodeRegressed, CodeRegressed}, 1},
		{[]string{CodeRegressed, "", CodeRegressed}, 2},
		{[]string{CodeRegressed, "complete"}, -1},
		{[]string{CodeRegressed, ""}, -1},
	} {
		since, regressed := HistoryOf(runsOf(test.codes...)).RegressedSince("fca_1")
		if regressed != (test.since >= 0) || regressed && !since.Equal(historyBegins.AddDate(0, 0, test.since)) {
			t.Errorf("%v: %v since %v", test.codes, regressed, since)
		}
	}
	runs := runsOf(CodeRegressed, "")
	runs[1].AccountsListed = 0 // it saw nothing
	if _, regressed := HistoryOf(runs).RegressedSince("fca_1"); !regressed {
		t.Error("a run that saw nothing ends a regression")
	}
}

func TestHistoryCountsPagesWithoutCompletion(t *testing.T) {
	h := HistoryOf(runsOf(CodePages, "complete", CodePages, CodeReads, "", "timeout"))
	if got := h.PagesWithoutCompletion(historyBegins); len(got) != 0 {
		t.Errorf("a run that read pages for another reason: %v", got)
	}
	h = HistoryOf(runsOf(CodePages, "complete", CodePages, CodeReads))
	if got, want := h.PagesWithoutCompletion(historyBegins), map[string]int64{"fca_1": 10}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := h.PagesWithoutCompletion(historyBegins.AddDate(0, 0, 3)), map[string]int64{
		"fca_1": 5,
	}; !maps.Equal(got, want) {
		t.Errorf("of the last run: %v, want %v", got, want)
	}
}

func TestHistoryKnowsWhatFails(t *testing.T) {
	for _, test := range []struct {
		codes []string
		since int // day; -1 is not
	}{
		{[]string{"timeout", "timeout"}, 0},
		{[]string{"timeout", "complete", "timeout"}, 2},
		{[]string{"timeout", "complete"}, -1},
		{[]string{"timeout", ""}, -1},
	} {
		failure, fails := HistoryOf(runsOf(test.codes...)).Failing()["fca_1"]
		if fails != (test.since >= 0) ||
			fails &&
				(!failure.Since.Equal(historyBegins.AddDate(0, 0, test.since)) ||
					failure.Reason != "failed (timeout)") {
			t.Errorf("%v: %+v", test.codes, failure)
		}
	}
	runs := runsOf("timeout", "", "timeout")
	runs[1].Outcome = "failed" // it did not reach its end
	runs[2].FinishedAt = nil   // nor did this one: it is running, or was killed
	if failure, fails := HistoryOf(runs).Failing()["fca_1"]; !fails || !failure.Since.Equal(historyBegins) {
		t.Errorf("%v, %+v", fails, failure)
	}
}

func TestHistoryKnowsWhatIsMissing(t *testing.T) {
	runs := runsOf("", CodeNotListed)
	runs[1].Accounts[0].RequestID = new("req_1")
	h := HistoryOf(runs)
	if !h.Missing()["fca_1"] || !h.AskedForSince(historyBegins)["fca_1"] ||
		len(h.AskedForSince(historyBegins.AddDate(0, 0, 1))) != 0 {
		t.Errorf("missing %v, asked for %v", h.Missing(), h.AskedForSince(historyBegins))
	}
	for name, last := range map[string]string{"listed": "complete", "not named": ""} {
		if h := HistoryOf(slices.Concat(runs, runsOf("", "", last)[2:])); len(h.Missing()) != 0 {
			t.Errorf("%s: %v", name, h.Missing())
		}
	}
	runs = slices.Concat(runs, runsOf("", "", "")[2:])
	if runs[2].FinishedAt = nil; !HistoryOf(runs).Missing()["fca_1"] {
		t.Error("a run that never finished tells that nothing is missing")
	}
}

func TestHistoryKnowsHowLargeAndHowFrequent(t *testing.T) {
	h := HistoryOf(runsOf("complete", CodePages, "complete"))
	if got := h.FirstReading(); got != 4 { // three pages, and the account once more
		t.Errorf("a first reading takes %d reads", got)
	}
	if got := h.FirstReading(RunAccount{Outcome: "complete", Pages: 9}); got != 6 {
		t.Errorf("with one under way: %d reads", got)
	}
	if got := HistoryOf(nil).FirstReading(); got != 0 {
		t.Errorf("%d reads of nothing", got)
	}
	if rounds, known := h.RoundsSince(historyBegins.AddDate(0, 0, 1)); rounds != 2 || !known {
		t.Errorf("%d rounds, known %v", rounds, known)
	}
	if _, known := h.RoundsSince(historyBegins.Add(-time.Second)); known {
		t.Error("known before the first run")
	}
}

// TestARoundOfLinkedAccountsSaysNothingOfOthers: it lists one holder's accounts and reaches its end. What failed before
// is failing still, and so is what was missing; how frequent rounds are does not change.
func TestARoundOfLinkedAccountsSaysNothingOfOthers(t *testing.T) {
	runs := runsOf("complete", CodeNotListed, "")
	runs[2].Outcome, runs[2].Part = "complete", PartLinked
	h := HistoryOf(runs)
	if _, isFailing := h.Failing()["fca_1"]; !isFailing || !h.Missing()["fca_1"] {
		t.Errorf("failing %v, missing %v", h.Failing(), h.Missing())
	}
	if n, _ := h.RoundsSince(historyBegins); n != 2 {
		t.Errorf("%d rounds", n)
	}
	runs[2].Part = ""
	if h := HistoryOf(runs); len(h.Failing())+len(h.Missing()) != 0 {
		t.Errorf("an ordinary round found nothing wrong: failing %v, missing %v", h.Failing(), h.Missing())
	}
	runs[2].Part, runs[2].Accounts = PartLinked, []RunAccount{{AccountID: "fca_1", Outcome: "complete"}}
	if h := HistoryOf(runs); len(h.Failing())+len(h.Missing()) != 0 {
		t.Errorf("it read the account: failing %v, missing %v", h.Failing(), h.Missing())
	}
}
