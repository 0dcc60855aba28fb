package models_test

import (
	"slices"
	"testing"
)

// TestSubscriptionsBillsAndWhatIsDue tells of one household up to 28 February 2027.
func TestSubscriptionsBillsAndWhatIsDue(t *testing.T) { oneHousehold.test(t) }

var oneHousehold = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	power := "CITY POWER EPAY"
	d.tell(slices.Concat(
		on("2026-05-28", -100, netflix), // a trial
		monthly(1, "2026-06-11", 4, -999, netflix), monthly(1, "2026-10-11", 5, -1599, netflix),
		monthly(1, "2026-06-20", 7, -2499, "PLANET FIT CLUB FEES"), // cancelled by its holder in January
		monthly(1, "2026-12-24", 3, -1199, "SPOTIFY USA"),
		on("2025-09-30 2026-09-30", -8000, "THE ATLANTIC"),
		on("2026-08-08 2026-11-08", -9312, power), on("2026-09-08 2026-12-08", -14250, power),
		on("2026-10-08 2027-01-08 2027-02-11", -7105, power),
		every(14, "2026-08-07", 15, 200000, wage),
	))
	other := d.tell(slices.Concat(monthly(1, "2026-08-03", 7, -1200, "APPLE.COM/BILL"),
		monthly(1, "2026-09-18", 6, -299, "APPLE.COM/BILL")))
	d.asks("expenses.bills", "expenses.subscriptions", "expenses.upcoming")
	return func(t *testing.T) {
		for question, want := range map[string]string{
			`SELECT string_agg(concat_ws(' ', merchant_key, cadence, amount_minor, annual_minor, status, next_due_date,
			last_price_change_date, price_before_minor, trial_date), '; ' ORDER BY merchant_key)
		FROM expenses.subscriptions WHERE holder_id = 'cus_00'`: "NETFLIX monthly 1599 19188 active 2027-03-11 " +
				"2026-10-11 999 2026-05-28; PLANET FITNESS monthly 2499 29988 cancelled_suspect 2027-01-20; " +
				"SPOTIFY monthly 1199 14388 new 2027-03-24; THE ATLANTIC annual 8000 8000 new 2027-09-30",
			`SELECT string_agg(concat_ws(' ', amount_minor, same_merchant_count, is_duplicate_suspect), '; '
			ORDER BY amount_minor)
		FROM expenses.subscriptions WHERE holder_id = '` + other + `'`: "299 2 false; 1200 2 false",
			`SELECT string_agg(concat_ws(' ', merchant_key, is_steady, last_minor, p10_minor, p50_minor, p90_minor,
			expected_minor, monthly_minor, payment_count, missed_count, late_count, next_due_date), '; ')
		FROM expenses.bills`: "CITY POWER false 7105 7105 9312 14250 9312 9312 7 0 1 2027-03-08",
			`SELECT string_agg(concat_ws(' ', direction, kind, merchant_key, due_date, is_overdue, expected_minor,
			high_minor), '; ' ORDER BY due_date, merchant_key) FROM expenses.upcoming
		WHERE holder_id = 'cus_00'`: "out subscription PLANET FITNESS 2027-02-20 true 2499 2499; " +
				"in payroll ACME CORP 2027-03-05 false 200000 200000; " +
				"out bill CITY POWER 2027-03-08 false 9312 14250; " +
				"out subscription NETFLIX 2027-03-11 false 1599 1599; " +
				"in payroll ACME CORP 2027-03-19 false 200000 200000; " +
				"out subscription PLANET FITNESS 2027-03-20 false 2499 2499; " +
				"out subscription SPOTIFY 2027-03-24 false 1199 1199; " +
				"in payroll ACME CORP 2027-04-02 false 200000 200000; " +
				"out bill CITY POWER 2027-04-08 false 9312 14250; " +
				"out subscription NETFLIX 2027-04-11 false 1599 1599",
			`SELECT string_agg(concat_ws(' ', merchant_key, change_date, old_minor, new_minor, change_minor,
			change_per_mille, annual_minor, is_kept, is_newest), '; ')
		FROM expenses.price_changes`: "NETFLIX 2026-10-11 999 1599 600 601 7200 true true",
		} {
			if found := d.strings(question)[0]; found != want {
				t.Errorf("found %q,\nwant %q", found, want)
			}
		}
	}
})

// TestSubscriptionsAmongPurchases: at a merchant where much else is bought three equal payments a month apart are a
// subscription, three unequal ones are not; one purchase of ten times the price is no new price.
func TestSubscriptionsAmongPurchases(t *testing.T) { amongPurchases.test(t) }

var amongPurchases = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	const apple = "APPLE.COM/BILL 866-712-7753 CA"
	bought := func() (all []payment) {
		for i, days := range []string{
			"2026-10-02 2026-10-03 2026-10-19 2026-11-05 2026-11-06", "2026-11-21 2026-12-11 2026-12-12",
			"2026-12-19 2026-12-20 2027-01-03 2027-01-21", "2027-01-24 2027-02-03 2027-02-04 2027-02-21",
		} {
			for j, p := range on(days, -199, apple) {
				p.amount -= int64(371*i + 83*j)
				all = append(all, p)
			}
		}
		return all
	}
	regular := d.tell(slices.Concat(bought(), monthly(1, "2026-12-14", 3, -1095, apple)))
	chance := d.tell(slices.Concat(bought(), on("2026-10-14 2027-01-02 2027-02-14", -1095, apple)))
	single := d.tell(slices.Concat(monthly(1, "2026-08-14", 6, -99, apple), on("2027-02-14", -1034, apple)))
	d.asks("expenses.subscriptions", "expenses.price_changes")
	return func(t *testing.T) {
		for holder, want := range map[string]string{regular: "1095 3", chance: "", single: "99 7"} {
			got := d.strings(`SELECT coalesce(string_agg(amount_minor || ' ' || payment_count, '; '), '')
			FROM expenses.subscriptions WHERE holder_id = '` + holder + "'")
			if got[0] != want {
				t.Errorf("%s: %q, want %q", holder, got[0], want)
			}
		}
		d.want("SELECT count(*)::VARCHAR FROM expenses.price_changes", "0")
	}
})

// TestASubscriptionThatIsPaidByTheYearHasNotEnded: the year's charge may come on the day on which a month's was due, or
// on another; what ended without one has ended, and a dear purchase beside a subscription that goes on is none. Over a
// year later it has ended; once charges by the year are a stream, that alone has not.
func TestASubscriptionThatIsPaidByTheYearHasNotEnded(t *testing.T) { paidByTheYear.test(t) }

var paidByTheYear = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	hulu := "HLU*HULU 377728328-U"
	year := func(days string) []payment { return on(days, -9999, hulu) }
	halfYear := func(first, years string) (holder string) {
		return d.tell(slices.Concat(monthly(1, first, 6, -999, hulu), year(years)))
	}
	months := func(n int) []payment { return monthly(1, "2026-03-11", n, -999, hulu) }
	holders := map[string]string{
		d.tell(slices.Concat(months(6), year("2026-09-11"))): "yearly_suspect 9999 2026-09-11",
		d.tell(slices.Concat(months(6), year("2026-08-27"))): "yearly_suspect 9999 2026-08-27",
		d.tell(months(6)): "ended 11988",
		d.tell(slices.Concat(months(12), year("2027-02-20"))):      "active 11988",
		halfYear("2025-07-11", "2026-01-11"):                       "ended 11988",
		halfYear("2025-03-11", "2025-09-11 2026-09-11"):            "yearly_suspect 9999 2025-09-11",
		halfYear("2025-03-11", "2025-08-27 2026-08-27"):            "yearly_suspect 9999 2025-08-27",
		halfYear("2024-09-11", "2025-02-20 2026-02-20 2027-02-20"): "ended 11988; new 9999",
	}
	due := map[string]string{
		halfYear("2025-09-11", "2026-03-11"): "2027-03-11 2027-03-01 2027-03-21 false 9999 9999 yearly_suspect",
		halfYear("2025-08-11", "2026-02-11"): "2027-02-11 2027-02-01 2027-02-21 true 9999 9999 yearly_suspect",
		halfYear("2025-12-11", "2026-05-27"): "", // more than 45 days from now
		// what was due by the month does not come any more
		d.tell(slices.Concat(monthly(1, "2026-08-11", 6, -999, hulu), year("2027-01-20"))): "",
		d.tell(monthly(1, "2026-08-11", 6, -999, hulu)): "2027-03-11 2027-03-10 2027-03-12 false 999 999 late; " +
			"2027-04-11 2027-04-10 2027-04-12 false 999 999 late",
	}
	d.asks("expenses.subscriptions", "expenses.upcoming")
	return func(t *testing.T) {
		for holder, want := range due {
			got := d.strings(`SELECT coalesce(string_agg(concat_ws(' ', due_date, due_from, due_to, is_overdue,
				expected_minor, high_minor, status), '; ' ORDER BY due_date), '')
			FROM expenses.upcoming WHERE holder_id = '` + holder + "'")
			if got[0] != want {
				t.Errorf("%s: due %q, want %q", holder, got[0], want)
			}
		}
		for holder, want := range holders {
			got := d.strings(`SELECT coalesce(string_agg(concat_ws(' ', status, annual_minor, yearly_date), '; '
				ORDER BY first_date), '')
			FROM expenses.subscriptions WHERE holder_id = '` + holder + "'")
			if got[0] != want {
				t.Errorf("%s: %q, want %q", holder, got[0], want)
			}
		}
	}
})
