package models_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

var (
	payingHolder = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-03", 12, -310000, "CHECK 1021"), every(5, "2025-07-02", 70, -7777, "KROGER #412"),
		monthly(1, "2025-07-10", 12, -32000, toyota))
	unprovedDays = tellHousehold(func(h *household) {
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		h.pay("fca_a", every(14, "2025-07-04", 26, 200000, steadyWage))
		h.observe("fca_a", date(6, 20, 11), 500000)
	})
)

// payable is the largest payment by trying: the due dates of the span are paid, and no day may end below the buffer.
func payable(balances []int64, first time.Time, cadence string, buffer int64) (payment int64) {
	holds := func(payment int64) bool {
		due, times, paid := first, 1, int64(0)
		for n, balance := range balances {
			for day := first.AddDate(0, 0, n); !due.After(day); times++ {
				paid += payment
				switch cadence {
				case "monthly":
					month := time.Date(first.Year(), first.Month()+time.Month(times), 1, 0, 0, 0, 0, time.UTC)
					due = month.AddDate(0, 0, min(first.Day(), month.AddDate(0, 1, -1).Day())-1)
				default:
					due = first.AddDate(0, 0, times*map[string]int{"weekly": 7, "biweekly": 14}[cadence])
				}
			}
			if balance-paid < buffer {
				return false
			}
		}
		return true
	}
	low, high := int64(0), int64(1)<<40
	for low < high {
		if middle := (low + high + 1) / 2; holds(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// TestPaymentReplayIsThatOfBruteForce: what is found holds on every day of the span, and one cent more would not.
func TestPaymentReplayIsThatOfBruteForce(t *testing.T) {
	s := payingHolder.published(t)
	for window, days := range map[string]int{"90d": 90, "180d": 180} {
		first := date(6, 20, 0).AddDate(0, 0, -days)
		var balances []int64
		if err := json.Unmarshal([]byte(s.Query(fmt.Sprintf(`SELECT to_json(list(b.end_of_day_minor ORDER BY b.day))
			FROM ledger.holder_daily_balances b WHERE b.holder_id = 'cus_1%s' AND b.day BETWEEN DATE '%s' AND
			DATE '2026-06-19'`, payingHolder.suffix, first.Format(time.DateOnly)))), &balances); err != nil {
			t.Fatal(err)
		}
		if len(balances) != days {
			t.Fatalf("%d balances of %d days", len(balances), days)
		}
		for _, cadence := range []string{"weekly", "biweekly", "monthly"} {
			for _, buffer := range []int64{0, 50000} {
				want := payable(balances, first, cadence, buffer)
				if want == 0 || want == 1<<40 {
					t.Errorf("%s %s: %d shows nothing", window, cadence, want)
				}
				s.Want(fmt.Sprintf(`SELECT value_state || ' ' || value_minor FROM underwriting.affordability
					WHERE holder_id = 'cus_1' AND measure = 'payment_max' AND cadence = '%s' AND buffer_minor = %d
					AND window_name = '%s'`, cadence, buffer, window), fmt.Sprintf("OK %d", want))
			}
		}
	}
}

// TestNoPaymentByBalancesThatAreNotProved: days that are rebuilt from one balance give no number.
func TestNoPaymentByBalancesThatAreNotProved(t *testing.T) {
	unprovedDays.published(t).Want(`SELECT concat_ws(' ', count(*), count(value_minor),
		string_agg(DISTINCT value_state)) FROM underwriting.affordability
		WHERE holder_id = 'cus_1' AND measure = 'payment_max' AND window_name = '90d'`,
		"6 0 PARTIAL")
}

// TestLowestBalanceOfTheNextThirtyDays: rent and loan leave before and between wages.
func TestLowestBalanceOfTheNextThirtyDays(t *testing.T) {
	s := payingHolder.published(t)
	s.Want(`SELECT value_state || ' ' || (value_minor - (SELECT b.value_integer FROM underwriting.attribute_values b
			WHERE b.holder_id = 'cus_1' AND b.account_key = '' AND b.attribute = 'balance_current_minor'))
		|| ' ' || value_date FROM underwriting.affordability WHERE holder_id = 'cus_1' AND measure = 'next30_low'`,
		"OK -142000 2026-07-10")
}

// spender earns 2000.00 every second Friday, and since March spends 400.00 a day, each time elsewhere: more than comes
// in.
var spender = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	balance := h.pay("fca_a", every(14, "2025-07-04", 26, 200000, steadyWage))
	balance += h.pay("fca_a", []payment{{date(5, 18, 12).AddDate(-1, 0, 0), -100, "KROGER #412"}})
	for n, at := 0, date(3, 1, 12); at.Before(date(6, 20, 0)); n, at = n+1, at.AddDate(0, 0, 1) {
		h.says("fca_a", at, -40000, fmt.Sprintf("STORE %c%c MARKET", 'A'+n%26, 'A'+n/26))
		balance -= 40000
	}
	h.observe("fca_a", date(5, 20, 12).AddDate(-1, 0, 0), 500000-100)
	h.observe("fca_a", date(6, 20, 11), 500000+balance)
})

// renter earns 1,000.00 every second Friday, and pays 2,400.00 of rent every fourth.
var renter = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	balance := h.pay("fca_a", every(14, "2025-07-04", 26, 100000, steadyWage))
	balance += h.pay("fca_a", every(28, "2025-07-11", 13, -240000, "WPM RENT PAYMENT RENTCAFE"))
	h.pay("fca_a", []payment{{date(5, 18, 12).AddDate(-1, 0, 0), -100, "KROGER #412"}})
	h.observe("fca_a", date(5, 20, 12).AddDate(-1, 0, 0), 1000000)
	h.observe("fca_a", date(6, 20, 11), 1000000+balance)
})

// TestARentEveryFourWeeksShortensARunway: 400.00 more than the wages of those weeks.
func TestARentEveryFourWeeksShortensARunway(t *testing.T) {
	balance, days := int64(480000), 0
	for wage, rent := date(7, 3, 0), date(7, 10, 0); balance >= 0; days++ {
		switch day := date(6, 21, 0).AddDate(0, 0, days); {
		case day.Equal(wage):
			balance, wage = balance+100000, wage.AddDate(0, 0, 14)
		case day.Equal(rent):
			balance, rent = balance-240000, rent.AddDate(0, 0, 28)
		}
	}
	renter.published(t).Want(`SELECT concat_ws(' ', value_state, value_days, value_date)
		FROM underwriting.affordability WHERE holder_id = 'cus_1' AND measure = 'runway_base'`,
		fmt.Sprintf("OK %d %s", days, date(6, 20, 0).AddDate(0, 0, days).Format(time.DateOnly)))
}

// TestRunwayIsThatOfCountingDays: 2000.00 in two weeks, and 400.00 out every day.
func TestRunwayIsThatOfCountingDays(t *testing.T) {
	s := spender.published(t)
	var newest struct {
		Day   string
		Minor int64
	}
	if err := json.Unmarshal([]byte(s.Query(fmt.Sprintf(`SELECT to_json({Day: max(day), Minor:
			arg_max(end_of_day_minor, day)}) FROM ledger.holder_daily_balances WHERE holder_id = 'cus_1%s'`,
		spender.suffix))), &newest); err != nil {
		t.Fatal(err)
	}
	first, err := time.Parse(time.DateOnly, newest.Day)
	if err != nil {
		t.Fatal(err)
	}
	for measure, share := range map[string]int64{
		"base": 4, "income_minus_25": 3, "income_minus_50": 2, "lose_primary": 0,
	} {
		balance, days := newest.Minor, 0
		for payday := date(7, 3, 0); balance >= 0; days++ {
			day := first.AddDate(0, 0, days+1)
			if balance -= 40000; day.Equal(payday) {
				balance += 200000 * share / 4
				payday = payday.AddDate(0, 0, 14)
			}
		}
		s.Want(fmt.Sprintf(`SELECT concat_ws(' ', value_state, value_days, value_date) FROM underwriting.affordability
			WHERE holder_id = 'cus_1' AND measure = 'runway_%s'`, measure),
			fmt.Sprintf("OK %d %s", days, first.AddDate(0, 0, days).Format(time.DateOnly)))
	}
	// what is bought on fewer than half of the Mondays has a median of zero: rent and loan alone end it, in doubt
	payingHolder.published(t).Want(`SELECT string_agg(concat_ws(' ', value_state, value_days), ', ' ORDER BY measure)
		FROM underwriting.affordability WHERE holder_id = 'cus_1' AND measure IN ('runway_base', 'runway_lose_primary')
		AND value_days > 0`, "PARTIAL 365, PARTIAL 105")
	unprovedDays.published(t).Want(`SELECT count(*) || ' ' || count(*) FILTER (value_state = 'OK') FROM
		underwriting.affordability WHERE holder_id = 'cus_1' AND measure LIKE 'runway%'`, "4 4")
}

// lentUntilPayday borrows as much as it pays back a fortnight later, and has plans of four instalments: one is done,
// and of one two are left. A rent of 400.00 leaves a month.
var lentUntilPayday = paidHolder(monthly(1, "2025-07-10", 12, 40000, "EARNIN ACTIVEHOURS DES:EARNIN"),
	monthly(1, "2025-07-24", 11, -40000, "EARNIN ACTIVEHOURS DES:EARNIN"),
	monthly(1, "2025-07-01", 12, -40000, "GREYSTAR DES:RENT WEB PMTS"),
	every(14, "2026-04-30", 4, -1100, "AFTERPAY US INSTALL"), every(14, "2026-06-05", 2, -1000, "KLARNA* NIKE"),
	every(14, "2026-03-13", 4, -1000, "KLARNA* NIKE"))

// TestWhatIsLentAndWhatWasPaidOffIsNotProjected: an advance is no money to live on, nor what is paid back of it a bill,
// and a plan of instalments ends.
func TestWhatIsLentAndWhatWasPaidOffIsNotProjected(t *testing.T) {
	s := lentUntilPayday.published(t)
	s.Want(`SELECT string_agg(concat_ws(' ', merchant_key, due_date), ', ' ORDER BY due_date)
		FROM expenses.upcoming WHERE kind = 'instalments'`, "KLARNA 2026-07-03, KLARNA 2026-07-17")
	s.Want(`SELECT string_agg(concat_ws(' ', merchant_key, status, next_due_date), ', ' ORDER BY merchant_key)
		FROM expenses.bills WHERE kind = 'instalments'`,
		"AFTERPAY paid_off, KLARNA active 2026-07-03")
	s.Want(`SELECT concat_ws(' ', value_state, value_days, value_date) FROM underwriting.affordability
		WHERE measure = 'runway_base'`, "OK 42 2026-08-01")
	s.Want(`SELECT concat_ws(' ', value_state, value_minor, value_date) FROM underwriting.affordability
		WHERE measure = 'next30_low'`, "OK 7400 2026-07-17")
}

// spendsAtOnce spends more than the wage, on two days a month.
var spendsAtOnce = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	on("2026-03-25", -190000, "COSTCO WHSE"), on("2026-04-09 2026-05-12", -280000, "BEST BUY 12"),
	on("2026-04-24 2026-05-27", -280000, "IKEA PARAMUS"),
	on("2026-06-05", -280000, "HOME DEPOT 1"))

// TestARunwayWithoutMostOfWhatIsSpentIsDoubtful: no weekday's median has what is bought on few days.
func TestARunwayWithoutMostOfWhatIsSpentIsDoubtful(t *testing.T) {
	s := spendsAtOnce.published(t)
	s.Want(`SELECT DISTINCT concat_ws(' ', value_state, state_reason) FROM underwriting.affordability
		WHERE measure LIKE 'runway%'`,
		"PARTIAL less than half of what is spent besides what recurs is in the medians of weekdays")
	s.Want(`SELECT value_state FROM underwriting.affordability WHERE measure = 'next30_low'`, "OK")
}
