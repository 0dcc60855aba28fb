package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverShows(t *testing.T) {
	key, err := ParseKey("rk_test_abcdefghijklmnop")
	if err != nil {
		t.Fatal(err)
	}
	encoded, _ := json.Marshal(map[string]any{"key": key})
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key)
	for _, text := range []string{fmt.Sprintf("%v %s %#v %q", key, key, key, key), string(encoded), log.String()} {
		if strings.Contains(text, "abcdefgh") || !strings.Contains(text, "rk_test_…mnop") {
			t.Errorf("shows %s", text)
		}
	}
	for _, bad := range []string{"", "pk_test_abcd", "sk_test", "rk_live_ab cd", `"rk_test_abcd"`} {
		_, err := ParseKey(bad)
		if !errors.Is(err, ErrMalformedKey) || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
