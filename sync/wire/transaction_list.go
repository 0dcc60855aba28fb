package wire

// TransactionList reads the pages of a list of transactions. What OpenList and DecodeTransaction read twice, to find a
// row and to take it apart, is read once where it looks as nearly all does. The zero value is ready; it is not safe for
// concurrent use.
type TransactionList struct {
	rows   [][]byte // of the page, in their order
	walked []walkedRow
	next   int // row to be decoded
}

// walkedRow is a row that a walker has read with its page.
type walkedRow struct {
	fields   transaction
	isWalked bool // false where the library has to take it apart
}

// Open is OpenList of the next page.
func (l *TransactionList) Open(answer []byte) (rows [][]byte, hasMore bool, err error) {
	l.walked, l.next = l.walked[:0], 0
	rows, hasMore, isWalked, err := openList(answer, l.walk)
	if !isWalked {
		l.walked = l.walked[:0]
	}
	l.rows = rows
	return rows, hasMore, err
}

// walk reads a row, whose fields lie in the row as they do where it is decoded alone.
func (l *TransactionList) walk(w *walker) {
	l.walked = append(l.walked, walkedRow{})
	row := &l.walked[len(l.walked)-1]
	inner := walker{text: w.text[w.at:], depth: w.depth + 1}
	if row.isWalked = row.fields.walkObject(&inner); row.isWalked {
		w.at += inner.at
		return
	}
	w.value()
}

// Decode is DecodeTransaction of the next row of the page.
func (l *TransactionList) Decode(raw []byte) (Row, error) {
	at := l.next
	l.next++
	if at >= len(l.walked) || at >= len(l.rows) || !isSame(raw, l.rows[at]) {
		return DecodeTransaction(raw)
	}
	if row := &l.walked[at]; row.isWalked && checkSize(raw) == "" {
		return row.fields.read(object{text: raw})
	}
	f, o := openTransaction(raw)
	return f.read(o)
}

// isSame reports whether two texts are one in memory.
func isSame(a, b []byte) bool { return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] }
