package round_test

import (
	"bytes"
	"strings"
)

// mark is in nearly every text that is sought, with what tells them apart behind it.
const (
	mark = "Canary"
	tail = 5 // bytes of it
)

// markedTexts are texts by what follows the mark in them, so that five hundred are sought in one pass; by "" are
// those that have no mark, or end too early.
type markedTexts map[string][]string

func markedBy(texts []string) markedTexts {
	marked := markedTexts{}
	for _, text := range texts {
		_, after, _ := strings.Cut(text, mark)
		if len(after) < tail {
			after = ""
		} else {
			after = after[:tail]
		}
		marked[after] = append(marked[after], text)
	}
	return marked
}

// heldBy adds the texts that some bytes hold.
func (m markedTexts) heldBy(content []byte, held map[string]bool) {
	for _, text := range m[""] {
		if bytes.Contains(content, []byte(text)) {
			held[text] = true
		}
	}
	for at := 0; ; at += len(mark) {
		next := bytes.Index(content[at:], []byte(mark))
		if next < 0 {
			return
		}
		at += next
		behind := content[at+len(mark):]
		for _, text := range m[string(behind[:min(tail, len(behind))])] {
			if begin := at - strings.Index(text, mark); begin >= 0 && bytes.HasPrefix(content[begin:], []byte(text)) {
				held[text] = true
			}
		}
	}
}
