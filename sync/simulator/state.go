package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"time"

	"fcpipe/sync/simulator/faults"
	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/world"
)

// saved is what makes a world again: how it began, and what clients and time did to it.
type saved struct {
	Version  int                           `json:"version"`
	Config   world.Config                  `json:"config"`
	Now      time.Time                     `json:"now"`
	Requests int64                         `json:"requests"`
	Accounts map[string]world.AccountState `json:"accounts"`
	Linked   []world.Link                  `json:"linked,omitempty"` // in order
	linking.Records
	Replies map[string]reply `json:"replies,omitempty"`
	Faults  []Fault          `json:"faults,omitempty"`
	Counts  []faults.Counts  `json:"fault_counts,omitempty"` // of the faults, in their order
	Armed   int              `json:"faults_armed,omitempty"`
	Trouble trouble          `json:"trouble,omitzero"`
	Meter   *meterState      `json:"meter"`
}

const stateVersion = 1

// Save writes the world to a file, whole or not at all, readable by its owner alone.
func (s *Server) Save(path string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	state := saved{
		Version: stateVersion, Config: s.world.Config, Now: s.now, Requests: s.requests,
		Accounts: map[string]world.AccountState{},
		Records:  s.desk.Records, Replies: map[string]reply{}, Meter: s.meter,
		Armed: s.armed, Trouble: s.trouble,
	}
	for _, a := range s.world.Accounts {
		state.Accounts[a.ID] = a.State
		if a.State.LinkedBy != nil {
			state.Linked = append(state.Linked, *a.State.LinkedBy)
		}
	}
	for key, stored := range s.replies {
		if s.now.Sub(stored.At) <= replyKept {
			state.Replies[key] = stored
		}
	}
	for _, armed := range s.faults {
		state.Faults, state.Counts = append(state.Faults, armed.Fault), append(state.Counts, armed.Counts)
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return replaceFile(path, text)
}

// loadFaults arms the faults of a saved world with what they had met.
func (s *Server) loadFaults(state saved) error {
	if err := s.addFaults(state.Faults); err != nil {
		return err
	}
	s.armed, s.trouble = max(state.Armed, s.armed), state.Trouble
	for i, counts := range state.Counts[:min(len(state.Counts), len(s.faults))] {
		fresh := faults.NewCounts(counts.Number)
		maps.Copy(fresh.Seen, counts.Seen)
		maps.Copy(fresh.Happened, counts.Happened)
		s.faults[i].Counts, s.faults[i].Number = fresh, counts.Number
	}
	return nil
}

// Load makes the world of a file again.
func Load(path string) (*Server, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state saved
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, fmt.Errorf("%s is not a simulator's state: %w", path, err)
	}
	if state.Version != stateVersion || state.Meter == nil {
		return nil, fmt.Errorf("%s: state version %d, this program reads %d", path, state.Version, stateVersion)
	}
	if err := state.Config.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := New(state.Config)
	s.now, s.requests, s.meter = state.Now.UTC(), state.Requests, state.Meter
	s.desk.Records = state.Records
	if state.Replies != nil {
		s.replies = state.Replies
	}
	for _, by := range state.Linked {
		s.world.Link(by)
	}
	for _, a := range s.world.Accounts {
		if a.State = state.Accounts[a.ID]; a.State.Refreshes == nil {
			a.State.Refreshes = map[string][]world.Refresh{}
		}
	}
	if err := s.loadFaults(state); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}
