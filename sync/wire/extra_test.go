package wire

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// TestNamesAreWrittenAsTheLibraryWritesThem: those too that it is not asked for.
func TestNamesAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	names := []string{"", "plain_name", "caf\u00e9", "a\u2028b", "\xff", "\U0001f600"}
	for c := range 256 {
		names = append(names, "status"+string([]byte{byte(c)})+"details")
	}
	for _, name := range names {
		var b strings.Builder
		writeName(&b, name)
		if want, _ := json.Marshal(name, htmlSafe); b.String() != string(want) {
			t.Errorf("%q is written %s, the library writes %s", name, b.String(), want)
		}
	}
}
