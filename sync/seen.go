package sync

import "hash/maphash"

// seenIDs is a set of ids kept as 64-bit hashes: 13 to 26 bytes an id, however long it is; a map of
// the strings takes about 90. Two ids may share a hash (for one new id among ten million the
// chance is 1 in 2·10¹²), so an id may be taken for one seen before, never the reverse: a page that
// repeats is always found out. Seeded at random, so that no sequence of ids can aim at collisions.
type seenIDs struct {
	seed  maphash.Seed
	slots []uint64 // open addressing; 0 is free
	used  int
}

func newSeenIDs() *seenIDs { return &seenIDs{seed: maphash.MakeSeed(), slots: make([]uint64, 256)} }

// add reports whether the id is new.
func (s *seenIDs) add(id string) bool {
	if s.used >= len(s.slots)/8*5 {
		s.grow()
	}
	hash := max(maphash.String(s.seed, id), 1)
	slot := s.find(hash)
	if s.slots[slot] == hash {
		return false
	}
	s.slots[slot] = hash
	s.used++
	return true
}

// find is the slot that holds the hash, or the free one where it belongs.
func (s *seenIDs) find(hash uint64) int {
	mask := len(s.slots) - 1
	slot := int(hash) & mask
	for s.slots[slot] != 0 && s.slots[slot] != hash {
		slot = (slot + 1) & mask
	}
	return slot
}

func (s *seenIDs) grow() {
	before := s.slots
	s.slots = make([]uint64, 2*len(before))
	for _, hash := range before {
		if hash != 0 {
			s.slots[s.find(hash)] = hash
		}
	}
}

// forget empties the set and keeps its memory.
func (s *seenIDs) forget() {
	clear(s.slots)
	s.used = 0
}
