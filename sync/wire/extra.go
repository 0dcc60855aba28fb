package wire

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// extra gathers fields fcpipe has no column for, to keep them as they came.
type extra []extraField

type extraField struct {
	name  string
	value []byte
}

func (e *extra) add(name string, value []byte) { *e = append(*e, extraField{name, value}) }

// nest puts what another extra gathered below a name, when it gathered anything.
func (e *extra) nest(name string, inner extra) {
	if kept := inner.object(); kept != nil {
		e.add(name, []byte(*kept))
	}
}

// htmlSafe writes names as encoding/json does: what was stored before is written alike.
var htmlSafe = json.JoinOptions(jsontext.EscapeForHTML(true), jsontext.EscapeForJS(true))

// writeName writes a name as the library does, which is not asked where that is the name in quotes.
func writeName(b *strings.Builder, name string) {
	if isPlain([]byte(name)) && !strings.ContainsAny(name, "<>&") {
		b.WriteByte('"')
		b.WriteString(name)
		b.WriteByte('"')
		return
	}
	quoted, _ := json.Marshal(name, htmlSafe)
	b.Write(quoted)
}

// object is the gathered fields as one JSON object in order of their names; nil when there are none.
func (e extra) object() *string {
	if len(e) == 0 {
		return nil
	}
	slices.SortFunc(e, func(a, b extraField) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	b.Grow(e.size())
	for i, field := range e {
		b.WriteByte("{,"[min(i, 1)])
		writeName(&b, field.name)
		b.WriteByte(':')
		b.Write(storable(field.value))
	}
	b.WriteByte('}')
	whole := b.String()
	return &whole
}

// size is how many bytes the fields take as an object, where nothing in them is escaped.
func (e extra) size() int {
	size := len("{}")
	for _, field := range e {
		size += len(`"":,`) + len(field.name) + len(field.value)
	}
	return size
}

// storable is a value as it came, but for what is no Unicode: bytes that are no UTF-8 and
// halves of surrogate pairs become U+FFFD, as JSON columns refuse them.
func storable(value []byte) []byte {
	if !utf8.Valid(value) {
		value = bytes.ToValidUTF8(value, []byte("\uFFFD"))
	}
	if !bytes.Contains(value, []byte(`\u`)) {
		return value
	}
	fixed := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			fixed = append(fixed, value[i])
			continue
		}
		length := escapeLength(value[i:])
		if length == 0 {
			fixed, length = append(fixed, `\ufffd`...), 6
		} else {
			fixed = append(fixed, value[i:i+length]...)
		}
		i += length - 1
	}
	return fixed
}

// escapeLength is how many bytes the escape at the start of text takes, a whole surrogate
// pair counted as one; 0 for half a pair.
func escapeLength(text []byte) int {
	if len(text) < 6 || text[1] != 'u' {
		return 2
	}
	first := escapedUnit(text)
	if !utf16.IsSurrogate(first) {
		return 6
	}
	if len(text) < 12 || text[6] != '\\' || text[7] != 'u' {
		return 0
	}
	if utf16.DecodeRune(first, escapedUnit(text[6:])) != utf8.RuneError {
		return 12
	}
	return 0
}

// escapedUnit reads the four digits of a \u escape.
func escapedUnit(text []byte) rune {
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(unit)
}
