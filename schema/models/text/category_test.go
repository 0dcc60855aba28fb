package text_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models/text"
)

// TestEveryRuleOfCategoriesLabelsItsExample: each line says what its own example is, for each sign it is of, and not
// for the other one.
func TestEveryRuleOfCategoriesLabelsItsExample(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range lines(t, "categories.csv") {
		if seen[line["id"]] {
			t.Errorf("the id %s is taken", line["id"])
		}
		seen[line["id"]] = true
		got := text.Read(line["example"])
		want := text.Label{Category: line["category"], Rule: line["id"], Strength: line["strength"]}
		if isWanted := line["sign"] != "out"; (got.In == want) != isWanted {
			t.Errorf("%s: %q comes in as %v", line["id"], line["example"], got.In)
		}
		if isWanted := line["sign"] != "in"; (got.Out == want) != isWanted {
			t.Errorf("%s: %q goes out as %v", line["id"], line["example"], got.Out)
		}
		switch line["strength"] {
		case "exact", "pattern", "weak":
		default:
			t.Errorf("%s: the strength %q is unknown", line["id"], line["strength"])
		}
	}
}

// TestCategoriesGoByTheSignOfMoney: the flow of a category is that of the money, whatever the text.
func TestCategoriesGoByTheSignOfMoney(t *testing.T) {
	flows := map[string]string{"": "both"}
	taxonomy, err := text.Taxonomy()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range taxonomy {
		flows[line["code"]] = line["flow"]
	}
	rows := lines(t, "testdata/public.csv")
	for _, line := range seeds(t, "online_merchants.csv") {
		for written := range strings.SplitSeq(line["texts"], ";") {
			rows = append(rows, map[string]string{"text": written})
		}
	}
	for _, line := range rows {
		got := text.Read(line["text"])
		if flow := flows[got.In.Category]; flow != "in" && flow != "both" {
			t.Errorf("%q comes in as %s, which goes %q", line["text"], got.In.Category, flow)
		}
		if flow := flows[got.Out.Category]; flow != "out" && flow != "both" {
			t.Errorf("%q goes out as %s, which goes %q", line["text"], got.Out.Category, flow)
		}
	}
}

// TestFeesReturnsAndRefundsAsBanksWriteThem: each line of fees.csv is what its bank meant. A protection transfer's fee
// and a yearly price of overdraft privilege are no sign of distress, and a creditor's fee for a returned payment is
// late.
func TestFeesReturnsAndRefundsAsBanksWriteThem(t *testing.T) {
	for _, line := range lines(t, "testdata/fees.csv") {
		read := text.Read(line["text"])
		got := map[string]string{"in": read.In.Category, "out": read.Out.Category}[line["direction"]]
		if got != line["category"] {
			t.Errorf("%q goes %s as %q, want %q", line["text"], line["direction"], got, line["category"])
		}
	}
}

// TestTextsSayWhatTheirBankMeant: each line of meant.csv is what its bank meant, and is of the payee it names, without
// the payer and without a day; no category: the text does not say one that is sure.
func TestTextsSayWhatTheirBankMeant(t *testing.T) {
	for _, line := range lines(t, "testdata/meant.csv") {
		read := text.Read(line["text"])
		got := map[string]string{"in": read.In.Category, "out": read.Out.Category}[line["direction"]]
		if line["category"] != got {
			t.Errorf("%q goes %s as %q, want %q", line["text"], line["direction"], got, line["category"])
		}
		if line["key"] != "" && read.Key != line["key"] {
			t.Errorf("%q is of %q, want %q", line["text"], read.Key, line["key"])
		}
	}
}

// TestTheOrderOfRulesDecides: texts that several rules fit.
func TestTheOrderOfRulesDecides(t *testing.T) {
	for _, c := range []struct{ written, in, out string }{
		{"Insufficient Funds Charge Paid / VENMO", "", "fee.nsf"},
		{"PAYPAL INST XFER LYFT", "", "transport.rideshare"},
		{"INTEREST CHARGE-CASH ADVANCES", "", "fee.interest"},
		{"FLAGSHIP CREDIT DES:DIRECT DEP", "income.payroll", ""},
		{"FLAGSHIP CREDIT DES:PAYMENT", "fin_in.auto", "fin_out.auto"},
		{"OVERDRAFT PROTECTION TRANSFER", "", ""},
		{"RETURNED PMT FEE AMEX", "", "fee.late"},
		{"FEE REFUND OD", "adj.fee_reversal", ""},
		{"EDDIE BAUER REFUND", "adj.refund", "shopping.clothing"},
		{"DAVE INC", "fin_in.ewa", "fin_out.ewa"},
		{"ZELLE TO GRACE CHURCH", "xfer.p2p_in", "xfer.p2p_out"},
		{"VENMO PAYMENT 1029384756", "xfer.p2p_in", "xfer.p2p_out"},
		{"CHECK # 1043", "xfer.check_deposit", "xfer.check_out"},
		{"DEBIT CARD RECURRING SPOTIFY PECKW9JT38 807-693-", "adj.refund", "fun.music"}, // a phrasing no rule knows
		{"SQ *COASTAL LOTUS COFF", "", "food.coffee"},                                   // cut off by the bank
		{"WOLDER LOGISTICS DESCR:PAYROLLSEC:PPD", "income.payroll", "biz.payroll_run"},
		{"ELECTRONIC DEPOSIT FROM WOLDER REF=616274743179085N00 2673562478PAYROLL", "income.payroll", ""},
		{"DIRECT DEPOSIT - XFER CITIBANK XXXXX2893", "xfer.own_unlinked_in", "xfer.own_unlinked_out"},
		{"ZELLE TRANSFER FROM JANE DOE CHASE", "xfer.p2p_in", "xfer.p2p_out"},
		{"XQZPLTH", "", ""},
		{"", "", ""},
		{"12345", "", ""},
	} {
		got := text.Read(c.written)
		if c.in != "" && got.In.Category != c.in || c.out != "" && got.Out.Category != c.out {
			t.Errorf("%q comes in as %v, goes out as %v", c.written, got.In, got.Out)
		}
		if c.in == "" && c.out == "" && (got.In.Category+got.Out.Category != "") {
			t.Errorf("%q is %v, %v, and says nothing", c.written, got.In, got.Out)
		}
	}
}

// TestFeesOfOthersAreNoFeesOfBanks: a text with one word that no bank writes beside its fee names who is paid.
func TestFeesOfOthersAreNoFeesOfBanks(t *testing.T) {
	for _, written := range []string{
		"LAKESIDE HOA FEE", "SPRING TUITION FEE", "CITY OF DENVER PARKING FEE", "DOG ADOPTION FEE",
		"SANTA FE INTERNATIONAL FOODS", "SMITH & DOE LEGAL FEES", "BENEFITS OF INTEREST BOOKS", "MONTHLY WATER CHARGE",
		"LATE NIGHT PAYMENT CAFE", "TERMINAL 5 COFFEE CHG",
	} {
		if got := text.Read(written).Out; strings.HasPrefix(got.Category, "fee.") {
			t.Errorf("%q is %v", written, got)
		}
	}
}
