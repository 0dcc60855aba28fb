package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

var update = flag.Bool("update", false, "rewrite golden output in scripts")

// TestMain lets scripts run this very program as "fcpipe".
func TestMain(m *testing.M) {
	testscript.Main(testsAndBenchmarks{m}, map[string]func(){"fcpipe": main})
}

// testsAndBenchmarks lets a run of all tests run every benchmark once too, on little data.
type testsAndBenchmarks struct{ *testing.M }

func (m testsAndBenchmarks) Run() int {
	flag.Parse()
	for _, choice := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if flag.Lookup(choice).Value.String() != "" { // the command line chose what runs
			return m.M.Run()
		}
	}
	_ = flag.Set("test.bench", ".")
	_ = flag.Set("test.benchtime", "1x")
	return m.M.Run()
}

// TestScript runs every script of testdata/script. Beside testscript's own commands:
//
//	simulator [calm] [linked] [accounts=N] [rows=N]   start a simulator, write config.yaml for it
//	advance 24h          move its clock
//	relink N             the holder of account N links it again; RELINKED is its new id
//	fault JSON           arm a fault; ACCOUNT0 … ACCOUNT9 stand for account ids
//	nofaults             disarm all
//	requests N           it was asked N times since the last "requests"
//	posts N              it was asked to buy N times since the last "posts"
//	truth                the published file equals what the simulator says is so
//	killed MILLISECONDS  start "fcpipe run" and kill -9 it after so long
//	terminated MILLISECONDS  the same with SIGTERM; it exits with 143
//	lock, unlock         hold the data directory's lock, as a running round does
//	analyst, analystok   open the published file in this process; it still answers as before
//	snapshot, unchanged  remember every byte and time of file and lake; they are the same
//	code N PROGRAM …     run it; its exit code is N
//	damage PATTERN BYTE  flip a bit of a file; cut PATTERN: shorten it to half; gone PATTERN: remove files
//	rollback             "fcpipe repair --to" the newest earlier generation
//	newer                mark the published file as made by a newer fcpipe
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("STRIPE_API_KEY", "rk_test_scripted")
			env.Values["world"] = &scriptWorld{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"simulator": startSimulator, "advance": advance, "relink": relink, "fault": armFault, "nofaults": noFaults, "requests": wantRequests, "posts": wantPosts, "truth": wantTruth,
			"killed": killedRun, "terminated": terminatedRun, "lock": holdLock, "unlock": freeLock, "analyst": openAnalyst, "analystok": checkAnalyst,
			"damage": damage, "cut": cut, "gone": gone, "rollback": rollback,
			"code": wantCode, "snapshot": snapshot, "unchanged": unchanged, "newer": markNewer,
		},
	})
}

// scriptWorld is what a script's commands share.
type scriptWorld struct {
	server   *simulator.Server
	requests int
	posts    int
	release  func() error
	reader   *schema.Reader
	answer   string
	files    map[string]string
}

func worldOf(ts *testscript.TestScript) *scriptWorld { return ts.Value("world").(*scriptWorld) }

func layoutOf(ts *testscript.TestScript) schema.Layout {
	return schema.Layout{Dir: ts.MkAbs("data")}
}

func startSimulator(ts *testscript.TestScript, _ bool, args []string) {
	config := simulator.Config{Seed: 42, Accounts: 12, Holders: 6, HistoryDays: 30}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		number, _ := strconv.Atoi(value)
		switch name {
		case "calm":
			config.Calm = true
		case "linked":
			config.Linked = true
		case "accounts":
			config.Accounts, config.Holders = number, number
		case "rows":
			config.RowsPerAccount = number
		default:
			ts.Fatalf("simulator: unknown argument %q", arg)
		}
	}
	w := worldOf(ts)
	w.server = simulator.New(config)
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "/accounts") {
			w.server.Advance(45 * time.Second) // refreshes settle before a round looks again; reading takes no time
		}
		w.server.ServeHTTP(rw, r)
	}))
	ts.Defer(web.Close)
	ts.Setenv("API", web.URL)
	for i, id := range w.server.Accounts()[:min(10, config.Accounts)] {
		ts.Setenv(fmt.Sprintf("ACCOUNT%d", i), id)
	}
	text := fmt.Sprintf("stripe: {api_base: %q, requests_per_second: 1000}\nsync: {wait: 90s}\n", web.URL)
	ts.Check(os.WriteFile(ts.MkAbs("config.yaml"), []byte(text), 0o600))
}

func advance(ts *testscript.TestScript, _ bool, args []string) {
	by, err := time.ParseDuration(args[0])
	ts.Check(err)
	worldOf(ts).server.Advance(by)
}

func relink(ts *testscript.TestScript, _ bool, args []string) {
	id, known := worldOf(ts).server.Relink(ts.Getenv("ACCOUNT" + args[0]))
	if !known {
		ts.Fatalf("relink: no account %s", args[0])
	}
	ts.Setenv("RELINKED", id)
}

func armFault(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(strings.ReplaceAll(args[0], "ACCOUNT", "$ACCOUNT"), ts.Getenv)
	faults, err := simulator.ParseFaults([]byte(text))
	ts.Check(err)
	ts.Check(worldOf(ts).server.AddFaults(faults))
}

func noFaults(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).server.ClearFaults() }

func wantRequests(ts *testscript.TestScript, _ bool, args []string) {
	w, total := worldOf(ts), 0
	for _, n := range w.server.Meter().Requests {
		total += int(n)
	}
	if got := total - w.requests; len(args) == 1 && strconv.Itoa(got) != args[0] {
		ts.Fatalf("%d requests, want %s", got, args[0])
	}
	w.requests = total
}

func wantPosts(ts *testscript.TestScript, _ bool, args []string) {
	w, total := worldOf(ts), 0
	for endpoint, n := range w.server.Meter().Requests {
		if strings.HasPrefix(endpoint, "POST ") {
			total += int(n)
		}
	}
	if got := total - w.posts; len(args) == 1 && strconv.Itoa(got) != args[0] {
		ts.Fatalf("%d purchases, want %s", got, args[0])
	}
	w.posts = total
}

func wantTruth(ts *testscript.TestScript, _ bool, _ []string) {
	for _, difference := range differences(ts, worldOf(ts).server.Truth(), layoutOf(ts)) {
		ts.Fatalf("not the truth: %s", difference)
	}
}

func killedRun(ts *testscript.TestScript, _ bool, args []string) {
	_ = stopRun(ts, args, syscall.SIGKILL)
}

// terminatedRun wants the exit code of an interruption, or of a round that was faster.
func terminatedRun(ts *testscript.TestScript, _ bool, args []string) {
	if code := stopRun(ts, args, syscall.SIGTERM); code != exitTerminate && code != 0 {
		ts.Fatalf("exit code %d", code)
	}
}

// stopRun starts "fcpipe run", sends it a signal after so many milliseconds and returns its exit code.
func stopRun(ts *testscript.TestScript, args []string, signal syscall.Signal) int {
	after, err := strconv.Atoi(args[0])
	ts.Check(err)
	var path string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "fcpipe")); err == nil && path == "" {
			path = filepath.Join(dir, "fcpipe")
		}
	}
	c := exec.CommandContext(context.Background(), path, "run")
	c.Dir = ts.MkAbs(".")
	c.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"), "HOME="+ts.Getenv("HOME"), "STRIPE_API_KEY="+ts.Getenv("STRIPE_API_KEY"))
	ts.Check(c.Start())
	timer := time.AfterFunc(time.Duration(after)*time.Millisecond, func() { _ = c.Process.Signal(signal) })
	defer timer.Stop()
	err = c.Wait()
	ts.Logf("%v after %d ms: %v", signal, after, err)
	return c.ProcessState.ExitCode()
}

func storeOf(ts *testscript.TestScript) *schema.Store {
	store, err := schema.OpenStore(context.Background(), schema.StoreOptions{Layout: layoutOf(ts), Now: time.Now})
	ts.Check(err)
	return store
}

func holdLock(ts *testscript.TestScript, _ bool, _ []string) {
	release, err := storeOf(ts).Lock()
	ts.Check(err)
	worldOf(ts).release = release
}

func freeLock(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(worldOf(ts).release()) }

func (w *scriptWorld) ask(ts *testscript.TestScript) string {
	var answer string
	ts.Check(w.reader.Database().QueryRowContext(context.Background(),
		"SELECT count(*) || ' ' || bit_xor(hash(t)) FROM main.transactions t").Scan(&answer))
	return answer
}

func openAnalyst(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	reader, err := schema.OpenReader(context.Background(), layoutOf(ts), schema.Settings{})
	ts.Check(err)
	w.reader = reader
	w.answer = w.ask(ts)
}

func checkAnalyst(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	if got := w.ask(ts); got != w.answer {
		ts.Fatalf("the analyst's answer changed from %s to %s", w.answer, got)
	}
	ts.Check(w.reader.Close()) // while it is open this process sees its generation alone
}

// filesOf lists every file of file and lake with its time and content.
func filesOf(ts *testscript.TestScript) map[string]string {
	files := map[string]string{}
	layout := layoutOf(ts)
	ts.Check(filepath.Walk(layout.Dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || strings.HasPrefix(path, layout.State()) {
			return err
		}
		content, err := os.ReadFile(path)
		if info.Mode()&os.ModeSymlink != 0 {
			content, err = nil, nil
		}
		files[path] = info.ModTime().String() + string(content)
		return err
	}))
	return files
}

func snapshot(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).files = filesOf(ts) }

func unchanged(ts *testscript.TestScript, _ bool, _ []string) {
	before, now := worldOf(ts).files, filesOf(ts)
	for path, content := range now {
		if before[path] != content {
			ts.Fatalf("%s changed", path)
		}
	}
	if len(before) != len(now) || len(now) == 0 {
		ts.Fatalf("%d files, there were %d", len(now), len(before))
	}
}
