package service

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
)

// Tokens are the bearer tokens of the operator's servers. The zero value has none. Only hashes are kept.
type Tokens struct{ hashes [][sha256.Size]byte }

const (
	leastToken = 32 // characters, so that none is guessed
	mostTokens = 100
)

// ParseTokens reads tokens, one a line; empty lines and those that begin with # are left out. The error never holds a
// token.
func ParseTokens(text string) (Tokens, error) {
	var t Tokens
	number := 0
	for line := range strings.Lines(text) {
		number++
		token := strings.TrimSpace(line)
		switch {
		case token == "" || strings.HasPrefix(token, "#"):
			continue
		case strings.ContainsAny(token, " \t"):
			return Tokens{}, fmt.Errorf("line %d: a token has no spaces; write one a line", number)
		case len(token) < leastToken:
			return Tokens{}, fmt.Errorf("line %d: a token has at least %d characters; "+
				"\"openssl rand -base64 33\" makes one", number, leastToken)
		case strings.HasPrefix(token, ticketPrefix):
			return Tokens{}, fmt.Errorf("line %d: a token does not begin with %s", number, ticketPrefix)
		}
		t.hashes = append(t.hashes, sha256.Sum256([]byte(token)))
	}
	switch {
	case len(t.hashes) == 0:
		return Tokens{}, errors.New("there is no token in it")
	case len(t.hashes) > mostTokens:
		return Tokens{}, fmt.Errorf("there are more than %d tokens in it", mostTokens)
	}
	return t, nil
}

// knows reports whether a token is one of them, in the same time for every token.
func (t Tokens) knows(token string) bool {
	given, found := sha256.Sum256([]byte(token)), 0
	for _, hash := range t.hashes {
		found |= subtle.ConstantTimeCompare(given[:], hash[:])
	}
	return found == 1
}
