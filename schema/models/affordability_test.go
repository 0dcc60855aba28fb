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
