package wire

import (
	"errors"
	"strings"
	"time"
	"unicode"
)

// FieldError says which field of a row is at fault, and how, never its value.
type FieldError struct {
	Field  string // with dots between names; "" is the whole row
	Reason string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Reason }

const (
	reasonMissing = "required, but missing"
	reasonType    = "not of the expected type"
	reasonNumber  = "not a whole number of 64 bits"
	reasonTime    = "not a time that can be stored"
	reasonObject  = "another kind of object"
	reasonTwice   = "a field comes twice"
	reasonID      = "not an id"
)

// wantText decodes a required string.
func wantText(field string, value []byte, into *string) error {
	decoded, ok := text(value)
	if !ok {
		return &FieldError{field, reasonType}
	}
	*into = decoded
	return nil
}

// wantID decodes an id, which is never empty: it is part of paths, keys and events.
func wantID(field string, value []byte, into *string) error {
	var id string
	switch err := wantText(field, value, &id); {
	case err != nil:
		return err
	case id == "":
		return &FieldError{field, reasonMissing}
	case len(id) > longestID || strings.ContainsFunc(id, unicode.IsControl):
		return &FieldError{field, reasonID}
	}
	*into = id
	return nil
}

// wantCurrency decodes a currency. It is stored in lower case, however it was written.
func wantCurrency(field string, value []byte, into *string) error {
	if err := wantID(field, value, into); err != nil {
		return err
	}
	*into = strings.ToLower(*into)
	return nil
}

// mayText decodes a string that may be null.
func mayText(field string, value []byte, into **string) error {
	if isNull(value) {
		return nil
	}
	var decoded string
	if err := wantText(field, value, &decoded); err != nil {
		return err
	}
	*into = &decoded
	return nil
}

func wantInteger(field string, value []byte, into *int64) error {
	number, ok := integer(value)
	if !ok {
		return &FieldError{field, reasonNumber}
	}
	*into = number
	return nil
}

// timeBound is the last second, before and after 1970, that a TIMESTAMP of microseconds holds with a
// margin for arithmetic: the years -283231 to 287170. Milliseconds taken for seconds lie within.
const timeBound = 9_000_000_000_000

func wantTime(field string, value []byte, into *time.Time) error {
	seconds, ok := integer(value)
	if !ok && !isWhole(value) {
		return &FieldError{field, reasonNumber}
	}
	if !ok || seconds > timeBound || seconds < -timeBound {
		return &FieldError{field, reasonTime}
	}
	*into = time.Unix(seconds, 0).UTC()
	return nil
}

// mayTime decodes an instant that may be null. One that cannot be stored goes to others as it came.
func mayTime(field string, value []byte, into **time.Time, others *extra) error {
	if isNull(value) {
		return nil
	}
	var decoded time.Time
	err := wantTime(field, value, &decoded)
	switch {
	case err != nil && isWhole(value):
		others.add(field[strings.LastIndex(field, ".")+1:], value)
		return nil
	case err != nil:
		return err
	}
	*into = &decoded
	return nil
}

func wantBool(field string, value []byte, into *bool) error {
	switch string(value) {
	case "true":
		*into = true
	case "false":
		*into = false
	default:
		return &FieldError{field, reasonType}
	}
	return nil
}

// mayTexts decodes a list of strings; null stays nil, an empty list does not.
func mayTexts(field string, value []byte, into *[]string) error {
	if isNull(value) {
		return nil
	}
	texts := []string{}
	err := eachElement(value, func(_ int, element []byte) error {
		decoded, ok := text(element)
		if !ok {
			return errShape
		}
		texts = append(texts, decoded)
		return nil
	})
	if err != nil {
		return &FieldError{field, reasonType}
	}
	*into = texts
	return nil
}

// required tells which of the wanted fields did not come. seen has one bit a field.
func required(seen uint, names []string) error {
	for i, name := range names {
		if seen&(1<<i) == 0 {
			return &FieldError{name, reasonMissing}
		}
	}
	return nil
}

// visitAll makes a visitor that goes on after a field at fault, so that an object is still
// known by its id. The first fault is kept in first.
func visitAll(first *error, visit func(name string, value []byte) error) func(string, []byte) error {
	return func(name string, value []byte) error {
		if err := visit(name, value); err != nil && *first == nil {
			*first = err
		}
		return nil
	}
}

// asFieldError makes any fault of a row one that names a field, "" when it is the whole row's.
func asFieldError(faults ...error) error {
	for _, err := range faults {
		var field *FieldError
		switch {
		case errors.As(err, &field):
			return field
		case err != nil:
			return &FieldError{"", reasonType}
		}
	}
	return nil
}

// inField says which field an object of another shape was found in.
func inField(field string, err error) error {
	if errors.Is(err, errShape) {
		return &FieldError{field, reasonType}
	}
	return err
}

func wantObject(value []byte, kind string) error {
	if found, ok := text(value); !ok || found != kind {
		return &FieldError{"object", reasonObject}
	}
	return nil
}
