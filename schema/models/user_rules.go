package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/rules"
)

// The functions by which the model ledger.text_rules finds the user's own rules that a text fits: one for all rules in
// force, one for those that came since the last derivation, so that a new rule does not try every other one again.
const (
	matchRules    = "match_rules"
	matchNewRules = "match_new_rules"
)

// registerRules makes the rules of a file known to the instance of a connection, as they are now.
func registerRules(ctx context.Context, connection *sql.Conn, since time.Time) error {
	var all, added []rules.Rule
	if err := statements.EachRow(ctx, connection, "text_rules", func(scan duck.Scan) error {
		var r rules.Rule
		var isNew bool
		err := scan(&r.ID, &r.Merchant, &r.Words, &r.Pattern, &isNew)
		all = append(all, r)
		if isNew {
			added = append(added, r)
		}
		return err
	}, sql.Named("since", since)); err != nil {
		return err
	}
	for name, known := range map[string][]rules.Rule{matchRules: all, matchNewRules: added} {
		if err := RegisterMatcher(connection, name, known); err != nil {
			return err
		}
	}
	return nil
}

// RegisterMatcher makes a function known to the instance of a connection that takes what ledger.rule_text makes of a
// text, and whose field rules has the ids of the rules that it fits, between commas; null where it fits none.
func RegisterMatcher(connection *sql.Conn, name string, known []rules.Rule) error {
	matcher, err := rules.Compile(known)
	if err != nil {
		return err
	}
	return duck.RegisterFunction(connection, duck.Function{
		Name: name, Fields: []string{"rules"},
		Read: func(text string, into []string) {
			normal, merchants, _ := strings.Cut(text, "\x1f")
			into[0] = strings.Join(matcher.Match(rules.Text{
				Normal: normal, Merchants: strings.Split(merchants, "\x1f"),
			}), ",")
		},
	})
}

// MatchRules is the name under which the model ledger.text_rules calls a matcher.
const MatchRules = matchRules

// QueryOver is the SELECT of a model with other tables in the place of some that it reads: what it would give if these
// were its inputs.
func QueryOver(name string, inputs map[string]string) (string, error) {
	headers, err := LoadHeaders(schema.ModelFiles)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(headers, func(h Header) bool { return h.Name == name })
	if at < 0 {
		return "", fmt.Errorf("there is no model %s", name)
	}
	query := headers[at].Query
	for table, input := range inputs {
		query = over(query, table, input)
	}
	return query, nil
}
