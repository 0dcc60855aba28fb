package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"fcpipe/cmd/crash/failpoint"
	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

var (
	update = flag.Bool("update", false, "rewrite golden output in scripts")
	proof  = storetest.Proof
)

// TestMain lets scripts run this very program as "fcpipe". It goes without most derived tables, whose number is most of
// what a small round costs: rounds with all of them are the demo's last, those of tests that say so, and those of the
// crash harness, which runs the program that people get. A script whose commands read others begins with
// "env FCPIPE_TEST_TABLES=…".
func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	newHooks = func(stopped <-chan struct{}, getenv func(string) string, stderr io.Writer) hooks {
		return hooks(failpoint.FromEnvironment(stopped, getenv, stderr))
	}
	testscript.Main(cleanedUp{m}, map[string]func(){"fcpipe": main})
}

// cleanedUp removes in the end what tests shared.
type cleanedUp struct{ *testing.M }

func (m cleanedUp) Run() int {
	defer removeStarts()
	return m.M.Run()
}

// TestScript runs every script of testdata/script. Beside testscript's own commands:
//
//	simulator [calm] [linked] [accounts=N] [rows=N] [rounds=N]   start a simulator, write config.yaml for it;
//	                     so many rounds, a day apart, have made a data directory already
//	saved FILE           save the simulator's world, for a config.yaml that names its file
//	advance 24h          move its clock
//	relink N             the holder of account N links it again; RELINKED is its new id
//	holder N             HOLDERN is whose account N is
//	nowhere TEXT …       no file of the data directory has it
//	fault JSON           arm a fault; ACCOUNT0 … ACCOUNT9 stand for account ids
//	nofaults             disarm all
//	requests N           it was asked N times since the last "requests"
//	posts N              it was asked to buy N times since the last "posts"
//	truth                the published file equals what the simulator says is so
//	lock, unlock         hold the data directory's lock, as a running round does
//	analyst, analystok   open the published file in this process; it still answers as before
//	snapshot, unchanged  remember every byte and time of file and lake; they are the same
//	code N PROGRAM …     run it; its exit code is N
//	damage PATTERN BYTE  flip a bit of a file; cut PATTERN: shorten it to half; gone PATTERN: remove files
//	rollback             "fcpipe repair --to" the newest earlier generation
//	newer                mark the published file as made by a newer fcpipe
//	alter SQL            run a statement on the published file
//
// Of a line that begins with [proof] the rest is run by make proof alone: "verify --deep" costs more than a round.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("STRIPE_API_KEY", scriptKey)
			env.Setenv(storetest.Tables, os.Getenv(storetest.Tables))
			env.Setenv("FCPIPE_TEST_SLEEP", "never") // the simulator's clock moves with requests
			for _, name := range ofMemory {
				if value, set := os.LookupEnv(name); set {
					env.Setenv(name, value)
				}
			}
			env.Values["world"] = &scriptWorld{}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "proof" {
				return false, fmt.Errorf("unknown condition [%s]", name)
			}
			return *proof, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"simulator": startSimulator, "advance": advance, "relink": relink, "fault": armFault, "nofaults": noFaults,
			"requests": wantRequests, "posts": wantPosts, "truth": wantTruth,
			"saved": saveSimulator, "lock": holdLock, "unlock": freeLock, "analyst": openAnalyst,
			"analystok": checkAnalyst,
			"damage":    damage, "cut": cut, "gone": gone, "rollback": rollback,
			"code": wantCode, "snapshot": snapshot, "unchanged": unchanged, "newer": markNewer,
			"alter": alter, "holder": setHolder, "nowhere": wantNowhere,
		},
	})
}

// ofMemory are the variables by which "make test" makes memory cheap. Scripts begin without those of this process.
var ofMemory = []string{
	"LD_PRELOAD", "GOGC", "DUCKDB_JE_MALLOC_CONF",
	"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_",
}

// scriptWorld is what a script's commands share.
type scriptWorld struct {
	server   *simulator.Server
	requests int
	posts    int
	release  func() error
	reader   *reader.Reader
	answer   string
	files    map[string]string
}

func worldOf(ts *testscript.TestScript) *scriptWorld { return ts.Value("world").(*scriptWorld) }

func layoutOf(ts *testscript.TestScript) schema.Layout {
	return schema.Layout{Dir: ts.MkAbs("data")}
}
