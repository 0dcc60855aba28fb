package synctest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

const (
	// roundsOfHistory is how many rounds a history has before faults end, where its test does not say.
	roundsOfHistory = 12
	// LongestRound is the deadline a world gives the rounds of a history.
	LongestRound = time.Hour
)

// World runs the rounds of a history and shows what it holds.
type World interface {
	// Round runs one round. With kill at 0 or above it dies at that request, and nothing of it is sealed or merged,
	// as after kill -9; then the error says so.
	Round(kill int) (Outcome, error)
	// LastRound runs one that buys nothing and keeps owners.
	LastRound() (Outcome, error)
	// Cursors are the refreshes up to which accounts are held, by account; Rows are the states of rows by id, as State
	// writes them.
	Cursors() map[string]string
	Rows() map[string]string
	// WantRules holds the world to what is its own: ground truth of owners, rules of a file.
	WantRules()
}

// Outcome is what a round reports.
type Outcome struct {
	Reads, Writes, Retries, Pages, RefreshesAsked, Stale int64
	Complete                                             bool
}

// History is one random life of a world. All fields that are exported are set before Live.
type History struct {
	testing.TB
	Server      *simulator.Server
	World       World
	Random      *rand.Rand
	Calm        bool   // the simulator's world is calm
	OwnClock    bool   // time is the machine's, not the server's: a world moves it by Ahead
	JournalPath string // intents are looked for there
	Rounds      int    // before faults end

	// PerMonth and Ahead change while it lives: the month's budget, nil for none, and how far the machine's clock is
	// ahead of the server's.
	PerMonth *int64
	Ahead    time.Duration

	log, broken []string
	lagging     bool              // a list of this round may be an older one: what it leaves out cannot be told
	settled     map[string]string // at the last round's beginning: newest succeeded refresh by account
	known       map[string]bool   // accounts that a list named in a round that was not killed
	hiddenUntil map[string]int64  // accounts no list named at first: when the round began that saw them first
	mutex       sync.Mutex        // Watch is called by requests
	sent        map[string]bool   // keys of purchases
}

// New makes the history of a seed.
func New(t testing.TB, seed uint64, server *simulator.Server, calm bool) *History {
	random := rand.New(rand.NewPCG(seed, 7))
	return &History{
		TB: t, Server: server, Random: random, Calm: calm, OwnClock: seed%4 < 2, sent: map[string]bool{},
		Rounds: roundsOfHistory,
		known:  map[string]bool{}, hiddenUntil: map[string]int64{},
	}
}

// ConfigOf is the simulator of a seed.
func ConfigOf(seed uint64) simulator.Config {
	return simulator.Config{
		Seed: seed, Accounts: 5, Holders: 3, HistoryDays: 25, Linked: seed%2 == 0, Calm: seed%3 == 0,
		Start: time.Date(2026, 6, 1+int(seed*11%28), 14, 0, 0, 0, time.UTC), // months begin at other rounds
	}
}

// Live runs the history. After every round the invariants I3, I11 and I13 to I16 hold, at the end I10.
func (h *History) Live() {
	h.Helper()
	if h.Random.IntN(3) > 0 {
		h.PerMonth = new(int64(h.Random.IntN(60)) * 100_000)
		h.Note(fmt.Sprintf("budget %d", *h.PerMonth))
	}
	for n := range h.Rounds {
		h.happen()
		h.settled = h.NewestSucceeded()
		kill := -1
		if h.Random.IntN(4) == 0 {
			kill = h.Random.IntN(14)
			h.Note(fmt.Sprintf("killed at request %d", kill))
		}
		began := h.Server.Now()
		o, err := h.World.Round(kill)
		h.noteListed(began, err == nil && !h.lagging)
		h.bounded(n, o, h.Server.Now().Sub(began))
		h.holds(n, o, err)
	}
	h.settle()
	h.World.WantRules()
	h.FailIfBroken()
}

// settle ends all faults and lets refreshes settle: then a round that buys nothing is complete.
func (h *History) settle() {
	h.Helper()
	h.Server.ClearFaults()
	h.Ahead, h.lagging = 0, false
	for range 4 { // refreshes settle, movers are read again
		h.Server.Advance(11 * time.Hour)
		h.settled = h.NewestSucceeded()
		began := h.Server.Now()
		o, err := h.World.Round(-1)
		h.Must(err)
		h.noteListed(began, true)
		h.holds(h.Rounds, o, err)
	}
	if o, err := h.World.LastRound(); err != nil || !o.Complete && o.Stale == 0 {
		h.Errorf("I10: settled and not complete: %v %+v", err, o)
	}
}

// HoldUpTo sets what HeldUpToDate asks for: the newest refresh that had succeeded, by account.
func (h *History) HoldUpTo(settled map[string]string) { h.settled = settled }

// Must ends the test on an error.
func (h *History) Must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// Note writes a line of the history, which is told where a rule is broken.
func (h *History) Note(text string) { h.log = append(h.log, text) }

// Breaks notes that a rule is broken after a round.
func (h *History) Breaks(rule string, round int, format string, args ...any) {
	h.broken = append(h.broken, fmt.Sprintf("%s after round %d: ", rule, round)+fmt.Sprintf(format, args...))
}

// Broken is what was noted as broken since it was last asked.
func (h *History) Broken() (broken []string) {
	broken, h.broken = h.broken, nil
	return broken
}

// FailIfBroken ends the test where a rule was broken, with the history up to there.
func (h *History) FailIfBroken() {
	h.Helper()
	if len(h.broken) > 0 {
		h.Fatalf("%s\nhistory:\n%s", strings.Join(h.broken, "\n"), strings.Join(h.log, "\n"))
	}
}
