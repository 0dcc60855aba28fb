package wire

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// The scanner walks JSON that is known to be well formed (stripe-go has decoded it once)
// and hands out raw values, so that nothing is converted that is not asked for.

var errShape = errors.New("not the expected JSON")

// eachField calls visit for every field of an object, in order. A name that comes twice is
// an error, after every field was visited once.
func eachField(raw []byte, visit func(name string, value []byte) error) error {
	var twice error
	var names nameSet
	err := walkFields(raw, func(quoted, value []byte) error {
		name, ok := text(quoted)
		switch {
		case !ok:
			return errShape
		case names.add(name):
			return visit(name, value)
		}
		twice = &FieldError{"", reasonTwice}
		return nil
	})
	return cmp.Or(err, twice)
}

// walkFields calls visit with every name of an object, still in its quotes, and its value.
func walkFields(raw []byte, visit func(quoted, value []byte) error) error {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return errShape
	}
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != '}'; {
		end := skipValue(raw, i)
		quoted := raw[i:end]
		i = skipSpace(raw, end)
		if i >= len(raw) || raw[i] != ':' {
			return errShape
		}
		start := skipSpace(raw, i+1)
		end = skipValue(raw, start)
		if err := visit(quoted, raw[start:end]); err != nil {
			return err
		}
		i = skipComma(raw, end)
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
	if !isWhole(value) {
		return 0, false
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	return number, err == nil
}

// isWhole reports whether a value is a whole number, of any size.
func isWhole(value []byte) bool {
	for i, c := range value {
		if (c < '0' || c > '9') && (c != '-' || i > 0) {
			return false
		}
	}
	return len(value) > 0
}

func isNull(value []byte) bool { return string(value) == "null" }
