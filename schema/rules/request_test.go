package rules

import (
	"strings"
	"testing"
)

const requestHead = "holder,currency,payment,cadence,first_due,payments,amount,refinances,purpose\n"

// TestALoanRequestThatCannotBeUsed is one error with its line, which says what to write.
func TestALoanRequestThatCannotBeUsed(t *testing.T) {
	for line, want := range map[string]string{
		",usd,250,monthly,,,,,":                          "loan_requests.csv:2: fill holder; a request needs",
		"cus_1,,250,monthly,,,,,":                        "fill currency",
		"cus_1,usd,,monthly,,,,,":                        "fill payment",
		"cus_1,usd,250,,,,,,":                            "fill cadence",
		"Jane,usd,250,monthly,,,,,":                      `holder "Jane": write the id of a holder, cus_…`,
		"cus_1,zzz,250,monthly,,,,,":                     `currency "zzz": write an ISO 4217 code such as usd`,
		"cus_1,dollar,250,monthly,,,,,":                  `currency "dollar": write an ISO 4217 code such as usd`,
		"cus_1,usd,250,yearly,,,,,":                      `cadence "yearly": write one of weekly, biweekly, monthly`,
		"cus_1,usd,-250,monthly,,,,,":                    `payment: "-250": write an amount of usd without sign`,
		"cus_1,usd,0,monthly,,,,,":                       "payment: write more than 0",
		"cus_1,jpy,2.50,monthly,,,,,":                    `payment: "2.50": write an amount of jpy`,
		"cus_1,usd,250,monthly,15th,,,,":                 `first_due "15th": write a date such as 2026-01-31`,
		"cus_1,usd,250,monthly,,0,,,":                    `payments "0": write how many there are`,
		"cus_1,usd,250,monthly,,,many,,":                 `amount: "many": write an amount of usd`,
		"cus_1,usd,250,monthly,,,0,,":                    "amount: write more than 0, or leave it empty",
		"cus_1,usd,250,monthly,,,-8000,,":                `amount: "-8000": write an amount of usd without sign`,
		"cus_1,usd,250,monthly,,,\"8,000\",,":            `amount: "8,000": write an amount of usd without sign and`,
		"cus_1,usd,250,monthly,,,8\u00a0000,,":           "amount has a character that is not to be seen, U+00A0",
		"cus_1\u200b,usd,250,monthly,,,,,":               "holder has a character that is not to be seen, U+200B",
		"cus_1,usd,2,500,monthly,,,,":                    `cadence "500": write one of weekly`,
		"cus_1,usd,10000000000000.01,monthly,,,,,":       `"10000000000000.01": write at most 10000000000000.00`,
		"cus_1,usd,99999999999999999999,monthly,,,,,":    `payment: "99999999999999999999": write an amount of at most`,
		"cus_1,usd,250,monthly,,,9000000000000000000,,":  "amount: \"9000000000000000000\": write an amount of at most",
		"cus_1,usd,250,monthly,,,90000000000000,,":       `amount: "90000000000000": write at most 10000000000000.00`,
		strings.Repeat("cus_1,usd,250,weekly,,,,,\n", 2): "loan_requests.csv:3: line 2 has a request of cus_1 in usd",
	} {
		if _, err := ReadLoanRequests("loan_requests.csv", []byte(requestHead+line+"\n")); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %s", line, err, want)
		}
	}
	if _, err := ReadLoanRequests("loan_requests.csv", []byte("holder,rate\ncus_1,5\n")); err == nil ||
		!strings.Contains(err.Error(), `loan_requests.csv:1: unknown column "rate"`) {
		t.Error(err)
	}
}

// TestLoanRequestsAreRead: amounts in minor units, what is left out as nil.
func TestLoanRequestsAreRead(t *testing.T) {
	read, err := ReadLoanRequests("loan_requests.csv", []byte(requestHead+
		"cus_1,USD,250.5,Monthly,2026-07-15,36,8000,stream_1,a car\n"+
		"customer_account:acct_2,jpy,3000,weekly,,,,,\n"))
	if err != nil || len(read) != 2 {
		t.Fatal(read, err)
	}
	first, second := read[0], read[1]
	if first.HolderID != "cus_1" || first.Currency != "usd" || first.PaymentMinor != 25050 ||
		first.Cadence != "monthly" || *first.FirstDue != "2026-07-15" || *first.Payments != 36 ||
		*first.AmountMinor != 800_000 || *first.Refinances != "stream_1" || *first.Purpose != "a car" {
		t.Errorf("%+v", first)
	}
	if second.HolderID != "acct_2" || second.PaymentMinor != 3000 || second.FirstDue != nil || second.Payments != nil ||
		second.AmountMinor != nil || second.Refinances != nil || second.Line != 3 {
		t.Errorf("%+v", second)
	}
}
