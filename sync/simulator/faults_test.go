package simulator

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator/faults"
)

// arm arms a script in which ACCOUNT is the world's first account.
func arm(t *testing.T, s *Server, script string) {
	t.Helper()
	faults, err := faults.Parse([]byte(strings.ReplaceAll(script, "ACCOUNT", s.Accounts()[0])))
	if err == nil {
		err = s.AddFaults(faults)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func calmWorld(rows int) *Server {
	s := New(Config{Seed: 2, Accounts: 3, Holders: 3, RowsPerAccount: rows, HistoryDays: 60, Linked: true, Calm: true})
	s.Advance(time.Hour)
	return s
}

const rowsPath, accountsPath = "/v1/financial_connections/transactions", "/v1/financial_connections/accounts"

// rowsOf asks for one page of the first account's rows.
func rowsOf(t *testing.T, s *Server, form string) (ids []string, more bool) {
	t.Helper()
	var page struct {
		Data    []seenRow
		HasMore bool `json:"has_more"`
	}
	ask(t, s, "GET", rowsPath, "limit=100&account="+s.Accounts()[0]+form, &page)
	for _, row := range page.Data {
		ids = append(ids, row.ID)
	}
	return ids, page.HasMore
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

func TestScriptsThatMakeNoSenseAreRefusedByTheirField(t *testing.T) {
	for script, want := range map[string]string{
		`{"when": {}, "do": {"stauts": 500}}`:                             `line 1, fault 1: unknown field "stauts"`,
		"[{\"do\": {\"status\": 500}},\n\n{\"when\": {\"pat\": \"/x\"}}]": `line 3, fault 2: unknown field "pat"`,
		`{"when": {}}`:                                                    "nothing to do",
		`{"do": {"delay": "soon"}}`:                                       `"soon" is no duration`,
		`{"do": {"delay": 5}}`:                                            "5 is no duration",
		`{"do": {"status": 5000}}`:                                        "do.status",
		`{"do": {"move_row": "sideways"}}`:                                "do.move_row",
		`{"do": {"malform": "nicely"}}`:                                   "do.malform",
		`{"do": {"status": 500, "rows": "all"}}`:                          "do.rows",
		`{"do": {"status": 500, "reveal": "silently"}}`:                   "row and reveal",
		`{"do": {"status": 500, "drop_as": "timeout"}}`:                   "do.drop_as",
		`{"do": {"gone": true}}`:                                          "do.gone",
		`{"do": {"unlisted": "kept"}}`:                                    "do.unlisted: name",
		`{"when": {"account": "fca_x"}, "do": {"unlisted": "away"}}`:      "do.unlisted",
		`{"do": {"nulls": 101}}`:                                          "nulls and bounds",
		`{"when": {"path": "/refresh"}, "do": {"fail_refresh": true}}`:    "concern refreshes",
		`{"when": {"feature": "balances"}, "do": {"fail_refresh": true}}`: "when.feature",
		`{"when": {"nth": 2, "skip": 1}, "do": {"status": 500}}`:          "nth stands alone",
		`{"when": {"probability": 2}, "do": {"status": 500}}`:             "when.probability",
		`{"when": {"times": -1}, "do": {"status": 500}}`:                  "not negative",
		`{"do": {"status": 500}} {"do": {"status": 500}}`:                 "more follows",
		`[{"do": {"status": 500}}`:                                        "does not end",
		`nonsense`:                                                        "no JSON",
		`{"when": {"account": "fca_none"}, "do": {"status": 500}}`:        `no account "fca_none"`,
		`{"when": {"account": "fca_none"}, "do": {"fail_refresh": true}}`: `no account "fca_none"`,
	} {
		faults, err := faults.Parse([]byte(script))
		if err == nil {
			err = calmWorld(1).AddFaults(faults)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", script, err, want)
		}
	}
}

// TestFaultsGoOnInASavedWorld: what was armed, how often it happened and what it did.
func TestFaultsGoOnInASavedWorld(t *testing.T) {
	s := calmWorld(150)
	arm(t, s, `[
		{"when": {"path": "/transactions", "param": "starting_after", "times": 1},
		 "do": {"move_row": "top", "reveal": "new_refresh", "delete_row": false, "insert_now": 2}},
		{"when": {"path": "/transactions", "skip": 2, "times": 2}, "do": {"status": 503}},
		{"when": {"account": "ACCOUNT"}, "do": {"pend_for": "ever"}},
		{"when": {"path": "/nowhere"}, "do": {"revoke_key": true}}
	]`)
	ids, _ := rowsOf(t, s, "")
	rowsOf(t, s, "&starting_after="+ids[99])
	for range 2 {
		ask(t, s, "GET", rowsPath, "account="+s.Accounts()[1], nil)
	}
	path := filepath.Join(t.TempDir(), "state")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var both [2]string
	for i, world := range []*Server{s, loaded} {
		for range 3 {
			both[i] += fmt.Sprint(ask(t, world, "GET", rowsPath, "account="+s.Accounts()[1], nil).StatusCode, " ")
		}
		ask(t, world, "POST", accountsPath+"/"+s.Accounts()[0]+"/refresh", "features[]=transactions", nil)
		world.Advance(48 * time.Hour)
		truth, _ := json.Marshal(world.Truth())
		both[i] += string(truth)
	}
	if both[0] != both[1] || !strings.HasPrefix(both[0], "503 200 200") || !strings.Contains(both[0], `"pending"`) ||
		strings.Count(both[0], "INSERTED") != 2 {
		t.Errorf("it went on with %.60s…, loaded with %.60s…", both[0], both[1])
	}
}
