package page

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"fcpipe/schema/models"
	"fcpipe/schema/rules"
)

// Policy is conditions of a lender, in the lender's order.
type Policy struct {
	Name       string // of its file
	Conditions []rules.Condition
}

// Outcomes of a condition. There is no other: a condition is no decision.
const (
	holds        = "holds"
	doesNotHold  = "does_not_hold"
	cannotBeSaid = "cannot_be_said"
)

// Reason is what a condition of a policy says of a holder.
type Reason struct {
	Position   int    `json:"position"` // of the condition in the policy, from 1
	Code       string `json:"reason_code"`
	Attribute  string `json:"attribute"`
	Window     string `json:"window"`
	Currency   string `json:"currency"`
	Comparison string `json:"comparison"`
	Threshold  string `json:"threshold"`
	Outcome    string `json:"outcome"`
	State      string `json:"value_state"`
	Why        string `json:"state_reason"` // why the number is not OK; empty when it is
	Text       string `json:"text"`         // the reason in words; empty unless the condition holds
	Label      string `json:"label"`

	shownThreshold string // as people write it
	Value          *Value `json:"value"` // the number; nil where the holder has no such number
}

// Apply says of each report what the conditions of the policy say.
func (p *Policy) Apply(ctx context.Context, connection Connection, reports []*Report) error {
	rows, err := json.Marshal(p.Conditions)
	if err != nil {
		return err
	}
	b := batch{connection, reports}
	if err := b.ask(ctx); err != nil {
		return err
	}
	reasons, err := models.QueryOver("underwriting.reasons", map[string]string{
		"meta.policies": "conditions", "underwriting.subjects": "asked_subjects",
		"underwriting.attribute_values": "asked_values",
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"stage_conditions", "stage_subjects", "stage_values", "stage_reasons"} {
		statement, arguments := strings.ReplaceAll(statements.Get(name), "$reasons$", reasons), []any{}
		if name == "stage_conditions" {
			arguments = append(arguments, string(rows))
		}
		if _, err := b.ExecContext(ctx, statement, arguments...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, r := range reports {
		r.Policy = p.Name
	}
	return each(ctx, b, "reasons", func(r *Reason) []any {
		return []any{&r.Position, &r.Currency, &r.Attribute, &r.Window, &r.Outcome, &r.State, &r.Why, &r.Text}
	}, func(report *Report, r Reason) { report.Reasons = append(report.Reasons, p.complete(report, r)) })
}

// complete adds what the condition and the report say to an outcome.
func (p *Policy) complete(report *Report, r Reason) Reason {
	c := p.Conditions[r.Position-1]
	r.Code, r.Comparison, r.Threshold = c.Code, c.Comparison, c.Threshold
	r.Value = report.valueOf("", r.Currency, r.Attribute, r.Window)
	r.Label, r.shownThreshold = r.Attribute, shownThreshold(c)
	if r.Value != nil {
		r.Label = r.Value.Label
	}
	return r
}

// shownThreshold is a threshold as people write it.
func shownThreshold(c rules.Condition) string {
	if c.Integer != nil && c.Currency != "" && strings.HasSuffix(c.Attribute, "_minor") {
		return money(*c.Integer, c.Currency)
	}
	return minus(c.Threshold)
}

// Condition is the condition in words.
func (r Reason) Condition() string {
	of := ""
	if r.Currency != "" && r.Currency != "xxx" && !strings.HasSuffix(r.Attribute, "_minor") {
		of = " (" + strings.ToUpper(r.Currency) + ")"
	}
	return fmt.Sprintf("%s, %s%s %s %s", r.Label, spanWords(r.Window), of, r.sign(), r.shownThreshold)
}

func (r Reason) sign() string {
	return cmp.Or(map[string]string{"<=": "≤", ">=": "≥", "!=": "≠"}[r.Comparison], r.Comparison)
}

// Holds reports whether the condition holds.
func (r Reason) Holds() bool { return r.Outcome == holds }

// OutcomeWords are the outcome in words; they say when not all days are held.
func (r Reason) OutcomeWords() string {
	text := map[string]string{
		holds: "● holds", doesNotHold: "○ does not hold", cannotBeSaid: "? cannot be said",
	}[r.Outcome]
	if r.State == "PARTIAL" && r.Outcome != cannotBeSaid {
		text += ", as far as days are held"
	}
	return text
}
