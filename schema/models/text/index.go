package text

import (
	"hash/maphash"
	"sort"
	"strings"

	"fcpipe/schema"
)

// index finds lines of a table of seeds by what they begin with. It keeps where each line begins and no copy of it: to
// read ten thousand lines into maps takes twenty times as long, in every process that reads its first text.
type index struct {
	lines string
	slots []uint32 // places of lines by their hash; 0 is free
	most  int      // spaces in a key
}

var hashSeed = maphash.MakeSeed()

// newIndex indexes a table below seeds by so many of its first fields, which hold no quotes.
func newIndex(file string, fields int) (*index, error) {
	content, err := schema.SeedFiles.ReadFile("seeds/" + file)
	if err != nil {
		return nil, err
	}
	x := &index{lines: string(content)}
	size := 1024
	for size < 2*strings.Count(x.lines, "\n") {
		size *= 2
	}
	x.slots = make([]uint32, size)
	for at := strings.IndexByte(x.lines, '\n') + 1; at < len(x.lines); {
		end := at + strings.IndexByte(x.lines[at:], '\n')
		if end < at {
			end = len(x.lines)
		}
		key := firstFields(x.lines[at:end], fields)
		slot := x.slotOf(key)
		for x.slots[slot] != 0 {
			slot = (slot + 1) & (size - 1)
		}
		x.slots[slot] = uint32(at)
		x.most = max(x.most, strings.Count(key, " "))
		at = end + 1
	}
	return x, nil
}

// firstFields is the beginning of a line with so many fields.
func firstFields(line string, fields int) string {
	end := 0
	for ; fields > 0; fields-- {
		next := strings.IndexByte(line[end:], ',')
		if next < 0 {
			return line
		}
		end += next + 1
	}
	return line[:end-1]
}

func (x *index) slotOf(key string) int {
	return int(maphash.String(hashSeed, key) & uint64(len(x.slots)-1))
}

// line is what stands behind the key and a comma in its line.
func (x *index) line(key string) (rest string, found bool) {
	for slot := x.slotOf(key); x.slots[slot] != 0; slot = (slot + 1) & (len(x.slots) - 1) {
		at := int(x.slots[slot])
		if !strings.HasPrefix(x.lines[at:], key) {
			continue
		}
		rest := x.lines[at+len(key):]
		if rest == "" || rest[0] == '\n' {
			return "", true
		}
		if rest[0] != ',' {
			continue
		}
		rest, _, _ = strings.Cut(rest[1:], "\n")
		return rest, true
	}
	return "", false
}

// beginning are the lines whose first field begins with a text: one piece of a table that is in the order of its bytes.
func (x *index) beginning(text string) string {
	first := strings.IndexByte(x.lines, '\n') + 1
	from := first + sort.Search(len(x.lines)-first, func(i int) bool {
		line := x.lines[strings.LastIndexByte(x.lines[:first+i], '\n')+1:]
		field, _, _ := strings.Cut(line[:min(len(line), len(text)+1)], ",")
		return field >= text
	})
	from = strings.LastIndexByte(x.lines[:from], '\n') + 1
	to := from
	for strings.HasPrefix(x.lines[to:], text) {
		end := strings.IndexByte(x.lines[to:], '\n')
		if end < 0 {
			return x.lines[from:]
		}
		to += end + 1
	}
	return x.lines[from:to]
}
