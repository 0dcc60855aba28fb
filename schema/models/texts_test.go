package models_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/duck"
)

// textsOfBanks are rows of testdata/texts.csv: account, direction, spending_class, merchant_key, text.
func textsOfBanks(t *testing.T) [][]string {
	t.Helper()
	rows, err := readTexts()
	if err != nil || len(rows) < 299 {
		t.Fatal(len(rows), err)
	}
	return rows
}

func readTexts() ([][]string, error) {
	file, err := os.Open("testdata/texts.csv")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	return rows[1:], nil
}

// TestTextsOfBanks: a holder with a checking account and a card, and three hundred texts as banks
// print them: bills and shops that are called AUTOPAY, WIRE or ROUND UP, own transfers, card payments,
// refunds, pay, and names in every script.
func TestTextsOfBanks(t *testing.T) { everyText.test(t) }

var everyText = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", new("1234"), -90)
	s.account("fca_credit", "fca_credit", "cus_1", "credit", new("9921"), -90)
	texts := textsOfBanks(s.t)
	var amount int64
	byAccount := map[string][]shelfRow{}
	var want []string
	for _, row := range texts {
		amount++ // no two are equal: no row is the other half of another
		minor := 50_000 + amount
		if row[1] == "out" {
			minor = -100_000 - amount
		}
		byAccount[row[0]] = append(byAccount[row[0]], shelfRow{amount: minor, text: row[4]})
		want = append(want, row[2]+" | "+row[3]+" | "+row[4])
	}
	s.rows("fca_cash", byAccount["cash"])
	s.rows("fca_credit", byAccount["credit"])
	s.asks("expenses.merchant_month", "ledger.labels")
	return func(t *testing.T) {
		got := s.strings(`SELECT spending_class || ' | ' || merchant_key || ' | ' || description
			FROM ledger.transactions l JOIN main.transactions m USING (transaction_id)
			ORDER BY abs(m.amount_minor) % 50000`)
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Errorf("got  %s\nwant %s", got[min(i, len(got)-1)], want[i])
			}
		}
		s.wantEverythingSomewhere()
	}
})

// brokenRules asks the rules of verify and gives what they find.
func (s *shelf) brokenRules() (found []string) {
	s.t.Helper()
	asked := 0
	for name, rule := range duck.Load(os.DirFS("../check")) {
		if strings.HasPrefix(name, "derived_rule_spending") {
			asked++
			question, _, _ := strings.Cut(rule, ";")
			found = append(found, s.whole().strings("SELECT what FROM ("+question+") r(name, what)")...)
		}
	}
	if asked != 4 {
		s.t.Errorf("%d rules were asked", asked)
	}
	return found
}

func (s *shelf) wantRulesOfSpending() {
	s.t.Helper()
	if found := s.brokenRules(); len(found) > 0 {
		s.t.Errorf("%q", found)
	}
}

// wantEverythingSomewhere adds up what left the accounts.
func (s *shelf) wantEverythingSomewhere() {
	s.t.Helper()
	s.wantRulesOfSpending()
	sums := s.strings(`SELECT sum(amount_minor)::VARCHAR FROM main.transactions t JOIN main.accounts USING (account_id)
		WHERE t.status = 'posted' AND category IN ('cash', 'credit') AND amount_minor < 0
		UNION ALL SELECT (coalesce((SELECT -sum(net_minor::HUGEINT + refund_minor) FROM expenses.merchant_month), 0)
			+ coalesce(sum(amount_minor) FILTER (spend_state NOT IN ('counted', 'not_posted', 'other_account')),
				0))::VARCHAR
		FROM expenses.transactions WHERE amount_minor < 0`)
	if len(sums) != 2 || sums[0] != sums[1] {
		s.t.Errorf("left the accounts, and is somewhere: %v", sums)
	}
}

// TestEveryRowIsSomewhere: whatever is written in a text, whatever the amount, a row is in
// merchant_month or has the reason why it is not.
func TestEveryRowIsSomewhere(t *testing.T) { anyTexts.test(t) }

var anyTexts = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	random := rand.New(rand.NewPCG(15, 5))
	words := []string{
		"AUTOPAY",
		"EPAY",
		"E-PAYMENT",
		"ACH PMT",
		"THANK YOU",
		"SWEEP",
		"WIRE",
		"ROUND UP",
		"TRANSFER",
		"TO",
		"FROM",
		"SAVINGS",
		"CHK ...1234",
		"REFUND",
		"RETURN",
		"REVERSAL:",
		"CREDIT",
		"CARD",
		"PAYMENT",
		"VOID",
		"PAYROLL",
		"ZELLE",
		"KROGER",
		"#412",
		"CAFÉ",
		"☕",
		"قهوة",
		"\u200b",
		"12/02",
		"DES:X",
		"*",
		"-",
		"POS",
		"PAYPAL *",
		"CHASE",
		"XFER",
		"PURCHASE",
		"AUTHORIZED ON",
		"1042",
		"(",
		"O'",
		"ID: 1",
		"CARD 9921",
		"寿司",
		"\t",
		"|",
		"\\",
		"%",
		"_",
	}
	for holder, id := range []string{"a", "b", "c"} {
		for _, category := range []string{"cash", "credit", "investment"} {
			s.account("fca_"+category+id, "fca_"+category+id, "cus_"+id, category, nil, holder)
			rows := make([]shelfRow, 120)
			for i := range rows {
				text := make([]string, random.IntN(5))
				for j := range text {
					text[j] = words[random.IntN(len(words))]
				}
				rows[i] = shelfRow{
					day:    random.IntN(60),
					amount: []int64{-1, 1}[random.IntN(2)] * int64(random.IntN(12)*100),
					text:   strings.Join(text, " "),
					status: []string{"posted", "posted", "posted", "pending", "void"}[random.IntN(5)],
					date:   random.IntN(2) == 0,
				}
			}
			s.rows("fca_"+category+id, rows)
		}
	}
	for row, greatest := range map[string]int64{"0007": math.MinInt64, "0008": math.MaxInt64} {
		s.exec("UPDATE main.transaction_versions SET amount_minor = ? WHERE transaction_id = ?",
			greatest, "fctxn_fca_casha"+s.suffix+"_"+row)
	}
	s.exec("UPDATE main.accounts SET holder_id = NULL, holder_type = NULL WHERE account_id = ?", "fca_cashc"+s.suffix)
	s.asks("expenses.merchant_month", "ledger.labels")
	return func(t *testing.T) {
		s.wantRulesOfSpending()
		found := s.strings("SELECT DISTINCT spending_class FROM ledger.transactions ORDER BY 1")
		if len(found) < 8 {
			t.Errorf("only the classes %q were met", found)
		}
	}
})

// TestCardPaymentsAndTransfersFindTheirOtherHalf: a payment whose text names no payee is a card
// payment where a card of the holder shows it; a bill of the same amount stays a bill.
func TestCardPaymentsAndTransfersFindTheirOtherHalf(t *testing.T) { otherHalves.test(t) }

var otherHalves = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", new("1234"), -90)
	s.account("fca_save", "fca_save", "cus_1", "cash", new("7777"), -90)
	s.account("fca_card", "fca_card", "cus_1", "credit", new("9921"), -90)
	s.rows("fca_cash", []shelfRow{
		{1, -81233, "CAPITAL ONE AUTOPAY 1234", "", false},
		{1, -8900, "VERIZON WIRELESS AUTOPAY", "", false},
		{2, -5000, "AUTOPAY", "", false},
		{3, -40000, "TRANSFER TO JOHN SMITH", "", false},
		{4, -40000, "TRANSFER TO JANE ROE", "", false},
		{5, -2500, "ONLINE TRANSFER TO SAV ...7777", "", false},
		{5, -2500, "ONLINE TRANSFER TO SAV ...7777", "", false},
		{9, -700, "ONLINE PAYMENT", "", false},
	})
	s.rows(
		"fca_save",
		[]shelfRow{{3, 40000, "ONLINE TRANSFER FROM CHK", "", false}, {6, 2500, "TRANSFER FROM CHECKING", "", false}},
	)
	s.rows("fca_card", []shelfRow{
		{3, 81233, "AUTOPAY PAYMENT - THANK YOU", "", false},
		{1, 8900, "PAYMENT - THANK YOU", "", false},
		{2, 5000, "KROGER REFUND", "", false},
		{2, -6000, "KROGER", "", false},
	})
	s.asks("ledger.labels")
	return func(t *testing.T) {
		got := s.strings(
			`SELECT spending_class || ' ' || (counter_id IS NOT NULL) || ' ' || normal FROM ledger.transactions ` +
				`ORDER BY account_id, transaction_id`,
		)
		want := []string{
			"card_payment true AUTOPAY PAYMENT - THANK YOU",
			"card_payment false PAYMENT - THANK YOU",
			"refund false KROGER REFUND",
			"spending false KROGER",
			"card_payment true CAPITAL ONE AUTOPAY 1234",
			"spending false VERIZON WIRELESS AUTOPAY",
			"spending false AUTOPAY",
			"own_transfer true TRANSFER TO JOHN SMITH",
			"spending false TRANSFER TO JANE ROE",
			"own_transfer true ONLINE TRANSFER TO SAV ...7777",
			"own_transfer false ONLINE TRANSFER TO SAV ...7777",
			"spending false ONLINE PAYMENT",
			"own_transfer true ONLINE TRANSFER FROM CHK",
			"own_transfer true TRANSFER FROM CHECKING",
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
})

// TestVerifyFindsSpendingThatIsNowhere: a month of a merchant is lost, a row changes its class, or names
// one that is not there: the rules of verify say so each time.
func TestVerifyFindsSpendingThatIsNowhere(t *testing.T) {
	s := newShelf(t)
	s.account("fca_cash", "fca_cash", "cus_1", "cash", new("1234"), -90)
	s.rows("fca_cash", []shelfRow{{1, -500, "KROGER", "", false}, {2, -700, "TARGET", "", false}})
	s.derive("expenses.merchant_month", "ledger.labels", "ledger.transactions")
	s.wantRulesOfSpending()
	for want, damage := range map[string]string{
		"expenses.merchant_month does not hold what was spent": "DELETE FROM expenses.merchant_month",
		"has the class not_posted in ledger.transactions": "UPDATE ledger.labels SET " +
			"spending_class = 'not_posted' WHERE amount_minor = -500",
		"has the class refund in ledger.transactions": "UPDATE ledger.labels SET " +
			"spending_class = 'refund' WHERE amount_minor = -500",
		"has not the posted rows of main.transactions": "DELETE FROM ledger.labels WHERE " +
			"amount_minor = -500",
		"is suppressed by fctxn_9, which ledger.transactions has not": "UPDATE ledger.labels SET " +
			"suppressed_by = 'fctxn_9' WHERE amount_minor = -500",
		"has a leg, fctxn_fca_cash_0000, that does not name it": "INSERT INTO ledger.transfers BY NAME SELECT " +
			"'fctxn_fca_cash_0000/fctxn_fca_cash_0001' AS transfer_id, 'fctxn_fca_cash_0000' AS out_id, " +
			"'fctxn_fca_cash_0001' AS in_id, 'transfer' AS kind, 'AUTO' AS status, 1200 AS score, [] AS evidence, " +
			"0 AS lag_days, 'customer' AS holder_type, 'cus_1' AS holder_id, 'usd' AS currency, 500 AS size_minor, " +
			"'fca_cash' AS out_key, 'fca_save' AS in_key, DATE '2026-09-02' AS out_date, DATE '2026-09-02' AS in_date",
		"is named by transaction fctxn_fca_cash_0000 and not decided in ledger.transfers": "UPDATE ledger.labels " +
			"SET transfer_id = 'fctxn_fca_cash_0000/fctxn_9' WHERE transaction_id = 'fctxn_fca_cash_0000'",
		"is half of a transfer whose other half is not fctxn_fca_cash_0001": "UPDATE ledger.labels SET " +
			"counter_id = 'fctxn_fca_cash_0001' WHERE amount_minor = -500",
	} {
		s.exec("BEGIN")
		s.exec(damage)
		if found := s.brokenRules(); !slices.Contains(found, want) {
			t.Errorf("verify says %q, want %q", found, want)
		}
		s.exec("ROLLBACK")
	}
}
