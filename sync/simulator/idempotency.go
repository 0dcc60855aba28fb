package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// reply is the stored answer to a POST with an idempotency key; server errors are stored too.
type reply struct {
	Request string    `json:"request"` // hash of path and parameters
	Status  int       `json:"status"`
	Body    string    `json:"body"`
	At      time.Time `json:"at"`
}

const replyKept = 24 * time.Hour

func requestHash(r *http.Request, body string) string {
	sum := sha256.Sum256([]byte(r.URL.Path + "\n" + body))
	return hex.EncodeToString(sum[:8])
}

// replay answers a POST that was answered before.
func (s *Server) replay(r *http.Request, body string, result *answer) bool {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return false
	}
	result.header.Set("Idempotency-Key", key)
	stored, known := s.replies[key]
	if !known || s.now.Sub(stored.At) > replyKept {
		return false
	}
	if stored.Request != requestHash(r, body) {
		result.fail(&apiError{
			http.StatusBadRequest, "idempotency_error", "", "",
			"Keys for idempotent requests can only be used with the same parameters they were first used with.",
		})
		return true
	}
	result.header.Set("Idempotent-Replayed", "true")
	result.status, result.body = stored.Status, []byte(stored.Body)
	return true
}

// remember stores an answer. Answers to bad authentication and to parameters that never
// reached the endpoint are not stored, as with Stripe.
func (s *Server) remember(r *http.Request, body string, result answer) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || result.status == http.StatusUnauthorized || result.status == http.StatusTooManyRequests {
		return
	}
	s.replies[key] = reply{Request: requestHash(r, body), Status: result.status, Body: string(result.body), At: s.now}
}
