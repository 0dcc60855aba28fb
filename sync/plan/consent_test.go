package plan

import (
	"errors"
	"testing"

	"fcpipe/schema"
)

func TestJustified(t *testing.T) {
	nothing := &schema.Account{Status: "active", Permissions: []string{}}
	shown := func(status string, permissions ...string) *schema.Account {
		return &schema.Account{Status: status, Permissions: permissions}
	}
	held := func(ended string, permissions ...string) *schema.ConsentState {
		return &schema.ConsentState{Ended: ended, Permissions: permissions}
	}
	look, rows := Use{}, Use{Feature: FeatureTransactions}
	refresh := Use{Feature: FeatureTransactions, Refreshes: true}
	for name, test := range map[string]struct {
		shown *schema.Account
		held  *schema.ConsentState
		use   Use
		want  error
	}{
		"shown and shared":           {shown("active", "transactions"), nil, refresh, nil},
		"shown and not shared":       {shown("active", "balances"), held("", "transactions"), rows, ErrNotShared},
		"shown and not held":         {shown("active"), nil, look, nil},
		"shown inactive, read":       {shown("inactive", "transactions"), nil, rows, nil},
		"shown inactive, asked for":  {shown("inactive", "transactions"), nil, refresh, ErrNotShared},
		"shown disconnected":         {shown("disconnected", "transactions"), held(""), look, ErrNotShared},
		"null, held as shared":       {shown("active"), held("", "transactions"), rows, nil},
		"null, held as not shared":   {shown("active"), held("", "balances"), rows, ErrNotShared},
		"not shown, nothing held":    {nil, nil, look, ErrNoConsent},
		"not shown, held":            {nil, held("", "transactions"), look, nil},
		"not shown, rows":            {nil, held("", "transactions"), rows, nil},
		"not shown, rows not shared": {nil, held("", "balances"), rows, ErrNotShared},
		"not shown, asked for":       {nil, held("", "transactions"), refresh, ErrNoConsent},
		"not shown, inactive":        {nil, held("inactive", "transactions"), look, nil},
		"not shown, ended by holder": {nil, held("by_holder", "transactions"), look, ErrNoConsent},
		"not shown, ended by us":     {nil, held("by_us", "transactions"), look, ErrNoConsent},
		"not shown, erased":          {nil, held("erased"), look, ErrNoConsent},
		"shown again after it ended": {shown("active", "transactions"), held("by_holder"), rows, nil},
		"shown, nothing is shared":   {nothing, nil, rows, ErrNotShared},
	} {
		consent := schema.ConsentState{}
		if test.held != nil {
			consent = *test.held
		}
		if got := Justified(test.shown, consent, test.held != nil, test.use); !errors.Is(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
