package statement

import (
	"fmt"
	"strings"

	"fcpipe/sync/simulator/draw"
)

// City is where people live and shop.
type City struct{ Name, State string }

// names are shops, people and places that do not exist.
type names struct {
	words, nouns, surnames, firsts []string
	cities                         []City
	shops                          []pattern
}

// pattern is a kind of shop: what it sells, for how much, and how it is called.
type pattern struct {
	label     string
	low, high int64
	prefixes  []string // of processors; "" stands for no prefix
	forms     []string
}

// readNames reads lists of names, and patterns: shop label low high prefixes … | form | form.
func readNames(text string) (found names, err error) {
	for n, row := range strings.Split(text, "\n") {
		kind, rest, _ := strings.Cut(row, " ")
		switch kind {
		case "", "#":
		case "words":
			found.words = strings.Fields(rest)
		case "nouns":
			found.nouns = strings.Fields(rest)
		case "surnames":
			found.surnames = strings.Fields(rest)
		case "firsts":
			found.firsts = strings.Fields(rest)
		case "cities":
			for city := range strings.FieldsSeq(rest) {
				name, state, _ := strings.Cut(strings.ReplaceAll(city, "_", " "), ",")
				found.cities = append(found.cities, City{name, state})
			}
		case "shop":
			p, err := readPattern(rest)
			if err != nil {
				return found, fmt.Errorf("line %d: %w", n+1, err)
			}
			found.shops = append(found.shops, p)
		default:
			return found, fmt.Errorf("line %d: %q is no kind of name", n+1, kind)
		}
	}
	return found, nil
}

func readPattern(text string) (p pattern, err error) {
	forms := strings.Split(text, " | ")
	head := strings.Fields(forms[0])
	if len(head) < 4 || len(forms) < 2 {
		return p, fmt.Errorf("%q is not label, low, high, prefixes and forms", text)
	}
	p.label, p.forms = head[0], forms[1:]
	if p.low, err = readCents(head[1]); err != nil {
		return p, err
	}
	if p.high, err = readCents(head[2]); err != nil {
		return p, err
	}
	for _, prefix := range head[3:] {
		p.prefixes = append(p.prefixes, strings.ReplaceAll(strings.TrimPrefix(prefix, "~"), "_", " "))
	}
	return p, nil
}

func pick[T any](from []T, x uint64) T { return from[x%uint64(len(from))] }

// Person is an invented person, first name first.
func (s *Set) Person(x uint64) (first, last string) {
	return pick(s.names.firsts, x), pick(s.names.surnames, x>>20)
}

// Shops are so many small shops of a world, each in a city. No two have one name.
func (s *Set) Shops(seed uint64, count int) (shops []*Merchant) {
	taken := map[string]bool{}
	for n := int64(0); len(shops) < count && n < int64(20*count); n++ {
		x := draw.Of(seed, 0, "shop", n)
		// the first patterns are those people go to most
		p := s.names.shops[min(draw.Mix(x+1)%uint64(len(s.names.shops)), draw.Mix(x+8)%uint64(len(s.names.shops)))]
		name := s.shopName(pick(p.forms, draw.Mix(x+2)), draw.Mix(x+3))
		if taken[name] {
			continue
		}
		taken[name] = true
		prefix, shown := pick(p.prefixes, draw.Mix(x+6)), name
		if draw.Chance(x>>20, 70) {
			shown = strings.ToUpper(name)
		}
		shops = append(shops, &Merchant{
			Name: name, Label: p.label, Way: Street, Weight: 1, Low: p.low, High: p.high,
			Forms: []Form{{name: []piece{{literal: prefix + shown}}}}, Town: len(shops) % len(s.names.cities),
		})
	}
	return shops
}

func (s *Set) shopName(form string, x uint64) string {
	for _, slot := range []struct {
		name string
		from []string
	}{
		{"{word}", s.names.words},
		{"{noun}", s.names.nouns},
		{"{noun}", s.names.nouns},
		{"{surname}", s.names.surnames},
		{"{first}", s.names.firsts},
	} {
		x = draw.Mix(x + 11)
		form = strings.Replace(form, slot.name, pick(slot.from, x), 1)
	}
	return form
}
