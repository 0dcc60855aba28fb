package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// bankRule is a rule of the user's own, as SQL values of meta.rules.
type bankRule struct{ id, conditions, results string }

// ruleConditions are merchant, words, pattern, account, holder, direction, currency, and the bounds of amounts.
var ruleConditions = []string{
	"'Kroger', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
	"NULL, 'KROGER', NULL, NULL, NULL, NULL, NULL, NULL, NULL",
	"NULL, NULL, 'uber|refund', NULL, NULL, NULL, NULL, NULL, NULL",
	"NULL, 'TRANSFER', NULL, 'fca_0', NULL, 'out', NULL, NULL, NULL",
	"NULL, NULL, 'ZELLE|PAYROLL', NULL, 'cus_0', NULL, NULL, NULL, NULL",
	"NULL, NULL, '.', NULL, NULL, NULL, 'usd', 1000, 5000",
	"'AMAZON', NULL, 'mktp', NULL, NULL, NULL, NULL, NULL, NULL",
	"NULL, 'PAYMENT', NULL, NULL, NULL, NULL, NULL, NULL, NULL",
	"NULL, 'REFUND CENTER', NULL, NULL, NULL, NULL, 'eur', NULL, NULL",
}

// ruleResults are category, name and treatment.
var ruleResults = []string{
	"'food.groceries', NULL, NULL", "'food.groceries', 'Corner shop', 'exclude'", "NULL, 'A name', NULL",
	"'income.gig', NULL, NULL", "'other.unknown', NULL, NULL", "NULL, NULL, 'pass_through'",
	"'housing.rent', 'Landlord', NULL", "'adj.dispute', NULL, NULL",
}

var overrideResults = []string{
	"'food.groceries', NULL, NULL, NULL", "'food.groceries', NULL, NULL, NULL",
	"'food.groceries', 'Shop', 'noted', NULL",
	"'income.payroll', NULL, NULL, NULL", "NULL, NULL, 'of JANE DOE', NULL", "NULL, NULL, NULL, true",
	"NULL, NULL, NULL, false", "'housing.rent', NULL, NULL, true",
}

// policyLines are attribute, span, comparison, threshold as it is written and as an integer and a double, and currency.
var policyLines = []string{
	"'balance_negative_days', '90d', '>', '2', 2, NULL, NULL",
	"'balance_daily_avg_minor', '30d', '<', '9', 900, NULL, 'usd'",
	"'flow_unknown_share', '90d', '>=', '0.2', NULL, 0.2, 'eur'",
	"'balance_days_since_negative', 'now', '<', '9', 9, NULL, NULL",
	"'coverage_days', '180d', '!=', '180', 180, NULL, NULL", "'no_such_number', 'now', '=', '1', 1, NULL, NULL",
}

// editPolicy changes conditions of the policy.
func (b *randomBank) editPolicy(draw *rand.Rand) {
	b.t.Helper()
	for position := range 3 {
		if draw.IntN(3) > 0 {
			continue
		}
		b.exec("UPDATE meta.policies SET removed_at = ? WHERE position = ? AND removed_at IS NULL", b.now, position)
		if line := policyLines[draw.IntN(len(policyLines))]; draw.IntN(4) > 0 {
			b.exec(fmt.Sprintf(`INSERT INTO meta.policies BY NAME SELECT %d AS position, md5($$%s$$) AS version,
				c.*, 'CODE' AS reason_code, '{n} of {w}' AS reason_text, ? AS observed_at, 'run' AS run_id
				FROM (VALUES (%s)) c (attribute, window_name, comparison, threshold, threshold_integer,
				threshold_double, currency)`, position, line, line), b.now)
		}
	}
	b.exec("DELETE FROM meta.policies WHERE removed_at = observed_at")
}

// derives reports whether the file has a derived table: some histories have few.
func (b *randomBank) derives(table string) bool {
	b.t.Helper()
	found := b.strings("SELECT 'found' FROM duckdb_tables() WHERE schema_name || '.' || table_name = '" + table + "'")
	return len(found) > 0
}

// editRequests changes loan requests: those of a holder for their first obligation, for one that is unknown, or none.
func (b *randomBank) editRequests(draw *rand.Rand) {
	b.t.Helper()
	for holder := range 2 {
		if draw.IntN(3) > 0 {
			continue
		}
		b.exec("UPDATE meta.loan_requests SET removed_at = ? WHERE holder_id = ? AND removed_at IS NULL", b.now,
			fmt.Sprint("cus_", holder))
		if draw.IntN(4) == 0 {
			continue
		}
		refinances := []string{"NULL", "'no such'", "(SELECT min(stream_id) FROM ledger.obligations)"}[draw.IntN(3)]
		if !b.derives("ledger.obligations") {
			refinances = "NULL"
		}
		b.exec(fmt.Sprintf(`INSERT INTO meta.loan_requests BY NAME SELECT 'cus_%d' AS holder_id, 'usd' AS currency,
			'v%d' AS version, %d AS payment_minor, '%s' AS cadence, %s AS refinances, ? AS observed_at,
			'run' AS run_id`,
			holder, draw.IntN(1<<30), 1+draw.IntN(90000), []string{"weekly", "biweekly", "monthly"}[draw.IntN(3)],
			refinances), b.now)
	}
	b.exec("DELETE FROM meta.loan_requests WHERE removed_at = observed_at")
}

// editFiles changes lines of the user's own files: it adds, replaces, moves and takes out.
func (b *randomBank) editFiles(draw *rand.Rand) {
	b.t.Helper()
	for range draw.IntN(4) {
		r := bankRule{
			fmt.Sprintf("r%d", draw.IntN(6)), ruleConditions[draw.IntN(len(ruleConditions))],
			ruleResults[draw.IntN(len(ruleResults))],
		}
		b.rules = slices.DeleteFunc(b.rules, func(other bankRule) bool { return other.id == r.id })
		if draw.IntN(4) > 0 {
			b.rules = slices.Insert(b.rules, draw.IntN(len(b.rules)+1), r)
		}
	}
	values := []string{}
	for i, r := range b.rules {
		values = append(values, fmt.Sprintf("('%s', md5($$%s %s$$), %d, %s, %s)", r.id, r.conditions, r.results, i+1,
			r.conditions, r.results))
	}
	b.exec("CREATE OR REPLACE TEMP TABLE wanted AS SELECT * EXCLUDE (observed_at, run_id, removed_at) " +
		"FROM meta.rules LIMIT 0")
	if len(values) > 0 {
		b.exec("INSERT INTO wanted VALUES " + strings.Join(values, ", "))
	}
	b.exec(`UPDATE meta.rules r SET removed_at = ? WHERE removed_at IS NULL AND NOT EXISTS (FROM wanted w
		WHERE w.rule_id = r.rule_id AND w.version = r.version AND w.position = r.position)`, b.now)
	b.exec(`INSERT INTO meta.rules SELECT *, ?, 'run', NULL FROM wanted ANTI JOIN
		(FROM meta.rules WHERE removed_at IS NULL) USING (rule_id, version, position)`, b.now)
	for range draw.IntN(4) {
		id := b.rows[draw.IntN(len(b.rows))].id
		b.exec("UPDATE meta.overrides SET removed_at = ? WHERE transaction_id = ? AND removed_at IS NULL", b.now, id)
		if said := overrideResults[draw.IntN(len(overrideResults))]; draw.IntN(5) > 0 {
			b.exec(fmt.Sprintf(
				"INSERT INTO meta.overrides SELECT '%s', md5($$%s$$), %s, ?, 'run', NULL", id, said, said), b.now)
		}
	}
	b.exec("DELETE FROM meta.overrides WHERE removed_at = observed_at") // changed twice in a round
	b.editPolicy(draw)
	b.editRequests(draw)
}
