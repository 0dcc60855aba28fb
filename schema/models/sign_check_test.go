package models_test

import (
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/reader"
)

// The same month three times: as it should be, with every row turned, and too little to tell.

func signBooks(sign int64) *books {
	var b books
	balance := int64(100_000)
	b.observe(1, 22, balance)
	for day := 2; day <= 24; day += 2 {
		b.post(day, 9, sign*-int64(100+day), "POS PURCHASE KROGER #412")
		balance -= int64(100 + day)
		b.observe(day, 22, balance)
	}
	b.post(25, 9, sign*50, "POS PURCHASE KROGER #412 REFUND") // no cue
	b.post(26, 9, sign*90_000, "ACME PAYROLL PPD")
	balance += 90_050
	b.observe(26, 22, balance)
	return &b
}

const signVerdict = "SELECT concat_ws(' ', verdict, balance_verdict, agreeing_intervals, turned_intervals, " +
	"text_verdict, agreeing_texts, turned_texts) FROM quality.sign_check"

var rightSigns = sharedHouseholds.tell(signBooks(1).landed(27), schema.Landed{})

func TestSignCheckAgrees(t *testing.T) {
	rightSigns.published(t).Want(signVerdict, "consistent consistent 13 0 consistent 13 0")
}

var turnedRows = sharedHouseholds.tell(signBooks(-1).landed(27), schema.Landed{})

func TestSignCheckFindsTurnedRows(t *testing.T) {
	s := turnedRows.published(t)
	s.Want(signVerdict, "contradicted contradicted 0 13 contradicted 0 12")
	if got := s.attention(); len(got) != 1 || got[0].Code != reader.FailsSignCheck || got[0].AccountID != "fca_1" ||
		got[0].Reason != "balances and texts contradict the signs of its rows, see quality.sign_check" {
		t.Errorf("status says %+v", got)
	}
}

// A card whose rows are right and whose balance is shown as a debt with the other sign.
var turnedBalance = tellBooks(27, func(b *books) {
	*b = *signBooks(1)
	for i := range b.balances {
		turned := -*b.balances[i].CurrentMinor
		b.balances[i].CurrentMinor = &turned
	}
})

func TestSignCheckFindsATurnedBalance(t *testing.T) {
	turnedBalance.published(t).Want(signVerdict, "contradicted contradicted 0 13 consistent 13 0")
}

var tooLittleToTell = tellBooks(4, func(b *books) {
	b.observe(1, 22, 1000)
	b.post(2, 9, 300, "SOMETHING ELSE")
	b.observe(2, 22, 700) // one turned interval may be chance
	b.post(3, 9, 200, "POS PURCHASE KROGER #412")
})

func TestSignCheckSaysWhenItCannotTell(t *testing.T) {
	s := tooLittleToTell.published(t)
	s.Want(signVerdict, "undecided undecided 0 1 undecided 0 1")
	if got := s.attention(); len(got) != 0 {
		t.Errorf("status says %+v", got)
	}
}

// A business pays wages: pay that goes out is no cue.
var paysWages = tellBooks(21, func(b *books) {
	for day := 1; day <= 20; day++ {
		b.post(day, 9, -5000, "GUSTO PAYROLL PPD")
	}
})

func TestSignCheckOfABusinessThatPaysWages(t *testing.T) {
	paysWages.published(t).Want(signVerdict, "undecided undecided 0 0 undecided 0 0")
}

// Signs that are turned for a time: between the second and the third balance it shows, and before and after it rows add
// up to zero. Between the fourth and the fifth they are right again.
var turnedForATime = tellBooks(29, func(b *books) {
	b.post(1, 9, 50_000, "SOMETHING ELSE")
	b.observe(1, 22, 50_000)
	b.post(2, 9, 4000, "POS PURCHASE KROGER #412")
	b.post(6, 9, -4000, "ACME PAYROLL PPD")
	b.observe(8, 22, 50_000)
	b.post(9, 9, 700, "POS PURCHASE KROGER #412")
	b.observe(10, 22, 49_300)
	b.post(12, 9, 300, "POS PURCHASE KROGER #412")
	b.post(14, 9, -300, "ACME PAYROLL PPD")
	b.observe(15, 22, 49_300)
	b.observe(17, 22, 49_300)
	b.post(18, 9, -900, "POS PURCHASE KROGER #412")
	b.observe(20, 22, 48_400)
	b.post(21, 9, -500, "POS PURCHASE KROGER #412")
	b.post(23, 9, 500, "ACME PAYROLL PPD")
	b.observe(25, 22, 48_400)
})

// TestRowsThatAddUpToZeroProveNoSign: one interval whose rows have the change of the balance with the other sign makes
// those beside it doubtful that prove no sign, up to the next one that does; where nothing moved nothing is turned.
func TestRowsThatAddUpToZeroProveNoSign(t *testing.T) {
	s := turnedForATime.published(t)
	s.Want("SELECT string_agg(day(anchor_date) || ' ' || class, '; ' ORDER BY anchor_date) FROM quality.reconciliation",
		"8 doubtful; 10 unexplained; 15 doubtful; 17 proved; 20 proved; 25 proved")
	s.Want("SELECT string_agg(DISTINCT reconciled, ' ') FROM ledger.daily_balances WHERE day(day) BETWEEN 2 AND 14",
		"broken")
}

// cardTurnedWhole is a card of which rows and balances have the other sign: they agree with one another, and no text of
// a purchase says so. Payments of a card come in to it.
var cardTurnedWhole = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Category, a.Subcategory = "credit", "credit_card"
	})
	balance := int64(60000)
	for month := 2; month <= 6; month++ {
		h.observe("fca_a", date(month, 10, 11), balance)
		h.says("fca_a", date(month, 12, 9), -30000, "AUTOMATIC PAYMENT - THANK YOU")
		h.says("fca_a", date(month, 15, 9), 28000, "KROGER #412")
		balance -= 2000
	}
	h.observe("fca_a", date(6, 20, 11), balance)
})

// TestACardThatPaysItsOwnPaymentsIsTurned: a payment that a bank gave back is none, and says so.
func TestACardThatPaysItsOwnPaymentsIsTurned(t *testing.T) {
	cardTurnedWhole.published(t).Want(signVerdict, "contradicted consistent 5 0 contradicted 0 5")
	paidBack.published(t).Want("SELECT verdict || ' ' || text_verdict FROM quality.sign_check",
		"undecided undecided")
}

var paidBack = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Category, a.Subcategory = "credit", "credit_card"
	})
	h.observe("fca_a", date(2, 10, 11), -60000)
	for month := 2; month <= 5; month++ {
		h.says("fca_a", date(month, 12, 9), 30000, "AUTOMATIC PAYMENT - THANK YOU")
		h.says("fca_a", date(month, 15, 9), -30000, "RETURNED PAYMENT")
	}
	h.observe("fca_a", date(6, 20, 11), -60000)
})
