package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/faults"
	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/world"
)

// ParseFaults reads a fault script: one fault, or a list of them. An error names the line its fault begins on and the
// field at fault.
func ParseFaults(script []byte) ([]Fault, error) { return faults.Parse(script) }

// AddFault arms a fault. Those armed before it go first: one request meets one fault.
func (s *Server) AddFault(f Fault) error { return s.AddFaults([]Fault{f}) }

// AddFaults arms all of them, or none and says what is wrong.
func (s *Server) AddFaults(script []Fault) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.addFaults(script)
}

func (s *Server) addFaults(script []Fault) error {
	for i, f := range script {
		if err := f.Check(); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		for _, access := range f.Do.Without {
			if !slices.Contains(linking.Accesses, access) {
				return fmt.Errorf("fault %d: do.without: %q is not one of %v", i+1, access, linking.Accesses)
			}
		}
		if id := f.Do.Of; id != "" && s.world.ByID[id] == nil {
			return fmt.Errorf("fault %d: do.of: this world has no account %q", i+1, id)
		}
		if id := f.When.Account; id != "" && s.world.ByID[id] == nil {
			return fmt.Errorf("fault %d: when.account: this world has no account %q", i+1, id)
		}
	}
	for _, f := range script {
		if a := s.world.ByID[f.When.Account]; a != nil && f.Do.Unlisted == "disconnected" {
			s.disconnect(a)
		}
		s.armed++
		s.faults = append(s.faults, &faults.Armed{Fault: f, Number: s.armed, Counts: faults.NewCounts(s.armed)})
	}
	return nil
}

// ClearFaults disarms every fault and lets keys be accepted again. What faults did to the
// world stays.
func (s *Server) ClearFaults() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.clearFaults()
}

// FaultsHappened is how often armed faults have made something go wrong. One that is gone
// counts each account it takes away once.
func (s *Server) FaultsHappened() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	happened := 0
	for _, f := range s.faults {
		happened += f.Counts.Happened[""]
		if f.Do.LeavesList() {
			happened++
		}
	}
	return happened
}

func (s *Server) clearFaults() {
	s.faults, s.trouble = nil, trouble{}
}

// faultFor finds the first armed fault a request meets, if it goes wrong this time.
func (s *Server) faultFor(r *http.Request, params url.Values) *faults.Armed {
	pageAsked := func() int { return s.pageAsked(r, params) }
	for _, f := range s.faults {
		if f.Do.ConcernsRefreshes() || f.Do.LeavesList() || !f.When.Meets(r, params, pageAsked) {
			continue
		}
		if f.Strikes(s.world, faults.AccountNamed(r, params), f.When.Times) {
			return f
		}
	}
	return nil
}

// pageAsked is the number of the page a request asks for. A page follows the one that ended
// with its starting_after.
func (s *Server) pageAsked(r *http.Request, params url.Values) int {
	after := params.Get("starting_after")
	if after == "" {
		return 1
	}
	if before, known := s.pageEnds[r.URL.Path+params.Get("account")+after]; known {
		return before + 1
	}
	return 2
}

// noteEnd remembers which page a row ends, where a fault asks for pages.
func (s *Server) noteEnd(r *http.Request, params url.Values, result answer.Answer) {
	if !slices.ContainsFunc(s.faults, func(f *faults.Armed) bool { return f.When.Page > 0 }) {
		return
	}
	var page struct{ Data []struct{ ID string } }
	if r.Method != http.MethodGet || json.Unmarshal(result.Body, &page) != nil || len(page.Data) == 0 {
		return
	}
	s.pageEnds[r.URL.Path+params.Get("account")+page.Data[len(page.Data)-1].ID] = s.pageAsked(r, params)
}

// isGone reports whether a fault has taken the account away.
func (s *Server) isGone(id string) bool {
	return slices.ContainsFunc(s.faults, func(f *faults.Armed) bool { return f.Do.IsGone() && f.When.Account == id })
}

// isUnlisted reports whether lists leave the account out.
func (s *Server) isUnlisted(id string) bool {
	return slices.ContainsFunc(s.faults, func(f *faults.Armed) bool {
		return f.Do.LeavesList() && f.When.Account == id
	})
}

// refreshFault decides what an armed fault makes of a refresh that begins.
func (s *Server) refreshFault(a *world.Account, feature string) (fails bool, pends time.Duration) {
	for _, f := range s.faults {
		ofOther := f.When.Account != "" && f.When.Account != a.ID || f.When.Feature != "" && f.When.Feature != feature
		if !f.Do.ConcernsRefreshes() || ofOther {
			continue
		}
		times := f.When.Times
		if times == 0 && f.When.Probability == 0 {
			times = 1 // the next one
		}
		if f.Strikes(s.world, a.ID, times) {
			return f.Do.FailRefresh, time.Duration(f.Do.PendFor)
		}
	}
	return false, 0
}
