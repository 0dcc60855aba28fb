package wire

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

func (o *object) requireString(field string, s span) string {
	value, came := o.require(field, s)
	if !came {
		return ""
	}
	text, isString := unquote(value)
	if !isString {
		o.fail(field, reasonType)
	}
	return text
}

func (o *object) optionalString(field string, s span) *string {
	if o.optional(s) == nil {
		return nil
	}
	text := o.requireString(field, s)
	if o.fault != nil {
		return nil
	}
	return &text
}

// requireID reads an id, which is never empty: it is part of paths and keys.
func (o *object) requireID(field string, s span) string {
	id := o.requireString(field, s)
	switch {
	case id == "":
		o.fail(field, reasonMissing)
	case len(id) > maxIDLength || strings.ContainsFunc(id, unicode.IsControl):
		o.fail(field, reasonID)
		return ""
	}
	return id
}

// requireCurrency reads a currency. It is stored in lower case, however it was written.
func (o *object) requireCurrency(field string, s span) string {
	return strings.ToLower(o.requireID(field, s))
}

// requireKind refuses another kind of object than the one that was asked for.
func (o *object) requireKind(s span, kind string) {
	value, came := o.require("object", s)
	if found, isString := unquote(value); came && (!isString || found != kind) {
		o.fail("object", reasonObject)
	}
}

func (o *object) requireInteger(field string, s span) int64 {
	value, came := o.require(field, s)
	number, err := strconv.ParseInt(string(value), 10, 64)
	if came && (err != nil || !isWhole(value)) {
		o.fail(field, reasonNumber)
		return 0
	}
	return number
}

func (o *object) requireBool(field string, s span) bool {
	value, came := o.require(field, s)
	is := string(value) == "true"
	if came && !is && string(value) != "false" {
		o.fail(field, reasonType)
	}
	return is
}

// timeBound is the last second, before and after 1970, that a TIMESTAMP of microseconds holds with a
// margin for arithmetic: the years -283231 to 287170. Milliseconds taken for seconds lie within.
const timeBound = 9_000_000_000_000

// requireTime reads seconds since 1970.
func (o *object) requireTime(field string, s span) time.Time {
	value, came := o.require(field, s)
	seconds, err := strconv.ParseInt(string(value), 10, 64)
	switch {
	case !came:
		return time.Time{}
	case !isWhole(value):
		o.fail(field, reasonNumber)
		return time.Time{}
	case err != nil || seconds > timeBound || seconds < -timeBound:
		o.fail(field, reasonTime)
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// optionalTime reads an instant that may be null. One that cannot be stored is kept as it came, without a column.
func (o *object) optionalTime(field string, s span) *time.Time {
	value := o.optional(s)
	if value == nil {
		return nil
	}
	at := object{text: o.text, path: o.path, inner: o.inner, isInner: o.isInner}
	decoded := at.requireTime(field, s)
	switch {
	case at.fault == nil:
		return &decoded
	case isWhole(value):
		o.extra.add(field, value)
	case o.fault == nil:
		o.fault = at.fault
	}
	return nil
}

// optionalStrings reads a list of strings; null stays nil, an empty list does not.
func (o *object) optionalStrings(field string, list array) []string {
	if o.optional(list.span) == nil {
		return nil
	}
	if !list.isExpected {
		o.fail(field, reasonType)
	}
	texts := make([]string, 0, len(list.elements))
	for _, element := range list.elements {
		texts = append(texts, o.requireString(field, element))
	}
	if o.fault != nil {
		return nil
	}
	return texts
}

// unquote decodes a string. What is no Unicode becomes U+FFFD: no file could keep it.
func unquote(value []byte) (text string, isString bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	if inner := value[1 : len(value)-1]; isPlain(inner) {
		return shared(inner), true
	}
	decoded, _ := jsontext.AppendUnquote(nil, value) // the error tells of what was replaced
	return string(decoded), true
}

// isPlain reports whether a string stands in JSON as it is.
func isPlain(text []byte) bool { return unusual(text, 0, highBits) == len(text) }

// shared is a string; words of nearly every row or account need no memory of their own.
func shared(text []byte) string {
	switch string(text) {
	case "usd":
		return "usd"
	case "posted":
		return "posted"
	case "pending":
		return "pending"
	case "void":
		return "void"
	case "active":
		return "active"
	case "balances":
		return "balances"
	case "cash":
		return "cash"
	case "checking":
		return "checking"
	case "customer":
		return "customer"
	case "ownership":
		return "ownership"
	case "payment_method":
		return "payment_method"
	case "succeeded":
		return "succeeded"
	case "transactions":
		return "transactions"
	}
	return string(text)
}

// isWhole reports whether a value is a whole number, of any size: no fraction, no exponent, no quotes.
func isWhole(value []byte) bool {
	for i, c := range value {
		if (c < '0' || c > '9') && (c != '-' || i > 0) {
			return false
		}
	}
	return len(value) > 0
}

func isNull(value []byte) bool { return string(value) == "null" }
