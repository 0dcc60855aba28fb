package statement

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fcpipe/sync/simulator/draw"
)

// Form is one way in which a merchant's name reaches banks: by card networks, or by ACH.
type Form struct {
	ByACH               bool
	company, entry      []piece
	class               string
	name                []piece
	seatCity, seatState string // of a seller at a distance
}

// piece of a form: a literal, or digits and letters. Those of a place are always the same there.
type piece struct {
	literal string
	kind    byte // 0 literal, 'p' digits of the place, 's' letters of the place, 'd' digits, 'a' letters, 'w' a word
	n       int
}

// Place is where something is bought, and when, and of whom.
type Place struct {
	City, State string
	Store       uint64 // the same at every visit
	Date        time.Time
	Person      string
}

// readForm reads "NAME@place ST" or "COMPANY>ENTRY>CLASS", with pieces in braces.
func readForm(text string) (f Form, err error) {
	if fields := strings.Split(text, ">"); len(fields) == 3 {
		f.ByACH, f.class = true, fields[2]
		if f.company, err = readPieces(fields[0]); err != nil {
			return f, err
		}
		f.entry, err = readPieces(fields[1])
		return f, err
	}
	name, seat, hasSeat := strings.Cut(text, "@")
	if hasSeat {
		space := strings.LastIndexByte(seat, ' ')
		if space < 0 {
			return f, fmt.Errorf("%q has no state", text)
		}
		f.seatCity, f.seatState = seat[:space], seat[space+1:]
	}
	f.name, err = readPieces(name)
	return f, err
}

func readPieces(text string) (pieces []piece, err error) {
	for text != "" {
		literal, rest, isPiece := strings.Cut(text, "{")
		if literal != "" {
			pieces = append(pieces, piece{literal: literal})
		}
		if !isPiece {
			break
		}
		inside, after, isClosed := strings.Cut(rest, "}")
		p := piece{kind: 'p'}
		switch inside {
		case "city", "person", "dow", "date", "dmon":
			p = piece{kind: 'w', literal: inside}
		default:
			if strings.ContainsRune("sda", rune(inside[0])) {
				p.kind, inside = inside[0], inside[1:]
			}
			if p.n, err = strconv.Atoi(inside); err != nil || !isClosed {
				return nil, fmt.Errorf("{%s} is no piece of a name", inside)
			}
		}
		pieces = append(pieces, p)
		text = after
	}
	return pieces, nil
}

func printed(pieces []piece, at *Place, x uint64) string {
	var b []byte
	place, drawn := at.Store, x
	letter := func(from *uint64, letters string) {
		*from = draw.Mix(*from + 0x9e3779b97f4a7c15)
		b = append(b, letters[*from%uint64(len(letters))])
	}
	for _, p := range pieces {
		if p.kind == 0 {
			b = append(b, p.literal...)
			continue
		}
		if p.kind == 'w' {
			b = append(b, at.word(p.literal)...)
			continue
		}
		for range p.n {
			switch p.kind {
			case 'p':
				letter(&place, "0123456789")
			case 's':
				letter(&place, alphanumeric)
			case 'd':
				letter(&drawn, "0123456789")
			case 'a':
				letter(&drawn, alphanumeric)
			}
		}
	}
	return string(b)
}

func (p *Place) word(name string) string {
	switch name {
	case "city":
		return strings.ToUpper(p.City)
	case "person":
		return strings.ToUpper(p.Person)
	case "dow":
		return strings.ToUpper(p.Date.Format("Mon"))
	case "dmon":
		return p.Date.Format("Jan")
	}
	return p.Date.Format("01-02")
}

// Tell puts into the fields what the form tells of its merchant at a place.
func (f *Form) Tell(m *Merchant, at Place, x uint64, into *Fields) {
	into.City, into.State = at.City, at.State
	if f.ByACH {
		into.Company, into.Entry, into.Class = printed(f.company, &at, x), printed(f.entry, &at, x), f.class
		into.CompanyID = fmt.Sprint(1_000_000_000 + hashed(m.Name)%9_000_000_000)
		return
	}
	into.Merchant = printed(f.name, &at, x)
	if m.Way == Street {
		return
	}
	into.City, into.State = f.seatCity, f.seatState
	if f.seatCity == "" {
		h := hashed(m.Name)
		into.City = fmt.Sprintf("8%02d-%03d-%04d", h>>40%90, h>>20%1000, h%10_000)
		into.State = []string{"CA", "NY", "WA", "TX", "DE", "UT", "MA", "IL"}[h>>50%8]
	}
}

func hashed(text string) uint64 { return draw.Of(0, 0, text, 0) }
