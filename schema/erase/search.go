package erase

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
)

// Kinds of what is searched for.
type needleKind int

const (
	idNeedle   needleKind = iota // found nowhere
	rowNeedle                    // the id of a transaction: only in the feed's rows of deletions
	textNeedle                   // may be a part of a text that another account has
)

// needle is what is searched for.
type needle struct {
	text string
	kind needleKind
}

const (
	// shortest is the length, in bytes, from which a text tells one person from another: shorter ones are everywhere.
	shortest = 8
	// longest is how much of a text is searched for.
	longest = 256
	// filterBits is the size of the filter, in bits, as a power of two.
	filterBits = 22
)

// search finds many texts in one pass: eight bytes of a file are looked up at every place, in a filter first.
type search struct {
	filter  []uint64
	needles map[uint64][]needle // by their first eight bytes
}

// newSearch prepares it. Texts that are too short are left out.
func newSearch(needles []needle) *search {
	s := &search{filter: make([]uint64, 1<<(filterBits-6)), needles: map[uint64][]needle{}}
	for _, n := range needles {
		if len(n.text) < shortest {
			continue
		}
		n.text = n.text[:min(len(n.text), longest)]
		head := binary.LittleEndian.Uint64([]byte(n.text))
		bit := place(head)
		s.filter[bit>>6] |= 1 << (bit & 63)
		s.needles[head] = append(s.needles[head], n)
	}
	return s
}

func place(head uint64) uint64 { return head * 0x9E3779B97F4A7C15 >> (64 - filterBits) }

// in returns what is found in bytes, each once.
func (s *search) in(content []byte) map[needle]bool {
	found := map[needle]bool{}
	s.add(content, found)
	return found
}

func (s *search) add(content []byte, found map[needle]bool) {
	for at := 0; at+shortest <= len(content); at++ {
		head := binary.LittleEndian.Uint64(content[at:])
		bit := place(head)
		if s.filter[bit>>6]&(1<<(bit&63)) == 0 {
			continue
		}
		for _, n := range s.needles[head] {
			if len(content)-at >= len(n.text) && string(content[at:at+len(n.text)]) == n.text {
				found[n] = true
			}
		}
	}
}

// inFile searches a file, and returns how long it is.
func (s *search) inFile(path string) (found map[needle]bool, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return s.inReader(file)
}

// inReader searches what a reader has, and returns how long it is.
func (s *search) inReader(file io.Reader) (found map[needle]bool, size int64, err error) {
	found = map[needle]bool{}
	buffer, kept := make([]byte, 1<<20), 0
	for {
		n, err := io.ReadFull(file, buffer[kept:])
		size += int64(n)
		s.add(buffer[:kept+n], found)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return found, size, nil
		}
		if err != nil {
			return nil, size, err
		}
		kept = copy(buffer, buffer[len(buffer)-longest:]) // what may begin here and end in the next part
	}
}

// needles are everything that was found before it was removed.
func (e *Erasure) needles() (all []needle) {
	for _, id := range append(e.forgotten(), e.Found.IDs...) {
		all = append(all, needle{id, idNeedle})
	}
	for _, id := range e.Found.Rows {
		all = append(all, needle{id, rowNeedle})
	}
	for _, text := range e.Found.Texts {
		all = append(all, needle{strings.TrimSpace(text), textNeedle})
	}
	return all
}
