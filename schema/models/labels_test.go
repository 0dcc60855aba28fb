package models_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/duck"
)

// TestLabelsGoByTheFirstRuleThatFits: pairs and refunds before texts, fees before merchants, merchants before words.
func TestLabelsGoByTheFirstRuleThatFits(t *testing.T) { rowsOfRules.test(t) }

var rowsOfRules = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
	s.account("fca_save", "fca_save", "cus_1", "cash", nil, -90)
	s.account("fca_card", "fca_card", "cus_1", "credit", nil, -90)
	s.rows("fca_cash", []shelfRow{
		{amount: -10000, text: "ONLINE TRANSFER TO SAV ...9876"},
		{amount: -10100, text: "ONLINE TRANSFER TO SAV ...5555"},
		{amount: -20000, text: "CREDIT CARD PAYMENT"},
		{amount: -30000, text: "CAPITAL ONE CARD PAYMENT"},
		{amount: -3500, text: "INSUFFICIENT FUNDS CHARGE PAID / VENMO"},
		{amount: -3600, text: "VENMO PAYMENT 1029384756"},
		{amount: 150000, text: "FLAGSHIP CREDIT DES:DIRECT DEP ID:1 INDN:JANE DOE CO ID:2 PPD"},
		{amount: -25000, text: "FLAGSHIP CREDIT DES:PAYMENT ID:1 INDN:JANE DOE CO ID:2 PPD"},
		{amount: -4200, text: "PURCHASE AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX P00123 CARD 9921"},
		{amount: 1200, text: "PURCHASE RETURN AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX S123 CARD 9921"},
		{amount: -1800, text: "SQ *BRAMLEY PIZZA"},
		{amount: -1900, text: "SQ *XQZPLTH"},
		{amount: -50000, text: "BETTERMENT SECURITIES"},
		{amount: 60000, text: "WIRE TYPE:WIRE IN DATE:261102 ORIG:JANE DOE ID:12345"},
	})
	s.rows("fca_save", []shelfRow{{amount: 10000, text: "ONLINE TRANSFER FROM CHK ...1234"}})
	s.rows("fca_card", []shelfRow{{amount: 20000, text: "PAYMENT THANK YOU"}})
	s.asks("ledger.labels")
	return func(t *testing.T) {
		got := s.strings(`SELECT concat_ws(' | ', amount_minor, category, rule_id, rule_strength, treatment,
		spend_category, spend_state, coalesce(counterparty_type, '-'))
		FROM ledger.labels ORDER BY amount_minor`)
		want := []string{
			"-50000 | xfer.investment_out | merchant | exact | exclude | xfer.investment_out | exclude | -",
			"-30000 | fin_out.card_external | card_elsewhere_text | pattern | debt_service | fin_out.card_external | " +
				"counted | lender",
			"-25000 | fin_out.auto | merchant | exact | debt_service | fin_out.auto | counted | lender",
			"-20000 | xfer.own_card_payment | card_payment_pair | structural | exclude | xfer.own_card_payment | " +
				"card_payment | own",
			"-10100 | xfer.own_unlinked_out | own_account_text | pattern | exclude | xfer.own_unlinked_out | " +
				"own_transfer | own",
			"-10000 | xfer.own_out | transfer_pair | structural | exclude | xfer.own_out | own_transfer | own",
			"-4200 | food.groceries | merchant | exact | expense | food.groceries | counted | merchant",
			"-3600 | xfer.p2p_out | person_out | pattern | expense | xfer.p2p_out | counted | person",
			"-3500 | fee.nsf | fee_nsf | pattern | expense | fee.nsf | counted | bank",
			"-1900 | other.unknown | none | weak | review | other.unknown | counted | -",
			"-1800 | food.fast_food | fast_food | weak | expense | food.fast_food | counted | merchant",
			"1200 | adj.refund | refund_words | pattern | contra_expense | food.groceries | counted | merchant",
			"10000 | xfer.own_in | transfer_pair | structural | exclude | xfer.own_in | own_transfer | own",
			"20000 | xfer.own_card_payment | card_payment_pair | structural | exclude | xfer.own_card_payment | " +
				"card_payment | own",
			"60000 | xfer.wire_in | wire_in | pattern | review | xfer.wire_in | other_inflow | -",
			"150000 | income.payroll | payroll | pattern | income | income.payroll | other_inflow | employer",
		}
		if !slices.Equal(got, want) {
			for i := range max(len(got), len(want)) {
				if i >= len(got) || i >= len(want) || got[i] != want[i] {
					t.Errorf("row %d\ngot  %q\nwant %q", i, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
				}
			}
		}
	}
})

// tablesOfRules are those that rules of verify compare.
var tablesOfRules = []string{
	"expenses.category_month", "expenses.daily", "expenses.income_statement_month", "expenses.merchant_month",
	"expenses.not_spent_month",
}

// TestEveryRowHasOneLabel: of a random bank, with a category that the taxonomy has.
func TestEveryRowHasOneLabel(t *testing.T) {
	b := bankOfRules.of(t)
	for name, query := range map[string]string{
		"rows without a label, or with two": `SELECT transaction_id FROM ledger.transactions
			LEFT JOIN (FROM ledger.labels SELECT transaction_id, count(*) AS n GROUP BY ALL) USING (transaction_id)
			WHERE n IS DISTINCT FROM 1`,
		"labels of no row": `SELECT transaction_id FROM ledger.labels
			ANTI JOIN ledger.transactions USING (transaction_id)`,
		"codes of no taxonomy": `SELECT category FROM ledger.labels ANTI JOIN ledger.categories ON code = category`,
		"counted and not": `SELECT transaction_id FROM ledger.labels
			WHERE include_in_spend <> (spend_state = 'counted')`,
		"categories twice or few": `SELECT count(*)::VARCHAR FROM ledger.categories HAVING count(DISTINCT code) <> 176`,
	} {
		if found := b.strings(query); len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
}

// TestWhatCountsAndWhatDoesNotIsWhatWasPosted: for every holder, month and currency of random banks the sum by category
// and the sums of what does not count, by reason, are the sum of the posted rows; what counts by merchant is the same
// as by class. One bank and one round are a sample; make proof draws six.
func TestWhatCountsAndWhatDoesNotIsWhatWasPosted(t *testing.T) {
	statements := duck.Load(os.DirFS("../check"))
	banks, rounds := uint64(1), 1
	if *proof {
		banks, rounds = 6, 2
	}
	for seed := range banks {
		b := bankOfRules.of(t)
		if *proof {
			b = newRandomBank(t, 40+seed)
			b.derive(tablesOfRules...)
		}
		for range rounds {
			b.round(24 * 9)
			b.deriveWith(only(tablesOfRules...), false)
		}
		for _, rule := range []string{
			"derived_rule_categories_are_complete", "derived_rule_labels", "derived_rule_spending_is_somewhere",
			"derived_rule_months_of_expenses_are_complete", "derived_rule_income_statements_are_complete",
			"derived_rule_days_of_expenses_are_complete", "derived_rule_views_of_expenses_agree",
		} {
			if found := b.strings(asRows(statements.Get(rule))); len(found) > 0 {
				t.Errorf("seed %d: %s: %q", seed, rule, found)
			}
		}
		if b.strings("SELECT count(*)::VARCHAR FROM expenses.category_month")[0] == "0" {
			t.Errorf("seed %d: nothing was spent", seed)
		}
	}
}

// TestARowThatIsMissingFromItsCategoryIsFound: by the rules of verify, for money and for rows.
func TestARowThatIsMissingFromItsCategoryIsFound(t *testing.T) {
	b := bankOfRules.of(t)
	statements := duck.Load(os.DirFS("../check"))
	for _, broken := range []struct{ rule, statement string }{
		{"derived_rule_categories_are_complete", "UPDATE expenses.category_month SET net_minor = net_minor + 1"},
		{"derived_rule_categories_are_complete", "UPDATE expenses.category_month SET transaction_count = 0"},
		{"derived_rule_categories_are_complete", "UPDATE ledger.labels SET amount_minor = amount_minor - 1"},
		{"derived_rule_months_of_expenses_are_complete", "UPDATE expenses.not_spent_month SET in_minor = in_minor + 1"},
		{"derived_rule_months_of_expenses_are_complete", "DELETE FROM expenses.not_spent_month"},
		{"derived_rule_months_of_expenses_are_complete", "DELETE FROM expenses.category_month"},
		{"derived_rule_income_statements_are_complete", "DELETE FROM expenses.income_statement_month"},
		{
			"derived_rule_income_statements_are_complete",
			"UPDATE expenses.income_statement_month SET fee_minor = fee_minor + 1, saved_minor = saved_minor + 1, " +
				"unknown_minor = unknown_minor - 1",
		},
		{"derived_rule_income_statements_are_complete", "UPDATE expenses.income_statement_month SET left_minor = 1"},
		{"derived_rule_days_of_expenses_are_complete", "UPDATE expenses.daily SET net_minor = net_minor + 1"},
		{"derived_rule_days_of_expenses_are_complete", "DELETE FROM expenses.daily"},
		{
			"derived_rule_views_of_expenses_agree",
			"UPDATE expenses.category_month SET net_accrual_minor = net_accrual_minor + 1 WHERE transaction_count > 0",
		},
		{"derived_rule_labels", "DELETE FROM ledger.categories"},
		{"derived_rule_labels", "UPDATE ledger.labels SET include_in_spend = NOT include_in_spend"},
		{"derived_rule_labels", "INSERT INTO ledger.labels FROM ledger.labels LIMIT 3"},
		{"derived_rule_labels", "DELETE FROM ledger.labels"},
	} {
		b.exec("BEGIN")
		b.exec(broken.statement)
		if found := b.strings(asRows(statements.Get(broken.rule))); len(found) == 0 {
			t.Errorf("%s does not find what %q broke", broken.rule, broken.statement)
		}
		b.exec("ROLLBACK")
	}
}

// asRows asks a rule of verify with one column.
func asRows(rule string) string {
	query, _, _ := strings.Cut(rule, ";")
	return "SELECT concat_ws(' ', #1, #2) FROM (" + query + ")"
}

// TestWhatHasNoCategoryIsCountedByMoney: the unknown share of a month, and the merchants that make it.
func TestWhatHasNoCategoryIsCountedByMoney(t *testing.T) { uncategorized.test(t) }

var uncategorized = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
	s.rows("fca_cash", []shelfRow{
		{amount: -3000, text: "SQ *XQZPLTH"},
		{amount: -1500, text: "SQ *XQZPLTH"},
		{amount: -500, text: "SQ *VRWMGH"},
		{amount: -10000, text: "PURCHASE AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX P00123 CARD 9921"},
		{amount: 99000, text: "QQQZZ"},
	})
	s.asks("expenses.data_quality", "expenses.unknown_merchants")
	return func(t *testing.T) {
		got := s.strings(`SELECT concat_ws(' ', gross_minor, unknown_minor, unknown_per_mille, transaction_count,
		unknown_count, value_state) FROM expenses.data_quality`)
		if want := []string{"15000 5000 333 4 3 in_range"}; !slices.Equal(got, want) {
			t.Errorf("data_quality is %q, want %q", got, want)
		}
		got = s.strings(`SELECT concat_ws(' ', merchant_key, gross_minor, transaction_count)
		FROM expenses.unknown_merchants ORDER BY gross_minor DESC`)
		if want := []string{"XQZPLTH 4500 2", "VRWMGH 500 1"}; !slices.Equal(got, want) {
			t.Errorf("unknown_merchants is %q, want %q", got, want)
		}
	}
})
