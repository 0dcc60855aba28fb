package simulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestConditions(t *testing.T) {
	status := func(s *Server, path, form string) int { return ask(t, s, "GET", path, form, nil).StatusCode }
	for name, test := range map[string]struct {
		script string
		want   []int // of five requests for rows of the first account, then one for each other and a list of accounts
	}{
		"nth": {
			`{"when": {"path": "/transactions", "nth": 3}, "do": {"status": 500}}`,
			[]int{200, 200, 500, 200, 200, 200, 200, 200},
		},
		"skip, times": {
			`{"when": {"skip": 1, "times": 2}, "do": {"status": 500}}`,
			[]int{200, 500, 500, 200, 200, 200, 200, 200},
		},
		"per account": {
			`{"when": {"path": "/transactions", "times": 1, "per_account": true}, "do": {"status": 500}}`,
			[]int{500, 200, 200, 200, 200, 500, 500, 200},
		},
		"account": {
			`{"when": {"account": "ACCOUNT"}, "do": {"status": 500}}`,
			[]int{500, 500, 500, 500, 500, 200, 200, 200},
		},
		"end of path": {
			`{"when": {"path": "/accounts$"}, "do": {"status": 500}}`,
			[]int{200, 200, 200, 200, 200, 200, 200, 500},
		},
		"method": {
			`{"when": {"method": "POST"}, "do": {"status": 500}}`,
			[]int{200, 200, 200, 200, 200, 200, 200, 200},
		},
		"parameter": {
			`{"when": {"param": "account"}, "do": {"status": 500}}`,
			[]int{500, 500, 500, 500, 500, 500, 500, 200},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(10)
			arm(t, s, test.script)
			var got []int
			for range 5 {
				got = append(got, status(s, rowsPath, "account="+s.Accounts()[0]))
			}
			for _, id := range s.Accounts()[1:] {
				got = append(got, status(s, rowsPath, "account="+id))
			}
			if got = append(got, status(s, accountsPath, "")); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestPagesAreCountedAlongStartingAfter(t *testing.T) {
	s := calmWorld(350)
	arm(t, s, `{"when": {"path": "/transactions", "page": 3, "times": 1}, "do": {"status": 500}}`)
	after := ""
	for page, want := range []int{200, 200, 500, 200} {
		var shown struct{ Data []seenRow }
		response := ask(t, s, "GET", rowsPath, "limit=100&account="+s.Accounts()[0]+after, &shown)
		if response.StatusCode != want {
			t.Errorf("request %d: %d", page, response.StatusCode)
		}
		if len(shown.Data) > 0 {
			after = "&starting_after=" + shown.Data[len(shown.Data)-1].ID
		}
	}
}

// TestDrawsOfFaultsDoNotDependOnTheOrderOfAccounts: an account's own requests meet the same
// fate, whoever comes between them.
func TestDrawsOfFaultsDoNotDependOnTheOrderOfAccounts(t *testing.T) {
	fates := func(backwards bool) map[string]string {
		s, fate := calmWorld(5), map[string]string{}
		arm(t, s, `{"when": {"path": "/transactions", "probability": 0.3}, "do": {"status": 500}}`)
		ids := s.Accounts()
		if backwards {
			slices.Reverse(ids)
		}
		for range 40 {
			for _, id := range ids {
				fate[id] += fmt.Sprint(ask(t, s, "GET", rowsPath, "account="+id, nil).StatusCode, " ")
			}
		}
		return fate
	}
	one, two := fates(false), fates(true)
	for id, fate := range one {
		if failed := strings.Count(fate, "500"); two[id] != fate || failed < 4 || failed > 25 {
			t.Errorf("%s: %d of 40 failed; %s, backwards %s", id, failed, fate, two[id])
		}
	}
}
