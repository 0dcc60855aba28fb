package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Days is a number of days of 24 hours, written 30d.
type Days int

const daysPattern = `^(0|[1-9][0-9]{0,3})d$`

var days = regexp.MustCompile(daysPattern)

// UnmarshalYAML reads 30d.
func (d *Days) UnmarshalYAML(node *yaml.Node) error {
	number, err := strconv.Atoi(strings.TrimSuffix(node.Value, "d"))
	if err != nil || !days.MatchString(node.Value) {
		return fmt.Errorf("line %d: %q is no number of days; write it with its unit, such as 30d", node.Line,
			node.Value)
	}
	*d = Days(number)
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (d Days) MarshalYAML() (any, error) { return d.String(), nil }

// String is the number with its unit: 30d.
func (d Days) String() string { return strconv.Itoa(int(d)) + "d" }

// Duration is as long as these days are.
func (d Days) Duration() time.Duration { return time.Duration(d) * 24 * time.Hour }
