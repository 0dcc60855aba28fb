package main

import (
	"bytes"
	"testing"
)

// Buffers cut texts where they are full, in the middle of a character too.
func TestACharacterCutBetweenTwoWritesStaysWhole(t *testing.T) {
	t.Parallel()
	text := "CAFÉ 喫茶店 👩‍🍳 \x1b[31mred\u0085\n"
	want := shownLines(text)
	for size := 1; size <= 7; size++ {
		var out bytes.Buffer
		w := &shownWriter{out: &out}
		for at := 0; at < len(text); at += size {
			part := text[at:min(at+size, len(text))]
			if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatalf("Write = %d, %v", n, err)
			}
		}
		if out.String() != want {
			t.Errorf("in parts of %d bytes: %q, want %q", size, out.String(), want)
		}
	}
}
