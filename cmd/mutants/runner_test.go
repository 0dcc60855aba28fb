package main

import "testing"

func TestJudgeTellsAKillFromTheRest(t *testing.T) {
	tests, crash := command{dir: "a", tests: []string{"TestX"}}, command{crash: []string{"-cuts=1"}}
	for _, c := range []struct {
		command command
		output  string
		passed  bool
		want    outcome
		by      string
	}{
		{tests, "=== RUN   TestX\n    --- FAIL: TestX/y (0.1s)\n--- FAIL: TestX (0.1s)\n", false, killed, "TestX"},
		{tests, "=== RUN   TestX\n--- PASS: TestX (0.1s)\n", true, survived, ""},
		{tests, "=== RUN   TestY\n--- PASS: TestY (0.1s)\n", true, "", ""},
		{tests, "panic: test timed out after 1m\n", false, timedOut, ""},
		{tests, "exec format error", false, "", ""},
		{crash, "crash: 3 findings; one again: …", false, killed, "crash, 3 findings"},
		{crash, "", true, survived, ""},
		{crash, "crash: no such file", false, "", ""},
	} {
		r, err := c.command.judge(c.output, c.passed)
		if r.outcome != c.want || r.killedBy != c.by || (err == nil) != (c.want != "") {
			t.Errorf("%q: %+v %v, want %q", c.output, r, err, c.want)
		}
	}
}

func TestTestsAreFoundByNameAndRunWhole(t *testing.T) {
	m := &module{tests: map[string][]string{"TestX": {"a"}, "TestY": {"a", "b/c"}}}
	r := &runner{module: m}
	commands, err := r.commands(check{tests: []string{"TestX/part.1", "TestY"}})
	if err != nil || len(commands) != 2 {
		t.Fatalf("%v %v", commands, err)
	}
	if got, want := commands[0].String(), "go test ./a -run '^TestX$/^part\\.1$|^TestY$'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := commands[1].String(), "go test ./b/c -run '^TestY$'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := r.commands(check{tests: []string{"TestZ"}}); err == nil {
		t.Error("a test that is nowhere is found")
	}
}
