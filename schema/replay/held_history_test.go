package replay_test

import (
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
)

// TestHistoryOfAttributesIsHeldToItsRules: two days are recorded, each rule of verify finds the one thing that breaks
// it, and nothing once that is mended. Package check has no store with attributes.
func TestHistoryOfAttributesIsHeldToItsRules(t *testing.T) {
	s := recordedTwice(t)
	s.Broken = true
	const value = "SELECT min(attribute) FROM meta.attribute_changes WHERE snapshot_id = 2 AND value_state IS NOT NULL"
	repair := "" // of the damage before
	for _, test := range []struct{ damage, repair, where, what string }{
		{
			"UPDATE meta.attribute_snapshots SET snapshot_id = 3 WHERE snapshot_id = 2",
			"UPDATE meta.attribute_snapshots SET snapshot_id = 2 WHERE snapshot_id = 3", "snapshot 3",
			"is number 2 of meta.attribute_snapshots",
		},
		{
			"UPDATE meta.attribute_snapshots SET observed_at = observed_at - to_days(9) WHERE snapshot_id = 2",
			"UPDATE meta.attribute_snapshots SET observed_at = observed_at + to_days(9) WHERE snapshot_id = 2",
			"snapshot 2", "knows less than the one before it",
		},
		{
			"UPDATE meta.attribute_snapshots SET observed_at = observed_at + to_days(9) WHERE snapshot_id = 2",
			"UPDATE meta.attribute_snapshots SET observed_at = observed_at - to_days(9) WHERE snapshot_id = 2",
			"snapshot 2", "was recorded from what was observed after the watermark",
		},
		{
			"UPDATE meta.attribute_changes SET snapshot_id = 9 WHERE snapshot_id = 2",
			"UPDATE meta.attribute_changes SET snapshot_id = 2 WHERE snapshot_id = 9", "snapshot 9",
			"has values in meta.attribute_changes and is not in meta.attribute_snapshots",
		},
		{
			"UPDATE meta.attribute_snapshots SET as_of_date = as_of_date - 7 WHERE snapshot_id = 2",
			"UPDATE meta.attribute_snapshots SET as_of_date = as_of_date + 7 WHERE snapshot_id = 2", "day ",
			"was recorded 2 times by the same models",
		},
		{
			"INSERT INTO meta.attribute_changes BY NAME SELECT 'eur' AS currency, a.* EXCLUDE (currency) FROM " +
				"meta.attribute_changes a, range(2) WHERE snapshot_id = 2 AND a.currency = 'usd' AND attribute = (" +
				value + ")",
			"DELETE FROM meta.attribute_changes WHERE currency = 'eur'", "holder cus_leak",
			" was recorded 2 times in snapshot 2",
		},
		{
			"UPDATE meta.attribute_changes SET value_text = 'SEEN' WHERE snapshot_id = 2 AND attribute = (" +
				value + ")",
			"UPDATE meta.attribute_changes SET value_text = NULL WHERE value_text = 'SEEN'", "holder cus_leak",
			" of today is not what underwriting.attribute_history says of today",
		},
		{
			"UPDATE meta.attribute_changes SET value_state = 'seen' WHERE snapshot_id = 2 AND attribute = (" +
				value + ")",
			"", "holder cus_leak", " of today is not what underwriting.attribute_history says of today",
		},
	} {
		if test.repair == "" { // the last: what the others did is mended
			s.Alter(s.Layout().Database(), repair)
			if found := s.Findings(); len(found) > 0 {
				t.Errorf("all is mended: found %v", found)
			}
			repair = ""
		}
		s.Alter(s.Layout().Database(), repair+test.damage)
		found := s.Findings()
		if !slices.ContainsFunc(found, func(f schema.Finding) bool {
			return strings.HasPrefix(f.Where, test.where) && strings.Contains(f.What, test.what)
		}) {
			t.Errorf("%s: found %v", test.damage, found)
		}
		repair = test.repair + ";"
	}
}
