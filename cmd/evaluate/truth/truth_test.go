package truth

import (
	"math"
	"testing"
	"time"

	"fcpipe/sync/simulator/world"
)

var now = time.Date(2026, 6, 20, 15, 0, 0, 0, time.UTC)

// bookOf is an account with 100.00 and a row a day in the last days before today: of so many cents, the newest last.
func bookOf(account, category string, datesOnly bool, cents ...int64) world.Book {
	b := world.Book{
		Account: account, Holder: "cus_1", Category: category, From: now.AddDate(-2, 0, 0).Truncate(24 * time.Hour),
		Opening: 10_000, DatesOnly: datesOnly,
	}
	for i, minor := range cents {
		at := now.Truncate(24*time.Hour).AddDate(0, 0, i-len(cents))
		if !datesOnly {
			at = at.Add(26 * time.Hour) // in the evening there: 22:00
		}
		b.Movements = append(b.Movements, world.Movement{ID: account, Minor: minor, At: at, Label: "income.payroll"})
	}
	return b
}

// TestBalancesAreCountedAsByHand: over seven days, of a bank that knows instants and of one that sends dates.
func TestBalancesAreCountedAsByHand(t *testing.T) {
	for _, datesOnly := range []bool{true, false} {
		w := Of([]world.Book{bookOf("fca_1", "cash", datesOnly, -9_000, -2_000, 3_000, -5_000, 0, 1, 4_000)}, now)
		v := w.Values(func(*Entry) Label { return Label{"income.payroll", "income", "N", "open"} })
		for attribute, want := range map[string]int64{ // 1000 -1000 2000 -3000 -3000 -2999 1001
			"balance_daily_avg_minor": -857, "balance_daily_min_minor": -3_000, "balance_daily_max_minor": 2_000,
			"balance_daily_p10_minor": -3_000, "balance_daily_p50_minor": -1_000, "balance_daily_p90_minor": 2_000,
			"balance_negative_days": 4, "balance_low_days": 7, "balance_negative_run_max_days": 3,
			"balance_negative_episode_count": 2, "flow_in_gross_minor": 7_001, "flow_out_gross_minor": 16_000,
			"balance_negative_days_intraday": 6,
		} {
			if got := v[Key{"cus_1", "fca_1", attribute, "7d"}]; got != whole(want) {
				t.Errorf("dates only %v: %s is %v, want %d", datesOnly, attribute, got, want)
			}
		}
		for attribute, want := range map[string]int64{
			"balance_current_minor": 1_001, "balance_days_since_negative": 2,
		} {
			if got := v[Key{"cus_1", "", attribute, "now"}]; got != whole(want) {
				t.Errorf("%s is %v, want %d", attribute, got, want)
			}
		}
		if got := v[Key{"cus_1", "", "income_all_minor", "30d"}]; got != whole(7_001) {
			t.Errorf("income is %v", got)
		}
	}
}

// TestStatisticsAreThoseOfTheTextbook.
func TestStatisticsAreThoseOfTheTextbook(t *testing.T) {
	sd, slope := spread([]int64{2, 4, 4, 4, 5, 5, 7, 9})
	if math.Abs(sd-math.Sqrt(32.0/7)) > 1e-12 || math.Abs(slope-34.0/42) > 1e-12 {
		t.Errorf("deviation %v, slope %v", sd, slope)
	}
	if mean([]int64{1, 2}) != 2 || mean([]int64{-1, -2}) != -2 || mean([]int64{1, 1, 2}) != 1 {
		t.Error("means are not rounded half away from zero")
	}
}

// TestMonthsAndSpansEndYesterday, and a holder's balance is that of cash accounts.
func TestMonthsAndSpansEndYesterday(t *testing.T) {
	today := DayOf(now, Zone)
	for _, w := range Windows(today) {
		if (w.Name == "30d") != (w.days() == 30 && w.Last == today-1) || w.has(today) {
			t.Errorf("%+v", w)
		}
		if w.Name == "6m" && (w.First.Time().Format(time.DateOnly) != "2025-12-01" ||
			w.Last.Time().Format(time.DateOnly) != "2026-05-31") {
			t.Errorf("six months are %v to %v", w.First.Time(), w.Last.Time())
		}
	}
	w := Of([]world.Book{
		bookOf("fca_1", "cash", true, 5), bookOf("fca_2", "credit", true, -700),
		bookOf("fca_3", "cash", true, 6),
	}, now)
	v := w.Values(func(e *Entry) Label { return Label{Category: "food.groceries", Treatment: "expense", Need: "E"} })
	if got := v[Key{"cus_1", "", "balance_daily_max_minor", "7d"}]; got != whole(20_011) {
		t.Errorf("the holder's balance is %v", got)
	}
	if got := v[Key{"cus_1", "", "flow_essential_out_minor", "7d"}]; got != whole(700) {
		t.Errorf("what the card pays is %v", got)
	}
}
