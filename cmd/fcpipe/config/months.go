package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Months is a number of calendar months, written 24mo.
type Months int

const monthsPattern = `^(0|[1-9][0-9]{0,2})mo$`

var months = regexp.MustCompile(monthsPattern)

// UnmarshalYAML reads 24mo.
func (m *Months) UnmarshalYAML(node *yaml.Node) error {
	number, err := strconv.Atoi(strings.TrimSuffix(node.Value, "mo"))
	if err != nil || !months.MatchString(node.Value) {
		return fmt.Errorf("line %d: %q is no number of months; write it with its unit, such as 24mo", node.Line,
			node.Value)
	}
	*m = Months(number)
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (m Months) MarshalYAML() (any, error) { return m.String(), nil }

// String is the number with its unit: 24mo.
func (m Months) String() string { return strconv.Itoa(int(m)) + "mo" }
