package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"fcpipe/sync/simulator/answer"
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
func (s *Server) replay(r *http.Request, body string, result *answer.Answer) bool {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return false
	}
	result.Header.Set("Idempotency-Key", key)
	stored, known := s.replies[key]
	if !known || s.now.Sub(stored.At) > replyKept {
		return false
	}
	if stored.Request != requestHash(r, body) {
		result.Fail(answer.KeyReused())
		return true
	}
	result.Header.Set("Idempotent-Replayed", "true")
	result.Status, result.Body = stored.Status, []byte(stored.Body)
	return true
}

// remember stores an answer. Answers to bad authentication and to parameters that never
// reached the endpoint are not stored, as with Stripe.
func (s *Server) remember(r *http.Request, body string, result answer.Answer) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || result.Status == http.StatusUnauthorized || result.Status == http.StatusTooManyRequests {
		return
	}
	s.replies[key] = reply{Request: requestHash(r, body), Status: result.Status, Body: string(result.Body), At: s.now}
}
