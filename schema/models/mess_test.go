package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
)

// card links a card to the holder of ninetyDays, complete until an instant, with a purchase a day from March on: of a
// turned one money out is positive.
func card(h *household, cents int64, through time.Time) {
	h.account("fca_c", "cus_1", through, func(a *schema.Account) {
		a.Category, a.Subcategory = "credit", "credit_card"
	})
	for at := date(3, 1, 15); at.Before(through); at = at.AddDate(0, 0, 1) {
		h.post("fca_c", at, cents).Description = "POS PURCHASE KROGER #412"
	}
}

var turnedCard = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	card(h, 2000, date(6, 20, 12))
	h.observe("fca_c", date(6, 20, 11), -1000)
})

// TestACardWithTurnedSignsSpoilsFlowsAndNoBalance: what a card pays is in the holder's flows, so its gates are theirs.
func TestACardWithTurnedSignsSpoilsFlowsAndNoBalance(t *testing.T) {
	s := turnedCard.published(t)
	s.Want("SELECT string_agg(array_to_string(failed_gates, ' '), '; ' ORDER BY account_key) FROM quality.coverage",
		"; sign")
	wantValues(t, s, map[string]string{
		"flow_in_net_minor 30d": "UNRECONCILED -", "income_all_minor 90d": "UNRECONCILED -",
		"balance_daily_avg_minor 30d": "OK 293000", "coverage_days 90d": "OK 90",
	})
}

var cardNotHeld = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	card(h, -2000, date(6, 10, 12))
	h.observe("fca_c", date(6, 10, 11), -1000)
})

// TestACardThatIsNotHeldAnyMoreHidesSpending: with a third of the flow, flows of the span are not covered;
// balances are.
func TestACardThatIsNotHeldAnyMoreHidesSpending(t *testing.T) {
	wantValues(t, cardNotHeld.published(t), map[string]string{
		"flow_out_net_minor 30d": "NOT_COVERED -", "flow_out_net_minor 31_60d": "OK 90000",
		"balance_daily_avg_minor 30d": "OK 293000",
	})
}

var smallCard = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	card(h, -100, date(6, 10, 12))
	h.observe("fca_c", date(6, 10, 11), -1000)
})

// TestAnAccountWithLittleOfTheFlowIsNamed: a number without its rows is given, and is not OK.
func TestAnAccountWithLittleOfTheFlowIsNamed(t *testing.T) {
	s := smallCard.published(t)
	wantValues(t, s, map[string]string{
		"flow_out_net_minor 30d": "PARTIAL 32000", "flow_out_net_minor 31_60d": "OK 33000",
	})
	s.Want(`SELECT state_reason FROM underwriting.attribute_values WHERE account_key = '' AND currency = 'usd'
		AND attribute = 'flow_out_net_minor' AND window_name = '30d'`,
		"of 1 accounts with little of the flow days are missing")
}

var endedCard = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	card(h, -2000, date(6, 10, 12))
	h.landed.Accounts[1].Status = "inactive"
	h.observe("fca_c", date(6, 10, 16), 0)
	through := date(6, 10, 17)
	h.landed.Completions[1].CompleteThroughAt = &through
})

// TestACardThatEndedOwingNothingIsNoGap: what follows is known, namely nothing.
func TestACardThatEndedOwingNothingIsNoGap(t *testing.T) {
	wantValues(t, endedCard.published(t), map[string]string{"flow_in_net_minor 30d": "OK 90000"})
}

// spread is an account with balances at noon of some days, and rows.
func spread(b *books, observed map[int]int64) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	for _, day := range []int{2, 3, 4, 5, 6, 7, 8, 9, 20, 25} {
		if balance, isRead := observed[day]; isRead {
			b.observe(day, 12, balance)
		}
	}
}

const daysOf = `SELECT string_agg(CASE WHEN reconciled <> 'proved' THEN day(day) || ' ' || reconciled END, ', '
	ORDER BY day) FROM ledger.daily_balances WHERE day BETWEEN '2026-05-02' AND '2026-05-24'`

var missingInTheEvening = tellBooks(26, func(b *books) {
	spread(b, map[int]int64{2: 1000, 3: 1000, 4: 1000, 5: 900, 6: 900, 25: 900}) // -100 in the evening of the 4th
})

// TestTheEndOfADayLiesAfterItsBalance: a row that is missing in the evening of a day on which a balance was read makes
// that day wrong, not the days before.
func TestTheEndOfADayLiesAfterItsBalance(t *testing.T) {
	s := missingInTheEvening.published(t)
	s.Want(classOf, "proved 0; proved 0; unexplained -100; proved 0; proved 0")
	s.Want(daysOf, "4 broken, 5 broken")
}

var onOtherDays = tellBooks(26, func(b *books) {
	spread(b, map[int]int64{2: 1000, 3: 700, 4: 700, 5: 700, 6: 700, 20: 700})
	b.post(3, 15, -300, "KROGER #412") // the bank had it in the morning
})

// TestRowsOnOtherDaysProveNoDay: where a row is known to be on another day than the bank has it, a balance that fits
// proves the sum of the days before it, not each of them; between balances of following days it does.
func TestRowsOnOtherDaysProveNoDay(t *testing.T) {
	s := onOtherDays.published(t)
	s.Want(classOf, "timing -300; timing 300; proved 0; proved 0; doubtful 0")
	s.Want(`SELECT string_agg(DISTINCT reconciled, ' ' ORDER BY reconciled) FROM ledger.daily_balances
		WHERE day BETWEEN '2026-05-06' AND '2026-05-19'`, "broken")
	s.Want(`SELECT reconciled FROM ledger.daily_balances WHERE day = '2026-05-05'`, "proved")
	s.Want("SELECT residual_gate FROM quality.coverage", "failed")
}

var pendingInBalances = tellPendingInBalances()

func tellPendingInBalances() *story {
	var b, later books
	spread(&b, map[int]int64{2: 1000, 3: 1000})
	later.rows = b.rows
	pending := later.post(4, 9, -60, "KROGER #412")
	pending.Status, pending.PostedAt = "pending", nil
	later.observe(4, 12, 940)
	later.observe(5, 12, 940)
	second := later.landed(6)
	second.Transactions = second.Transactions[1:]
	return sharedHouseholds.tell(b.landed(3), second)
}

// TestABankThatCountsPendingRows: balances that hold what is pending are no balances of what posted, also where as much
// is pending before as after.
func TestABankThatCountsPendingRows(t *testing.T) {
	s := pendingInBalances.continued(t)
	s.Want(classOf, "doubtful 0; pending -60; doubtful 0")
	s.Want("SELECT array_to_string(failed_gates, ' ') FROM quality.coverage", "residual")
}

// At the bank -300 in the morning, -100 that evening and on the next one.
var threeResiduals = tellBooks(26, func(b *books) {
	spread(b, map[int]int64{2: 1000, 3: 700, 4: 600, 5: 500, 6: 500, 20: 500})
	b.post(3, 15, -500, "KROGER #412")
})

// TestResidualsThatCancelTogetherAreTiming: two rows on other days than the bank has them leave residuals of three
// sizes beside each other; together they are nothing.
func TestResidualsThatCancelTogetherAreTiming(t *testing.T) {
	threeResiduals.published(t).Want(classOf, "timing -300; timing 400; timing -100; proved 0; doubtful 0")
}

// residualsAtAnEnd are stories by the classes of their residuals.
var residualsAtAnEnd = map[string]*story{
	"proved 0; doubtful 0; unexplained -100": tellSpread(map[int]int64{2: 1000, 3: 1000, 20: 1000, 25: 900}),
	"unexplained -100; doubtful 0; proved 0": tellSpread(map[int]int64{2: 1000, 3: 900, 8: 900, 9: 900}),
	"proved 0; unexplained -100; proved 0; proved 0": tellSpread(
		map[int]int64{2: 1000, 3: 1000, 8: 900, 9: 900, 20: 900}),
	"unexplained -100; unexplained -7; proved 0; proved 0": tellSpread(
		map[int]int64{3: 1000, 4: 900, 5: 893, 6: 893, 7: 893}),
}

func tellSpread(observed map[int]int64) *story {
	return tellBooks(26, func(b *books) { spread(b, observed) })
}

// TestAResidualAtTheEndDoubtsDaysWithin: what would cancel it may come after the last balance, or have come before the
// first one.
func TestAResidualAtTheEndDoubtsDaysWithin(t *testing.T) {
	for want, told := range residualsAtAnEnd {
		told.published(t).Want(classOf, want)
	}
}

var rowWithoutPosting = tellBooks(26, func(b *books) {
	spread(b, map[int]int64{4: 1000, 5: 1000, 6: 1000, 20: 700, 25: 700})
	b.post(8, 15, -300, "KROGER #412").PostedAt = nil
})

// TestRowsWithoutAPostingProveNoDay: where the bank says only when a row happened, it may have posted days later,
// between the same two balances; nor is anything known of the days before the first balance of such an account.
func TestRowsWithoutAPostingProveNoDay(t *testing.T) {
	s := rowWithoutPosting.published(t)
	s.Want(classOf, "proved 0; proved 0; doubtful 0; proved 0")
	s.Want(`SELECT string_agg(DISTINCT reconciled, ' ' ORDER BY reconciled) FROM ledger.daily_balances
		WHERE day BETWEEN '2026-05-06' AND '2026-05-19'`, "broken")
	s.Want(`SELECT string_agg(DISTINCT reconciled, ' ' ORDER BY reconciled) FROM ledger.daily_balances
		WHERE day < '2026-05-04'`, "broken")
	s.Want(`SELECT string_agg(reconciled, ' ' ORDER BY day) FROM ledger.daily_balances
		WHERE day IN ('2026-05-04', '2026-05-05', '2026-05-22')`, "proved proved proved")
}

// postedBeforeItHappened are stories by the classes of their residuals: a row happened when it posted, or an hour
// later.
var postedBeforeItHappened = map[string]*story{
	"proved 0; proved 0; proved 0; proved 0":     tellHappened(15),
	"proved 0; proved 0; doubtful 0; doubtful 0": tellHappened(16),
}

// tellHappened has a row post on 8 May at 15:00 UTC, which happened at an hour of that day.
func tellHappened(hour int) *story {
	return tellBooks(26, func(b *books) {
		spread(b, map[int]int64{4: 1000, 5: 1000, 6: 1000, 20: 700, 25: 700})
		b.post(8, 15, -300, "KROGER #412").TransactedAt = date(5, 8, hour)
	})
}

// TestARowThatPostedBeforeItHappenedProvesNoDay: dates that contradict each other are known to be wrong where no
// balance contradicts any, so of the account only balances of following days prove anything. A bank that gives dates
// says nothing against the hour at which a row happened.
func TestARowThatPostedBeforeItHappenedProvesNoDay(t *testing.T) {
	for want, told := range postedBeforeItHappened {
		told.published(t).Want(classOf, want)
	}
}
