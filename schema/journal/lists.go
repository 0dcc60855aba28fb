package journal

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// What a journal has most of are the lists of its longest lines: what a run did with each account, and charges. As
// encodeRecord writes them they are read here, in a quarter of the library's time. Of a list that looks otherwise
// nothing is taken, and the library reads the whole line: FuzzLists holds the two to each other.

const (
	chargesBegin  = `{"kind":"charges","charges":[`
	runBegins     = `{"kind":"run_finished","run":{`
	accountsBegin = `,"accounts":[`
)

// unmarshalRecord reads a record.
func unmarshalRecord(body []byte) (r Record, err error) {
	if r, isRead := chargesOf(body); isRead {
		return r, nil
	}
	if r, isRead := runOf(body); isRead {
		return r, nil
	}
	return r, json.Unmarshal(body, &r)
}

// chargesOf reads a record of charges.
func chargesOf(body []byte) (r Record, isRead bool) {
	if !bytes.HasPrefix(body, []byte(chargesBegin)) {
		return r, false
	}
	l := listReader{text: string(body), at: len(chargesBegin)}
	r = Record{Kind: recordCharges, Charges: elements(&l, (*listReader).charge)}
	return r, !l.lost && l.text[l.at:] == "}"
}

// runOf reads a run that finished: its accounts here, and the rest, which is short, by the library.
func runOf(body []byte) (r Record, isRead bool) {
	from := bytes.Index(body, []byte(accountsBegin))
	if !bytes.HasPrefix(body, []byte(runBegins)) || from < 0 ||
		bytes.ContainsAny(body[len(runBegins):from], "{[") { // then it may be a list of something else
		return r, false
	}
	l := listReader{text: string(body), at: from + len(accountsBegin)}
	list := elements(&l, (*listReader).account)
	if l.lost || !endsRun(l.text[l.at:]) {
		return r, false
	}
	if json.Unmarshal(append(bytes.Clone(body[:from]), l.text[l.at:]...), &r) != nil {
		return Record{}, false
	}
	r.Run.Accounts = list
	return r, true
}

// endsRun reports whether a run has nothing behind its accounts, or limits alone.
func endsRun(text string) bool {
	const end = "]}}"
	return text == "}}" ||
		strings.HasPrefix(text, `,"limits":[`) && strings.HasSuffix(text, end) && strings.Count(text, "]") == 1
}

// listReader reads a list as the library writes it.
type listReader struct {
	text string // what is read lies in it
	at   int    // of the next byte to read
	lost bool   // it was not written so; the rest is not read
}

// elements reads the elements of a list up to its end.
func elements[T any](l *listReader, read func(*listReader) T) []T {
	list := make([]T, 0, strings.Count(l.text[l.at:], "{"))
	for !l.lost {
		if list = append(list, read(l)); !l.has(",") {
			l.want("]")
			break
		}
	}
	return list
}

func (l *listReader) account() (a RunAccount) {
	l.want(`{"account_id":`)
	a.AccountID = l.word()
	l.want(`,"outcome":`)
	a.Outcome = l.word()
	l.want(`,"reason":`)
	a.Reason = l.wordOrNull()
	l.want(`,"pages":`)
	a.Pages = l.number()
	l.want(`,"transactions":`)
	a.Transactions = l.number()
	l.want(`,"error_code":`)
	a.ErrorCode = l.wordOrNull()
	l.want(`,"request_id":`)
	a.RequestID = l.wordOrNull()
	l.want("}")
	return a
}

func (l *listReader) charge() (c Charge) {
	l.want(`{"charge_key":`)
	c.ChargeKey = l.word()
	l.want(`,"kind":`)
	c.Kind = l.word()
	l.want(`,"amount_micro_usd":`)
	c.AmountMicroUSD = l.number()
	for _, field := range []struct {
		begin string
		value **string
	}{
		{`,"account_id":`, &c.AccountID},
		{`,"holder_id":`, &c.HolderID},
		{`,"institution_name":`, &c.InstitutionName},
		{`,"month":`, &c.Month},
	} {
		if l.has(field.begin) {
			*field.value = l.wordOrNull()
		}
	}
	l.want(`,"charged_at":`)
	from := l.at
	at := l.word()
	if strings.Contains(l.text[from:l.at], `\`) || c.ChargedAt.UnmarshalText([]byte(at)) != nil {
		l.lost = true // the library reads no instant with an escape
	}
	l.want(`,"run_id":`)
	c.RunID = l.word()
	l.want("}")
	return c
}

// has goes behind a text, if it is the next one.
func (l *listReader) has(text string) bool {
	if !strings.HasPrefix(l.text[l.at:], text) {
		return false
	}
	l.at += len(text)
	return true
}

// want goes behind a text, which must be the next one.
func (l *listReader) want(text string) {
	if !l.has(text) {
		l.lost = true
	}
}

// word reads a string. One with an escape is the library's.
func (l *listReader) word() string {
	from := l.at
	if l.want(`"`); l.lost {
		return ""
	}
	for ; l.at < len(l.text) && l.text[l.at] != '"'; l.at++ {
		switch c := l.text[l.at]; {
		case c == '\\':
			return l.escaped(from)
		case c < ' ':
			l.lost = true
		}
	}
	word := l.text[from+1 : l.at]
	if l.want(`"`); !utf8.ValidString(word) {
		l.lost = true
	}
	return word
}

// escaped reads a string from its first quote on.
func (l *listReader) escaped(from int) (word string) {
	for ; l.at < len(l.text) && l.text[l.at] != '"'; l.at++ {
		if l.text[l.at] == '\\' && l.at+1 < len(l.text) {
			l.at++
		}
	}
	if l.want(`"`); l.lost || json.Unmarshal([]byte(l.text[from:l.at]), &word) != nil {
		l.lost = true
	}
	return word
}

func (l *listReader) wordOrNull() *string {
	if l.has("null") {
		return nil
	}
	word := l.word()
	return &word
}

// number reads a whole number of up to 18 digits, which fits 64 bits.
func (l *listReader) number() (number int64) {
	sign := int64(1)
	if l.has("-") {
		sign = -1
	}
	from := l.at
	for ; l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '9' && l.at-from < 18; l.at++ {
		number = 10*number + int64(l.text[l.at]-'0')
	}
	if digits := l.text[from:l.at]; digits == "" || digits[0] == '0' && len(digits) > 1 {
		l.lost = true
	}
	return sign * number
}
