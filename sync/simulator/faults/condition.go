package faults

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// Condition says which requests, or refreshes, a fault concerns. The zero value is all.
type Condition struct {
	Method string `json:"method,omitempty"`
	// a part of the path, such as /transactions; with $ at its end the path ends there
	Path        string  `json:"path,omitempty"`
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
	case c.Feature != "" && world.PermissionFor[c.Feature] == "":
		return errors.New("when.feature: write balance, ownership or transactions")
	}
	return nil
}

// Meets reports whether a request is one the fault concerns, before anything is counted.
func (c Condition) Meets(r *http.Request, params url.Values, pageAsked func() int) bool {
	if c.Method != "" && c.Method != r.Method || !pathMatches(r.URL.Path, c.Path) {
		return false
	}
	if c.Param != "" && !params.Has(c.Param) {
		return false
	}
	if c.Account != "" && AccountNamed(r, params) != c.Account {
		return false
	}
	return c.Page == 0 || r.Method == http.MethodGet && c.Page == pageAsked()
}

func pathMatches(path, part string) bool {
	if end, anchored := strings.CutSuffix(part, "$"); anchored {
		return strings.HasSuffix(path, end)
	}
	return strings.Contains(path, part)
}

// AccountNamed is the account a request is about, "" when it names none.
func AccountNamed(r *http.Request, params url.Values) string {
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if strings.HasPrefix(part, "fca_") {
			return part
		}
	}
	return params.Get("account")
}

// chanceOf draws a number below a million for the n-th event of an account under a fault.
func chanceOf(w *world.World, account string, fault, n int) uint64 {
	number := -1
	if a := w.ByID[account]; a != nil {
		number = a.Identity()
	}
	return draw.Of(w.Config.Seed, number, "fault", int64(fault)<<32+int64(n)) % 1_000_000
}
