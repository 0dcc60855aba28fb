package linking

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fcpipe/sync/simulator/answer"
)

// form reads the parameters of one request strictly. The first thing that is wrong is refused; what is read after it
// means nothing.
type form struct {
	params  url.Values
	refused *answer.Error
}

// read refuses parameters that are not allowed: by name, of lists with [] at the end, of maps with [*].
func read(params url.Values, allowed ...string) *form {
	f := &form{params: params}
	allowed = append(allowed, "expand[]")
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		root, _, _ := strings.Cut(name, "[")
		switch {
		case slices.Contains(allowed, listName(name)), slices.Contains(allowed, root+"[*]"):
		case slices.Contains(allowed, name+"[]"):
			f.refuse(answer.Invalid("", name, "Invalid array"))
		default:
			f.refuse(answer.UnknownParam(name))
		}
	}
	return f
}

// listName is the name of a list of which a parameter is an element: permissions[3] is of permissions[].
func listName(name string) string {
	at := strings.LastIndexByte(name, '[')
	if at < 0 || !strings.HasSuffix(name, "]") {
		return name
	}
	if _, err := strconv.Atoi(name[at+1 : len(name)-1]); err != nil {
		return name
	}
	return name[:at] + "[]"
}

func (f *form) refuse(e *answer.Error) {
	if f.refused == nil {
		f.refused = e
	}
}

// text is a parameter that may be left out, but not be empty.
func (f *form) text(name string) string {
	if f.params.Has(name) && f.params.Get(name) == "" {
		f.refuse(answer.EmptyParam(name))
	}
	return f.params.Get(name)
}

// word is a parameter that may be left out and is one of some words.
func (f *form) word(name string, allowed ...string) string {
	word := f.text(name)
	if word != "" && !slices.Contains(allowed, word) {
		f.refuse(answer.NotOneOf(name, allowed))
	}
	return word
}

// list is the elements of a list in the order of their numbers, each with its name.
func (f *form) list(name string) (values, names []string) {
	values = append(values, f.params[name+"[]"]...)
	for i := range values {
		names = append(names, name+"["+strconv.Itoa(i)+"]")
	}
	type element struct {
		at   int
		name string
	}
	var numbered []element
	for param := range f.params {
		if param != name+"[]" && listName(param) == name+"[]" {
			at, _ := strconv.Atoi(param[len(name)+1 : len(param)-1])
			numbered = append(numbered, element{at, param})
		}
	}
	slices.SortFunc(numbered, func(a, b element) int { return a.at - b.at })
	for _, e := range numbered {
		values, names = append(values, f.params[e.name]...), append(names, e.name)
	}
	return values, names
}

// words is a list of which every element is one of some words, sorted, each once.
func (f *form) words(name string, allowed ...string) []string {
	values, names := f.list(name)
	for i, value := range values {
		switch {
		case value == "":
			f.refuse(answer.EmptyParam(names[i]))
		case !slices.Contains(allowed, value):
			f.refuse(answer.NotOneOf(names[i], allowed))
		}
	}
	slices.Sort(values)
	return append([]string{}, slices.Compact(values)...)
}

// require refuses a request without a value that was read.
func (f *form) require(name string, isThere bool) {
	if !isThere {
		f.refuse(answer.RequiredParam(name))
	}
}

// number is a positive whole number; 0 where it is left out or empty.
func (f *form) number(name string) int {
	text := f.params.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		f.refuse(answer.NotInteger(name, text))
	case n < 1:
		f.refuse(answer.Invalid("parameter_invalid_integer", name, "This value must be greater than or equal to 1."))
	}
	return n
}

// url is an address that may be left out.
func (f *form) url(name string) string {
	text := f.text(name)
	if parsed, err := url.Parse(text); text != "" && (err != nil || parsed.Scheme == "" || parsed.Opaque != "") {
		f.refuse(answer.Invalid("url_invalid", name, "Not a valid URL"))
	}
	return text
}
