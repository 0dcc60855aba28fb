package simulator

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Condition says which requests, or refreshes, a fault concerns. The zero value is all.
type Condition struct {
	Method      string  `json:"method,omitempty"`
	Path        string  `json:"path,omitempty"`        // a part of the path, such as /transactions; with $ at its end the path ends there
	Account     string  `json:"account,omitempty"`     // id in the path or the parameters
	Param       string  `json:"param,omitempty"`       // a parameter of the URL that is given, such as starting_after
	Page        int     `json:"page,omitempty"`        // of a list, as it is read with starting_after; 1 is the first
	Feature     string  `json:"feature,omitempty"`     // fail_refresh and pend_for: balance, ownership or transactions
	Nth         int     `json:"nth,omitempty"`         // only this one of the matching requests, from 1
	Skip        int     `json:"skip,omitempty"`        // so many matching requests still go well
	Times       int     `json:"times,omitempty"`       // then so many go wrong; 0 means all, of refreshes the next one
	PerAccount  bool    `json:"per_account,omitempty"` // nth, skip and times count each account's own requests
	Probability float64 `json:"probability,omitempty"` // of those, 0 to 1; 0 means always
}

func (c Condition) check() error {
	switch {
	case c.Page < 0 || c.Nth < 0 || c.Skip < 0 || c.Times < 0:
		return errors.New("when: page, nth, skip and times are not negative")
	case c.Nth > 0 && c.Skip+c.Times > 0:
		return errors.New("when: nth stands alone; write skip and times instead")
	case c.Probability < 0 || c.Probability > 1:
		return errors.New("when.probability: write a number from 0 to 1")
	case c.Feature != "" && permissionFor[c.Feature] == "":
		return errors.New("when.feature: write balance, ownership or transactions")
	}
	return nil
}

// meets reports whether a request is one the fault concerns, before anything is counted.
func (s *Server) meets(when Condition, r *http.Request, params url.Values) bool {
	if when.Method != "" && when.Method != r.Method || !pathMatches(r.URL.Path, when.Path) || when.Param != "" && !params.Has(when.Param) {
		return false
	}
	if when.Account != "" && accountNamed(r, params) != when.Account {
		return false
	}
	return when.Page == 0 || r.Method == http.MethodGet && when.Page == s.pageAsked(r, params)
}

func pathMatches(path, part string) bool {
	if end, anchored := strings.CutSuffix(part, "$"); anchored {
		return strings.HasSuffix(path, end)
	}
	return strings.Contains(path, part)
}

// accountNamed is the account a request is about, "" when it names none.
func accountNamed(r *http.Request, params url.Values) string {
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if strings.HasPrefix(part, "fca_") {
			return part
		}
	}
	return params.Get("account")
}

// strikes counts one that matches and decides whether it goes wrong. Draws belong to the
// account and the number of its own requests: the order in which accounts come never matters.
func (f *armedFault) strikes(s *Server, account string, times int) bool {
	f.counts.Seen[""]++
	if account != "" {
		f.counts.Seen[account]++
	}
	count := ""
	if f.When.PerAccount {
		count = account
	}
	n := f.counts.Seen[count]
	switch {
	case f.When.Nth > 0 && n != f.When.Nth, n <= f.When.Skip, times > 0 && f.counts.Happened[count] >= times:
		return false
	}
	if p := f.When.Probability; p > 0 && float64(s.chanceOf(account, f.number, f.counts.Seen[account])) >= p*1e6 {
		return false
	}
	f.counts.Happened[""]++
	if account != "" {
		f.counts.Happened[account]++
	}
	return true
}

// chanceOf draws a number below a million for the n-th event of an account under a fault.
func (s *Server) chanceOf(account string, fault, n int) uint64 {
	number := -1
	if a := s.byID[account]; a != nil {
		number = a.identity()
	}
	return draw(s.config.Seed, number, "fault", int64(fault)<<32+int64(n)) % 1_000_000
}

// faultFor finds the first armed fault a request meets, if it goes wrong this time.
func (s *Server) faultFor(r *http.Request, params url.Values) *armedFault {
	for _, f := range s.faults {
		if f.Do.concernsRefreshes() || f.Do.leavesList() || !s.meets(f.When, r, params) {
			continue
		}
		if f.strikes(s, accountNamed(r, params), f.When.Times) {
			return f
		}
	}
	return nil
}
