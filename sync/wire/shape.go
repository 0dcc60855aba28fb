package wire

import (
	"fmt"
	"slices"
)

// Limits of one object, with everything inside it. Stripe's have some thirty fields, three
// deep; metadata or a list of owners makes some hundreds.
const (
	MaxValues = 10_000
	MaxDepth  = 64
	longestID = 255 // bytes
)

var (
	reasonMany = fmt.Sprintf("more than %d fields and values", MaxValues)
	reasonDeep = fmt.Sprintf("nested deeper than %d", MaxDepth)
)

// checkShape refuses an object that is larger or deeper than any of Stripe's. It takes one pass.
func checkShape(raw []byte) error {
	depth, values := 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = skipString(raw, i) - 1
		case '{', '[':
			if depth++; depth > MaxDepth {
				return &FieldError{"", reasonDeep}
			}
		case '}', ']':
			depth--
		case ',':
			if values++; values >= MaxValues {
				return &FieldError{"", reasonMany}
			}
		}
	}
	return nil
}

// idIn finds the id of an object that is too large to be decoded; "" when it has none.
func idIn(raw []byte) (id string) {
	_ = walkFields(raw, func(quoted, value []byte) error { // what is no object has no id
		if string(quoted) == `"id"` && id == "" {
			_ = wantID("id", value, &id)
		}
		return nil
	})
	return id
}

// nameSet are the names of an object seen so far.
type nameSet struct {
	few  []string
	many map[string]bool // once a list is slower
}

// add reports whether a name is new.
func (s *nameSet) add(name string) bool {
	if s.many == nil && len(s.few) == cap(s.few) && len(s.few) > 0 {
		s.many = make(map[string]bool, 2*len(s.few))
		for _, known := range s.few {
			s.many[known] = true
		}
	}
	if s.many != nil {
		known := s.many[name]
		s.many[name] = true
		return !known
	}
	if slices.Contains(s.few, name) {
		return false
	}
	if s.few == nil {
		s.few = make([]string, 0, 24)
	}
	s.few = append(s.few, name)
	return true
}
