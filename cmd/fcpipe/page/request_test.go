package page

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// TestTheLoanThatIsAskedForStandsBesideItsNumbers, as the file has it, in each form; holders without one have no such
// part.
func TestTheLoanThatIsAskedForStandsBesideItsNumbers(t *testing.T) {
	t.Parallel()
	reports := sharedReports(t)
	for id, r := range reports {
		var text strings.Builder
		if err := r.Markdown(&text); err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{text.String(), pageOf(t, r)} {
			if strings.Contains(shown, "The loan that is asked for") != (len(r.Requests) > 0) {
				t.Errorf("%s asks for %d loans, and the page says otherwise", id, len(r.Requests))
			}
		}
	}
	shown := pageOf(t, reports[steady])
	for _, want := range []string{"250.00\u00a0USD every month", "2026-07-15", ">36<", "8,000.00\u00a0USD", "a car"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if shown = pageOf(t, reports[hostile]); !strings.Contains(shown, "banana, and the holder has no obligation with") ||
		!strings.Contains(shown, "not said, so the first day of each span") {
		t.Error("the page does not say that nothing is paid off, or from when on")
	}
	content, err := json.Marshal(reports[steady].Requests)
	if want := `[{"currency":"usd","payment_minor":25000,"cadence":"monthly","first_due":"2026-07-15","payments":36,` +
		`"amount_minor":800000,"refinances":"","pays_off":"","is_obligation_found":false,"purpose":"a car",` +
		`"read_on":"2026-06-20"}]`; err != nil || string(content) != want {
		t.Errorf("%s, %v", content, err)
	}
	if n := len(reports[steady].LoanValues("usd")); n < 3 {
		t.Errorf("%d numbers stand beside the loan", n)
	}
}

// TestALoanThatPaysOffAnObligationNamesIt, by the id of its payee and, with -proof, by that of its stream.
func TestALoanThatPaysOffAnObligationNamesIt(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"stream_id", "counterparty_id"} {
		if id == "stream_id" && !*storetest.Proof {
			continue
		}
		s := world(t)
		rent := s.Query(fmt.Sprintf("SELECT %s FROM underwriting.obligations WHERE holder_id = '%s' AND class = 'rent'",
			id, steady))
		s.UserFiles = &rules.Set{Requests: requestsOf(t, steady+",usd,250.00,weekly,,,,"+rent+",\n")}
		s.Derives = true
		s.Round()
		r, err := Of(t.Context(), connect(t, s), Holder{ID: steady})
		if err != nil {
			t.Fatal(err)
		}
		if q := r.RequestsOf("usd"); len(q) != 1 || !q[0].IsFound ||
			q[0].Facts()[4].Text != "AVALONBAY ("+rent+")" {
			t.Errorf("%+v", q)
		}
	}
}
