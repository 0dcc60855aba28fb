package models_test

import (
	"fmt"
	"testing"
)

// TestEverySpanThatIsAskedForIsComputed: some models leave out spans, by their names, over which no attribute of theirs
// is asked for. An attribute with a value over one span has one over each that it is asked for over.
func TestEverySpanThatIsAskedForIsComputed(t *testing.T) {
	s := cleanHistory.published(t)
	for _, table := range []string{"flow_values", "balance_values", "distress_values"} {
		const missing = `SELECT coalesce(string_agg(attribute || ' ' || window_name, ', '
				ORDER BY attribute, window_name), '')
			FROM (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes)
			SEMI JOIN underwriting.%[1]s USING (attribute)
			ANTI JOIN underwriting.%[1]s USING (attribute, window_name)`
		s.Want(fmt.Sprintf(missing, table), "")
		s.Want(fmt.Sprintf("SELECT (count(DISTINCT attribute) > 10)::VARCHAR FROM underwriting.%s", table), "true")
	}
}
