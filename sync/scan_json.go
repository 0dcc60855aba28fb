package sync

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The scanner walks JSON that is known to be well formed (stripe-go has decoded it once)
// and hands out raw values, so that nothing is converted that is not asked for.

var errShape = errors.New("not the expected JSON")

// eachField calls visit for every field of an object, in order. A name that comes twice is
// an error, after every field was visited once.
func eachField(raw []byte, visit func(name string, value []byte) error) error {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return errShape
	}
	var twice error
	var seen [24]string
	names := seen[:0]
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != '}'; {
		end := skipValue(raw, i)
		name, ok := text(raw[i:end])
		i = skipSpace(raw, end)
		if !ok || i >= len(raw) || raw[i] != ':' {
			return errShape
		}
		start := skipSpace(raw, i+1)
		end = skipValue(raw, start)
		if slices.Contains(names, name) {
			twice = &fieldError{"", reasonTwice}
		} else if err := visit(name, raw[start:end]); err != nil {
			return err
		}
		names = append(names, name)
		i = skipComma(raw, end)
	}
	return twice
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
		i = skipComma(raw, end)
	}
	return nil
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// skipComma goes on to the next field or element, or to the closing bracket.
func skipComma(raw []byte, i int) int {
	i = skipSpace(raw, i)
	if i < len(raw) && raw[i] == ',' {
		i = skipSpace(raw, i+1)
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

// common are texts of nearly every row: they need no memory of their own.
var common = func() map[string]string {
	texts := map[string]string{}
	for _, list := range [][]string{transactionFields, accountFields, {"posted_at", "void_at", "usd", "posted", "pending", "void"}} {
		for _, text := range list {
			texts[text] = text
		}
	}
	return texts
}()

// text decodes a string. What is no Unicode becomes U+FFFD: no file could keep it.
func text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	inner := value[1 : len(value)-1]
	if known, ok := common[string(inner)]; ok {
		return known, true
	}
	plain := true
	for _, c := range inner {
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return string(inner), true
	}
	var decoded string
	err := json.Unmarshal(value, &decoded)
	return decoded, err == nil
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
