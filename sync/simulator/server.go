package simulator

import (
	"sync"
	"time"

	"fcpipe/sync/simulator/faults"
	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/world"
)

// Config makes a world; the zero value is the demo world.
type Config = world.Config

// Fault makes requests go wrong that fulfil its condition.
type Fault = faults.Fault

// Server is a Financial Connections server with a virtual clock. Make one with New or Load.
// It is safe for concurrent use.
type Server struct {
	mutex     sync.Mutex
	world     *world.World
	now       time.Time
	wall      func() time.Time // nil: time moves by Advance alone
	wallStart time.Time
	desk      *linking.Desk // customers, sessions and what else links accounts
	replies   map[string]reply
	faults    []*faults.Armed
	armed     int              // faults ever armed
	trouble   trouble          // what faults left behind
	pageEnds  map[string]int   // by path, account and id: the page that row ended
	readings  map[string]int64 // by path and account: how often it was read, for novelties
	meter     *meterState
	requests  int64
	second    int64 // for the request limit
	inSecond  int
}

// New makes a world at its start.
func New(config Config) *Server {
	w := world.New(config)
	s := &Server{
		world: w, now: w.Config.Start, replies: map[string]reply{}, pageEnds: map[string]int{},
		readings: map[string]int64{}, meter: newMeter(),
	}
	w.RefreshFault = s.refreshFault
	s.desk = &linking.Desk{World: w, Show: func(a *world.Account) map[string]any { return s.accountObject(a, s.now) }}
	return s
}

// RunOn makes virtual time run with a wall clock from now on.
func (s *Server) RunOn(wall func() time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wall, s.wallStart = wall, wall()
}

// LimitRate changes how many requests a second are answered from now on; 0 is no limit.
func (s *Server) LimitRate(perSecond int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.world.Config.RequestsPerSecond = perSecond
}

// Now is the virtual time.
func (s *Server) Now() time.Time {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.tick()
}

// Advance moves virtual time forward.
func (s *Server) Advance(by time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	s.now = s.now.Add(max(by, 0))
}

// whole is the virtual time in whole seconds, as the API shows times.
func (s *Server) whole() time.Time { return s.now.Truncate(time.Second) }

// tick brings the virtual clock up to the wall clock it follows, if any.
func (s *Server) tick() time.Time {
	if s.wall != nil {
		wall := s.wall()
		s.now = s.now.Add(max(wall.Sub(s.wallStart), 0))
		s.wallStart = wall
	}
	return s.now
}

// account finds an account and lets time catch up with it.
func (s *Server) account(id string) *world.Account {
	a := s.world.ByID[id]
	if a == nil || s.isGone(id) {
		return nil
	}
	s.world.CatchUp(a, s.now)
	return a
}

// Accounts lists the ids of the world's accounts.
func (s *Server) Accounts() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	ids := make([]string, len(s.world.Accounts))
	for i, a := range s.world.Accounts {
		ids[i] = a.ID
	}
	return ids
}
