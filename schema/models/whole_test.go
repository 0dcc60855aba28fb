package models

import (
	"slices"
	"testing"
)

// TestOnlyWhatIsReadByTheSameScopesStands: a model is rebuilt for being touched nearly everywhere where all that
// follows from it has its scopes, however far down.
func TestOnlyWhatIsReadByTheSameScopesStands(t *testing.T) {
	holder, day := []string{"holder_id"}, []string{"holder_id", "day"}
	got := standing([]Header{
		{Name: "of_all"},
		{Name: "far", Scope: holder, reads: []string{"of_all"}},
		{Name: "values", Scope: holder, reads: []string{"of_all"}},
		{Name: "from", Scope: day, From: true, reads: []string{"values"}},
		{Name: "near", Scope: holder, reads: []string{"far"}},
		{Name: "days", Scope: day, reads: []string{"near"}},
		{Name: "sums", Scope: holder, reads: []string{"days"}},
		{Name: "shares", Scope: holder, reads: []string{"sums"}},
	})
	var names []string
	for name, stands := range got {
		if stands {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if want := []string{"shares", "sums"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}
