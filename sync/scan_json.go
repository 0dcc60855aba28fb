package sync

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The scanner walks JSON that is known to be well formed (stripe-go has decoded it once)
// and hands out raw values, so that nothing is converted that is not asked for.

var errShape = errors.New("not the expected JSON")

// eachField calls visit for every field of an object, in order. A name that comes twice is an error.
func eachField(raw []byte, visit func(name string, value []byte) error) error {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return errShape
	}
	var seen [24]string
	names := seen[:0]
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != '}'; {
		end := skipValue(raw, i)
		name, ok := text(raw[i:end])
		if !ok || slices.Contains(names, name) {
			return errShape
		}
		names = append(names, name)
		i = skipSpace(raw, end)
		if i >= len(raw) || raw[i] != ':' {
			return errShape
		}
		start := skipSpace(raw, i+1)
		end = skipValue(raw, start)
		if err := visit(name, raw[start:end]); err != nil {
			return err
		}
		i = skipSpace(raw, end)
		if i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return nil
}

// eachElement calls visit for every element of an array.
func eachElement(raw []byte, visit func(position int, value []byte) error) error {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '[' {
		return errShape
	}
	position := 0
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != ']'; position++ {
		end := skipValue(raw, i)
		if end == i {
			return errShape
		}
		if err := visit(position, raw[i:end]); err != nil {
			return err
		}
		i = skipSpace(raw, end)
		if i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return nil
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// skipValue is the index behind the value that starts at i.
func skipValue(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			i = skipString(raw, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

func skipString(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// text decodes a string.
func text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	inner := value[1 : len(value)-1]
	for _, c := range inner {
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			var decoded string
			err := json.Unmarshal(value, &decoded)
			return decoded, err == nil
		}
	}
	return string(inner), true
}

// integer decodes a whole number: no fraction, no exponent, no quotes, within 64 bits.
func integer(value []byte) (int64, bool) {
	for i, c := range value {
		if (c < '0' || c > '9') && (c != '-' || i > 0) {
			return 0, false
		}
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	return number, err == nil
}

func isNull(value []byte) bool { return string(value) == "null" }

// extra gathers fields fcpipe has no column for, to keep them as they came.
type extra []extraField

type extraField struct {
	name  string
	value []byte
}

func (e *extra) add(name string, value []byte) { *e = append(*e, extraField{name, value}) }

// object is the gathered fields as one JSON object in order of their names; nil when there are none.
func (e extra) object() *string {
	if len(e) == 0 {
		return nil
	}
	slices.SortFunc(e, func(a, b extraField) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for i, field := range e {
		name, _ := json.Marshal(field.name)
		b.WriteByte("{,"[min(i, 1)])
		b.Write(name)
		b.WriteByte(':')
		b.Write(field.value)
	}
	b.WriteByte('}')
	whole := b.String()
	return &whole
}
