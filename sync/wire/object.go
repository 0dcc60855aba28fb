package wire

import "bytes"

// object is one JSON object that is read field by field. It keeps the first fault, and reading goes on after it, so
// that a row at fault is still known by its id. A require method refuses a field that did not come or is null; an
// optional one makes nil of it. Of a field at fault both return the zero value.
type object struct {
	text    []byte
	path    string // of its fields in a fault: "" or with a dot at the end
	inner   string // what comes behind path, without a dot, when isInner; put together where there is a fault
	isInner bool
	fault   *FieldError
	extra   extra // what is kept of it without a column
	// ignoresRepeats: that its field comes twice is noted already, as a fault of the object around it
	ignoresRepeats bool
}

// openRow decodes a whole row into fields, a pointer to a struct of spans. Of one that is too large only the id is
// found.
func openRow(text []byte, fields any, id *span) object {
	if reason := checkSize(text); reason != "" {
		var only onlyID
		o := open(text, &only)
		*id = only.ID
		o.fault = &FieldError{"", reason}
		return o
	}
	return open(text, fields)
}

// open decodes an object into fields. That a text is no object, or no JSON, is the fault of its whole.
func open(text []byte, fields any) object {
	o := object{text: text}
	if !isObject(text) || unmarshal(text, fields) != nil {
		o.fault = &FieldError{"", reasonType}
	}
	return o
}

func isObject(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte{'{'})
}

// requireObject begins to read an object inside this one, which must be there. close ends it.
func (o *object) requireObject(field string, c compound) object {
	if _, came := o.require(field, c.span); came && !c.isExpected {
		o.fail(field, reasonType)
	}
	return object{text: o.text, path: o.pathOf(), inner: field, isInner: true}
}

// optionalObject begins to read an object inside this one; it reports false when it did not come or is null.
func (o *object) optionalObject(field string, c compound) (inner object, came bool) {
	if o.optional(c.span) == nil {
		return object{}, false
	}
	return o.requireObject(field, c), true
}

// close ends the reading of an object inside this one: its first fault is this one's too.
func (o *object) close(field string, inner object) {
	if o.fault == nil {
		o.fault = inner.fault
	}
	o.extra.nest(field, inner.extra)
}

func (o *object) fail(field, reason string) {
	if o.fault == nil {
		o.fault = &FieldError{o.pathOf() + field, reason}
	}
}

// pathOf is what comes before the names of fields in a fault.
func (o *object) pathOf() string {
	if !o.isInner {
		return o.path
	}
	return o.path + o.inner + "."
}

// err is the first fault; nil when there is none.
func (o *object) err() error {
	if o.fault == nil {
		return nil
	}
	return o.fault
}

// keep adds the fields without a column to what is kept.
func (o *object) keep(unknown map[string]span) {
	for name, s := range unknown {
		o.extra.add(name, o.value(s))
	}
}

// value is the JSON of a field; nil when it did not come.
func (o *object) value(s span) []byte {
	if s.repeated && o.fault == nil && !o.ignoresRepeats {
		o.fault = &FieldError{"", reasonTwice}
	}
	if s.to == 0 {
		return nil
	}
	return o.text[s.from:s.to]
}

// require is the JSON of a field that must come.
func (o *object) require(field string, s span) (value []byte, came bool) {
	if value = o.value(s); value == nil {
		o.fail(field, reasonMissing)
	}
	return value, value != nil
}

// optional is the JSON of a field; nil when it did not come or is null.
func (o *object) optional(s span) []byte {
	if value := o.value(s); !isNull(value) {
		return value
	}
	return nil
}
