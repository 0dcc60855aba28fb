package wire

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// span says where the value of a field lies in the text that is decoded. To decode an object into a
// struct of spans checks its JSON and finds its fields in one pass, and no value can make that fail:
// what a value has to be is decided where it is read, one field at a time (object.go).
type span struct {
	from, to int  // in bytes; to is 0 when the field did not come
	repeated bool // the name came again; from and to are of its first value
}

// UnmarshalJSONFrom notes where the next value is.
func (s *span) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	value, err := decoder.ReadValue()
	switch {
	case err != nil:
		return err
	case s.to > 0:
		s.repeated = true
	default:
		s.to = int(decoder.InputOffset())
		s.from = s.to - len(value)
	}
	return nil
}

// at is the span of a value of any kind.
func (s span) at() span { return s }

// compound is the span of a value that may be an object or array, as it was expected to be, or may not.
type compound struct {
	span
	isExpected bool
}

// enter reads the bracket that a value begins with, and notes where. It reports false, and reads the whole value,
// where it is another one.
func (c *compound) enter(decoder *jsontext.Decoder, bracket jsontext.Kind) (bool, error) {
	if c.to > 0 || decoder.PeekKind() != bracket {
		return false, c.UnmarshalJSONFrom(decoder)
	}
	// before it are white space and what separates it from the value before
	before := bytes.IndexByte(decoder.UnreadBuffer(), byte(bracket))
	c.from = int(decoder.InputOffset()) + before
	c.isExpected = true
	return true, nil
}

// nested is an object whose fields are decoded into an F with the object it lies in: a struct or map of spans.
type nested[F any] struct {
	compound
	fields F
}

// UnmarshalJSONFrom notes where the next value is, and its fields.
func (n *nested[F]) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if entered, err := n.enter(decoder, jsontext.KindBeginObject); !entered {
		return err
	}
	err := json.UnmarshalDecode(decoder, &n.fields)
	n.to = int(decoder.InputOffset())
	return err
}

// array is an array whose elements are decoded with the object it lies in.
type array struct {
	compound
	elements []span
}

// UnmarshalJSONFrom notes where the next value is, and its elements.
func (a *array) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if entered, err := a.enter(decoder, jsontext.KindBeginArray); !entered {
		return err
	}
	err := json.UnmarshalDecode(decoder, &a.elements)
	a.to = int(decoder.InputOffset())
	return err
}

// lenient leaves to us what a fault of a single field would make of the whole text: a name that
// comes twice is found by span, and what is no Unicode is replaced where it is read.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// unmarshal decodes a text into a struct, map or slice of spans. An error means that it is not JSON, or another kind
// of value.
func unmarshal(text []byte, into any) error {
	return json.Unmarshal(shallow(text), into, lenient)
}

// IsJSON reports whether an answer is one JSON value, however deep.
func IsJSON(answer []byte) bool {
	return jsontext.Value(shallow(answer)).IsValid(lenient)
}
