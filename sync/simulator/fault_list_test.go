package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestListActions(t *testing.T) {
	plain, _ := rowsOf(t, calmWorld(250), "")
	for name, test := range map[string]struct {
		do   string
		want func(ids []string, more bool) bool
	}{
		"empty page": {`{"empty_page_has_more": true}`, func(ids []string, more bool) bool {
			return len(ids) == 0 && more
		}},
		"no more": {`{"full_page_no_more": true}`, func(ids []string, more bool) bool {
			return slices.Equal(ids, plain) && !more
		}},
		"twice": {`{"dup_page": true}`, func(ids []string, more bool) bool {
			return slices.Equal(ids, append(slices.Clone(plain), plain...)) && more
		}},
		"another order": {`{"shuffle": true}`, func(ids []string, _ bool) bool {
			return !slices.Equal(ids, plain) && slices.Equal(sorted(ids), sorted(plain))
		}},
		"an id": {`{"set": {"id": "fctxn_x"}}`, func(ids []string, _ bool) bool {
			return ids[0] == "fctxn_x" && slices.Equal(ids[1:], plain[1:])
		}},
		"the last id": {`{"set": {"id": "fctxn_x"}, "rows": "last"}`, func(ids []string, _ bool) bool {
			return ids[99] == "fctxn_x"
		}},
		"no data": {`{"set_list": {"data": null}}`, func(ids []string, more bool) bool {
			return len(ids) == 0 && more
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(250)
			arm(t, s, `{"when": {"path": "/transactions"}, "do": `+test.do+`}`)
			if ids, more := rowsOf(t, s, ""); !test.want(ids, more) {
				t.Errorf("%d rows, more %v: %v", len(ids), more, ids[:min(3, len(ids))])
			}
		})
	}
	s := calmWorld(250)
	arm(t, s, `{"when": {"param": "starting_after"}, "do": {"repeat_page": true}}`)
	if ids, _ := rowsOf(t, s, "&starting_after="+plain[99]); !slices.Equal(ids, plain) {
		t.Error("starting_after was not ignored")
	}
}

func TestFieldsAreSetToAnyJSON(t *testing.T) {
	s := calmWorld(20)
	arm(
		t,
		s,
		`{"when": {"path": "/transactions"}, "do": {"unset": ["livemode"], "set": {"amount": 1e3, "currency": null,
		"status_transitions.posted_at": 9223372036854775808, "mood": [1, 2.50], "none.such": 1}}}`,
	)
	var page struct{ Data []map[string]json.RawMessage }
	ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], &page)
	first, second := page.Data[0], page.Data[1]
	if _, there := first["livemode"]; there || string(first["amount"]) != "1e3" ||
		string(first["currency"]) != "null" || string(first["mood"]) != "[1,2.50]" ||
		!strings.Contains(string(first["status_transitions"]), "9223372036854775808") || first["none"] != nil {
		t.Errorf("%s", first)
	}
	if string(second["currency"]) != `"usd"` || second["mood"] != nil {
		t.Errorf("another row was changed: %s", second)
	}
	var account map[string]any
	arm(t, s, `{"when": {"path": "/accounts/"}, "do": {"set": {"balance.as_of": 7}}}`)
	ask(t, s, "GET", accountsPath+"/"+s.Accounts()[0], "", &account)
	if account["balance"].(map[string]any)["as_of"] != 7.0 {
		t.Errorf("%v", account["balance"])
	}
}
