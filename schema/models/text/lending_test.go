package text_test

import (
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
