package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"fcpipe/cmd/fcpipe/linking"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// command runs the program in this process and returns what it printed.
func command(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, problems bytes.Buffer
	err = run(t.Context(), environment{
		args: args, getenv: func(string) string { return "" },
		stdin: strings.NewReader(""), stdout: &out, stderr: &problems, now: time.Now,
	})
	return out.String(), problems.String(), err
}

// checker makes a test fail as scripts do.
type checker struct{ *testing.T }

func (c checker) Check(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// demo makes a demo of a world and returns what it printed.
func demo(t *testing.T, o demoOptions) (string, error) {
	t.Helper()
	var out bytes.Buffer
	a := &app{environment: environment{
		getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: &out, stderr: io.Discard,
		now: time.Now,
	}, data: &out}
	err := a.demo(t.Context(), o)
	return out.String(), err
}

// TestDemoLeavesTheTruth runs the demo and holds everything it leaves to the simulator's
// ground truth, its numbers to each other, and all of it to the questions of the pages.
func TestDemoLeavesTheTruth(t *testing.T) {
	t.Parallel()
	if !storetest.AllTables(t) { // the questions of the pages ask for all of them
		return
	}
	dir := filepath.Join(t.TempDir(), "demo")
	stdout, err := demo(t, demoOptions{dir: dir, days: 2, world: demoWorld, before: fewTablesUntil(2)})
	if err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{
		"day 0", "day 2", "with another amount", "voided", "arrived late",
		"refreshes failed", "went inactive", "month by month", "--config " + dir,
		"session fcsess_", "  linked    fca_", "  declined", "The first round of her accounts:\ncomplete: ",
	} {
		if !strings.Contains(stdout, wanted) {
			t.Errorf("the demo does not show %q:\n%s", wanted, stdout)
		}
	}
	server, err := simulator.Load(filepath.Join(dir, "simulator.state"))
	if err != nil {
		t.Fatal(err)
	}
	layout := schema.Layout{Dir: dir}
	for _, difference := range differences(checker{t}, server.Truth(), layout) {
		t.Error(difference)
	}
	reader, err := reader.Open(t.Context(), layout, duck.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := export.Verify(context.Background(), reader, layout.Lake(), export.Privacy{}, true)
	if err != nil || len(problems) > 0 {
		t.Errorf("lake: %v %v", problems, err)
	}
	wantNoContradictions(t, reader)
	broken, err := check.Rules(t.Context(), reader, check.Quick)
	if err != nil || len(broken) > 0 {
		t.Errorf("rules of verify: %v %v", broken, err)
	}
	wantAdasConsent(t, reader, stdout)
	checker{t}.Check(reader.Close()) // its settings are not those of the commands that follow
	config := filepath.Join(dir, "config.yaml")
	if stdout, stderr, err := command(t, "--config", config, "status"); err != nil {
		t.Errorf("%s%s%v", stdout, stderr, err)
	}
	answerQuestions(t, config)
	if *proof {
		wantJoined(t, dir)
	}
}

// fewTablesUntil has the rounds of a demo before its linking make few derived tables, the last of them those that the
// demo asks, unless all questions are asked. The round that follows the linking makes all of them, which are the same
// then, but for the history of attributes.
func fewTablesUntil(last int) func(day int) {
	restore := func() {}
	return func(day int) {
		switch {
		case *proof || *update:
		case day == 0:
			restore = models.Replace(models.Some(storetest.Core...))
		case day == last:
			restore()
			restore = models.Replace(models.Some("underwriting.cash_flow_month", "ledger.transactions"))
		case day > last:
			restore()
		}
	}
}

// wantAdasConsent: what the demo's last holder linked is stored with its session, the words she was shown and a first
// balance, and printed without secret or e-mail.
func wantAdasConsent(t *testing.T, reader *reader.Reader, stdout string) {
	t.Helper()
	var account, session, words string
	var balance int64
	if err := reader.Database().QueryRowContext(t.Context(), `SELECT account_id, c.session_id, e.consent_text,
		(SELECT arg_min(current_minor, as_of) FROM main.balances b WHERE b.account_id = c.account_id)
		FROM meta.current_consents c JOIN meta.consents e USING (account_id)
		WHERE c.session_id IS NOT NULL AND c.ended_at IS NULL AND c.permissions = ['balances', 'transactions']`,
	).Scan(&account, &session, &words, &balance); err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{account, session, strconv.FormatInt(balance, 10)} {
		if !strings.Contains(stdout, wanted) {
			t.Errorf("the demo does not show %q:\n%s", wanted, stdout)
		}
	}
	if !strings.Contains(words, "What it will not see") || strings.Contains(stdout, "_secret_") ||
		strings.Contains(stdout, adaEmail) {
		t.Errorf("shown to her: %s; printed:\n%s", words, stdout)
	}
}

// TestDialogueNamesNoSecret: a step that is refused says which, and not with what.
func TestDialogueNamesNoSecret(t *testing.T) {
	t.Parallel()
	d := linking.Dialogue{
		Client:  http.Client{Transport: simulator.New(simulator.Config{Accounts: 1, Holders: 1}).Transport()},
		Address: simulatorAddress, Key: "pk_test_simulator", Secret: "fcsess_client_secret_none",
	}
	_, err := d.Offered(t.Context(), adaBank)
	if err == nil || !strings.Contains(err.Error(), "step open") || strings.Contains(err.Error(), string(d.Secret)) {
		t.Errorf("%v", err)
	}
}

// asked finds a question of a page and, where the page shows it, the answer.
var asked = regexp.MustCompile("(?s)```sql\n(.*?)```\n(?:\n```text\n(.*?)```\n)?")

// answerQuestions asks every question of README.md and schema/QUESTIONS.md with -proof or -update, else every fourth
// but those of history, of which fewTablesUntil leaves less.
// Answers that a page shows are those that come; with -update, they become them.
func answerQuestions(t *testing.T, config string) {
	t.Helper()
	questions, shown := 0, 0
	for _, page := range []string{"../../README.md", "../../schema/QUESTIONS.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		answered := asked.ReplaceAllStringFunc(string(text), func(block string) string {
			question, isShown := asked.FindStringSubmatch(block)[1], strings.Contains(block, "```text\n")
			questions++
			if isShown {
				shown++
			}
			if strings.Contains(question, "_minor") && !strings.Contains(question, "currency") {
				t.Errorf("money without its currency, or added across currencies:\n%s", question)
			}
			if !*proof && !*update && (questions%4 != 0 || strings.Contains(question, "attribute_history")) {
				return block
			}
			stdout, stderr, err := command(t, "--config", config, "query", question)
			if err != nil || strings.Count(stdout, "\n") < 3 {
				t.Errorf("%s\nanswer: %s%s %v", question, stdout, stderr, err)
			}
			if !isShown {
				return block
			}
			return "```sql\n" + question + "```\n\n```text\n" + withoutTrailingSpaces(stdout) + "```\n"
		})
		if *update {
			err = os.WriteFile(page, []byte(answered), 0o600)
		}
		if err != nil || answered != string(text) && !*update {
			t.Errorf("%s shows other answers than those that come; \"make golden\" brings them up to date: %v\n%s",
				page, err, firstDifference(string(text), answered))
		}
	}
	if questions != 70 || shown != 56 {
		t.Errorf("README.md and QUESTIONS.md have %d questions, %d with an answer", questions, shown)
	}
}

// withoutTrailingSpaces is a table as a page holds it.
func withoutTrailingSpaces(table string) string {
	return regexp.MustCompile("(?m) +$").ReplaceAllString(table, "")
}

// firstDifference is the first line in which two texts differ, as each has it.
func firstDifference(a, b string) string {
	lines, others := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(lines), len(others)) {
		if lines[i] != others[i] {
			return "shown: " + lines[i] + "\ncomes: " + others[i]
		}
	}
	return "one has more lines"
}

// TestReadmeTellsTheTruth holds the README to the exit codes.
func TestReadmeTellsTheTruth(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{
		"| 1 |", "| 2 |", "| 3 |", "| 64, 78 |", "| 65 |", "| 69 |", "| 74 |", "| 75 |",
		"| 77 |", "| 130, 143 |",
	} {
		if !strings.Contains(string(text), code) {
			t.Errorf("the README does not explain %s", code)
		}
	}
}

func TestDemoRefusesADirectoryThatIsNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := command(t, "demo", "--dir", dir)
	if exitCode(err) != exitUsage {
		t.Errorf("%v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d entries", len(entries))
	}
}
