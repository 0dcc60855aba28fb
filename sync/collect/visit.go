package collect

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
)

// visit is the one browser that a page is for. Its link holds a token that is good once; the browser that came with it
// has a cookie from then on, so that a reload works and a second browser does not.
type visit struct {
	token  [sha256.Size]byte
	cookie string // name

	mutex  sync.Mutex // protects all below
	holder [sha256.Size]byte
	taken  bool
}

// newToken is a text that cannot be guessed: 256 bits.
func newToken() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// newVisit makes a visit and the token for its link.
func newVisit(cookie string) (v *visit, token string) {
	token = newToken()
	return &visit{token: sha256.Sum256([]byte(token)), cookie: cookie}, token
}

// begin trades the token for a cookie. It returns false for another token, and for one that is used up.
func (v *visit) begin(w http.ResponseWriter, token string) bool {
	given := sha256.Sum256([]byte(token))
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if subtle.ConstantTimeCompare(given[:], v.token[:]) != 1 || v.taken {
		return false
	}
	secret := newToken()
	v.holder, v.taken = sha256.Sum256([]byte(secret)), true
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // no TLS on loopback: some browsers do not send a Secure one there
		Name: v.cookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int((2 * LinkWithin).Seconds()),
	})
	return true
}

// isOurs reports whether a request comes from the browser that the page is for.
func (v *visit) isOurs(r *http.Request) bool {
	cookie, err := r.Cookie(v.cookie)
	if err != nil {
		return false
	}
	given := sha256.Sum256([]byte(cookie.Value))
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.taken && subtle.ConstantTimeCompare(given[:], v.holder[:]) == 1
}
