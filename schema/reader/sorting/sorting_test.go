package sorting_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fcpipe/schema/reader/sorting"
)

func TestEqualTextsHaveOneNumber(t *testing.T) {
	t.Parallel()
	var texts sorting.Texts
	numbers := map[string]int32{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		text := fmt.Sprintf("%0*d", random.IntN(40), random.IntN(9000))
		got := texts.Number([]byte(text))
		want, known := numbers[text]
		if !known {
			want = int32(len(numbers))
			numbers[text] = want
		}
		if got != want || string(texts.Values[got]) != text {
			t.Fatalf("%q has number %d, want %d", text, got, want)
		}
	}
	if len(texts.Values) != len(numbers) || texts.Bytes() == 0 {
		t.Errorf("%d texts, %d bytes, want %d texts", len(texts.Values), texts.Bytes(), len(numbers))
	}
	long := bytes.Repeat([]byte("long"), 1<<20)
	if number := texts.Number(long); !bytes.Equal(texts.Values[number], long) {
		t.Error("a long text is another one")
	}
	if texts.Number(nil) != texts.Number([]byte{}) {
		t.Error("an empty text has two numbers")
	}
}

// TestOrderIsThatOfComparing holds Order to a plain sort, whichever of the keys are numbers and however wide they are.
func TestOrderIsThatOfComparing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for run := range 200 {
		rows := random.IntN(3000)
		columns, keys := make([][]uint64, 1+random.IntN(4)), []sorting.Key(nil)
		for i := range columns {
			width := random.IntN(65)
			values := make([]uint64, rows)
			most := uint64(0)
			for row := range values {
				values[row] = random.Uint64()
				if width < 64 {
					values[row] &= 1<<width - 1
				}
				most = max(most, values[row])
			}
			columns[i] = values
			key := sorting.Key{Compare: func(a, b uint32) int { return cmp.Compare(values[a], values[b]) }}
			if random.IntN(3) > 0 {
				key = sorting.Key{Most: most, Number: func(row uint32) uint64 { return values[row] }}
			}
			keys = append(keys, key)
		}
		want := make([]uint32, rows)
		for row := range want {
			want[row] = uint32(row)
		}
		slices.SortStableFunc(want, func(a, b uint32) int {
			for _, values := range columns {
				if c := cmp.Compare(values[a], values[b]); c != 0 {
					return c
				}
			}
			return 0
		})
		if !slices.Equal(sorting.Order(rows, keys), want) {
			t.Fatalf("run %d: %d rows by %d keys are in another order", run, rows, len(keys))
		}
	}
}
