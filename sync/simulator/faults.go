package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Fault makes requests go wrong that fulfil its condition. README.md lists what it can do.
type Fault struct {
	When Condition `json:"when"`
	Do   Actions   `json:"do"`
}

// armedFault is a fault with what it has met so far. The counts are saved with the world.
type armedFault struct {
	Fault
	number int // of the fault in its script, for draws
	counts faultCounts
}

// faultCounts are requests that fulfilled a condition, and those of them that went wrong, by
// account; "" counts all of them.
type faultCounts struct {
	Number   int            `json:"number"`
	Seen     map[string]int `json:"seen,omitempty"`
	Happened map[string]int `json:"happened,omitempty"`
}

// UnmarshalJSON reads a fault and refuses fields it does not know.
func (f *Fault) UnmarshalJSON(text []byte) error {
	type plain Fault
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var read plain
	if err := decoder.Decode(&read); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if err := Fault(read).check(); err != nil {
		return err
	}
	*f = Fault(read)
	return nil
}

// ParseFaults reads a fault script: one fault, or a list of them. An error names the line its
// fault begins on and the field at fault.
func ParseFaults(script []byte) ([]Fault, error) {
	decoder := json.NewDecoder(bytes.NewReader(script))
	isList := bytes.HasPrefix(bytes.TrimSpace(script), []byte("["))
	if isList {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("no fault script: %w", err)
		}
	}
	var faults []Fault
	for more := true; more && (!isList || decoder.More()); more = isList {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, fmt.Errorf("line %d: no JSON: %w", lineAt(script, decoder.InputOffset()), err)
		}
		var f Fault
		if err := f.UnmarshalJSON(raw); err != nil {
			return nil, fmt.Errorf("line %d, fault %d: %w", lineAt(script, decoder.InputOffset()-int64(len(raw))), len(faults)+1, err)
		}
		faults = append(faults, f)
	}
	if isList {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("line %d: the list of faults does not end: %w", lineAt(script, decoder.InputOffset()), err)
		}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: more follows the script; write a list of faults", lineAt(script, decoder.InputOffset()))
	}
	return faults, nil
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

// AddFault arms a fault. Those armed before it go first: one request meets one fault.
func (s *Server) AddFault(f Fault) error { return s.AddFaults([]Fault{f}) }

// AddFaults arms all of them, or none and says what is wrong.
func (s *Server) AddFaults(faults []Fault) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.addFaults(faults)
}

func (s *Server) addFaults(faults []Fault) error {
	for i, f := range faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		if id := f.When.Account; id != "" && s.byID[id] == nil {
			return fmt.Errorf("fault %d: when.account: this world has no account %q", i+1, id)
		}
	}
	for _, f := range faults {
		if a := s.byID[f.When.Account]; a != nil && f.Do.Unlisted == "disconnected" {
			s.disconnect(a)
		}
		s.armed++
		s.faults = append(s.faults, &armedFault{Fault: f, number: s.armed, counts: newCounts(s.armed)})
	}
	return nil
}

func newCounts(number int) faultCounts {
	return faultCounts{Number: number, Seen: map[string]int{}, Happened: map[string]int{}}
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
		happened += f.counts.Happened[""]
		if f.Do.leavesList() {
			happened++
		}
	}
	return happened
}

func (s *Server) clearFaults() {
	s.faults, s.trouble = nil, trouble{}
}
