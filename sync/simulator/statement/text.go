package statement

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fcpipe/sync/simulator/draw"
)

// Fields are what a line may tell. A style takes of them what its wording has.
type Fields struct {
	Merchant    string // as its processor sends it
	City, State string // where; of a seller at a distance the telephone or address
	Date        time.Time
	Card4       string // last digits of the card
	Other4      string // of the other account of a transfer
	Other       string // what that is: savings, checking or card
	Bank        string // and where
	Company     string // of an ACH entry: name, description, id and class
	Entry       string
	CompanyID   string
	Class       string
	Holder      string // whose account it is, family name first
	Person      string // the other person of a payment
	Check       int
	Item        int64 // amount of what a fee is for, in cents
}

// part is a piece of a template: a literal, or what write makes of the fields.
type part struct {
	literal  string
	write    func(*line, string)
	argument string
}

type template []part

// line is a text that is being written.
type line struct {
	*Fields

	style *Style
	text  []byte
	x     uint64
	drawn uint64
}

// next is another draw each time.
func (l *line) next() uint64 {
	l.drawn++
	return draw.Mix(l.x + l.drawn*0x9e3779b97f4a7c15)
}

func (l *line) print(t template) {
	for _, p := range t {
		if p.write == nil {
			l.text = append(l.text, p.literal...)
			continue
		}
		p.write(l, p.argument)
	}
}

const alphanumeric = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

func (l *line) random(letters string, argument string) {
	n, _ := strconv.Atoi(argument)
	for range n {
		l.text = append(l.text, letters[l.next()%uint64(len(letters))])
	}
}

func (l *line) name(text string, width int) {
	from := len(l.text)
	l.text = append(l.text, l.style.inCase(cut(text, width))...)
	if l.style.pad && width > 0 {
		for len(l.text)-from < width {
			l.text = append(l.text, ' ')
		}
	}
}

// slots are what templates may have in braces.
var slots = map[string]func(*line, string){
	"m":      func(l *line, _ string) { l.name(l.Merchant, l.style.merchant) },
	"city":   func(l *line, _ string) { l.name(l.City, l.style.city) },
	"phone":  func(l *line, _ string) { l.name(l.City, l.style.city) },
	"st":     func(l *line, _ string) { l.text = append(l.text, l.State...) },
	"co":     func(l *line, _ string) { l.text = append(l.text, l.style.inCase(cut(l.Company, 16))...) },
	"entry":  func(l *line, _ string) { l.text = append(l.text, l.style.inCase(cut(l.Entry, 10))...) },
	"coid":   func(l *line, _ string) { l.text = append(l.text, l.CompanyID...) },
	"class":  func(l *line, _ string) { l.text = append(l.text, l.Class...) },
	"indn":   func(l *line, _ string) { l.text = append(l.text, l.style.inCase(l.Holder)...) },
	"person": func(l *line, _ string) { l.text = append(l.text, l.style.inCase(l.Person)...) },
	"bank":   func(l *line, _ string) { l.text = append(l.text, l.style.inCase(l.Bank)...) },
	"card4":  func(l *line, _ string) { l.text = append(l.text, l.Card4...) },
	"other4": func(l *line, _ string) { l.text = append(l.text, l.Other4...) },
	"check":  func(l *line, _ string) { l.text = strconv.AppendInt(l.text, int64(l.Check), 10) },
	"item":   func(l *line, _ string) { l.text = fmt.Appendf(l.text, "%d.%02d", l.Item/100, l.Item%100) },
	"date":   func(l *line, layout string) { l.text = l.Date.AppendFormat(l.text, layout) },
	"digits": func(l *line, n string) { l.random("0123456789", n) },
	"alnum":  func(l *line, n string) { l.random(alphanumeric, n) },
	"kind": func(l *line, names string) {
		each := strings.Split(names, "|")
		l.text = append(l.text, each[map[string]int{"savings": 0, "checking": 1, "card": 2}[l.Other]]...)
	},
}

// parse reads a template: text with slots in braces.
func parse(text string) (t template, err error) {
	for text != "" {
		literal, rest, isSlot := strings.Cut(text, "{")
		if literal != "" {
			t = append(t, part{literal: literal})
		}
		if !isSlot {
			break
		}
		inside, after, isClosed := strings.Cut(rest, "}")
		name, argument, _ := strings.Cut(inside, ":")
		write := slots[name]
		if write == nil || !isClosed || name == "kind" && strings.Count(argument, "|") != 2 {
			return nil, fmt.Errorf("{%s} is no slot", inside)
		}
		t = append(t, part{write: write, argument: argument})
		text = after
	}
	return t, nil
}

func cut(text string, width int) string {
	if width == 0 || len(text) <= width {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:min(width, len([]rune(text)))]), " ")
}

// titled writes words with one capital each.
func titled(text string) string {
	begins := true
	return strings.Map(func(r rune) rune {
		was := begins
		begins = !unicode.IsLetter(r) && r != '\''
		if was {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, text)
}
