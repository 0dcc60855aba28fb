package simulator

import (
	"net/http"
	"strings"
)

// Fault makes matching requests go wrong. An empty condition matches everything.
type Fault struct {
	When struct {
		Method  string `json:"method,omitempty"`
		Path    string `json:"path,omitempty"`    // part of the path, such as /transactions
		Account string `json:"account,omitempty"` // id in path or parameters
		Skip    int    `json:"skip,omitempty"`    // matching requests that still go well first
		Times   int    `json:"times,omitempty"`   // then so many go wrong; 0 means all
	} `json:"when"`
	Do struct {
		Status         int               `json:"status,omitempty"`           // answer this instead
		Headers        map[string]string `json:"headers,omitempty"`          // with these
		Body           string            `json:"body,omitempty"`             // and this; "" means an error in Stripe's shape
		TruncateAt     int               `json:"truncate_at,omitempty"`      // cut the true body after so many bytes
		Reset          bool              `json:"reset,omitempty"`            // close the connection without an answer
		CommitThenDrop bool              `json:"commit_then_drop,omitempty"` // do what was asked, then reset
		FailRefresh    bool              `json:"fail_refresh,omitempty"`     // the account's next refresh fails
	} `json:"do"`
}

type fault struct {
	Fault
	seen int
}

// breakage is what a fault does to a response on its way out.
type breakage struct {
	answered   bool
	reset      bool
	truncateAt int
}

// AddFault arms a fault.
func (s *Server) AddFault(f Fault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.addFault(f)
}

func (s *Server) addFault(f Fault) {
	if f.Do.FailRefresh {
		if a := s.byID[f.When.Account]; a != nil {
			a.State.FailNextRefresh = true
		}
		return
	}
	s.faults = append(s.faults, &fault{Fault: f})
}

// ClearFaults disarms every fault.
func (s *Server) ClearFaults() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = nil
}

func (f *fault) matches(r *http.Request) bool {
	when := f.When
	if when.Method != "" && when.Method != r.Method || !strings.Contains(r.URL.Path, when.Path) {
		return false
	}
	if when.Account != "" && !strings.Contains(r.URL.Path, when.Account) && r.URL.Query().Get("account") != when.Account {
		return false
	}
	f.seen++
	return f.seen > when.Skip && (when.Times == 0 || f.seen <= when.Skip+when.Times)
}

// injectFault applies the first armed fault that matches.
func (s *Server) injectFault(r *http.Request, result *answer) breakage {
	for _, f := range s.faults {
		if !f.matches(r) {
			continue
		}
		for name, value := range f.Do.Headers {
			result.header.Set(name, value)
		}
		switch {
		case f.Do.Status != 0:
			result.fail(faultError(f.Do.Status))
			if f.Do.Body != "" {
				result.body = []byte(f.Do.Body)
			}
			return breakage{answered: true}
		case f.Do.TruncateAt > 0:
			return breakage{truncateAt: f.Do.TruncateAt}
		}
		return breakage{answered: f.Do.Reset, reset: f.Do.Reset || f.Do.CommitThenDrop}
	}
	return breakage{}
}

// faultError is the error Stripe sends with a status.
func faultError(status int) *apiError {
	kinds := map[int]*apiError{
		http.StatusUnauthorized:    unauthorized("Invalid API Key provided: ************"),
		http.StatusForbidden:       forbidden("The provided key does not have the required permissions for this endpoint."),
		http.StatusNotFound:        missing("financial_connections.account", "…"),
		http.StatusTooManyRequests: {status, "invalid_request_error", "rate_limit", "", "Request rate limit exceeded."},
	}
	if known := kinds[status]; known != nil {
		return known
	}
	return &apiError{status, "api_error", "", "", "An unknown error occurred."}
}
