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
			attribute NOT LIKE '%_days_since_%' AND
			attribute <> 'income_annual_observed_minor' -- null where part of the year is not held
		GROUP BY ALL`,
	"days with rows": `SELECT holder_id, account_key, currency, attribute, window_name, count(DISTINCT day)::DOUBLE
			AS value FROM lines
		WHERE attribute IN ('coverage_active_days', 'distress_overdraft_days', 'distress_nsf_days') GROUP BY ALL`,
	"shares": `SELECT holder_id, account_key, currency, attribute, window_name,
			sum(counted) FILTER (part = 'value') / nullif(sum(counted) FILTER (part = 'over'), 0) AS value FROM lines
		WHERE attribute LIKE '%_share' OR attribute LIKE '%_ratio' GROUP BY ALL
		HAVING sum(counted) FILTER (part = 'over') > 0`,
	"statistics of months": `SELECT holder_id, account_key, currency, attribute, window_name,
			CASE WHEN attribute LIKE '%_avg_minor' THEN round(avg(total)) WHEN attribute LIKE '%_count'
				THEN count(*) FILTER (total > 0) WHEN attribute LIKE '%_sd' THEN stddev_samp(total)
				ELSE stddev_samp(total) / nullif(avg(total), 0) END AS value
		FROM (SELECT s.*, coalesce(m.total, 0) AS total FROM (
				SELECT DISTINCT holder_id, account_key, currency, attribute, window_name, unnest(generate_series(
					w.first_day, w.last_day, INTERVAL 1 MONTH))::DATE AS month
				FROM lines JOIN underwriting.windows w USING (window_name)
				WHERE attribute LIKE '%month%' AND part = 'value') s
			LEFT JOIN (SELECT holder_id, currency, attribute, window_name, date_trunc('month', day)::DATE AS month,
					sum(counted)::DOUBLE AS total FROM lines
				WHERE attribute LIKE '%month%' AND part = 'value' GROUP BY ALL) m
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
				WHEN 'balance_trend_slope' THEN regr_slope(counted::DOUBLE, day - DATE '2026-01-01') END AS value
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
	"later half less earlier half": `SELECT holder_id, account_key, currency, attribute, window_name,
			(avg(counted) FILTER (2 * (day - first_day) >= days) - avg(counted) FILTER (2 * (day - first_day) < days))
				/ nullif(stddev_samp(counted), 0) AS value
		FROM lines JOIN underwriting.windows USING (window_name) WHERE attribute = 'balance_trend_halves'
		GROUP BY holder_id, account_key, currency, attribute, window_name
		HAVING value IS NOT NULL`,
}

// TestLineageRecomputed: what each attribute of a random bank was computed from gives its value, for every sum and
// count of rows and every statistic of days; what has a value that is not zero has lineage.
func TestLineageRecomputed(t *testing.T) {
	for n := range uint64(*histories) {
		t.Run(fmt.Sprint("seed ", *firstHistory+n), func(t *testing.T) {
			b := newRandomBank(t, *firstHistory+n)
			for range 4 {
				b.round(24 * 20)
			}
			b.exec("DELETE FROM main.transaction_versions WHERE abs(amount_minor) > 1000000000000") // beyond 64 bits
			b.exec("DELETE FROM main.balances WHERE abs(current_minor) > 1000000000000")
			b.deriveWith(only("underwriting.attribute_values"), true)
			b.exec(`CREATE TABLE lines AS SELECT * FROM underwriting.lineage('cus_0') UNION ALL
				SELECT * FROM underwriting.lineage('cus_1')`)
			b.exec(`CREATE TABLE computed AS SELECT holder_id, account_key, currency, attribute, window_name,
					coalesce(value_integer::DOUBLE, value_double) AS value FROM (FROM underwriting.flow_values
				UNION ALL BY NAME FROM underwriting.balance_values UNION ALL BY NAME
				FROM underwriting.distress_values UNION ALL BY NAME FROM underwriting.income_values
				UNION ALL BY NAME FROM underwriting.obligation_values UNION ALL BY NAME
				(FROM underwriting.stated_values WHERE value_integer IS NOT NULL) UNION ALL BY NAME
				(FROM underwriting.coverage_values WHERE attribute = 'coverage_missing_account_minor')
				UNION ALL BY NAME
				SELECT holder_id, account_key, currency, window_name, unnest(['coverage_active_days',
					'coverage_transaction_count']) AS attribute,
					unnest([active_days, transaction_count]) AS value_integer
				FROM underwriting.subject_windows)
				JOIN (SELECT attribute, of_accounts, of_holders, unnest(windows) AS window_name
					FROM underwriting.attributes) USING (attribute, window_name)
				WHERE holder_id IN ('cus_0', 'cus_1')
					AND CASE account_key WHEN '' THEN of_holders ELSE of_accounts END`)
			compareLineage(t, b)
		})
	}
}

func compareLineage(t *testing.T, b *randomBank) {
	t.Helper()
	compared := 0
	for name, query := range recomputed {
		b.exec("CREATE OR REPLACE TABLE again AS " + query)
		for _, line := range b.strings(`SELECT concat_ws(' ', c.holder_id, c.account_key, c.currency, attribute,
				window_name, c.value, 'but by its lineage', a.value) FROM again a FULL JOIN (FROM computed
				SEMI JOIN (SELECT attribute FROM again) USING (attribute)) c
				USING (holder_id, account_key, currency, attribute, window_name)
			WHERE abs(coalesce(a.value, 0) - coalesce(c.value, 0)) > 1e-9 * greatest(abs(coalesce(a.value, 0)), 1)
			ORDER BY ALL LIMIT 5`) {
			t.Errorf("%s: %s", name, line)
		}
		compared += len(b.strings("SELECT DISTINCT attribute FROM again"))
	}
	if compared < 45 {
		t.Errorf("%d attributes were computed again, want 45 at least", compared)
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
