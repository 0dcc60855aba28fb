package sync

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/simulator"
)

func goneFault(id string) simulator.Fault {
	return fault(`{"when": {"account": "` + id + `"}, "do": {"gone": true}}`)
}

// TestAccountThatIsNotListedIsMissing: from the first round on, asked for by its id once a day, until it is listed
// again.
func TestAccountThatIsNotListedIsMissing(t *testing.T) {
	w := newFaultWorld(t)
	w.change = quietly
	_, _, err := w.round()
	w.must(err)
	id := w.server.Accounts()[1]
	w.must(w.server.AddFault(goneFault(id)))
	w.server.Advance(25 * time.Hour)
	for n, after := range []time.Duration{0, time.Hour, time.Hour, 22 * time.Hour, 25 * time.Hour} {
		w.server.Advance(after)
		byID := w.getsOf("/accounts/" + id)
		report, _, err := w.round()
		w.must(err)
		want := 0
		if n == 0 || n >= 3 {
			want = 1 // once a day
		}
		if report.Complete || !slices.Equal(report.Missing, []string{id}) || *byID != want {
			t.Errorf("round %d: complete %t, missing %v, asked for %d times, want %d: %+v", n, report.Complete,
				report.Missing, *byID, want, report.Accounts)
		}
	}
	w.server.ClearFaults()
	w.server.Advance(25 * time.Hour)
	report, _, err := w.round()
	w.must(err)
	if !report.Complete || len(report.Missing) > 0 {
		t.Errorf("listed again: %+v", report.Accounts)
	}
	w.wantTruth()
}

// getsOf counts GET requests of a path from now on.
func (w *world) getsOf(suffix string) *int {
	n := 0
	w.between = func(r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, suffix) {
			n++
		}
	}
	return &n
}

func onAccounts(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/accounts")
}

// without takes an account out of a list.
func without(body, id string) string {
	var list map[string]any
	if json.Unmarshal([]byte(body), &list) != nil {
		panic("no list")
	}
	list["data"] = slices.DeleteFunc(list["data"].([]any), func(a any) bool { return a.(map[string]any)["id"] == id })
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestMissingAccountAnsweredByID: what Stripe says of the id counts. Disconnected is an end, of
// another holder is none of ours, anything else is read and stays missing.
func TestMissingAccountAnsweredByID(t *testing.T) {
	for name, test := range map[string]struct {
		set             string
		missing, second int
		holders         bool
	}{
		"disconnected":   {`"status": "disconnected"`, 0, 0, false},
		"active":         {`"display_name": "Renamed"`, 1, 1, false},
		"inactive":       {`"status": "inactive"`, 1, 1, false},
		"another holder": {`"account_holder.customer": "cus_other"`, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			w.change = quietly
			_, _, err := w.round()
			w.must(err)
			id := w.server.Accounts()[1]
			if all := w.holders(); test.holders {
				w.change = func(o *Options) {
					quietly(o)
					o.Holders = all
				}
			}
			w.meddle(onAccounts, -1, rewritten(func(body string) string { return without(body, id) }))
			w.must(w.server.AddFault(fault(`{"when": {"path": "/accounts/` + id + `"}, "do": {"set": {` + test.set +
				`}}}`)))
			for n, want := range []int{test.missing, test.second} {
				report, _, err := w.round()
				w.must(err)
				if len(report.Missing) != want || report.Complete != (want == 0) {
					t.Errorf("round %d: missing %v, complete %t: %+v", n, report.Missing, report.Complete,
						report.Accounts)
				}
				w.server.Advance(time.Minute)
			}
		})
	}
}

// TestWhatIsNotExpectedIsNotMissing: accounts of holders that are not configured any more, of
// Stripe accounts that are not, and those that were disconnected when they were last seen.
func TestWhatIsNotExpectedIsNotMissing(t *testing.T) {
	w := newFaultWorld(t)
	w.change = quietly
	_, _, err := w.round()
	w.must(err)
	holder := w.holders()[0]
	w.change = func(o *Options) {
		quietly(o)
		o.Holders = []string{holder}
	}
	report, _, err := w.round()
	if w.must(err); !report.Complete || len(report.Missing) > 0 {
		t.Errorf("one holder alone: %v", report.Missing)
	}
	w.change = quietly
	id := w.server.Accounts()[2]
	w.post(id, "disconnect", "")
	_, _, err = w.round()
	w.must(err)
	w.must(w.server.AddFault(goneFault(id)))
	report, _, err = w.round()
	if w.must(err); !report.Complete || len(report.Missing) > 0 {
		t.Errorf("disconnected: %v", report.Missing)
	}
	ours, theirs, removed := "acct_1", "acct_2", "acct_3"
	own, connected := &source{id: &ours}, &source{id: &theirs, connected: theirs}
	for _, test := range []struct {
		of  *string
		src *source
		ok  bool
	}{
		{nil, own, true},
		{&ours, own, true},
		{&theirs, own, false},
		{&removed, own, false},
		{&theirs, connected, true},
		{nil, connected, false},
		{&ours, &source{}, false},
	} {
		if got := test.src.lists(schema.Account{StripeAccountID: test.of}); got != test.ok {
			t.Errorf("%v on %+v: %t", test.of, test.src, got)
		}
	}
}

// TestEmptyListOfAccountsIsNeverComplete: every account is missing, nothing is asked for and nothing changes.
func TestEmptyListOfAccountsIsNeverComplete(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	stop := w.meddle(onAccounts, -1, withAnswer(200, nil, noRows))
	for range 2 {
		report, merged, err := w.round()
		w.must(err)
		if report.Complete || len(report.Missing) != 3 || len(report.ListProblems) != 1 || report.Reads != 1 ||
			report.Writes != 0 || merged.AccountsChanged != 0 {
			t.Errorf("%d missing, %d reads, %q", len(report.Missing), report.Reads, report.ListProblems)
		}
	}
	stop()
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
	w.wantTruth()
}

// TestSettledAccountIsMissedNoMore: until it is undone, or the account is listed again.
func TestSettledAccountIsMissedNoMore(t *testing.T) {
	w := newFaultWorld(t)
	w.change = quietly
	_, _, err := w.round()
	w.must(err)
	id, log := w.server.Accounts()[0], w.journal
	w.must(w.server.AddFault(goneFault(id)))
	for _, test := range []struct {
		undone  bool
		missing int
	}{{false, 0}, {true, 1}, {false, 0}} {
		w.must(log.RecordSettlement(journal.Settlement{
			AccountID: id, Reason: "closed", Undone: test.undone,
			At: w.now(),
		}))
		report, _, err := w.round()
		if w.must(err); len(report.Missing) != test.missing || report.Complete != (test.missing == 0) {
			t.Errorf("undone %t: missing %v: %+v", test.undone, report.Missing, report.Accounts)
		}
	}
	w.server.ClearFaults()
	report, _, err := w.round()
	if w.must(err); !report.Complete || len(log.Settled()) > 0 {
		t.Errorf("listed again: still settled")
	}
	w.must(w.server.AddFault(goneFault(id)))
	report, _, err = w.round()
	if w.must(err); len(report.Missing) != 1 {
		t.Error("it vanished once more and was not missed")
	}
}

// TestManyMissingAccountsAreAskedForInTurn: a round asks for so many by their ids, the next for others.
func TestManyMissingAccountsAreAskedForInTurn(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 30, Holders: 30, HistoryDays: 1, Calm: true, Linked: true})
	w.change = quietly
	w.server.Advance(time.Hour)
	_, _, err := w.round()
	w.must(err)
	for _, id := range w.server.Accounts()[:28] {
		w.must(w.server.AddFault(goneFault(id)))
	}
	for n, want := range []int64{mostAskedFor, 28 - mostAskedFor, 0} {
		report, _, err := w.round()
		w.must(err)
		if report.Reads != 1+want || len(report.Missing) != 28 {
			t.Errorf("round %d: %d reads, %d missing, want %d asked for", n, report.Reads, len(report.Missing), want)
		}
	}
}

// TestListsWithoutAnEnd: what was listed is used, nothing is called missing, and the round says why it is partial.
func TestListsWithoutAnEnd(t *testing.T) {
	for name, test := range map[string]struct {
		allowed int64
		fault   string
		pages   int64
		says    string
	}{
		"new accounts for ever": {
			1000, "", 100,
			"the list of accounts is too long: more than 100 pages, the part of stripe.reads_per_30_days: 1000 a " +
				"list may take",
		},
		"a page that repeats": {
			0, `{"when": {"path": "/accounts$"}, "do": {"repeat_page": true}}`, 2,
			"a page without a new row that says more follows",
		},
		"a page that is no list": {
			0,
			`{"when": {"path": "/accounts$", "param": "starting_after"}, "do": {"set_list": {"has_more": null}}}`, 2,
			"no list (has_more",
		},
		"an empty page with more": {
			0,
			`{"when": {"path": "/accounts$", "param": "starting_after"}, "do": {"empty_page_has_more": true}}`, 2,
			"an empty page that says more follows",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := simulator.Config{Accounts: 110, Holders: 55, HistoryDays: 1, Calm: true, Linked: true}
			if test.fault == "" { // its first page comes a hundred times
				config.Accounts, config.Holders = 10, 5
			}
			w := newWorld(t, config)
			w.change = func(o *Options) {
				quietly(o)
				o.Policy.ReadsPer30Days = test.allowed
			}
			w.server.Advance(time.Hour)
			lists := w.getsOf("/accounts")
			if test.fault == "" {
				endless, first := 0, ""
				lists = &endless
				w.meddle(onAccounts, -1, func(r *http.Request, send func() *http.Response) (*http.Response, error) {
					if endless++; endless == 1 {
						body, err := io.ReadAll(send().Body)
						w.must(err)
						first = strings.Replace(string(body), `"has_more":false`, `"has_more":true`, 1)
					}
					return answered(r, 200, nil, strings.ReplaceAll(first, `"id":"fca_`,
						fmt.Sprintf(`"id":"fca_%d`, endless))), nil
				})
				w.meddle(onRows, -1, withAnswer(200, nil, noRows))
			} else {
				w.must(w.server.AddFault(fault(test.fault)))
			}
			report, _, err := w.round()
			w.must(err)
			if report.Complete || len(report.ListProblems) != 1 || !strings.Contains(report.ListProblems[0],
				test.says) || len(report.Missing) > 0 {
				t.Errorf("complete %t: %q, missing %d", report.Complete, report.ListProblems, len(report.Missing))
			}
			if int64(*lists) < test.pages || int64(*lists) > 2*test.pages || // once more for accounts without a row
				len(report.Seen) < 100 {
				t.Errorf("%d pages, want %d; %d accounts listed", *lists, test.pages, len(report.Seen))
			}
		})
	}
}
