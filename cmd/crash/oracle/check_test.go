package oracle

import (
	"slices"
	"strings"
	"testing"
)

func TestDifferencesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		stored []string
		says   []string
	}{
		{"the same", []string{"a\t1", "b\t2"}, nil},
		{"one is missing", []string{"a\t1"}, []string{"1 balances are missing"}},
		{"one twice in the place of another", []string{"a\t1", "a\t1"}, []string{"that is not so: a\t1", "1 balances are missing"}},
		{"one twice", []string{"a\t1", "b\t2", "a\t1"}, []string{"that is not so: a\t1"}},
		{"another amount", []string{"a\t1", "b\t3"}, []string{"that is not so: b\t3", "1 balances are missing"}},
	} {
		got := differences("balance", c.stored, map[string]bool{"a\t1": true, "b\t2": true})
		if !slices.EqualFunc(got, c.says, strings.Contains) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}
