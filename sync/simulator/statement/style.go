package statement

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Originator is how a bank calls itself in the ACH entries it sends.
type Originator struct{ Company, Entry, ID string }

// Style is how one institution prints its statements.
type Style struct {
	Name       string
	Cash, Card bool       // which accounts it has
	ACH        Originator // of transfers between banks
	CardACH    Originator // of payments to its cards

	letters        string // upper, lower, title or asis
	merchant, city int    // widest, 0 is any
	whole          int    // the whole text is cut there, 0 is nowhere
	pad            bool
	templates      map[string][]template
}

// Text is a line of a statement of an account of cash, or of a card.
func (s *Style) Text(kind Kind, ofCard bool, x uint64, f *Fields) string {
	known := s.templates[string(kind)]
	if ofCard && s.templates["card."+string(kind)] != nil {
		known = s.templates["card."+string(kind)]
	}
	if len(known) == 0 {
		panic(fmt.Sprintf("style %s has no %s", s.Name, kind)) // Load checked what its accounts can have
	}
	l := line{Fields: f, style: s, x: x, text: make([]byte, 0, 96)}
	l.print(known[l.next()%uint64(len(known))])
	text := bytes.TrimSpace(l.text)
	switch s.letters {
	case "upper":
		text = bytes.ToUpper(text)
	case "lower":
		text = bytes.ToLower(text)
	}
	return cut(string(text), s.whole)
}

// inCase writes a name as the style writes names.
func (s *Style) inCase(text string) string {
	if s.letters == "title" {
		return titled(text)
	}
	return text
}

// readStyles reads a file of styles: "== Name", then options, then templates.
func readStyles(text string) (styles []*Style, err error) {
	var s *Style
	for n, row := range strings.Split(text, "\n") {
		row = strings.TrimSpace(row)
		switch name, isName := strings.CutPrefix(row, "== "); {
		case row == "" || row[0] == '#':
			continue
		case isName:
			s = &Style{Name: name, templates: map[string][]template{}}
			styles = append(styles, s)
		case s == nil:
			err = fmt.Errorf("%q stands before the first style", row)
		default:
			err = s.read(row)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	for _, s := range styles {
		if err := s.complete(); err != nil {
			return nil, err
		}
	}
	return styles, nil
}

func (s *Style) read(row string) (err error) {
	if kind, text, is := strings.Cut(row, " = "); is {
		if !isKind(kind) {
			return fmt.Errorf("%q is no kind of line", kind)
		}
		t, err := parse(text)
		s.templates[kind] = append(s.templates[kind], t)
		return err
	}
	option, value, _ := strings.Cut(row, " ")
	switch option {
	case "accounts":
		s.Cash, s.Card = strings.Contains(value, "cash"), strings.Contains(value, "card")
	case "case":
		s.letters = value
		if !slices.Contains([]string{"upper", "lower", "title", "asis"}, value) {
			return fmt.Errorf("case %q is not upper, lower, title or asis", value)
		}
	case "merchant":
		s.merchant, err = strconv.Atoi(value)
	case "city":
		s.city, err = strconv.Atoi(value)
	case "cut":
		s.whole, err = strconv.Atoi(value)
	case "pad":
		s.pad = value == "yes"
	case "ach":
		s.ACH, err = readOriginator(value)
	case "card":
		s.CardACH, err = readOriginator(value)
	default:
		err = fmt.Errorf("%q is no option of a style", option)
	}
	return err
}

func isKind(name string) bool {
	name = strings.TrimPrefix(name, "card.")
	return slices.Contains(cashKinds, Kind(name)) || slices.Contains(cardKinds, Kind(name))
}

func readOriginator(text string) (Originator, error) {
	fields := strings.Split(text, ">")
	if len(fields) != 3 {
		return Originator{}, fmt.Errorf("%q is not company>entry>id", text)
	}
	return Originator{fields[0], fields[1], fields[2]}, nil
}

// complete refuses a style that cannot word what happens to its accounts.
func (s *Style) complete() error {
	if !s.Cash && !s.Card || s.letters == "" || s.ACH.Company == "" || s.CardACH.Company == "" {
		return fmt.Errorf("style %s needs accounts, case, ach and card", s.Name)
	}
	for _, kind := range cashKinds {
		if s.Cash && s.templates[string(kind)] == nil {
			return fmt.Errorf("style %s has no %s", s.Name, kind)
		}
	}
	for _, kind := range cardKinds {
		if s.Card && s.templates[string(kind)] == nil && s.templates["card."+string(kind)] == nil {
			return fmt.Errorf("style %s has no %s for cards", s.Name, kind)
		}
	}
	return nil
}
