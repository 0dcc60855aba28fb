package text

import "testing"

// TestWhatWasTriedEndsWithTheLabel: of the example of every rule, for both signs, the last group that was tried gives
// the label, and none before it does.
func TestWhatWasTriedEndsWithTheLabel(t *testing.T) {
	lines, err := Table(ruleFiles, "categories.csv")
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]bool{}
	for _, line := range lines {
		r := Read(line["example"])
		for _, isIn := range []bool{true, false} {
			want := r.Out
			if isIn {
				want = r.In
			}
			tried := r.Tried(isIn)
			for i, group := range tried {
				isLast := i == len(tried)-1
				if isLast && group.Label != want || !isLast && group.Label != (Label{}) {
					t.Errorf("%q: %v, want %v", line["example"], tried, want)
				}
				groups[group.Group] = groups[group.Group] || group.Label.Category != ""
			}
		}
	}
	for group, gave := range groups {
		if !gave && group != "merchants" && group != "merchants anywhere in the text" {
			t.Errorf("%s gave no label", group)
		}
	}
}
