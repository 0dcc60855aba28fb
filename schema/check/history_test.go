package check_test

import (
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestHistoryOfAttributesIsHeldToItsRules: a second day is recorded, each rule finds the one thing that breaks it, and
// nothing once that is mended.
func TestHistoryOfAttributesIsHeldToItsRules(t *testing.T) {
	if !storetest.HasTables(t, "underwriting.attribute_values") {
		return
	}
	s := storetest.NewToDerive(t)
	for day := range 2 {
		s.Clock = s.Clock.AddDate(0, 0, day)
		s.Published(day + 1)
	}
	s.Want("SELECT count(*) FROM meta.attribute_snapshots", "2")
	s.Verify()
	s.Broken = true
	const value = "SELECT min(attribute) FROM meta.attribute_changes WHERE snapshot_id = 2 AND value_state IS NOT NULL"
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
			"UPDATE meta.attribute_snapshots SET as_of_date = as_of_date - 1 WHERE snapshot_id = 2",
			"UPDATE meta.attribute_snapshots SET as_of_date = as_of_date + 1 WHERE snapshot_id = 2", "day ",
			"was recorded 2 times by the same models",
		},
		{
			"INSERT INTO meta.attribute_changes BY NAME SELECT 'eur' AS currency, a.* EXCLUDE (currency) FROM " +
				"meta.attribute_changes a, range(2) WHERE snapshot_id = 2 AND attribute = (" + value + ")",
			"DELETE FROM meta.attribute_changes WHERE currency = 'eur'", "holder cus_1",
			" was recorded 2 times in snapshot 2",
		},
		{
			"UPDATE meta.attribute_changes SET value_text = 'SEEN' WHERE snapshot_id = 2 AND attribute = (" +
				value + ")",
			"UPDATE meta.attribute_changes SET value_text = NULL WHERE value_text = 'SEEN'", "holder cus_1",
			" of today is not what underwriting.attribute_history says of today",
		},
		{
			"UPDATE meta.attribute_changes SET value_state = 'seen' WHERE snapshot_id = 2 AND attribute = (" +
				value + ")",
			"", "holder cus_1", " of today is not what underwriting.attribute_history says of today",
		},
	} {
		if test.repair == "" { // the last: what the others did is mended
			if found := quickly(t, s); len(found) > 0 {
				t.Errorf("all is mended: found %v", found)
			}
		}
		s.Alter(s.Layout().Database(), test.damage)
		found := quickly(t, s)
		if !slices.ContainsFunc(found, func(f schema.Finding) bool {
			return strings.HasPrefix(f.Where, test.where) && strings.Contains(f.What, test.what)
		}) {
			t.Errorf("%s: found %v", test.damage, found)
		}
		if test.repair != "" {
			s.Alter(s.Layout().Database(), test.repair)
		}
	}
}
