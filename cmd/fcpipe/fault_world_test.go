package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// faultStarts are the directories that startsOfFaults made, below one that removeStarts removes.
var faultStarts struct {
	sync.Mutex
	parent string
	dirs   map[string]string
}

// startsOfFaults makes what cases have in common once: directories that are copied.
func startsOfFaults(t *testing.T) map[string]string {
	t.Helper()
	faultStarts.Lock()
	defer faultStarts.Unlock()
	if faultStarts.dirs != nil {
		return faultStarts.dirs
	}
	var err error
	faultStarts.parent, err = os.MkdirTemp("", "faults-*")
	checker{t}.Check(err)
	w := faultWorld{t, filepath.Join(faultStarts.parent, linked)}
	checker{t}.Check(os.Mkdir(w.dir, 0o700))
	world := simulator.New(simulator.Config{
		Seed: 12, Accounts: 2, Holders: 2, HistoryDays: 30, RowsPerAccount: 110,
		Calm: true, Linked: true,
	})
	world.Advance(25 * time.Hour)
	checker{t}.Check(world.Save(w.state()))
	text := "stripe: {api_base: simulator:sim.state, requests_per_second: 1000}\nsync: {audit_every: 1h}\ndata: " +
		"{dir: data, memory_limit: 256MiB, threads: 1}\n"
	checker{t}.Check(os.WriteFile(w.config(), []byte(text), 0o600))
	after := faultWorld{t, filepath.Join(faultStarts.parent, held)}
	checker{t}.Check(os.CopyFS(after.dir, os.DirFS(w.dir)))
	after.run(0)
	for _, difference := range after.differences() {
		t.Error(difference)
	}
	faultStarts.dirs = map[string]string{linked: w.dir, held: after.dir}
	return faultStarts.dirs
}

// faultWorld is a directory with a simulator's state, and what fcpipe made of it.
type faultWorld struct {
	t   *testing.T
	dir string
}

func copyOf(t *testing.T, from string) faultWorld {
	t.Helper()
	w := faultWorld{t, t.TempDir()}
	checker{t}.Check(os.CopyFS(w.dir, os.DirFS(from)))
	checker{t}.Check(makePrivate(w.layout()))
	return w
}

func (w faultWorld) layout() schema.Layout { return schema.Layout{Dir: filepath.Join(w.dir, "data")} }

func (w faultWorld) config() string { return filepath.Join(w.dir, "config.yaml") }

func (w faultWorld) state() string { return filepath.Join(w.dir, "sim.state") }

func (w faultWorld) run(code int) {
	w.t.Helper()
	stdout, stderr, err := command(w.t, "--config", w.config(), "run")
	if exitCode(err) != code {
		w.t.Errorf("exit code %d, want %d: %s", exitCode(err), code, stderr)
	}
	w.wantNothingObeyed(stdout, stderr, err)
}

// wantNothingObeyed: a terminal shows what Stripe and banks wrote, it does not obey it.
func (w faultWorld) wantNothingObeyed(stdout, stderr string, _ error) {
	w.t.Helper()
	for _, text := range []string{stdout, stderr} {
		if text == shownLines(text) {
			continue
		}
		w.t.Errorf("a control sequence reaches the terminal: %q", stdout+stderr)
	}
}

// differences are those of the file, if one is published.
func (w faultWorld) differences() []string {
	if _, err := os.Stat(w.layout().Database()); err != nil {
		return nil
	}
	return differences(checker{w.t}, load(w.t, w.state()).Truth(), w.layout())
}

// arm replaces the faults of the world, in which some time has passed.
func (w faultWorld) arm(passed time.Duration, script string) {
	w.t.Helper()
	world := load(w.t, w.state())
	world.ClearFaults()
	world.Advance(passed)
	if script != "" {
		faults, err := simulator.ParseFaults([]byte(strings.ReplaceAll(script, "ACCOUNT", world.Accounts()[0])))
		checker{w.t}.Check(err)
		checker{w.t}.Check(world.AddFaults(faults))
	}
	checker{w.t}.Check(world.Save(w.state()))
}

func load(t *testing.T, state string) *simulator.Server {
	t.Helper()
	world, err := simulator.Load(state)
	checker{t}.Check(err)
	return world
}
