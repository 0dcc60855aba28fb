package models_test

import (
	"fmt"
	"strings"
	"testing"
)

// recomputed are the statistics of attributes by their lineage, written for a reader: what a spreadsheet would do with
// the same rows. Each gives holder_id, account_key, currency, attribute, window_name and value from lines.
var recomputed = map[string]string{
	"sums and counts of rows": `SELECT holder_id, account_key, currency, attribute, window_name,
			sum(counted)::DOUBLE AS value FROM lines
		WHERE part = 'value' AND attribute NOT LIKE '%month%' AND attribute NOT LIKE '%_share' AND
			attribute NOT LIKE '%_ratio' AND evidence = 'transaction' AND attribute NOT LIKE '%_days' AND
			attribute NOT LIKE '%_days_since_%' AND attribute NOT LIKE '%_cv' AND attribute NOT LIKE '%_avg_%' AND
			attribute <> 'income_annual_observed_minor' -- null where part of the year is not held
		GROUP BY ALL`,
	"days with rows": `SELECT holder_id, account_key, currency, attribute, window_name, count(DISTINCT day)::DOUBLE
			AS value FROM lines
		WHERE attribute IN ('coverage_active_days', 'distress_overdraft_days', 'distress_nsf_days',
			'business_revenue_deposit_days') GROUP BY ALL`,
	"shares": `SELECT holder_id, account_key, currency, attribute, window_name,
			sum(counted) FILTER (part = 'value') / nullif(sum(counted) FILTER (part = 'over'), 0) AS value FROM lines
		WHERE (attribute LIKE '%_share' OR attribute LIKE '%_ratio') AND attribute NOT LIKE '%_trend_ratio' AND
			attribute <> 'flow_daily_volatility_ratio' GROUP BY ALL
		HAVING sum(counted) FILTER (part = 'over') > 0`,
	"statistics of months": `SELECT holder_id, account_key, currency, attribute, window_name,
			CASE WHEN attribute LIKE '%_avg_minor' THEN round(avg(total)) WHEN attribute LIKE '%_count'
				THEN count(*) FILTER (total > 0) WHEN attribute LIKE '%_sd' THEN stddev_samp(total)
				WHEN avg(total) > 0 THEN stddev_samp(total) / avg(total) END AS value
		FROM (SELECT s.*, coalesce(m.total, 0) AS total FROM (
				SELECT DISTINCT holder_id, account_key, currency, attribute, window_name, unnest(generate_series(
					w.first_day, w.last_day, INTERVAL 1 MONTH))::DATE AS month
				FROM lines JOIN underwriting.windows w USING (window_name)
				WHERE (attribute LIKE '%month%' OR
					attribute IN ('business_revenue_avg_minor', 'business_revenue_cv')) AND part = 'value') s
			LEFT JOIN (SELECT holder_id, currency, attribute, window_name, date_trunc('month', day)::DATE AS month,
					sum(counted)::DOUBLE AS total FROM lines
				WHERE (attribute LIKE '%month%' OR attribute IN ('business_revenue_avg_minor',
					'business_revenue_cv')) AND part = 'value' GROUP BY ALL) m
				USING (holder_id, currency, attribute, window_name, month))
		GROUP BY holder_id, account_key, currency, attribute, window_name`,
	"statistics of days": `SELECT l.holder_id, l.account_key, l.currency, l.attribute, l.window_name,
			CASE attribute WHEN 'balance_daily_avg_minor' THEN round(avg(counted)) WHEN 'balance_daily_min_minor'
				THEN min(counted) WHEN 'balance_daily_max_minor' THEN max(counted) WHEN 'balance_low_days'
				THEN count(*) FILTER (counted < 10000) WHEN 'balance_negative_days' THEN count(*) FILTER (counted < 0)
				WHEN 'balance_daily_p10_minor' THEN quantile_disc(counted, 0.1)
				WHEN 'balance_daily_p50_minor' THEN quantile_disc(counted, 0.5)
				WHEN 'balance_daily_p90_minor' THEN quantile_disc(counted, 0.9)
				WHEN 'balance_daily_sd' THEN stddev_samp(counted) WHEN 'balance_current_minor' THEN max(counted)
				WHEN 'balance_trend_slope' THEN regr_slope(counted::DOUBLE, day - DATE '2026-01-01')
				ELSE CASE WHEN attribute LIKE 'business_%day_balance_avg_minor' THEN round(avg(counted)) END
				END AS value
		FROM lines l WHERE evidence = 'balance'
		GROUP BY holder_id, account_key, currency, attribute, window_name HAVING value IS NOT NULL`,
	"runs of days below zero": `SELECT holder_id, account_key, currency, attribute, window_name,
			CASE attribute WHEN 'balance_negative_episode_count' THEN count(*) ELSE max(days) END::DOUBLE AS value
		FROM (SELECT holder_id, account_key, currency, attribute, window_name, run, count(*) AS days FROM (
				SELECT *, day - (row_number() OVER (PARTITION BY holder_id, account_key, currency, attribute,
					window_name ORDER BY day))::INTEGER AS run
				FROM lines WHERE counted < 0 AND attribute IN ('balance_negative_episode_count',
					'balance_negative_run_max_days')) GROUP BY ALL)
		GROUP BY holder_id, account_key, currency, attribute, window_name`,
	"days since a day": `SELECT holder_id, account_key, currency, attribute, window_name,
			(SELECT last_day + 1 FROM underwriting.windows WHERE window_name = '30d') - max(day) AS value
		FROM lines WHERE attribute IN ('balance_age_days', 'balance_days_since_negative', 'distress_days_since_event',
			'distress_days_since_nsf_fee')
		GROUP BY holder_id, account_key, currency, attribute, window_name`,
	"means of rows": `SELECT holder_id, account_key, currency, attribute, window_name, round(avg(counted)) AS value
		FROM lines WHERE attribute IN ('flow_in_avg_minor', 'flow_out_avg_minor') GROUP BY ALL`,
	"means of all days": `SELECT holder_id, account_key, currency, attribute, window_name,
			round(sum(counted)::DOUBLE / days) AS value
		FROM lines JOIN underwriting.windows USING (window_name) WHERE attribute LIKE 'business_daily_%_avg_minor'
		GROUP BY holder_id, account_key, currency, attribute, window_name, days`,
	"second half over first half": `SELECT holder_id, account_key, currency, attribute, window_name,
			(sum(counted) - 2 * early) / early AS value
		FROM (SELECT *, sum(counted) FILTER (day < first_day + to_months((months // 2)::INTEGER)) OVER (PARTITION BY
					holder_id, account_key, currency, attribute, window_name) AS early
			FROM lines JOIN (SELECT *, datediff('month', first_day, last_day) + 1 AS months
				FROM underwriting.windows) USING (window_name)
			WHERE attribute IN ('flow_in_trend_ratio', 'business_revenue_trend_ratio'))
		GROUP BY holder_id, account_key, currency, attribute, window_name, early
		HAVING early > 0 AND sum(counted) >= early`,
	"deviation of days over money out": `SELECT holder_id, account_key, currency, attribute, window_name,
			sqrt((days * sum(net * net) - sum(net) ** 2) / (days * (days - 1))) * days / sum(money_out) AS value
		FROM (SELECT holder_id, account_key, currency, attribute, window_name, days, day,
				coalesce(sum(counted) FILTER (part = 'value'), 0)::DOUBLE AS net,
				coalesce(sum(counted) FILTER (part = 'over'), 0)::DOUBLE AS money_out
			FROM lines JOIN underwriting.windows USING (window_name) WHERE attribute = 'flow_daily_volatility_ratio'
			GROUP BY ALL)
		GROUP BY holder_id, account_key, currency, attribute, window_name, days HAVING sum(money_out) > 0`,
	"variation of twelve weeks": `SELECT holder_id, account_key, currency, attribute, window_name,
			sqrt((12 * sum(cash * cash) - sum(cash) ** 2) / 132) * 12 / sum(cash) AS value
		FROM (SELECT holder_id, account_key, currency, attribute, window_name, (last_day - day) // 7 AS week,
				sum(counted)::DOUBLE AS cash
			FROM lines JOIN underwriting.windows USING (window_name) WHERE attribute = 'flow_cash_withdrawal_cv'
			GROUP BY ALL)
		GROUP BY holder_id, account_key, currency, attribute, window_name HAVING sum(cash) > 0`,
	"later half less earlier half": `SELECT holder_id, account_key, currency, attribute, window_name,
			(avg(counted) FILTER (2 * (day - first_day) >= days) - avg(counted) FILTER (2 * (day - first_day) < days))
				/ nullif(stddev_samp(counted), 0) AS value
		FROM lines JOIN underwriting.windows USING (window_name) WHERE attribute = 'balance_trend_halves'
		GROUP BY holder_id, account_key, currency, attribute, window_name
		HAVING value IS NOT NULL`,
}

// TestLineageRecomputed: what each attribute of a random bank was computed from gives its value, for every sum and
// count of rows, every ratio, and every statistic of days, weeks and months; what has a value that is not zero has
// lineage. Banks that are drawn have no attribute all of them, and most of them together.
func TestLineageRecomputed(t *testing.T) {
	compared := map[string]bool{}
	for n := range uint64(*histories) {
		t.Run(fmt.Sprint("seed ", *firstHistory+n), func(t *testing.T) {
			b := newRandomBank(t, *firstHistory+n)
			for range 4 {
				b.round(24 * 20)
			}
			b.trade()
			b.exec(`DELETE FROM main.transaction_versions -- sums beyond 64 bits
				WHERE amount_minor NOT BETWEEN -1000000000000 AND 1000000000000`)
			b.exec("DELETE FROM main.balances WHERE current_minor NOT BETWEEN -1000000000000 AND 1000000000000")
			b.deriveWith(only("underwriting.attribute_values"), true)
			b.exec(`CREATE TABLE lines AS SELECT * FROM underwriting.lineage('cus_0') UNION ALL
				SELECT * FROM underwriting.lineage('cus_1')`)
			b.exec(`CREATE TABLE computed AS SELECT holder_id, account_key, currency, attribute, window_name,
					coalesce(value_integer::DOUBLE, value_double) AS value FROM (FROM underwriting.flow_values
				UNION ALL BY NAME FROM underwriting.balance_values UNION ALL BY NAME
				FROM underwriting.distress_values UNION ALL BY NAME FROM underwriting.income_values
				UNION ALL BY NAME FROM underwriting.obligation_values UNION ALL BY NAME
				(FROM underwriting.stated_values WHERE value_integer IS NOT NULL) UNION ALL BY NAME
				FROM underwriting.pattern_values UNION ALL BY NAME FROM underwriting.business_values UNION ALL BY NAME
				(FROM underwriting.coverage_values WHERE attribute = 'coverage_missing_account_minor')
				UNION ALL BY NAME
				SELECT holder_id, account_key, currency, window_name, unnest(['coverage_active_days',
					'coverage_transaction_count']) AS attribute,
					unnest([active_days, transaction_count]) AS value_integer
				FROM underwriting.subject_windows)
				JOIN (SELECT attribute, of_accounts, of_holders, unnest(windows) AS window_name
					FROM underwriting.attributes) USING (attribute, window_name)
				WHERE holder_id IN ('cus_0', 'cus_1')
					AND CASE account_key WHEN '' THEN of_holders AND (holder_id, currency) IN
						(SELECT (holder_id, currency) FROM ledger.cash_accounts) -- else none is applicable
					ELSE of_accounts END`)
			compareLineage(t, b, compared)
		})
	}
	if len(compared) < 70 {
		t.Errorf("%d attributes were computed again, want 70 at least", len(compared))
	}
}

// trade adds half a year of a business, and money that goes to a person and comes back.
func (b *randomBank) trade() {
	for week := range 26 {
		at := b.hours(-24 * (7*week + b.draw.IntN(7)))
		for _, row := range []struct {
			text   string
			amount int64
		}{
			{"STRIPE TRANSFER ST-A1B2C3 CCD", 100_000 + 1_000*b.draw.Int64N(90)},
			{"BRIGHTCO SUPPLY EDI PYMNTS CCD", 30_000 + 100*b.draw.Int64N(90)},
			{"NORTHWIND TRADING EDI PYMNTS CCD", 10_000},
			{"GUSTO PAYROLL NET CCD ID: 1", -60_000},
			{"ATM WITHDRAWAL", -4_000 - 100*b.draw.Int64N(9)},
			{"ZELLE TO JANE DOE", -12_300},
			{"ZELLE FROM JANE DOE", 12_300},
			{"WIRE TYPE:WIRE IN ORIG:BRIGHTCO", 700_000},
		} {
			if !b.chance(3) {
				b.posting(b.accounts[0], at.AddDate(0, 0, b.draw.IntN(5)), row.text, row.amount)
			}
		}
	}
}

// compareLineage computes attributes again, and notes which.
func compareLineage(t *testing.T, b *randomBank, compared map[string]bool) {
	t.Helper()
	for name, query := range recomputed {
		b.exec("CREATE OR REPLACE TABLE again AS " + query)
		for _, line := range b.strings(`SELECT concat_ws(' ', holder_id, account_key, currency, attribute,
				window_name, coalesce(c.value::VARCHAR, 'without a value'), 'but by its lineage', a.value)
			FROM again a FULL JOIN (FROM computed
				SEMI JOIN (SELECT attribute FROM again) USING (attribute)) c
				USING (holder_id, account_key, currency, attribute, window_name)
			WHERE abs(coalesce(a.value, 0) - coalesce(c.value, 0)) > 1e-9 * greatest(abs(coalesce(a.value, 0)), 1)
			ORDER BY ALL LIMIT 5`) {
			t.Errorf("%s: %s", name, line)
		}
		for _, attribute := range b.strings("SELECT DISTINCT attribute FROM again") {
			compared[attribute] = true
		}
	}
	for _, line := range b.strings(`SELECT concat_ws(' ', holder_id, account_key, currency, attribute, window_name,
			value)
		FROM computed ANTI JOIN lines USING (holder_id, account_key, currency, attribute, window_name)
		WHERE value <> 0 ORDER BY ALL LIMIT 5`) {
		t.Error("it has no lineage: " + line)
	}
	if read := b.strings("SELECT DISTINCT attribute FROM lines WHERE part = 'read'"); len(read) > 0 {
		t.Log("only what they read is told of " + strings.Join(read, ", "))
	}
}
