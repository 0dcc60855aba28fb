package rules

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema"
)

// Condition is a line of policy.csv: a condition about a number, and the reason that stands for it. It decides nothing.
type Condition struct {
	Line       int    `json:"line"`
	Position   int    `json:"position"`
	Attribute  string `json:"attribute"`
	Window     string `json:"window_name"`
	Comparison string `json:"comparison"` // <, <=, >, >=, = or !=
	Threshold  string `json:"threshold"`  // as it is written
	Currency   string `json:"currency"`   // empty: any, of what is no money
	Code       string `json:"reason_code"`
	Text       string `json:"reason_text"`

	Integer *int64   `json:"threshold_integer"` // the threshold of money, counts and days
	Double  *float64 `json:"threshold_double"`  // of ratios
	Date    *string  `json:"threshold_date"`    // of dates
}

// Attribute is what a policy has to know of a number it speaks of.
type Attribute struct {
	Name, Unit string
	Windows    []string
}

var (
	policyColumns = []string{
		"attribute", "window", "comparison", "threshold", "currency", "reason_code", "text",
	}
	comparisons = []string{"<", "<=", ">", ">=", "=", "!="}
	reasonCode  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)
)

const mostConditions = 1000

// ReadPolicy reads policy.csv. The attributes are those that the file has whose numbers it is for: a condition about
// another one is refused.
func ReadPolicy(file string, content []byte, attributes []Attribute) ([]Condition, error) {
	lines, err := readLines(file, content, policyColumns)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, at(file, 1, "has no condition; an empty policy would hold of nobody, so leave it out instead")
	}
	if len(lines) > mostConditions {
		return nil, at(file, lines[mostConditions].number, "is condition %d, more than %d; use several policies",
			mostConditions+1, mostConditions)
	}
	codes, err := loadReasonCodes()
	if err != nil {
		return nil, err
	}
	conditions := make([]Condition, 0, len(lines))
	for _, l := range lines {
		c, err := parseCondition(l, attributes, codes)
		if err != nil {
			return nil, at(file, l.number, "%v", err)
		}
		c.Position = len(conditions) + 1
		if i := slices.IndexFunc(conditions, c.sameAs); i >= 0 {
			return nil, at(file, l.number, "says what line %d says; take one of them out", conditions[i].Line)
		}
		conditions = append(conditions, c)
	}
	return conditions, nil
}

func (c Condition) sameAs(other Condition) bool {
	return c.Attribute == other.Attribute && c.Window == other.Window && c.Comparison == other.Comparison &&
		c.Threshold == other.Threshold && c.Currency == other.Currency && c.Code == other.Code
}

func parseCondition(l line, attributes []Attribute, codes map[string]reason) (Condition, error) {
	c := Condition{
		Line: l.number, Attribute: strings.ToLower(l.cells["attribute"]), Window: strings.ToLower(l.cells["window"]),
		Comparison: l.cells["comparison"], Threshold: l.cells["threshold"],
		Currency: strings.ToLower(l.cells["currency"]), Code: strings.ToUpper(l.cells["reason_code"]),
		Text: l.cells["text"],
	}
	for _, name := range []string{"attribute", "window", "comparison", "threshold", "reason_code"} {
		if l.cells[name] == "" {
			return c, fmt.Errorf("%s is empty; a condition needs attribute, window, comparison, threshold and "+
				"reason_code", name)
		}
	}
	if !slices.Contains(comparisons, c.Comparison) {
		return c, fmt.Errorf("comparison %q is none of %s", shortened(c.Comparison), strings.Join(comparisons, " "))
	}
	i := slices.IndexFunc(attributes, func(a Attribute) bool { return a.Name == c.Attribute })
	if i < 0 {
		return c, fmt.Errorf("attribute %q is none of a holder; underwriting.attributes lists them%s",
			shortened(c.Attribute), nearAttribute(attributes, c.Attribute))
	}
	if !slices.Contains(attributes[i].Windows, c.Window) {
		return c, fmt.Errorf("%s has no window %q, but %s", c.Attribute, shortened(c.Window),
			strings.Join(attributes[i].Windows, ", "))
	}
	if err := c.parseThreshold(attributes[i].Unit); err != nil {
		return c, err
	}
	return c, c.checkReason(codes)
}

// parseThreshold reads the threshold in the unit of the number.
func (c *Condition) parseThreshold(unit string) error {
	isMoney := unit == "minor"
	switch {
	case isMoney && c.Currency == "":
		return fmt.Errorf("%s is money: say of which currency", c.Attribute)
	case c.Currency != "" && !currency.MatchString(c.Currency):
		return fmt.Errorf("currency %q is no ISO 4217 code such as usd", shortened(c.Currency))
	case isMoney:
		text, isNegative := strings.CutPrefix(c.Threshold, "-")
		minor, err := parseAmount(text, c.Currency)
		if isNegative {
			minor = -minor
		}
		c.Integer = &minor
		return err
	case unit == "date":
		_, err := time.Parse(time.DateOnly, c.Threshold)
		c.Date = &c.Threshold
		if err != nil {
			return fmt.Errorf("threshold %q is no date such as 2026-01-31", shortened(c.Threshold))
		}
		return nil
	case unit == "count" || unit == "days":
		n, err := strconv.ParseInt(c.Threshold, 10, 64)
		c.Integer = &n
		if err != nil {
			return fmt.Errorf("threshold %q is no whole number, and %s counts", shortened(c.Threshold), c.Attribute)
		}
		return nil
	}
	if unit != "ratio" && unit != "minor_per_day" {
		return fmt.Errorf("%s is a %s, and conditions are about numbers and dates", c.Attribute, unit)
	}
	number, err := strconv.ParseFloat(c.Threshold, 64)
	c.Double = &number
	if err != nil || strings.Trim(c.Threshold, "-0123456789.") != "" {
		return fmt.Errorf("threshold %q is no number such as 0.25", shortened(c.Threshold))
	}
	return nil
}

// checkReason takes the sentence of the code where the line has none of its own. A sentence that speaks of another
// number than the condition would state a reason that is not the one.
func (c *Condition) checkReason(codes map[string]reason) error {
	if !reasonCode.MatchString(c.Code) {
		return fmt.Errorf("reason_code %q: a code has letters, digits, and - . _ behind the first, 32 at most",
			shortened(c.Code))
	}
	rest := strings.NewReplacer("{n}", "", "{w}", "", "{m}", "", "{rest}", "").Replace(c.Text)
	if strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("text %q: what stands in braces is {n}, {w}, {m} or {rest}", shortened(c.Text))
	}
	if c.Text != "" {
		return nil
	}
	known, has := codes[c.Code]
	switch {
	case !has:
		return fmt.Errorf("reason_code %s is none of CF01 to CF25; write a text for it", c.Code)
	case known.attribute != c.Attribute:
		return fmt.Errorf("the sentence of %s is about %s, not %s; write a text of your own", c.Code, known.attribute,
			c.Attribute)
	}
	c.Text = known.sentence
	return nil
}

// reason is a code that reasons may have, with the sentence for whom it concerns.
type reason struct{ attribute, sentence string }

func loadReasonCodes() (map[string]reason, error) {
	file, err := schema.SeedFiles.Open("seeds/reason_codes.csv")
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reason_codes.csv: %w", err)
	}
	codes := map[string]reason{}
	for _, l := range lines[1:] {
		codes[l[0]] = reason{l[1], l[2]}
	}
	return codes, file.Close()
}

// nearAttribute proposes an attribute that ends or begins as a misspelt one does.
func nearAttribute(attributes []Attribute, name string) string {
	for _, a := range attributes {
		if strings.HasPrefix(a.Name, name) || strings.HasPrefix(name, a.Name) {
			return fmt.Sprintf("; did you mean %s?", a.Name)
		}
	}
	return ""
}
