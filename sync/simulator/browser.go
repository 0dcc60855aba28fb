package simulator

import (
	"net/http"
	"net/url"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/stripejs"
)

// isOfBrowser tells requests of the client a holder uses: they are no API's, have no secret key and are not metered.
func isOfBrowser(r *http.Request) bool {
	return r.URL.Path == "/stripe.js" || strings.HasPrefix(r.URL.Path, stripejs.ClientPath) ||
		strings.HasPrefix(r.URL.Path, linking.HostedPath)
}

// answerStatic answers what is the same for everybody: the script, the page of hosted sessions, and the question
// whether another origin's page may ask. Every origin may: what counts is the secret in the body.
func answerStatic(r *http.Request, result *answer.Answer) bool {
	header := result.Header
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cache-Control", "no-store")
	switch {
	case r.Method == http.MethodOptions:
		header.Set("Access-Control-Allow-Methods", "POST")
		header.Set("Access-Control-Allow-Headers", "Content-Type")
		result.Status = http.StatusNoContent
	case r.Method == http.MethodGet && r.URL.Path == "/stripe.js":
		header.Set("Content-Type", "text/javascript; charset=utf-8")
		result.Body = stripejs.Script()
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, linking.HostedPath):
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", stripejs.HostedPolicy)
		header.Set("Referrer-Policy", "no-referrer")
		result.Body = stripejs.HostedPage()
	default:
		return false
	}
	return true
}

// answerClient takes a holder one step on.
func (s *Server) answerClient(r *http.Request, body string, result *answer.Answer) {
	step, isClient := strings.CutPrefix(r.URL.Path, stripejs.ClientPath)
	if r.Method != http.MethodPost || !isClient {
		result.Fail(answer.UnknownURL(r.Method, r.URL.Path))
		return
	}
	value, e := s.desk.Client(step, s.linkingRequest(r, body, url.Values{}, ""))
	if e != nil {
		result.Fail(e)
		return
	}
	result.Succeed(value)
}
