package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRowsChangeAtTheirBank: what each action makes of the rows, and when they show it.
func TestRowsChangeAtTheirBank(t *testing.T) {
	for name, test := range map[string]struct {
		do   string
		want func(before, after []string) bool
	}{
		"next to the top, silently": {`{"move_row": "top", "reveal": "silently"}`, func(b, a []string) bool {
			return a[0] == b[100] && len(a) == 100
		}},
		"cursor to the end, at once": {
			`{"move_row": "end", "row": "cursor", "reveal": "new_refresh"}`,
			func(b, a []string) bool { return a[99] == b[100] },
		},
		"deleted, silently": {
			`{"delete_row": true, "row": "cursor", "reveal": "silently"}`,
			func(b, a []string) bool { return a[99] == b[100] && !slices.Contains(a, b[99]) },
		},
		"inserted at once": {`{"insert_now": 3, "reveal": "new_refresh"}`, func(b, a []string) bool {
			return slices.Equal(a[3:], b[:97])
		}},
		"inserted, next refresh": {`{"insert_now": 3}`, func(b, a []string) bool { return slices.Equal(a, b[:100]) }},
		"history shrinks": {`{"shrink_history": "240h"}`, func(b, a []string) bool {
			return len(a) < 60 && slices.Equal(a, b[:len(a)])
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(250)
			ids, _ := rowsOf(t, s, "")
			second, _ := rowsOf(t, s, "&starting_after="+ids[99])
			arm(t, s, `{"when": {"param": "starting_after"}, "do": `+test.do+`}`)
			rowsOf(t, s, "&starting_after="+ids[99])
			s.ClearFaults()
			if after, _ := rowsOf(t, s, ""); !test.want(append(ids, second...), after) {
				t.Errorf("%d rows: %v", len(after), after[:min(5, len(after))])
			}
		})
	}
	s := calmWorld(50)
	arm(t, s, `[
		{"when": {"nth": 1}, "do": {"reveal": "silently", "change_row":
			{"status": "posted", "amount": -7, "currency": "eur", "description": "X", "transacted_at": 1}}},
		{"when": {"nth": 1}, "do": {"replace_row": true, "reveal": "silently"}}
	]`)
	rowsOf(t, s, "")
	rowsOf(t, s, "")
	text, _ := json.Marshal(s.Truth())
	for _, want := range []string{
		`"amount":-7,"currency":"eur","description":"X","livemode":false,"status":"posted"`,
		`"transacted_at":1,`, `"status":"void"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the truth has no %s", want)
		}
	}
}

func TestRefreshesFailAndPendAsArmed(t *testing.T) {
	s := calmWorld(5)
	path := accountsPath + "/" + s.Accounts()[0]
	arm(t, s, `[
		{"when": {"account": "ACCOUNT", "feature": "balance"}, "do": {"fail_refresh": true}},
		{"when": {"feature": "transactions"}, "do": {"pend_for": "90h"}}
	]`)
	var a struct {
		Balance struct{ Status string } `json:"balance_refresh"`
		Rows    struct{ Status string } `json:"transaction_refresh"`
	}
	var got []string
	for range 2 {
		s.Advance(25 * time.Hour)
		ask(t, s, "POST", path+"/refresh", "features[]=balance&features[]=transactions", nil)
		s.Advance(time.Hour)
		ask(t, s, "GET", path, "", &a)
		got = append(got, a.Balance.Status, a.Rows.Status)
	}
	s.Advance(70 * time.Hour)
	ask(t, s, "GET", path, "", &a)
	got = append(got, a.Rows.Status)
	if !slices.Equal(got, []string{"failed", "pending", "succeeded", "pending", "succeeded"}) {
		t.Errorf("%v", got)
	}
}

func TestGoneAccountIsFoundNowhere(t *testing.T) {
	s := calmWorld(5)
	arm(t, s, `{"when": {"account": "ACCOUNT"}, "do": {"gone": true}}`)
	var page listed
	ask(t, s, "GET", accountsPath, "", &page)
	got := []int{
		len(page.Data),
		ask(t, s, "GET", accountsPath+"/"+s.Accounts()[0], "", nil).StatusCode,
		ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], nil).StatusCode,
	}
	s.ClearFaults()
	ask(t, s, "GET", accountsPath, "", &page)
	if got = append(got, len(page.Data)); !slices.Equal(got, []int{2, 404, 404, 3}) {
		t.Errorf("%v", got)
	}
}

func TestTroubleLastsUntilFaultsAreCleared(t *testing.T) {
	s := calmWorld(5)
	status := func() int { return ask(t, s, "GET", accountsPath, "", nil).StatusCode }
	arm(t, s,
		`{"when": {"nth": 2}, "do": {"rate_burst": "30s", "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}}}`)
	got := []int{status(), status(), status()}
	header := ask(t, s, "GET", accountsPath, "", nil).Header
	if reason := header.Get("Stripe-Rate-Limited-Reason"); reason != "global-rate" {
		t.Errorf("reason %q", reason)
	}
	s.Advance(30 * time.Second)
	got = append(got, status())
	arm(t, s, `{"when": {"nth": 1}, "do": {"revoke_key": true}}`)
	got = append(got, status(), status())
	s.ClearFaults()
	if got = append(got, status()); !slices.Equal(got, []int{200, 429, 429, 200, 401, 401, 200}) {
		t.Errorf("%v", got)
	}
}

func TestStaleReadsShowThePast(t *testing.T) {
	s := calmWorld(20)
	path := accountsPath + "/" + s.Accounts()[0]
	show := func() string {
		body, _ := io.ReadAll(ask(t, s, "GET", path, "", nil).Body)
		rows, _ := rowsOf(t, s, "")
		return string(body) + fmt.Sprint(rows)
	}
	before := show()
	ask(t, s, "POST", path+"/refresh", "features[]=balance", nil)
	s.Advance(48 * time.Hour)
	ask(t, s, "POST", path+"/refresh", "features[]=balance&features[]=transactions", nil)
	s.Advance(time.Hour)
	if show() == before {
		t.Fatal("nothing happened in two days")
	}
	arm(t, s, `{"do": {"stale_read": "49h1m"}}`)
	if got := show(); got != before {
		t.Errorf("as it is shown now: %s\nas it was: %s", got, before)
	}
}
