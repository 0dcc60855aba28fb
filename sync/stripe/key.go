package stripe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// ErrMalformedKey is returned for a text that is no secret or restricted Stripe key.
var ErrMalformedKey = errors.New("malformed Stripe key")

// Secret is an API key. However it is printed, logged or encoded, only its kind and its last four characters show.
// string(s) is the key itself.
type Secret string

var keyShape = regexp.MustCompile(`^(sk|rk)_(test|live)_[A-Za-z0-9_]+$`)

// ParseKey accepts secret and restricted keys. The error never holds the text.
func ParseKey(text string) (Secret, error) {
	switch {
	case strings.HasPrefix(text, "pk_"):
		return "", fmt.Errorf("%w: this is a publishable key (pk_…); "+
			"fcpipe needs a restricted one (rk_live_… or rk_test_…)", ErrMalformedKey)
	case !keyShape.MatchString(text):
		return "", fmt.Errorf("%w: a key looks like rk_live_… or rk_test_…, without spaces or quotes", ErrMalformedKey)
	}
	return Secret(text), nil
}

// Livemode reports whether the key reads real data.
func (s Secret) Livemode() bool {
	return strings.HasPrefix(string(s), "sk_live_") || strings.HasPrefix(string(s), "rk_live_")
}

// Fingerprint identifies the key without showing it: the first 16 hex digits of its SHA-256.
func (s Secret) Fingerprint() string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// String shows the kind of key and its last four characters.
func (s Secret) String() string {
	if len(s) < 12 {
		return "***"
	}
	return string(s[:8]) + "…" + string(s[len(s)-4:])
}

// GoString is String: %#v must not tell more than %v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is String, for JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is String, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
