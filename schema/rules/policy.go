package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema"
)

// Condition is a line of policy.csv: a condition about a number, and the reason that it gives. It decides nothing.
type Condition struct {
	Line       int    `json:"line"`
	Position   int    `json:"position"`
	Version    string `json:"version"` // a hash of what the line says
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
		return nil, at(file, 1, "write at least one condition below the first line, or name no policy")
	}
	if len(lines) > mostConditions {
		return nil, at(file, lines[mostConditions].number, "is condition %d; a policy may have %d, so take some out",
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
		c.Position, c.Version = len(conditions)+1, c.version()
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

// version is a hash of what a line says.
func (c Condition) version() string {
	return hash(c.Attribute, c.Window, c.Comparison, c.Threshold, c.Currency, c.Code, c.Text)[:8]
}

func parseCondition(l line, attributes []Attribute, codes map[string]reason) (Condition, error) {
	c := Condition{
		Line: l.number, Attribute: strings.ToLower(l.cells["attribute"]), Window: strings.ToLower(l.cells["window"]),
		Comparison: l.cells["comparison"], Threshold: l.cells["threshold"],
		Currency: strings.ToLower(l.cells["currency"]), Code: strings.ToUpper(l.cells["reason_code"]),
		Text: l.cells["text"],
	}
	if err := l.want("a condition", "attribute", "window", "comparison", "threshold", "reason_code"); err != nil {
		return c, err
	}
	if !slices.Contains(comparisons, c.Comparison) {
		return c, fmt.Errorf("comparison %q: write one of %s", shortened(c.Comparison), strings.Join(comparisons, " "))
	}
	i := slices.IndexFunc(attributes, func(a Attribute) bool { return a.Name == c.Attribute })
	if i < 0 {
		return c, fmt.Errorf("attribute %q: write an attribute that underwriting.attributes lists with of_holders%s",
			shortened(c.Attribute), nearAttribute(attributes, c.Attribute))
	}
	if !slices.Contains(attributes[i].Windows, c.Window) {
		return c, fmt.Errorf("window %q: of %s write one of %s", shortened(c.Window), c.Attribute,
			strings.Join(attributes[i].Windows, ", "))
	}
	if err := c.parseThreshold(attributes[i].Unit); err != nil {
		return c, err
	}
	return c, c.checkReason(codes)
}

// parseThreshold reads the threshold in the unit of the number.
func (c *Condition) parseThreshold(unit string) error {
	if c.Currency != "" && !schema.IsCurrency(c.Currency) {
		return wrongCurrency(c.Currency)
	}
	switch unit {
	case "minor":
		if c.Currency == "" {
			return fmt.Errorf("%s is money: fill currency", c.Attribute)
		}
		text, isNegative := strings.CutPrefix(c.Threshold, "-")
		minor, err := parseAmount(text, c.Currency)
		if isNegative {
			minor = -minor
		}
		c.Integer = &minor
		return err
	case "date":
		if _, err := time.Parse(time.DateOnly, c.Threshold); err != nil {
			return fmt.Errorf("threshold %q: write a date such as 2026-01-31", shortened(c.Threshold))
		}
		c.Date = &c.Threshold
	case "count", "days":
		n, err := strconv.ParseInt(c.Threshold, 10, 64)
		if err != nil {
			return fmt.Errorf("threshold %q: %s counts, so write a whole number", shortened(c.Threshold), c.Attribute)
		}
		c.Integer = &n
	case "ratio", "minor_per_day":
		number, err := strconv.ParseFloat(c.Threshold, 64)
		if err != nil || strings.Trim(c.Threshold, "-0123456789.") != "" {
			return fmt.Errorf("threshold %q: write a number such as 0.25", shortened(c.Threshold))
		}
		c.Double = &number
	default:
		return fmt.Errorf("%s is a %s: write an attribute that is a number or a date", c.Attribute, unit)
	}
	return nil
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
