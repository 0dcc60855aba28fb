package simulator

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/renameio/v2"
)

// saved is what makes a world again: how it began, and what clients and time did to it.
type saved struct {
	Version   int                     `json:"version"`
	Config    Config                  `json:"config"`
	Now       time.Time               `json:"now"`
	Requests  int64                   `json:"requests"`
	Accounts  map[string]accountState `json:"accounts"`
	Linked    []link                  `json:"linked,omitempty"` // in order
	Customers []customer              `json:"customers,omitempty"`
	Sessions  []session               `json:"sessions,omitempty"`
	Replies   map[string]reply        `json:"replies,omitempty"`
	Faults    []Fault                 `json:"faults,omitempty"`
	Meter     *meterState             `json:"meter"`
}

const stateVersion = 1

// Save writes the world to a file, whole or not at all, readable by its owner alone.
func (s *Server) Save(path string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	state := saved{
		Version: stateVersion, Config: s.config, Now: s.now, Requests: s.requests, Accounts: map[string]accountState{},
		Customers: s.customers, Sessions: s.sessions, Replies: map[string]reply{}, Meter: s.meter,
	}
	for _, a := range s.accounts {
		state.Accounts[a.id] = a.State
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
		state.Faults = append(state.Faults, armed.Fault)
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return renameio.WriteFile(path, text, 0o600)
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
	s := New(state.Config)
	s.now, s.requests, s.customers, s.sessions, s.meter = state.Now.UTC(), state.Requests, state.Customers, state.Sessions, state.Meter
	if state.Replies != nil {
		s.replies = state.Replies
	}
	for _, by := range state.Linked {
		s.linkAccount(by)
	}
	for _, a := range s.accounts {
		if a.State = state.Accounts[a.id]; a.State.Refreshes == nil {
			a.State.Refreshes = map[string][]refresh{}
		}
	}
	for _, armed := range state.Faults {
		s.addFault(armed)
	}
	return s, nil
}
