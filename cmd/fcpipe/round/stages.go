package round

import (
	"context"
	"strings"
	"sync"
	"time"

	"fcpipe/schema"
	fcsync "fcpipe/sync"
)

// StageTimes says how long each stage of a round took. Stages do not overlap; what is between them, such as opening the
// state and writing the journal, is in none.
type StageTimes struct {
	PlanSeconds    float64 `json:"plan_seconds"`    // accounts were listed
	RefreshSeconds float64 `json:"refresh_seconds"` // refreshes were asked for
	WaitSeconds    float64 `json:"wait_seconds"`    // banks were waited for
	FetchSeconds   float64 `json:"fetch_seconds"`   // rows and owners were read, while none landed
	LandSeconds    float64 `json:"land_seconds"`    // rows landed, for at least one account
	MergeSeconds   float64 `json:"merge_seconds"`
	DeriveSeconds  float64 `json:"derive_seconds"`
	PublishSeconds float64 `json:"publish_seconds"`
	ExportSeconds  float64 `json:"export_seconds"`

	// Parts of DeriveSeconds: bringing the tables of a schema up to date.
	LedgerSeconds       float64 `json:"derive_ledger_seconds"`
	QualitySeconds      float64 `json:"derive_quality_seconds"`
	ExpensesSeconds     float64 `json:"derive_expenses_seconds"`
	UnderwritingSeconds float64 `json:"derive_underwriting_seconds"`
}

// Stopwatch adds up how long the stages of one round take. Make one with NewStopwatch. It is safe for concurrent use.
type Stopwatch struct {
	clock   func() time.Time
	mutex   sync.Mutex
	stage   string // the stage that is under way; "" between stages
	since   time.Time
	landing int                      // calls that land rows now: while there are any, their time is that of land
	spent   map[string]time.Duration // by stage
	tables  map[string]time.Duration // by derived table, in derive
	table   time.Time                // when the last one was up to date, or derive began
}

// NewStopwatch measures by this machine's clock.
func NewStopwatch(clock func() time.Time) *Stopwatch {
	return &Stopwatch{clock: clock, spent: map[string]time.Duration{}}
}

// restart forgets the stages of an earlier round.
func (w *Stopwatch) restart() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.stage, w.since, w.spent, w.tables = "", w.clock(), map[string]time.Duration{}, nil
}

// Enter ends the stage that is under way and begins another; "" begins none.
func (w *Stopwatch) Enter(stage string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if stage == "owners" || stage == "labels" {
		stage = "fetch"
	}
	if stage != w.stage {
		w.charge()
		w.stage, w.table = stage, w.since
	}
}

// derived notes that a table is up to date: the time since the one before, or since derive began, is its own.
func (w *Stopwatch) derived(table string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.tables == nil {
		w.tables = map[string]time.Duration{}
	}
	now := w.clock()
	w.tables[table] += now.Sub(w.table)
	w.table = now
}

// Tables says how many seconds each derived table took, by its name with its schema.
func (w *Stopwatch) Tables() map[string]float64 {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	seconds := make(map[string]float64, len(w.tables))
	for table, took := range w.tables {
		seconds[table] = took.Seconds()
	}
	return seconds
}

// charge adds the time since the last change to what was under way.
func (w *Stopwatch) charge() {
	now, stage := w.clock(), w.stage
	if w.landing > 0 {
		stage = "land"
	}
	if stage != "" {
		w.spent[stage] += now.Sub(w.since)
	}
	w.since = now
}

// lands notes that so many calls more, or fewer, land rows.
func (w *Stopwatch) lands(by int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.landing == 0 || w.landing+by == 0 {
		w.charge()
	}
	w.landing += by
}

// times is what the stages have taken; one that is under way is not in it.
func (w *Stopwatch) times() StageTimes {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	of := func(stage string) float64 { return w.spent[stage].Seconds() }
	deriving := map[string]time.Duration{}
	for table, took := range w.tables {
		schema, _, _ := strings.Cut(table, ".")
		deriving[schema] += took
	}
	return StageTimes{
		PlanSeconds: of("plan"), RefreshSeconds: of("refresh"), WaitSeconds: of("wait"), FetchSeconds: of("fetch"),
		LandSeconds: of("land"), MergeSeconds: of("merge"), DeriveSeconds: of("derive"),
		PublishSeconds: of("publish"), ExportSeconds: of("export"),
		LedgerSeconds: deriving["ledger"].Seconds(), QualitySeconds: deriving["quality"].Seconds(),
		ExpensesSeconds: deriving["expenses"].Seconds(), UnderwritingSeconds: deriving["underwriting"].Seconds(),
	}
}

// timedLanding is a landing whose calls are measured.
type timedLanding struct {
	fcsync.Landing
	watch *Stopwatch
	begin func() // called when rows land; may be nil
}

func (l timedLanding) Land(ctx context.Context, rows schema.Landed) error {
	if l.begin != nil {
		l.begin()
	}
	l.watch.lands(1)
	defer l.watch.lands(-1)
	return l.Landing.Land(ctx, rows)
}

func (l timedLanding) Seal(ctx context.Context) error {
	l.watch.lands(1)
	defer l.watch.lands(-1)
	return l.Landing.Seal(ctx)
}
