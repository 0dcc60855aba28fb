package stripe

import (
	"strings"
	"testing"
)

func TestAnAnswerIsTooDeepOrNoJSON(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + `"]"` + strings.Repeat("]", 20_000)
	for answer, want := range map[string]bool{
		deep: true, `{"a":1,"x":` + deep + `,"b":"}"}`: true, `{"a":` + deep + `,"b":` + deep + `}`: true,
		`{"a":1}`: false, deep[:len(deep)-1]: false, deep + "]": false, `{"a":` + deep + `,}`: false,
		strings.Repeat("[", 20_000): false, `]]`: false,
	} {
		if got := isTooDeep([]byte(answer)); got != want {
			t.Errorf("%.40s…: %v, want %v", answer, got, want)
		}
	}
}
