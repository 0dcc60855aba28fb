package models_test

import (
	"fmt"
	"testing"
)

// TestEverySpanThatIsAskedForIsComputed: some models leave out spans, by their names, over which no attribute of theirs
// is asked for. An attribute with a value over one span has one over each that it is asked for over, of accounts and of
// holders, whichever it is asked for of.
func TestEverySpanThatIsAskedForIsComputed(t *testing.T) {
	s := cleanHistory.published(t)
	for table, least := range map[string]int{
		"flow_values": 48, "obligation_values": 17, "balance_values": 31, "distress_values": 32,
	} {
		const missing = `WITH computed AS (
				SELECT DISTINCT attribute, window_name, account_key <> '' AS of_account FROM underwriting.%[1]s)
			SELECT coalesce(string_agg(concat_ws(' ', attribute, window_name,
				CASE WHEN of_account THEN 'of accounts' ELSE 'of holders' END), ', '
				ORDER BY attribute, window_name, of_account), '')
			FROM (
				SELECT attribute, window_name, unnest(CASE WHEN of_accounts AND of_holders THEN [true, false]
					WHEN of_accounts THEN [true] ELSE [false] END) AS of_account
				FROM (SELECT *, unnest(windows) AS window_name FROM underwriting.attributes))
			SEMI JOIN computed USING (attribute, of_account)
			ANTI JOIN computed USING (attribute, window_name, of_account)`
		s.Want(fmt.Sprintf(missing, table), "")
		s.Want(fmt.Sprintf("SELECT count(DISTINCT (attribute, account_key <> '')) >= %d FROM underwriting.%s",
			least, table), "true")
	}
}
