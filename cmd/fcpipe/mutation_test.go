package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/schema/storetest"
	fcsync "fcpipe/sync"
	"fcpipe/sync/simulator"
)

var (
	mutations    = flag.Int("mutations", 40, "single fields that whole rounds meet mutated")
	mutationSeed = flag.Uint64("mutation-seed", 1, "draws which")
)

const cleanAccounts = 10 // of a world, which are served as they are

// hasTablesOfMutants is false in a process without the derived tables that these tests ask; they have run in another.
func hasTablesOfMutants(t *testing.T) bool {
	t.Helper()
	both := []string{"TestOneOddFieldStopsNobodyElse", "TestAnOddListOfAccountsLosesNothing"}
	return storetest.GroupHasTables(t, both, "ledger.daily_balances")
}

// mutantAccounts are all accounts of a world, each of another holder.
func mutantAccounts() int { return cleanAccounts + min(80, *mutations) }

// TestOneOddFieldStopsNobodyElse serves valid objects with one field mutated, each account's
// its own, and runs whole rounds: none fails, every other holder has its full truth, and what
// was refused is named. Then the field is as it should be, and the truth is there.
// More of them by hand: make mutations.
func TestOneOddFieldStopsNobodyElse(t *testing.T) {
	t.Parallel()
	if !hasTablesOfMutants(t) {
		return
	}
	start := startOfMutants(t)
	chosen := chosenMutations(slices.Clone(start.all), *mutations, *mutationSeed)
	for n := 0; len(chosen) > 0; n++ {
		size := min(mutantAccounts()-cleanAccounts, len(chosen))
		batch, from := chosen[:size], []string{held, linked}[n%2]
		chosen = chosen[size:]
		t.Run(fmt.Sprintf("%d_%s", n, from), func(t *testing.T) {
			t.Parallel()
			for _, problem := range start.problems(t, from, batch) {
				t.Error(problem)
			}
		})
	}
}

// TestAnOddListOfAccountsLosesNothing: one list names everybody, so a round that cannot read it
// may fail, but what was published stays, and the next round has the truth.
func TestAnOddListOfAccountsLosesNothing(t *testing.T) {
	t.Parallel()
	if !hasTablesOfMutants(t) {
		return
	}
	start := startOfMutants(t)
	list := []byte(`{"object":"list","data":[],"has_more":false,"url":"/v1/financial_connections/accounts"}`)
	every := everyMutation("accounts", list)
	slices.SortFunc(every, func(x, y mutation) int { return strings.Compare(x.kind+x.path, y.kind+y.path) })
	step := max(1, len(every)*40/(*mutations))
	for n := 0; n < len(every); n += 2 * step {
		odd := []mutation{every[n], every[min(n+step, len(every)-1)]} // one round after the other
		t.Run(fmt.Sprint(odd), func(t *testing.T) {
			t.Parallel()
			w := start.world(t, held, nil)
			for _, m := range odd {
				w.mutant.lists = &m
				start.wantNothingLost(t, w)
			}
			w.recovers(t, nil)
		})
	}
}

// wantNothingLost runs a round that meets an odd list of accounts.
func (s *mutantStart) wantNothingLost(t *testing.T, w *mutantWorld) {
	t.Helper()
	code, said := w.round()
	if !slices.Contains([]int{0, exitFailed, exitPartial}, code) {
		t.Errorf("%s: exit code %d: %s", w.mutant.lists, code, said)
	}
	if code == exitFailed && !strings.Contains(said, "no list") {
		t.Errorf("%s: the list of accounts is not named: %s", w.mutant.lists, said)
	}
	if after := w.published(); len(after.rows) < s.rows || len(after.accounts) < mutantAccounts() {
		t.Errorf("%s: %d rows of %d accounts are left of %d of %d", w.mutant.lists, len(after.rows),
			len(after.accounts), s.rows, mutantAccounts())
	}
}

// mutantStart is what batches have in common, made once.
type mutantStart struct {
	dirs   map[string]string
	all    []mutation
	others map[string][]byte

	requests, rows, files, days int // of a first sync nothing befell
}

// mutantStarts is the start of all tests of mutations; removeStarts removes its directories.
var mutantStarts struct {
	sync.Mutex
	parent string
	made   *mutantStart
}

func startOfMutants(t *testing.T) *mutantStart {
	t.Helper()
	mutantStarts.Lock()
	defer mutantStarts.Unlock()
	if mutantStarts.made == nil {
		var err error
		mutantStarts.parent, err = os.MkdirTemp("", "mutants-*")
		checker{t}.Check(err)
		mutantStarts.made = newMutantStart(t, mutantStarts.parent)
	}
	return mutantStarts.made
}

// newMutantStart makes a start below a directory that outlives the test.
func newMutantStart(t *testing.T, parent string) *mutantStart {
	t.Helper()
	accounts := mutantAccounts()
	w := &mutantWorld{faultWorld: faultWorld{t, filepath.Join(parent, linked)}}
	checker{t}.Check(os.Mkdir(w.dir, 0o700))
	start := &mutantStart{dirs: map[string]string{linked: w.dir}, others: map[string][]byte{}}
	world := simulator.New(simulator.Config{
		Seed: 36, Accounts: accounts, Holders: accounts, HistoryDays: 9, RowsPerAccount: 5, Calm: true, Linked: true,
	})
	world.Advance(25 * time.Hour)
	checker{t}.Check(world.Save(w.state()))
	text := "stripe: {api_base: simulator:sim.state, requests_per_second: 1000}\nsync: {audit_every: 1h, ownership: " +
		"{mode: on_demand}}\n" +
		"privacy: {owners: keep}\ndata: {dir: data, memory_limit: 256MiB, threads: 1}\n"
	checker{t}.Check(os.WriteFile(w.config(), []byte(text), 0o600))
	control := start.world(t, linked, nil)
	control.dir = filepath.Join(parent, held)
	checker{t}.Check(os.CopyFS(control.dir, os.DirFS(w.dir)))
	if code, said := control.round(); code != 0 {
		t.Fatalf("the first round of all: exit code %d: %s", code, said)
	}
	start.dirs[held] = control.dir
	published := control.published()
	start.requests, start.rows, start.files, start.days = control.mutant.requests, len(published.rows),
		control.lakeFiles(), published.days
	truth := load(t, control.state()).Truth()
	last := len(truth.Transactions) - 1 // of the last account, which is served as it is
	start.others = map[string][]byte{
		"account": truth.Accounts[accounts-1], "transaction": truth.Transactions[last],
		"owner": truth.Owners[len(truth.Owners)-1],
	}
	for _, object := range slices.Sorted(maps.Keys(start.others)) {
		start.all = append(start.all, everyMutation(object, start.others[object])...)
	}
	for _, list := range []string{"transactions", "owners"} {
		start.all = append(start.all,
			everyMutation(list, []byte(`{"object":"list","data":[],"has_more":false,"url":"/v1/…"}`))...)
	}
	return start
}

// longestMutantRound is a hundred times what a round takes: a test that hangs says nothing.
const longestMutantRound = 3 * time.Minute

var errBounds = errors.New("the round does not end")

// mutantWorld is a directory whose rounds meet mutations.
type mutantWorld struct {
	faultWorld
	mutant *mutant
	ids    []string // of its accounts
}

// world is a copy of a start, in which the n-th account meets the n-th mutation.
func (s *mutantStart) world(t *testing.T, from string, batch []mutation) *mutantWorld {
	t.Helper()
	w := &mutantWorld{faultWorld: copyOf(t, s.dirs[from])}
	if from == held {
		w.arm(26*time.Hour, "")
	}
	w.ids = load(t, w.state()).Accounts()
	w.mutant = &mutant{
		targets: map[string]mutation{}, others: s.others, sent: map[string][]byte{},
		was: map[string][]byte{},
	}
	for i, m := range batch {
		w.mutant.targets[w.ids[i]] = m
	}
	return w
}

// round runs a whole round, up to the lake, and returns its exit code and what it said.
func (w *mutantWorld) round() (code int, said string) {
	w.t.Helper()
	var stderr bytes.Buffer
	a := &app{environment: environment{
		getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr,
		now: time.Now,
	}, configPath: w.config()}
	p, err := a.openPipeline(w.t.Context())
	checker{w.t}.Check(err)
	options, err := p.syncOptions()
	checker{w.t}.Check(err)
	w.mutant.server, options.Stripe.Transport, options.Stripe.Random = p.simulator, w.mutant,
		func() float64 { return 0.5 }
	p.syncer, err = fcsync.New(options)
	checker{w.t}.Check(err)
	defer func() {
		if panicked := recover(); panicked != nil {
			code, said = -1, fmt.Sprint("panic: ", panicked)
		}
	}()
	ctx, done := context.WithTimeoutCause(context.WithoutCancel(w.t.Context()), longestMutantRound, errBounds)
	defer done()
	if _, err = p.run(ctx); ctx.Err() != nil {
		return -1, "it does not end"
	}
	return exitCode(err), fmt.Sprint(err, " ", stderr.String())
}

// problems runs a batch from its start. A round that fails is cut in halves until those are
// found that stop it.
func (s *mutantStart) problems(t *testing.T, from string, batch []mutation) []string {
	t.Helper()
	w := s.world(t, from, batch)
	code, said := w.round()
	if code != 0 && code != exitPartial {
		if len(batch) == 1 {
			return []string{fmt.Sprintf("%s: stops the round of everybody: exit code %d: %.300s", batch[0], code, said)}
		}
		half := len(batch) / 2
		return append(s.problems(t, from, batch[:half]), s.problems(t, from, batch[half:])...)
	}
	problems := w.judge(s, code)
	if !t.Failed() {
		problems = append(problems, w.recovers(t, w.mutant)...)
	}
	return problems
}

// recovers: once everything is served as it is, and refused rows are asked for again, the truth
// is held. Of what was taken as it was sent the bank knows nothing: it stays until an audit.
func (w *mutantWorld) recovers(t *testing.T, taken *mutant) (problems []string) {
	t.Helper()
	w.mutant.targets, w.mutant.lists = nil, nil
	w.arm(50*time.Hour, "")
	if code, said := w.round(); code != 0 && code != exitPartial {
		return []string{fmt.Sprintf("served as it should be: exit code %d: %.300s", code, said)}
	}
	truth, after := load(t, w.state()).Truth(), w.published()
	for _, raw := range truth.Transactions {
		var row oracle.Row
		checker{t}.Check(json.Unmarshal(raw, &row))
		sentAs, touched := "", false
		if taken != nil {
			sentAs, touched = textField(taken.sent[row.Account], "id"), taken.sent[row.Account] != nil
		}
		if key := after.rows[row.ID]; key != rowKey(row) && (!touched || key == "" && sentAs == row.ID) {
			problems = append(problems, fmt.Sprintf("served as it should be: %s of %s is %q, want %q", row.ID,
				row.Account, key, rowKey(row)))
		}
	}
	return problems
}

func (w *mutantWorld) lakeFiles() (files int) {
	checker{w.t}.Check(filepath.Walk(w.layout().Lake(), func(path string, _ os.FileInfo, err error) error {
		if strings.HasSuffix(path, ".parquet") {
			files++
		}
		return err
	}))
	return files
}
