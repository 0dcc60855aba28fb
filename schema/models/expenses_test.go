package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
)

const (
	safeway       = "PURCHASE AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX P00123 CARD 9921"
	safewayReturn = "PURCHASE RETURN AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX S123 CARD 9921"
)

// wantRows holds questions of one text column to their answers.
func wantRows(t *testing.T, s *shelf, answers map[string][]string) {
	t.Helper()
	for question, want := range answers {
		found := s.strings(question)
		for i := range max(len(found), len(want)) {
			if i >= len(found) || i >= len(want) || found[i] != want[i] {
				t.Errorf("%s\nfound %q\nwant  %q", question, found, want)
				break
			}
		}
	}
}

// TestAMonthIsComparedWithCompleteMonths tells of groceries from 3 August 2026 to 19 February 2027: the first month
// begins in the middle, November has none, and February is not over.
func TestAMonthIsComparedWithCompleteMonths(t *testing.T) { comparedMonths.test(t) }

var comparedMonths = tellDiary("2027-02-19", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(
		on("2026-08-03", -10000, safeway), on("2026-09-10", -20000, safeway), on("2026-10-10", -30000, safeway),
		on("2026-12-10", -40000, safeway), on("2027-01-10", -50000, safeway),
		on("2027-02-05", -7000, safeway), on("2027-02-08", 1000, safewayReturn), on("2027-02-09", 0, safeway),
		monthly(1, "2026-08-11", 7, -1599, netflix),
	))
	d.asks("expenses.category_month", "expenses.daily", "expenses.not_spent_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', month, month_state, days_elapsed, gross_minor, refund_minor, net_minor,
			transaction_count, coalesce(previous_minor::VARCHAR, '-'), coalesce(average_3_minor::VARCHAR, '-'),
			coalesce(pace_minor::VARCHAR, '-'))
		FROM expenses.category_month WHERE category = 'food.groceries' ORDER BY month`: {
				"2026-08 begins 31 10000 0 10000 1 - - -",
				"2026-09 complete 30 20000 0 20000 1 - - -",
				"2026-10 complete 31 30000 0 30000 1 20000 - -",
				"2026-11 complete 30 0 0 0 0 30000 - -",
				"2026-12 complete 31 40000 0 40000 1 0 16667 -",
				"2027-01 complete 31 50000 0 50000 1 40000 23333 -",
				"2027-02 unfinished 19 7000 1000 6000 2 50000 30000 8842",
			},
			`SELECT concat_ws(' ', net_minor, previous_minor, pace_minor, share_per_mille)
		FROM expenses.category_month WHERE category <> 'food.groceries' AND month = '2027-02'`: {"1599 1599 1599 185"},
			`SELECT concat_ws(' ', day, net_minor, month_to_date_minor, last_month_to_date_minor, is_held)
		FROM expenses.daily WHERE day IN ('2027-02-05', '2027-02-10', '2027-02-19')
		ORDER BY day`: {
				"2027-02-05 7000 7000 0 true", "2027-02-10 0 6000 50000 true", "2027-02-19 0 7599 51599 true",
			},
			"SELECT max(day)::VARCHAR FROM expenses.daily":                                     {"2027-02-19"},
			"SELECT count(*)::VARCHAR FROM expenses.category_month WHERE average_6_minor >= 0": {"0"},
			`SELECT concat_ws(' ', month, reason, in_minor, out_minor, transaction_count)
		FROM expenses.not_spent_month`: {"2027-02 zero 0 0 1"},
		})
	}
})

// TestARefundIsNoPace: a refund of what was bought in another month is not expected again every few days.
func TestARefundIsNoPace(t *testing.T) { refundOfLastMonth.test(t) }

var refundOfLastMonth = tellDiary("2027-02-11", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(on("2027-01-28", -45000, safeway), on("2027-02-03", 45000, safewayReturn)))
	d.asks("expenses.category_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			"SELECT concat_ws(' ', net_minor, pace_minor) FROM expenses.category_month WHERE month = '2027-02'": {
				"-45000 -45000",
			},
		})
	}
})

// TestACardVerificationOfNothingIsNotCounted: a row of zero is in no count of spending.
func TestACardVerificationOfNothingIsNotCounted(t *testing.T) { verification.test(t) }

var verification = tellDiary("2026-12-20", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(on("2026-11-05", -4200, safeway), on("2026-11-04 2026-11-06", 0, safeway)))
	d.asks("expenses.category_month", "expenses.merchant_month", "expenses.daily", "expenses.not_spent_month",
		"expenses.income_statement_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', transaction_count, net_minor) FROM expenses.category_month
		WHERE month = '2026-11'`: {"1 4200"},
			"SELECT transaction_count::VARCHAR FROM expenses.merchant_month":                           {"1"},
			"SELECT transaction_count::VARCHAR FROM expenses.daily WHERE transaction_count > 0":        {"1"},
			"SELECT concat_ws(' ', reason, transaction_count) FROM expenses.not_spent_month":           {"zero 2"},
			"SELECT concat_ws(' ', transaction_count, net_minor) FROM expenses.income_statement_month": {"3 -4200"},
		})
	}
})

// TestAYearIsComparedWithTheYearBefore: only where all months between are complete.
func TestAYearIsComparedWithTheYearBefore(t *testing.T) { comparedYears.test(t) }

var comparedYears = tellDiary("2027-02-27", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(monthly(1, "2025-12-03", 14, -1000, safeway), on("2026-02-10 2026-02-11", -5000, safeway)))
	d.asks("expenses.category_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', month, year_ago_minor, average_6_minor) FROM expenses.category_month
		WHERE year_ago_minor IS NOT NULL ORDER BY month`: {"2027-01 1000 1000", "2027-02 11000 1000"},
		})
	}
})

// TestAMonthSaysWhatIsMissing: an account that is read no more leaves a gap in the months after it, one that is linked
// later begins in the middle of one.
func TestAMonthSaysWhatIsMissing(t *testing.T) { missingMonths.test(t) }

var missingMonths = tellDiary("2027-02-20", func(d *diary) (ask func(t *testing.T)) {
	d.tell(monthly(1, "2026-09-01", 6, -1000, safeway))
	for id, text := range map[string]string{"fca_gone": "2026-12-20", "fca_late": "2027-02-20"} {
		d.account(id, id, "cus_00", "credit", nil, 0)
		d.exec("UPDATE main.accounts SET complete_through_at = ?::TIMESTAMPTZ WHERE account_id = ?", day(text),
			id+d.suffix)
	}
	d.rows("fca_gone", []shelfRow{{day: 0, amount: -500, text: safeway}})
	d.rows("fca_late", []shelfRow{{day: 40, amount: -500, text: safeway}})
	d.asks("expenses.month_states")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', strftime(month_start, '%Y-%m'), month_state, days_elapsed, complete_before)
		FROM expenses.month_states ORDER BY month_start`: {
				"2026-09 complete 30 0", "2026-10 begins 31 1", "2026-11 complete 30 0", "2026-12 gap 31 1",
				"2027-01 gap 31 0", "2027-02 gap 18 0",
			},
		})
	}
})

// TestWhatIsUnusualStandsBesideItsBaseline tells of nine months at one shop, and of what happens in the last.
func TestWhatIsUnusualStandsBesideItsBaseline(t *testing.T) { unusualMonth.test(t) }

var unusualMonth = tellDiary("2027-02-25", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(
		every(4, "2026-07-06", 55, -5000, "KROGER #412"), // to 7 February
		on("2027-02-09", -25000, "KROGER #412"),
		on("2027-02-10 2027-02-11", -1800, "SQ *BRAMLEY PIZZA"),
		on("2027-02-12", -90000, "SQ *XQZPLTH"),
		on("2027-01-15 2027-02-13", -3500, "OVERDRAFT FEE"),
		on("2026-08-23", -100, netflix), monthly(1, "2026-09-06", 6, -1599, netflix),
	))
	d.asks("expenses.anomalies")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', month, rank, kind, category, amount_minor, coalesce(baseline_minor::VARCHAR, '-'),
			baseline_count, excess_minor, coalesce(score_per_mille::VARCHAR, '-'))
		FROM expenses.anomalies ORDER BY month, rank`: {
				"2026-09 1 trial_turned_paid fun.streaming_tv 1599 100 1 1499 -",
				"2027-01 1 fee fee.overdraft 3500 - 0 3500 -",
				"2027-02 1 category_month other.unknown 90000 0 6 90000 -",
				"2027-02 2 new_merchant other.unknown 90000 5000 27 90000 -",
				"2027-02 3 amount food.groceries 25000 5000 48 20000 16094",
				"2027-02 4 category_month food.fast_food 3600 0 6 3600 -",
				"2027-02 5 fee fee.overdraft 3500 3500 1 3500 -",
			},
		})
	}
})

// TestAnIncomeStatementHasEveryRowInOneLine tells of one row for each line.
func TestAnIncomeStatementHasEveryRowInOneLine(t *testing.T) { statementRows.test(t) }

var statementRows = tellDiary("2026-12-20", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(
		on("2026-11-03", 250000, wage), on("2026-11-04", 80000, "IRS TREAS 310 TAX REF"),
		on("2026-11-05", -4200, safeway), on("2026-11-06", 1200, safewayReturn),
		on("2026-11-07", -1800, "SQ *BRAMLEY PIZZA"),
		on("2026-11-08", -6000, "ATM WITHDRAWAL 001234"), on("2026-11-09", -1900, "SQ *XQZPLTH"),
		on("2026-11-10", -25000, "FLAGSHIP CREDIT DES:PAYMENT ID:1 INDN:JANE DOE CO ID:2 PPD"),
		on("2026-11-11", -3500, "OVERDRAFT FEE"), on("2026-11-12", -50000, "BETTERMENT SECURITIES"),
		on("2026-11-13", 60000, "WIRE TYPE:WIRE IN DATE:261102 ORIG:JANE DOE ID:12345"),
		on("2026-11-14", -10100, "ONLINE TRANSFER TO SAV ...5555"), on("2026-11-15", 0, "SQ *BRAMLEY PIZZA"),
	))
	d.asks("expenses.income_statement_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', income_minor, other_income_minor, essential_minor, discretionary_minor,
			neither_minor,
			unknown_minor, debt_service_minor, fee_minor, other_refund_minor, spending_minor, saved_minor,
			financing_minor, unresolved_in_minor, unresolved_out_minor, moved_minor, not_counted_minor, net_minor,
			left_minor, savings_rate_per_mille, transaction_count) FROM expenses.income_statement_month`: {
				"250000 80000 3000 1800 6000 1900 25000 3500 0 41200 50000 0 60000 0 -10100 0 288700 288800 875 13",
			},
		})
	}
})

// TestMoneyIsWrittenAsPeopleDo: by the digits of its currency, which the programs of Go know alike.
func TestMoneyIsWrittenAsPeopleDo(t *testing.T) {
	s := newShelf(t)
	s.derive("ledger.categories")
	var odd []string // of all codes that three letters can make
	for i := range 26 * 26 * 26 {
		code := string([]byte{'a' + byte(i/676), 'a' + byte(i/26%26), 'a' + byte(i%26)})
		if digits := schema.Exponent(code); digits != 2 {
			odd = append(odd, fmt.Sprint(code, digits))
		}
	}
	wantRows(t, s, map[string][]string{
		`SELECT string_agg(code || meta.exponent(code), ' ' ORDER BY code) FROM (
			SELECT chr(97 + i // 676) || chr(97 + i // 26 % 26) || chr(97 + i % 26) AS code
			FROM (SELECT unnest(range(17576))::INTEGER AS i)) WHERE meta.exponent(code) <> 2`: {strings.Join(odd, " ")},
		`SELECT string_agg(meta.money(minor, currency), ' | ')
		FROM (VALUES (123456, 'usd'), (-123456789, 'usd'), (-5, 'eur'), (0, 'usd'), (99999, 'USD'),
			(100000, 'usd'), (1234567, 'jpy'), (-999, 'krw'), (-1234567, 'kwd'),
			(-9223372036854775808, 'usd')) AS v(minor, currency)`: {
			"1,234.56 USD | -1,234,567.89 USD | -0.05 EUR | 0.00 USD | 999.99 USD | 1,000.00 USD | 1,234,567 JPY | " +
				"-999 KRW | -1,234.567 KWD | -92,233,720,368,547,758.08 USD",
		},
		"SELECT (meta.money(NULL::BIGINT, 'usd') IS NULL AND meta.money(1, NULL) IS NULL)::VARCHAR": {"true"},
	})
}

// TestExpensesNeverAddCurrencies: a purchase in yen and one in dollars stand side by side in every table.
func TestExpensesNeverAddCurrencies(t *testing.T) {
	s := twoCurrencies.published(t)
	for _, question := range []string{
		"SELECT list(currency || ' ' || net_minor ORDER BY currency)::VARCHAR FROM expenses.category_month " +
			"WHERE transaction_count > 0",
		"SELECT list(currency || ' ' || net_minor ORDER BY currency)::VARCHAR FROM expenses.daily " +
			"WHERE transaction_count > 0",
		"SELECT list(currency || ' ' || spending_minor ORDER BY currency)::VARCHAR " +
			"FROM expenses.income_statement_month",
		"SELECT list(currency || ' ' || gross_minor ORDER BY currency)::VARCHAR FROM expenses.data_quality",
	} {
		s.Want(question, "[jpy 500000, usd 1200]")
	}
}

// TestAnAccountThatWasInactiveForLongHasAGap: a bank gives 180 days before an account is connected again, so of one
// that was inactive for longer days are missing, at most up to the first row that came since. What was held still is.
func TestAnAccountThatWasInactiveForLongHasAGap(t *testing.T) { inactiveForLong.test(t) }

var inactiveForLong = tellDiary("2027-02-19", func(d *diary) (ask func(t *testing.T)) {
	back := func(through, inactive, active string, payments []payment) (holder string) {
		holder = d.tell(payments)
		for _, version := range [][3]string{
			{"active", through, through}, {"inactive", through, inactive}, {"active", through, active},
		} {
			d.exec(`INSERT INTO main.account_versions BY NAME SELECT * EXCLUDE (first_seen_at, last_seen_at)
				REPLACE (? AS status, ?::TIMESTAMPTZ AS complete_through_at), ?::TIMESTAMPTZ AS observed_at,
				'run' AS run_id FROM main.accounts WHERE holder_id = ?`,
				version[0], day(version[1]), day(version[2]), holder+d.suffix)
		}
		return holder
	}
	long := back("2026-02-10", "2026-02-11", "2027-01-20",
		slices.Concat(monthly(1, "2026-01-05", 2, -1000, safeway), monthly(1, "2026-09-05", 6, -1000, safeway)))
	short := back("2026-06-10", "2026-06-11", "2026-11-20", monthly(1, "2026-01-05", 6, -1000, safeway))
	given := back("2026-02-10", "2026-02-11", "2027-01-20", monthly(1, "2026-01-05", 14, -1000, safeway))
	d.asks("expenses.category_month")
	return func(t *testing.T) {
		spans := func(holder string) string {
			return d.strings(`SELECT string_agg(first_day || ' ' || last_day, ', ' ORDER BY first_day)
				FROM ledger.coverage JOIN ledger.accounts USING (account_key)
				WHERE holder_id = '` + holder + "'")[0]
		}
		for holder, want := range map[string]string{
			long: "2026-01-05 2026-02-08, 2026-07-23 2027-02-19", short: "2026-01-05 2027-02-19",
			given: "2026-01-05 2026-02-08, 2026-03-05 2027-02-19",
		} {
			if found := spans(holder); found != want {
				t.Errorf("%s is held %q, want %q", holder, found, want)
			}
		}
		wantRows(t, d.shelf, map[string][]string{
			`SELECT string_agg(right(month, 2) || ' ' || month_state, ', ' ORDER BY month)
		FROM expenses.category_month WHERE holder_id = '` + long + "'": {
				"01 begins, 02 gap, 03 gap, 04 gap, 05 gap, 06 gap, 07 gap, 08 complete, 09 complete, 10 complete, " +
					"11 complete, 12 complete, 01 complete, 02 unfinished",
			},
		})
	}
})

// TestWhatIsPaidAgainAndAgainIsNotUnusual: a fare there and back every day, and a rent beside the fee for paying it.
func TestWhatIsPaidAgainAndAgainIsNotUnusual(t *testing.T) { paidAgainAndAgain.test(t) }

var paidAgainAndAgain = tellDiary("2027-02-28", func(d *diary) (ask func(t *testing.T)) {
	fares := every(3, "2026-08-01", 70, -290, "MTA*NYCT PAYGO")
	d.tell(slices.Concat(fares, fares, monthly(1, "2026-08-01", 7, -170000, "APPFOLIO DES:RENT WEB"),
		monthly(1, "2026-08-01", 7, -249, "APPFOLIO CONVENIENCE FEE WEB"),
		on("2027-02-10", -390000, "APPFOLIO DES:RENT WEB")))
	d.asks("expenses.anomalies")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', kind, category, count(*), max(amount_minor)) FROM expenses.anomalies
				WHERE kind <> 'category_month' GROUP BY kind, category ORDER BY kind`: {
				"amount housing.rent 1 390000", "duplicate_charge transport.transit 2 290",
			},
		})
	}
})
