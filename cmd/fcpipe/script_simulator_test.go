package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// startSimulator is the script command "simulator".
func startSimulator(ts *testscript.TestScript, _ bool, args []string) {
	config, rounds := worldConfig(ts, args)
	w := worldOf(ts)
	w.server = simulator.New(config)
	if rounds > 0 {
		start := startOf(config, rounds, ts.Getenv(storetest.Tables))
		ts.Check(start.err)
		copied, err := simulator.Load(filepath.Join(start.dir, "world.state"))
		ts.Check(err)
		w.server = copied
		ts.Check(copyDirectory(filepath.Join(start.dir, "data"), ts.MkAbs("data")))
	}
	api, stop := serveScript(w.server)
	ts.Defer(stop)
	ts.Setenv("API", api)
	address := strings.TrimPrefix(api, "http://")
	_, port, _ := strings.Cut(address, ":")
	ts.Setenv("ADDRESS", address)
	ts.Setenv("PORT", port)
	for i, id := range w.server.Accounts()[:min(10, config.Accounts)] {
		ts.Setenv(fmt.Sprintf("ACCOUNT%d", i), id)
	}
	ts.Check(writeScriptConfig(ts.MkAbs("config.yaml"), api))
	wantRequests(ts, false, nil)
	wantPosts(ts, false, nil)
}

// worldConfig reads the words of the command "simulator".
func worldConfig(ts *testscript.TestScript, args []string) (config simulator.Config, rounds int) {
	config = simulator.Config{Seed: 42, Accounts: 12, Holders: 6, HistoryDays: 30}
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
		case "labels":
			config.LabelHours = number
		case "rounds":
			rounds = number
		default:
			ts.Fatalf("simulator: unknown argument %q", arg)
		}
	}
	return config, rounds
}

// serveScript listens for a script's rounds. Refreshes settle before a round looks again; reading takes no time.
func serveScript(server *simulator.Server) (address string, stop func()) {
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "/accounts") {
			server.Advance(45 * time.Second)
		}
		server.ServeHTTP(rw, r)
	}))
	return web.URL, web.Close
}

func writeScriptConfig(path, api string) error {
	text := fmt.Sprintf("stripe: {api_base: %q, requests_per_second: 1000}\nsync: {wait: 90s}\n", api) +
		"data: {threads: 1}\n" // two would wait for each other by spinning: a third more work for the same rows
	return os.WriteFile(path, []byte(text), 0o600)
}

// saveSimulator is the script command "saved".
func saveSimulator(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(worldOf(ts).server.Save(ts.MkAbs(args[0])))
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
