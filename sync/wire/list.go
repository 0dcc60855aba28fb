package wire

// list is what every list has.
// Source: https://docs.stripe.com/api/pagination
type list struct {
	Object  span  `json:"object"`
	Data    array `json:"data"`
	HasMore span  `json:"has_more"`
	URL     span  `json:"url"`
}

// OpenList takes one page of a list apart: its undecoded rows, in the order they came, and whether another page
// follows. A list has object, data, has_more and url. An error, a *FieldError, means that the answer is none, and
// that nothing of it may be taken.
func OpenList(answer []byte) (rows [][]byte, hasMore bool, err error) {
	rows, hasMore, _, err = openList(answer, (*walker).value)
	return rows, hasMore, err
}

// openList is OpenList with what reads a row where a walker takes the list apart, and says whether one did.
func openList(answer []byte, row func(*walker)) (rows [][]byte, hasMore, isWalked bool, err error) {
	var f list
	o := object{text: answer}
	if isWalked = f.walk(answer, row); !isWalked {
		f = list{}
		o = open(answer, &f)
	}
	o.requireKind(f.Object, "list")
	if _, came := o.require("data", f.Data.span); came && !f.Data.isExpected {
		o.fail("data", reasonType)
	}
	hasMore = o.requireBool("has_more", f.HasMore)
	o.requireString("url", f.URL)
	if o.fault != nil {
		return nil, false, isWalked, o.fault
	}
	rows = make([][]byte, 0, len(f.Data.elements))
	for _, row := range f.Data.elements {
		rows = append(rows, o.value(row))
	}
	return rows, hasMore, isWalked, nil
}

// walk takes a list apart as the library does, and has each row read. It reports false where the library has to.
func (f *list) walk(answer []byte, row func(*walker)) bool {
	w := walker{text: answer}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "object":
			w.note(&f.Object)
		case "data":
			w.elements(&f.Data, 100, row)
		case "has_more":
			w.note(&f.HasMore)
		case "url":
			w.note(&f.URL)
		default:
			w.value()
		}
	}
	return w.ended()
}

// elements notes an array with its elements, of which there are usually so many, and which element reads.
func (w *walker) elements(f *array, usual int, element func(*walker)) {
	if w.at >= len(w.text) || w.text[w.at] != '[' || f.to > 0 {
		w.note(&f.span)
		return
	}
	f.from, f.isExpected, f.elements = w.at, true, make([]span, 0, usual)
	w.at++
	for more := w.element(true); more; more = w.element(false) {
		from := w.at
		element(w)
		f.elements = append(f.elements, span{from: from, to: w.at})
	}
	f.to = w.at
}
