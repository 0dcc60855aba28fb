package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSimulateRefusesAFaultScriptThatMakesNoSense(t *testing.T) {
	for name, test := range map[string]struct{ script, want string }{
		"unknown field": {
			"[{\"do\": {\"status\": 500}},\n {\"do\": {\"stauts\": 500}}]",
			`line 2, fault 2: unknown field "stauts"`,
		},
		"no JSON":       {"do: {status: 500}", "line 1: no JSON"},
		"no list's end": {`[{"do": {"status": 500}}`, "the list of faults does not end"},
		"unknown account": {
			`{"when": {"account": "fca_none"}, "do": {"status": 500}}`,
			`fault 1: when.account: this world has no account "fca_none"`,
		},
	} {
		path := filepath.Join(t.TempDir(), "bad-night.json")
		checker{t}.Check(os.WriteFile(path, []byte(test.script), 0o600))
		stdout, stderr, err := command(t, "simulate", "--listen", "127.0.0.1:0", "--faults", path)
		if exitCode(err) != exitConfiguration || stdout != "" {
			t.Errorf("%s: exit code %d, it served %q", name, exitCode(err), stdout)
		}
		for _, want := range []string{path, test.want, "sync/simulator/README.md"} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: %q does not say %q", name, stderr, want)
			}
		}
	}
	if _, stderr, err := command(t, "simulate", "--faults", "nowhere.json"); exitCode(err) != exitConfiguration ||
		!strings.Contains(stderr, "--faults: open nowhere.json") {
		t.Errorf("a script that is not there: exit code %d, %s", exitCode(err), stderr)
	}
}

// TestSimulateDoesWhatItsFaultScriptSays: the second list of accounts fails; the world that
// is saved at the end knows that it did.
func TestSimulateDoesWhatItsFaultScriptSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, state := filepath.Join(dir, "bad-night.json"), filepath.Join(dir, "sim.state")
	checker{t}.Check(os.WriteFile(script,
		[]byte(`{"when": {"path": "/accounts$", "nth": 2}, "do": {"status": 503, "headers": {"Retry-After": "7"}}}`),
		0o600))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	reader, stdout := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan error, 1)
	go func() {
		err := run(ctx, environment{
			args: []string{
				"simulate", "--listen", "127.0.0.1:0", "--accounts", "2", "--holders", "1", "--state",
				state, "--faults", script,
			},
			getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: stdout, stderr: &stderr,
			now: time.Now,
		})
		_ = stdout.CloseWithError(err)
		done <- err
	}()
	address, err := bufio.NewReader(reader).ReadString('\n')
	checker{t}.Check(err)
	var answers []string
	for range 3 {
		answers = append(answers, list(t, strings.TrimSpace(address)))
	}
	if got := strings.Join(answers, ", "); got != "200, 503 after 7, 200" {
		t.Errorf("%s", got)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("%v: %s", err, stderr.String())
	}
	if happened := load(t, state).FaultsHappened(); happened != 1 {
		t.Errorf("the saved world says the fault happened %d times", happened)
	}
}

// list asks for accounts and returns the status, and when to come again.
func list(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v1/financial_connections/accounts", nil)
	checker{t}.Check(err)
	r.SetBasicAuth("sk_test_any", "")
	answer, err := http.DefaultClient.Do(r)
	checker{t}.Check(err)
	checker{t}.Check(answer.Body.Close())
	if after := answer.Header.Get("Retry-After"); after != "" {
		return answer.Status[:3] + " after " + after
	}
	return answer.Status[:3]
}
