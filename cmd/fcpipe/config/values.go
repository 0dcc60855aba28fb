package config

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Duration is a time.Duration written with its unit.
type Duration time.Duration

const durationPattern = `^([0-9]{1,6}(\.[0-9]{1,6})?h)?([0-9]{1,7}(\.[0-9]{1,6})?m)?` +
	`([0-9]{1,9}(\.[0-9]{1,6})?s)?([0-9]{1,9}ms)?$`

var durations = regexp.MustCompile(durationPattern)

// UnmarshalYAML reads 30s, 10m, 24h.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || !durations.MatchString(node.Value) {
		return fmt.Errorf("line %d: %q is no duration; write it with a unit, such as 30s, 10m or 24h", node.Line,
			node.Value)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (d Duration) MarshalYAML() (any, error) { return d.String(), nil }

// String is the duration without units that are zero: 24h.
func (d Duration) String() string {
	text := time.Duration(d).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// ByteSize is a number of bytes written with its unit.
type ByteSize int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// sizePattern begins at 256 MiB: with less DuckDB has not enough for the buffers of a derived table, even of few rows.
const sizePattern = `^([1-9][0-9]{0,8} ?GiB|(25[6-9]|2[6-9][0-9]|[3-9][0-9]{2}|[1-9][0-9]{3,8}) ?MiB|` +
	`(26214[4-9]|2621[5-9][0-9]|262[2-9][0-9]{2}|26[3-9][0-9]{3}|2[7-9][0-9]{4}|[3-9][0-9]{5}|[1-9][0-9]{6,8}) ?KiB)$`

var (
	sizes     = regexp.MustCompile(`^([1-9][0-9]{0,8}) ?(GiB|MiB|KiB)$`)
	largeSize = regexp.MustCompile(sizePattern)
)

// UnmarshalYAML reads 512MiB, 1GiB.
func (b *ByteSize) UnmarshalYAML(node *yaml.Node) error {
	parts := sizes.FindStringSubmatch(node.Value)
	switch {
	case parts == nil:
		return fmt.Errorf("line %d: %q is no size; write it with a unit, such as 512MiB or 1GiB", node.Line, node.Value)
	case !largeSize.MatchString(node.Value):
		return fmt.Errorf("line %d: %s is too little for DuckDB; at least 256MiB, and 512MiB for millions of rows",
			node.Line, node.Value)
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return err
	}
	for _, unit := range sizeUnits {
		if unit.suffix == parts[2] {
			*b = ByteSize(number * unit.bytes)
		}
	}
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (b ByteSize) MarshalYAML() (any, error) { return b.String(), nil }

// String is the size in the largest unit that divides it: 1GiB.
func (b ByteSize) String() string {
	for _, unit := range sizeUnits {
		if int64(b)%unit.bytes == 0 {
			return strconv.FormatInt(int64(b)/unit.bytes, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// USD is an amount of money in millionths of a US dollar, written in dollars.
type USD int64

var dollars = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,6}))?$`)

// UnmarshalYAML reads 0.10 exactly.
func (u *USD) UnmarshalYAML(node *yaml.Node) error {
	parts := dollars.FindStringSubmatch(node.Value)
	if parts == nil || node.ShortTag() == "!!str" {
		return fmt.Errorf("line %d: %q is no amount of US dollars; write 25 or 0.10", node.Line, node.Value)
	}
	whole, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return err
	}
	fraction, err := strconv.ParseInt((parts[2] + "000000")[:6], 10, 64)
	if err != nil {
		return err
	}
	*u = USD(whole*1_000_000 + fraction)
	return nil
}

// MarshalYAML writes a number of dollars.
func (u USD) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: u.String()}, nil
}

// String is dollars with at least two decimals.
func (u USD) String() string {
	text := fmt.Sprintf("%d.%06d", u/1_000_000, u%1_000_000)
	for strings.HasSuffix(text, "0") && len(text)-strings.IndexByte(text, '.') > 3 {
		text = text[:len(text)-1]
	}
	return text
}

// FileMode is a file's permissions, written in octal.
type FileMode fs.FileMode

const modePattern = `^(0|0o)?6[046]0$`

var modes = regexp.MustCompile(modePattern)

// UnmarshalYAML reads "0600" or "0640", in quotes or not: never readable by everybody.
func (m *FileMode) UnmarshalYAML(node *yaml.Node) error {
	number, err := strconv.ParseUint(strings.TrimPrefix(node.Value, "0o"), 8, 32)
	if err != nil || !modes.MatchString(node.Value) {
		return fmt.Errorf("line %d: %q is no mode for bank data; write \"0600\" or, for a group of analysts, \"0640\"",
			node.Line, node.Value)
	}
	*m = FileMode(number)
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (m FileMode) MarshalYAML() (any, error) { return fmt.Sprintf("%04o", uint32(m)), nil }
