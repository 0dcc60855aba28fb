package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"fcpipe/cmd/fcpipe/userfiles"
)

var update = flag.Bool("update", false, "write the golden files again")

// TestTheReportOfASteadyHolder, up to the list of every number, is the text people have read and found right.
func TestTheReportOfASteadyHolder(t *testing.T) {
	t.Parallel()
	connection := readWorld(t)
	r, err := Of(t.Context(), connection, Holder{ID: steady})
	if err != nil {
		t.Fatal(err)
	}
	if err := lendersPolicy(t, connection).Apply(t.Context(), connection, []*Report{r}); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	got, _, _ := strings.Cut(text.String(), "## Every number")
	const golden = "testdata/steady.md"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s (-update writes it):\n%s", golden, got)
	}
}

func lendersPolicy(t *testing.T, connection Connection) *Policy {
	t.Helper()
	read, err := userfiles.ReadPolicy(t.Context(), connection, "policy.csv", []byte(
		"attribute,window,comparison,threshold,currency,reason_code,text\n"+
			"coverage_days,180d,<,150,,CF01,\n"+
			"balance_negative_days,90d,>,2,,CF06,\n"+
			"balance_daily_avg_minor,90d,<,5000.00,usd,CF09,\n"+
			"balance_days_since_negative,now,<,30,,NEG,It was below zero {n} days ago\n"+
			"distress_fee_count,90d,>=,1,,FEES,{n} fees in {w} days\n"+
			"flow_net_positive_months_count,3m,<=,3,,CF18,\n"))
	if err != nil {
		t.Fatal(err)
	}
	return &Policy{"policy.csv", read}
}

// TestNoTextOfABankIsAPartOfThePage: nothing a bank wrote becomes an element, an address or a script.
func TestNoTextOfABankIsAPartOfThePage(t *testing.T) {
	t.Parallel()
	r := sharedReports(t)[hostile]
	html := pageOf(t, r)
	for _, never := range []string{"<script", "<img", "<svg onload", "<b>", `href="http`, `src=`, "\u202e"} {
		if strings.Contains(strings.ReplaceAll(html, "src=http", ""), never) {
			t.Errorf("%s is in the page", never)
		}
	}
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<", "](http", " http:", "| **bold"} {
		if strings.Contains(text.String(), never) {
			t.Errorf("%q is in the Markdown", never)
		}
	}
	if !strings.Contains(html, "no credit score") || !strings.Contains(html, "customer_account:"+hostile) {
		t.Error("the page does not say what it is not, or whose it is")
	}
}

// TestWhatMustNotBeNamedIsNotNamed: neither a church nor a pharmacy is on the page, in whatever form it comes, and its
// money is still in the sums.
func TestWhatMustNotBeNamedIsNotNamed(t *testing.T) {
	t.Parallel()
	r := sharedReports(t)[steady]
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(r); err != nil {
		t.Fatal(err)
	}
	if err := r.Markdown(&out); err != nil {
		t.Fatal(err)
	}
	out.WriteString(pageOf(t, r))
	hidden := regexp.MustCompile(`(?i)church|baptist|tithe|religious|cvs|pharmacy`)
	if found := hidden.FindString(out.String()); found != "" {
		t.Errorf("%s is named", found)
	}
	shown := map[string]string{}
	for _, s := range r.Spending {
		shown[s.Category] = optional(sum(s.Minor), s.Currency)
	}
	if shown["Not shown by category"] != "150.00" || shown["Other essential"] != "75.00" {
		t.Errorf("spending is %v", shown)
	}
}

// TestEveryHolderHasAPage, however little is known: no account is silent, and no missing number is zero.
func TestEveryHolderHasAPage(t *testing.T) {
	t.Parallel()
	reports := sharedReports(t)
	for id, codes := range map[string]string{
		steady: "", nothing: "never_read gate_failed", cardOnly: "no_cash_account",
		gaps: "out_of_date gate_failed never_read gate_failed inactive",
	} {
		var found []string
		for _, p := range reports[id].Problems {
			if p.Code != "unknown_share" {
				found = append(found, p.Code)
			}
		}
		if strings.Join(found, " ") != codes {
			t.Errorf("%s has the problems %q, want %q", id, found, codes)
		}
	}
	for id, r := range reports {
		for _, v := range r.Values {
			if (v.State == "NOT_COVERED" || v.State == "NO_DATA" || v.State == "NOT_APPLICABLE") &&
				strings.ContainsAny(v.Shown(), "0123456789") && v.LowerBound == nil {
				t.Errorf("%s: %s is shown as %s though %s", id, v.Attribute, v.Shown(), v.State)
			}
		}
		if !strings.Contains(pageOf(t, r), "</html>") || r.HolderID != id {
			t.Errorf("%s has no page", id)
		}
	}
	if got := reports[twoMoney].Currencies(); strings.Join(got, " ") != "jpy usd" {
		t.Errorf("currencies are %q", got)
	}
	if _, err := Of(t.Context(), readWorld(t), Holder{ID: "cus_other"}); !errors.Is(err, ErrNoHolder) {
		t.Errorf("another holder: %v", err)
	}
}

// TestWhatACardOwesIsShown: no balance of a day is derived of an account that is not cash; what the bank stated is.
func TestWhatACardOwesIsShown(t *testing.T) {
	t.Parallel()
	r := sharedReports(t)[cardOnly]
	var markdown strings.Builder
	if err := r.Markdown(&markdown); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{pageOf(t, r), markdown.String()} {
		if !strings.Contains(text, "1,280.94\u00a0USD owed") {
			t.Errorf("what the card owes is not in %.3000s", text)
		}
	}
}

// TestReportsTogetherAreThoseAlone: a report is the same whether it is read alone or among all, and each time.
func TestReportsTogetherAreThoseAlone(t *testing.T) {
	t.Parallel()
	connection, alone := readWorld(t), sharedReports(t)
	var holders []Holder
	for id := range alone {
		holders = append(holders, Holder{"customer", id})
	}
	together, err := OfAll(t.Context(), connection, holders)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range together {
		if pageOf(t, r) != pageOf(t, alone[holders[i].ID]) {
			t.Errorf("%s differs", holders[i].ID)
		}
	}
}

// TestAConditionNeverHoldsByANumberThatCannotBeReliedOn: where the state is neither OK nor PARTIAL it cannot be said,
// and the report says why.
func TestAConditionNeverHoldsByANumberThatCannotBeReliedOn(t *testing.T) {
	t.Parallel()
	connection := readWorld(t)
	p := lendersPolicy(t, connection)
	for _, id := range []string{steady, nothing, cardOnly, gaps, twoMoney} {
		r, err := Of(t.Context(), connection, Holder{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Apply(t.Context(), connection, []*Report{r}); err != nil {
			t.Fatal(err)
		}
		if len(r.Reasons) < len(p.Conditions) {
			t.Errorf("%s: %d outcomes for %d conditions", id, len(r.Reasons), len(p.Conditions))
		}
		for _, reason := range r.Reasons {
			usable := reason.State == "OK" || reason.State == "PARTIAL"
			if reason.Outcome == holds && !usable || reason.Outcome != holds && reason.Text != "" {
				t.Errorf("%s: %+v", id, reason)
			}
			if reason.Outcome == cannotBeSaid && reason.Why == "" {
				t.Errorf("%s: %s cannot be said, without a reason", id, reason.Code)
			}
		}
	}
}
