package check_test

import (
	"slices"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestOneVersionIsMarkedAndItIsTheRightOne: the quick rules alone find every wrong mark, on histories with a
// replaced version and with one that was superseded on arrival.
func TestOneVersionIsMarkedAndItIsTheRightOne(t *testing.T) {
	t.Parallel()
	s := storetest.WithVersions(t)
	s.Verify()
	s.Broken = true
	const mark = "UPDATE main.transaction_versions SET is_current = "
	for name, damage := range map[string]struct{ id, marks string }{
		"none":                   {"1", mark + "false WHERE transaction_id = 'fctxn_1'"},
		"two":                    {"1", mark + "true WHERE transaction_id = 'fctxn_1'"},
		"the one before":         {"1", mark + "NOT is_current WHERE transaction_id = 'fctxn_1'"},
		"superseded on arrival":  {"2", mark + "NOT is_current WHERE transaction_id = 'fctxn_2'"},
		"superseded one as well": {"2", mark + "true WHERE transaction_id = 'fctxn_2'"},
	} {
		s.Alter(s.Layout().Database(), damage.marks)
		found := s.Findings()
		want := schema.Finding{
			Where: "transaction fctxn_" + damage.id, What: "the current row is not its newest version",
		}
		if !slices.Contains(found, want) {
			t.Errorf("%s: found %v", name, found)
		}
		s.Alter(s.Layout().Database(), mark+"(transaction_id = 'fctxn_1') = (version = 2)")
	}
	if found := s.Findings(); len(found) > 0 {
		t.Errorf("all is mended: found %v", found)
	}
}
