package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
)

// cardHolder tells of a holder with a wage, and a card that owes something and that a linked account pays.
func cardHolder(owed int64, payments, purchases []payment) *story {
	return tellHousehold(func(h *household) {
		before := date(12, 17, 12).AddDate(-1, 0, 0)
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		h.account("fca_card", "cus_1", date(6, 20, 12), func(a *schema.Account) {
			a.Category, a.Subcategory = "credit", "credit_card"
		})
		h.says("fca_a", before, -100, "KROGER #412")
		h.says("fca_card", before, -100, "KROGER #412")
		h.observe("fca_a", before.Add(24*time.Hour), 500000)
		h.observe("fca_card", before.Add(24*time.Hour), -owed)
		cash, card := every(14, "2025-12-26", 13, 200000, steadyWage), slices.Clone(purchases)
		for _, p := range payments {
			cash = append(cash, payment{p.day, -p.amount, "CHASE CREDIT CRD AUTOPAY"})
			card = append(card, payment{p.day, p.amount, "AUTOMATIC PAYMENT - THANK YOU"})
		}
		h.observe("fca_a", date(6, 20, 11), 500000+h.pay("fca_a", cash))
		h.observe("fca_card", date(6, 20, 11), -owed+h.pay("fca_card", card))
	})
}

var (
	// a statement on the 10th has what was bought from the 11th on; it is paid on the 25th
	paysInFull = cardHolder(0, slices.Concat(on("2026-01-25", 7000, ""), monthly(1, "2026-02-25", 4, 10000, "")),
		slices.Concat(monthly(1, "2026-01-05", 6, -7000, "KROGER #412"),
			monthly(1, "2026-01-20", 5, -3000, "SHELL OIL 57444812")))
	paysLittle = cardHolder(500000, monthly(1, "2026-01-25", 5, 10000, ""), nil)
	paysMore   = cardHolder(500000, monthly(1, "2026-01-25", 5, 50000, ""), nil)
	paidTwice  = cardHolder(500000, monthly(1, "2026-01-25", 2, 10000, ""), nil)
	statedMore = tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		h.landed.Balances[1].AvailableMinor = new(int64(300000))
		for _, card := range []string{"fca_card", "fca_other"} {
			h.account(card, "cus_1", date(6, 20, 12), func(a *schema.Account) {
				a.Category, a.Subcategory = "credit", "credit_card"
			})
			h.post(card, date(6, 1, 9), -100)
			h.observe(card, date(6, 20, 11), -2500)
		}
		h.landed.Balances[2].UsedMinor, h.landed.Balances[2].AvailableMinor = new(int64(2500)), new(int64(7500))
	})
)

// TestHowCardsArePaid: whole statements, little more than is asked, or something between, where there are payments of a
// linked card to tell it by.
func TestHowCardsArePaid(t *testing.T) {
	for s, want := range map[*story]string{
		paysInFull: "OK FULL", paysLittle: "OK MINIMUM_LIKE", paysMore: "OK BETWEEN",
		paidTwice:      "NO_DATA no card that is linked has three payments in the span",
		steadyBiweekly: "NOT_APPLICABLE no card is linked",
	} {
		s.published(t).Want(`SELECT concat_ws(' ', value_state, value_text, state_reason)
			FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
			AND attribute = 'obligation_card_payment_pattern'`, want)
	}
}

// TestWhatBanksStateBesideTheBalance: what can be spent, what a card owes and how much of it is in use, each only where
// the bank says so; a card has no other attributes.
func TestWhatBanksStateBesideTheBalance(t *testing.T) {
	s := statedMore.published(t)
	wantAccountValues(s, "fca_a", map[[2]string]string{{"balance_available_minor", "now"}: "OK 300000"})
	wantValues(t, s, map[string]string{"balance_available_minor now": "OK 300000"})
	for card, want := range map[string]string{"fca_card": "OK 0.25", "fca_other": "NOT_APPLICABLE -"} {
		wantAccountValues(s, card, map[[2]string]string{
			{"balance_credit_owed_minor", "now"}: "OK 2500", {"balance_credit_utilisation_ratio", "now"}: want,
		})
		s.Want(fmt.Sprintf("SELECT count(*) FROM underwriting.attribute_values WHERE account_key = '%s'", card), "2")
	}
	cleanHistory.published(t).Want(`SELECT concat_ws(' ', value_state, state_reason) FROM underwriting.attribute_values
		WHERE holder_id = 'cus_1' AND account_key = '' AND attribute = 'balance_available_minor'`,
		"NO_DATA of 1 of 1 accounts the bank does not state what can be spent")
}

// paidBefore pays the whole of a statement each time, the first of one that was before balances are known.
var paidBefore = cardHolder(5000, slices.Concat(on("2025-12-25", 4000, ""), on("2026-01-25", 8000, ""),
	monthly(1, "2026-02-25", 4, 10000, "")), slices.Concat(monthly(1, "2026-01-05", 6, -7000, "KROGER #412"),
	monthly(1, "2026-01-20", 5, -3000, "SHELL OIL 57444812")))

// TestAPaymentOfAnUnknownStatementIsNotLess: with fewer than 35 days of balances before it none can tell whether it
// was whole.
func TestAPaymentOfAnUnknownStatementIsNotLess(t *testing.T) {
	paidBefore.published(t).Want(`SELECT concat_ws(' ', value_state, value_text) FROM underwriting.attribute_values
		WHERE holder_id = 'cus_1' AND attribute = 'obligation_card_payment_pattern'`, "OK FULL")
}

// movesDebt pays one linked card with another.
var movesDebt = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	for id, bank := range map[string]string{"fca_c1": "Chase", "fca_c2": "Citi"} {
		h.account(id, "cus_1", date(6, 20, 12), func(a *schema.Account) {
			a.Category, a.Subcategory, a.InstitutionName = "credit", "credit_card", bank
		})
	}
	h.says("fca_c2", date(5, 8, 12), -300000, "BALANCE TRANSFER CHASE")
	h.says("fca_c1", date(5, 10, 12), 300000, "BALANCE TRANSFER PAYMENT CITI")
})

// TestDebtThatMovesBetweenCardsNamesNoMissingAccount: the bank that a card's text names is that of the other card.
func TestDebtThatMovesBetweenCardsNamesNoMissingAccount(t *testing.T) {
	movesDebt.published(t).Want("SELECT count(*) FROM quality.missing_accounts", "0")
}
