package models_test

import "testing"

const summaryOf = `SELECT concat_ws(' ', coalesce(monthly_minor::VARCHAR, '-'), value_state,
	coalesce(interval_low_minor || '-' || interval_high_minor, '-'), interval_months,
	coalesce(round(interval_share, 3)::VARCHAR, '-'), coalesce(round(t1_share, 2)::VARCHAR, '-'), payer_count,
	coalesce(primary_class || ' ' || primary_cadence, '-'), coalesce(next_date || ' ' || next_minor, '-'))
	FROM underwriting.income_summary WHERE holder_id = 'cus_1' AND currency = 'usd'`

// TestIncomeSummary: the interval is that of the complete months, and says how many they are.
func TestIncomeSummary(t *testing.T) {
	steadyBiweekly.published(t).Want(summaryOf,
		"433333 OK 0-600000 12 0.6 1.0 1 payroll biweekly 2026-07-03 200000")
	retired.published(t).Want(summaryOf, "150000 OK 0-150000 12 0.6 0.0 1 benefit monthly 2026-07-03 150000")
	jobEnded.published(t).Want(summaryOf, "0 OK - 12 - - 0 - -")
}

var newWage = paidHolder(every(14, "2026-05-08", 4, 200000, steadyWage))

// TestTheIntervalHoldsWhatComesAMonth: where a wage is new, months before say less of those to come.
func TestTheIntervalHoldsWhatComesAMonth(t *testing.T) {
	newWage.published(t).Want(summaryOf, "433333 OK 0-433333 12 0.6 1.0 1 payroll biweekly 2026-07-03 200000")
}

// TestNoIntervalWithoutIncomeThatIsKnown: where rows are missing there is no number and no interval.
func TestNoIntervalWithoutIncomeThatIsKnown(t *testing.T) {
	brokenAccount.published(t).Want(
		`SELECT count(*) || ' ' || count(monthly_minor) || ' ' || count(interval_low_minor) || ' ' || count(t1_share)
			FROM underwriting.income_summary WHERE holder_id = 'cus_1' AND value_state = 'NOT_COVERED'`, "1 0 0 0")
}
