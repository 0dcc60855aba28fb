package text_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models/text"
)

// TestDebtsAndSupportUnderWordsOfBanks: what a lender has to see of a household is seen however a bank prints it: the
// loan of a car under its maker's name, an advance that is paid back, support, and the pay of a platform.
func TestDebtsAndSupportUnderWordsOfBanks(t *testing.T) {
	for _, line := range []struct{ printed, in, out, key string }{
		{"TOYOTA FIN RETAIL_PAY PPD ID: 9694197190", "", "fin_out.auto", ""},
		{"NISSAN AUTO LOAN PAYMENT", "", "fin_out.auto", ""},
		{"HYUNDAI MOTOR FIN HMFUSA.COM PPD", "", "fin_out.auto", ""},
		{"KIA MOTORS FINANCE KMFUSA", "", "fin_out.auto", ""},
		{"SUBARU MOTORS FIN PAYMENT", "", "fin_out.auto", ""},
		{"VW CREDIT INC AUTODEBIT", "", "fin_out.auto", ""},
		{"BMWFINANCIAL SVS BMWFS PYMT", "", "fin_out.auto", ""},
		{"POS PURCHASE TOYOTA OF PLANO PLANO TX", "", "transport.auto_service", ""},
		{"DAVE INC REPAYMENT", "", "fin_out.ewa", "DAVE"},
		{"BRIGIT REPAYMENT", "", "fin_out.ewa", "BRIGIT"},
		{"Deposit from STATE DISBURSE UNIT CHLD SUP", "income.support", "", ""},
		{"UBER EATS PAYOUT", "income.gig", "", ""},
		{"UBER EATS", "adj.refund", "food.restaurant", ""},
	} {
		got := text.Read(line.printed)
		if line.in != "" && got.In.Category != line.in {
			t.Errorf("%q comes in as %q, want %q", line.printed, got.In.Category, line.in)
		}
		if line.out != "" && got.Out.Category != line.out {
			t.Errorf("%q goes out as %q, want %q", line.printed, got.Out.Category, line.out)
		}
		if line.key != "" && got.Key != line.key {
			t.Errorf("%q is of %q, want %q", line.printed, got.Key, line.key)
		}
	}
}

// TestLendersAreKnownByWhatTheyPayOut: what a lender pays out, and gets back, is of that lender whatever word a bank
// prints behind its name, and is neither income nor what a shop sells.
func TestLendersAreKnownByWhatTheyPayOut(t *testing.T) {
	tried := 0
	for _, line := range seeds(t, "online_merchants.csv") {
		out := line["category"]
		kind, isDebt := strings.CutPrefix(out, "fin_out.")
		switch kind {
		case "ewa", "cash_advance", "personal_loan", "biz_mca", "biz_term_loan", "line_of_credit":
		default:
			isDebt = false
		}
		name, _, _ := strings.Cut(line["texts"], ";")
		if !isDebt || strings.HasSuffix(name, "?") {
			continue
		}
		tried++
		for _, word := range []string{"FUNDING", "LOAN", "ADVANCE", "CASH ADVANCE", "DISBURSEMENT", "VISA DIRECT"} {
			if got := text.Read(name + " " + word).In; got.Category != "fin_in."+kind {
				t.Errorf("%s %s comes in as %q, want fin_in.%s", name, word, got.Category, kind)
			}
		}
		for _, word := range []string{"REPAYMENT", "LOAN PMT", "ADVANCE REPAYMENT", "PMT", "AUTOPAY", "VISA DIRECT"} {
			if got := text.Read(name + " " + word).Out; got.Category != out {
				t.Errorf("%s %s goes out as %q, want %q", name, word, got.Category, out)
			}
		}
	}
	if tried < 80 {
		t.Error(tried)
	}
}
