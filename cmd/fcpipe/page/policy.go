package page

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fcpipe/schema/duck"
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
	Value          *Value `json:"value"` // the number; nil where the holder has none of it
}

// ReadPolicy reads a policy for the numbers that a file has.
func ReadPolicy(ctx context.Context, database duck.Queryer, file, name string, content []byte) (*Policy, error) {
	var attributes []rules.Attribute
	err := statements.EachRow(ctx, database, "policy_attributes", func(scan duck.Scan) error {
		var a rules.Attribute
		var windows *string
		if err := scan(&a.Name, &a.Unit, &windows); err != nil {
			return err
		}
		err := duck.ParseList(windows, &a.Windows)
		attributes = append(attributes, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	conditions, err := rules.ReadPolicy(file, content, attributes)
	return &Policy{name, conditions}, err
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
	if _, err := b.ExecContext(ctx, statements.Get("stage_conditions"), string(rows)); err != nil {
		return fmt.Errorf("stage_conditions: %w", err)
	}
	for _, r := range reports {
		r.Policy = p.Name
	}
	return each(ctx, b, "reasons", func(r *Reason) []any {
		return []any{&r.Position, &r.Currency, &r.Attribute, &r.Window, &r.Outcome, &r.State, &r.Why}
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
	if r.Outcome == holds {
		r.Text = filled(c.Text, r.Value)
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

// filled puts numbers into a sentence: {n} is the number, {w} the days and {m} the months of its span, {rest} the
// months that are not among the number.
func filled(sentence string, v *Value) string {
	if v == nil {
		return sentence
	}
	number := v.Shown()
	if v.Integer != nil && v.Unit != "minor" {
		number = minus(fmt.Sprint(*v.Integer))
	}
	span := strings.TrimRight(v.Window, "dm")
	rest := ""
	if months, err := strconv.ParseInt(span, 10, 64); err == nil && v.Integer != nil {
		rest = fmt.Sprint(months - *v.Integer)
	}
	text := strings.NewReplacer("{n}", number, "{w}", strings.ReplaceAll(span, "_", " to "), "{m}", span,
		"{rest}", rest).Replace(sentence)
	if number == "1" {
		text = oneOfMany.ReplaceAllString(text, "1 $1")
	}
	return text
}

// oneOfMany is one of what stands in the plural.
var oneOfMany = regexp.MustCompile(`\b1 (\w+)s\b`)

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
