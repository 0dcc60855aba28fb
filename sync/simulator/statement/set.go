package statement

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"
)

//go:embed development evaluation
var files embed.FS

// Set is a collection of styles, of who is paid under them, and of names.
type Set struct {
	Styles    []*Style
	Merchants []*Merchant

	names  names
	byWay  map[Way][]*Merchant
	sums   map[Way][]int64 // of the weights so far
	byName map[string]*Style
}

// sets are the collections by name, and the folder each lies in.
var sets = map[string]func() (*Set, error){
	"default":    sync.OnceValues(func() (*Set, error) { return load(files, "development") }),
	"evaluation": sync.OnceValues(func() (*Set, error) { return load(files, "evaluation") }),
}

// Named is a set by name: default or evaluation.
func Named(name string) (*Set, error) {
	read, isKnown := sets[name]
	if !isKnown {
		return nil, fmt.Errorf("styles are default or evaluation, not %q", name)
	}
	return read()
}

func load(from fs.FS, folder string) (s *Set, err error) {
	text := map[string]string{}
	for _, name := range []string{"styles.txt", "merchants.csv", "names.txt"} {
		content, err := fs.ReadFile(from, folder+"/"+name)
		if err != nil {
			return nil, err
		}
		text[name] = string(content)
	}
	s = &Set{byWay: map[Way][]*Merchant{}, sums: map[Way][]int64{}, byName: map[string]*Style{}}
	if s.Styles, err = readStyles(text["styles.txt"]); err != nil {
		return nil, fmt.Errorf("%s/styles.txt: %w", folder, err)
	}
	if s.Merchants, err = readMerchants(text["merchants.csv"]); err != nil {
		return nil, fmt.Errorf("%s/merchants.csv: %w", folder, err)
	}
	if s.names, err = readNames(text["names.txt"]); err != nil {
		return nil, fmt.Errorf("%s/names.txt: %w", folder, err)
	}
	for _, style := range s.Styles {
		s.byName[style.Name] = style
	}
	for _, m := range s.Merchants {
		s.byWay[m.Way] = append(s.byWay[m.Way], m)
		before := int64(0)
		if sums := s.sums[m.Way]; len(sums) > 0 {
			before = sums[len(sums)-1]
		}
		s.sums[m.Way] = append(s.sums[m.Way], before+m.Weight)
	}
	return s, nil
}

// Style is that of an institution. One that is not of the set prints as one of those that are.
func (s *Set) Style(institution string) *Style {
	if known := s.byName[institution]; known != nil {
		return known
	}
	h := hashed(institution)
	for n := range uint64(len(s.Styles)) {
		if style := s.Styles[(h+n)%uint64(len(s.Styles))]; style.Cash && style.Card {
			return style
		}
	}
	return s.Styles[0]
}

// Banks are the institutions that have accounts of cash, or cards.
func (s *Set) Banks(cards bool) (names []string) {
	for _, style := range s.Styles {
		if cards && style.Card || !cards && style.Cash {
			names = append(names, style.Name)
		}
	}
	return names
}

// Cities are where its people live.
func (s *Set) Cities() []City { return s.names.cities }

// Pick is a merchant that is paid in a way, by weight; nil without one. Of labels, those alone.
func (s *Set) Pick(way Way, x uint64, labels ...string) *Merchant {
	merchants, sums := s.byWay[way], s.sums[way]
	if len(labels) > 0 {
		merchants, sums = nil, nil
		total := int64(0)
		for _, m := range s.byWay[way] {
			if slices.Contains(labels, m.Label) {
				total += m.Weight
				merchants, sums = append(merchants, m), append(sums, total)
			}
		}
	}
	if len(sums) == 0 {
		return nil
	}
	at, _ := slices.BinarySearch(sums, 1+int64(x%uint64(sums[len(sums)-1])))
	return merchants[at]
}
