package userfiles

import (
	"context"
	"fmt"

	"fcpipe/schema/models"
)

// step makes a temporary table: by a statement, or by a model over other inputs than its own.
type step struct {
	statement, table, model string
	inputs                  map[string]string
}

// derivation are the steps that end in the labels which the lines would give. A round would also look for other
// refunds and streams where a pair is told otherwise: what that changes of further rows is not in them.
var derivation = []step{
	{"", "wanted_texts", "ledger.text_rules", map[string]string{"meta.rules": "wanted_rules"}},
	{"", "wanted_hints", "ledger.user_hints", map[string]string{"meta.overrides": "wanted_overrides"}},
	{"", "wanted_labels", "ledger.user_labels", map[string]string{
		"ledger.text_rules": "wanted_texts", "meta.rules": "wanted_rules", "meta.overrides": "wanted_overrides",
		"ledger.user_hints": "wanted_hints",
	}},
	{"wanted_decisions", "", "", nil},
	{"told_pairs", "", "", nil},
	{"told_movements", "", "", nil},
	{"", "told_transfers", "ledger.transfers", map[string]string{
		"ledger.dated_transactions": "told_movements", "meta.transfer_decisions": "wanted_decisions",
	}},
	{"new_transfers", "", "", nil},
	{"", "new_own", "ledger.own_transfers", map[string]string{"ledger.transfers": "new_transfers"}},
	{"told_legs", "", "", nil},
	{"leg_inputs", "", "", nil},
	{"", "leg_refunds", "ledger.refunds", map[string]string{
		"ledger.dated_transactions": "leg_inputs", "ledger.own_transfers": "new_own",
	}},
	{"said_refunds", "", "", nil},
	{"said", "", "", nil},
	{"said_rows", "", "", nil},
	{"", "new_labels", "ledger.labels", map[string]string{
		"ledger.user_labels": "wanted_labels", "ledger.dated_transactions": "said_rows",
		"ledger.own_transfers": "new_own", "ledger.refunds": "said_refunds",
	}},
	{"fits", "", "", nil},
}

// derive asks the models of the program what they would make of the lines.
func (c *checker) derive(ctx context.Context) error {
	for _, s := range derivation {
		statement := ""
		if s.model == "" {
			statement = statements.Get(s.statement)
		} else {
			query, err := models.QueryOver(s.model, s.inputs)
			if err != nil {
				return err
			}
			statement = fmt.Sprintf("CREATE TEMP TABLE %s AS %s", s.table, query)
		}
		if _, err := c.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s%s: %w", s.statement, s.table, err)
		}
	}
	return nil
}
