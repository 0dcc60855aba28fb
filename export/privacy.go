package export

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fcpipe/schema/reader"
)

// What a lake shows of the texts of a personal field, the strictest last.
const (
	Keep  = "keep"  // the texts
	Token = "token" // a keyed hash in the place of each, the same for equal texts
	Drop  = "drop"  // null
)

// Policies are these words, each stricter than the one before.
func Policies() []string { return []string{Keep, Token, Drop} }

// TokenKey is a secret that makes tokens. Printing and encoding it shows nothing of it.
type TokenKey string

// String implements fmt.Stringer.
func (TokenKey) String() string { return "(secret)" }

// GoString implements fmt.GoStringer.
func (TokenKey) GoString() string { return "(secret)" }

// MarshalText implements encoding.TextMarshaler.
func (TokenKey) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// Privacy is what a lake is to show of texts that may name people, and the keys of tokens. Its zero value keeps all.
type Privacy struct {
	Policy map[string]string // by personal field of the dictionary; a field that is not in it is kept
	// Keys have versions, from 1 on. The greatest makes tokens; a lake that has tokens of another one keeps to that one
	// until a full export.
	Keys map[int]TokenKey
}

// PrivacyEntry says in a manifest what a lake shows of texts that may name people.
type PrivacyEntry struct {
	Policy   map[string]string `json:"policy"` // of fields that are not kept
	TokenKey int               `json:"token_key,omitempty"`
	// KeyCheck tells whether a key of that version is the one that made the tokens, and nothing else of it
	KeyCheck string `json:"token_key_check,omitempty"`
}

// ErrPrivacy is returned when a lake shows personal texts in another way than it is to. Nothing was written.
var ErrPrivacy = errors.New("the lake shows personal texts in another way than it is to")

const fullExport = `"fcpipe export --full" writes it again`

// Planned is what a lake shows that is written by a policy, and the newest of some versions of keys.
func Planned(policy map[string]string, versions []int) PrivacyEntry {
	entry := PrivacyEntry{Policy: maps.Clone(policy)}
	maps.DeleteFunc(entry.Policy, func(_, word string) bool { return word == Keep })
	if entry.hasTokens() && len(versions) > 0 {
		entry.TokenKey = slices.Max(versions)
	}
	return entry
}

// entry is what a new lake shows.
func (p Privacy) entry() (PrivacyEntry, error) {
	for _, field := range slices.Sorted(maps.Keys(p.Policy)) {
		switch word := p.Policy[field]; {
		case !slices.Contains(reader.PersonalFields(), field):
			return PrivacyEntry{}, fmt.Errorf("%q is no personal field of the dictionary", field)
		case !slices.Contains(Policies(), word):
			return PrivacyEntry{}, fmt.Errorf("policy %q of %s: want %s", word, field, strings.Join(Policies(), ", "))
		}
	}
	entry := Planned(p.Policy, slices.Collect(maps.Keys(p.Keys)))
	if !entry.hasTokens() {
		return entry, nil
	}
	if entry.TokenKey == 0 {
		return entry, errors.New("tokens need a key")
	}
	entry.KeyCheck = p.Keys[entry.TokenKey].check()
	return entry, nil
}

func (e PrivacyEntry) hasTokens() bool {
	return slices.Contains(slices.Collect(maps.Values(e.Policy)), Token)
}

// of is the policy of a personal field.
func (e PrivacyEntry) of(field string) string {
	if word := e.Policy[field]; word != "" {
		return word
	}
	return Keep
}

// String is such as "descriptions: token (key 1), owners: keep".
func (e PrivacyEntry) String() string {
	var words []string
	for _, field := range reader.PersonalFields() {
		word := e.of(field)
		if word == Token {
			word += fmt.Sprintf(" (key %d)", e.TokenKey)
		}
		words = append(words, field+": "+word)
	}
	return strings.Join(words, ", ")
}

func (e PrivacyEntry) equal(other PrivacyEntry) bool {
	return maps.Equal(e.Policy, other.Policy) && e.TokenKey == other.TokenKey && e.KeyCheck == other.KeyCheck
}

// SamePolicy reports whether both hide the same.
func (e PrivacyEntry) SamePolicy(other PrivacyEntry) bool { return maps.Equal(e.Policy, other.Policy) }

// stricterThan reports whether it hides texts of a field that the other one shows, or shows in a form that tells more.
func (e PrivacyEntry) stricterThan(other PrivacyEntry) bool {
	return slices.ContainsFunc(reader.PersonalFields(), func(field string) bool {
		return slices.Index(Policies(), e.of(field)) > slices.Index(Policies(), other.of(field))
	})
}

// PrivacyOf is what the lake in a directory shows; false where there is none, or its manifest cannot be read.
func PrivacyOf(dir string) (entry PrivacyEntry, found bool, err error) {
	manifest, _, err := readLatest(dir)
	if err != nil || manifest == nil {
		return PrivacyEntry{}, false, err
	}
	return manifest.shows(), true, nil
}

// shows is what the lake of a manifest shows of personal texts.
func (m *Manifest) shows() PrivacyEntry {
	if m.Privacy == nil {
		return PrivacyEntry{}
	}
	return *m.Privacy
}

// disguise is an entry with the key it names.
type disguise struct {
	PrivacyEntry
	key TokenKey
}

// opened is the entry with its key, if that is among those given.
func (p Privacy) opened(entry PrivacyEntry) (disguise, bool) {
	if !entry.hasTokens() {
		return disguise{PrivacyEntry: entry}, true
	}
	key, found := p.Keys[entry.TokenKey]
	return disguise{entry, key}, found && key.check() == entry.KeyCheck
}

// choosePrivacy decides what this export shows. A lake shows one thing: where it shows another one than it is to, only
// an export that writes every file goes on. A newer key is no reason to stop: the one that the lake was written with
// is used until then.
func (e *export) choosePrivacy() error {
	wanted, err := e.Privacy.entry()
	if err != nil {
		return err
	}
	e.shown, _ = e.Privacy.opened(wanted)
	e.report.Privacy = wanted.String()
	if e.previous == nil {
		return nil
	}
	held := e.previous.shows()
	old, hasKey := e.Privacy.opened(held)
	switch {
	case held.equal(wanted):
	case e.Full:
		e.nothingStays = wanted.stricterThan(held)
	case held.SamePolicy(wanted) && hasKey:
		e.shown, e.report.Privacy, e.report.NewerKey = old, held.String(), wanted.TokenKey
	case e.rewrites:
	default:
		return refusal(held, wanted)
	}
	if e.nothingStays {
		e.Grace = 0
	}
	return nil
}

// refusal says why a lake is not brought up, and by what it is.
func refusal(held, wanted PrivacyEntry) error {
	switch {
	case held.SamePolicy(wanted) && held.TokenKey == wanted.TokenKey:
		return fmt.Errorf("%w: its tokens were made with another key %d than privacy.token_keys has; give that one "+
			"back, or let the new one have a version of its own, and %s", ErrPrivacy, held.TokenKey, fullExport)
	case held.SamePolicy(wanted):
		return fmt.Errorf("%w: its tokens were made with key %d, and privacy.token_keys does not have that key "+
			"as version %d; give it back, or %s with tokens of key %d",
			ErrPrivacy, held.TokenKey, held.TokenKey, fullExport, wanted.TokenKey)
	}
	return fmt.Errorf("%w: it was written with %s, and privacy.lake says %s; %s", ErrPrivacy, held, wanted, fullExport)
}

// check is what tells this key from another one.
func (k TokenKey) check() string { return hex.EncodeToString(k.derived("check")[:8]) }

// derived is a secret made of the key. No token is: a token is the keyed hash of a text, by the key itself.
func (k TokenKey) derived(purpose string) []byte {
	inner := sha256.Sum256([]byte("fcpipe lake\x00" + string(k)))
	return keyed(inner[:], purpose)
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
