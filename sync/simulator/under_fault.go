package simulator

import (
	"net/http"
	"net/url"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/delivery"
	"fcpipe/sync/simulator/faults"
)

// trouble is what a fault leaves behind for all requests, until faults are cleared.
type trouble struct {
	KeyRevoked  bool      `json:"key_revoked,omitempty"`
	BurstUntil  time.Time `json:"burst_until,omitzero"`
	BurstReason string    `json:"burst_reason,omitempty"`
	Without     []string  `json:"without,omitempty"` // what this Stripe account has no access to
}

// troubled answers 401 after revoke_key, and 429 during a rate_burst.
func (s *Server) troubled(r *http.Request, result *answer.Answer) bool {
	switch {
	case s.trouble.KeyRevoked && !isOfBrowser(r):
		result.Fail(faults.ErrorOf(http.StatusUnauthorized))
	case s.now.Before(s.trouble.BurstUntil):
		if s.trouble.BurstReason != "" {
			result.Header.Set("Stripe-Rate-Limited-Reason", s.trouble.BurstReason)
		}
		result.Fail(faults.ErrorOf(http.StatusTooManyRequests))
	default:
		return false
	}
	return true
}

// answerUnder computes an answer under a fault: what it does to the world, then in the
// answer's place or to it, then on its way.
func (s *Server) answerUnder(f *faults.Armed, r *http.Request, body string, params url.Values,
	result *answer.Answer,
) delivery.Way {
	if f == nil {
		s.answerTruly(r, body, result, faults.AnswerActions{}, false)
		return delivery.Way{}
	}
	do := f.Do
	s.changeWorld(do.WorldActions, do.Headers, r, params)
	way := delivery.Way{DeliveryActions: do.DeliveryActions, Dropped: do.DropBefore || do.Reset || do.CommitThenDrop}
	if do.DropBefore || do.Reset {
		return way
	}
	for name, value := range do.Headers {
		result.Header.Set(name, value)
	}
	if do.Replace(result) {
		if do.Remember && r.Method == http.MethodPost {
			s.remember(r, body, *result)
		}
	} else {
		s.answerTruly(r, body, result, do.AnswerActions, do.RepeatPage)
		do.Apply(s.world.Config.Seed, result, f.Number)
	}
	result.Body = faults.Malform(result.Body, do.Malform)
	return way
}

// answerTruly is the answer of a server without this fault.
func (s *Server) answerTruly(r *http.Request, body string, result *answer.Answer, do faults.AnswerActions,
	repeatPage bool,
) {
	if s.troubled(r, result) || s.overLimit(result) {
		return
	}
	if do.StaleRead > 0 && r.Method == http.MethodGet {
		defer func(now time.Time) { s.now = now }(s.now)
		s.now = s.now.Add(-time.Duration(do.StaleRead))
	}
	if repeatPage {
		r = withoutParam(r, "starting_after")
	}
	s.dispatch(r, body, result)
	s.novelties(r, r.URL.Query(), result)
	if do.CommitThenStatus != 0 {
		do.WriteError(do.CommitThenStatus, result)
		if r.Method == http.MethodPost {
			s.remember(r, body, *result)
		}
	}
}

// withoutParam is a request as a server that ignores a parameter reads it.
func withoutParam(r *http.Request, name string) *http.Request {
	query := r.URL.Query()
	query.Del(name)
	changed := r.Clone(r.Context())
	changed.URL.RawQuery = query.Encode()
	return changed
}
