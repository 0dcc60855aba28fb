package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/browsertest"
	"fcpipe/sync/simulator"
)

// collected is a run of fcpipe collect under way.
type collected struct {
	dir    string
	link   string // of its page
	ended  chan struct{}
	err    error
	stdout strings.Builder // after the link
	stderr lockedText
}

// lockedText is a text that is written by one goroutine and read by another.
type lockedText struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// startCollect begins fcpipe collect in a directory whose config.yaml there is, and waits for its link.
func startCollect(t *testing.T, dir string, args ...string) *collected {
	t.Helper()
	reading, writing := io.Pipe()
	c := &collected{dir: dir, ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		c.err = run(t.Context(), environment{
			args:   append([]string{"--config", filepath.Join(dir, "config.yaml"), "-v", "collect"}, args...),
			getenv: scriptEnvironment, stdin: strings.NewReader(""), stdout: writing, stderr: &c.stderr, now: time.Now,
		})
		_ = writing.Close()
	}()
	lines := bufio.NewReader(reading)
	link, err := lines.ReadString('\n')
	if err != nil {
		<-c.ended
		t.Fatalf("no link: %v, %v: %s", err, c.err, c.stderr.String())
	}
	c.link = strings.TrimSpace(link)
	go func() { _, _ = io.Copy(&c.stdout, lines) }()
	return c
}

// linkInBrowser is what a holder does who links everything at a bank, until the page says that it is done.
func linkInBrowser(t *testing.T, link string) {
	t.Helper()
	ctx, stop := context.WithTimeout(browsertest.New(t), 2*time.Minute)
	defer stop()
	actions := []chromedp.Action{chromedp.Navigate(link)}
	for _, selector := range []string{
		"#go", "#fcsim-agree", `[data-fcsim-bank="Cobalt Bank"]`, "#fcsim-connect", "#fcsim-done",
	} {
		actions = append(actions, chromedp.WaitVisible(selector), chromedp.Click(selector))
	}
	actions = append(actions, chromedp.Poll(`document.getElementById("status").textContent.startsWith("Done")`, nil,
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// TestCollectFromTheFirstClickToThePublishedFile: a holder links in a browser; the consent is in the journal, the
// first round has read the accounts, and both page and terminal say so.
func TestCollectFromTheFirstClickToThePublishedFile(t *testing.T) {
	t.Parallel()
	browsertest.Need(t)
	dir := t.TempDir()
	api, stop := serveScript(simulator.New(simulator.Config{Seed: 7, Calm: true, Accounts: 3, Holders: 3}))
	defer stop()
	if err := writeScriptConfig(filepath.Join(dir, "config.yaml"), api); err != nil {
		t.Fatal(err)
	}
	c := startCollect(t, dir, "--email", "jo@example.com")
	linkInBrowser(t, c.link)
	<-c.ended
	if c.err != nil {
		t.Fatalf("%v: %s", c.err, c.stderr.String())
	}
	log, err := journal.Open(schema.Layout{Dir: filepath.Join(dir, "data")}.Journal())
	if err != nil {
		t.Fatal(err)
	}
	consents := log.Consents()
	if len(consents) == 0 || consents[0].HolderType != "customer" || consents[0].Text == nil {
		t.Fatalf("journal: %+v", consents)
	}
	for _, consent := range consents {
		held := rowsHeld(t, dir, consent.AccountID)
		if held == "0" || !strings.Contains(c.stdout.String(), consent.AccountID) {
			t.Errorf("%s: %s rows held; printed:\n%s", consent.AccountID, held, c.stdout.String())
		}
	}
	for _, secret := range []string{"_secret_", scriptKey, "jo@example.com"} {
		if strings.Contains(c.stdout.String()+c.stderr.String(), secret) {
			t.Errorf("printed %s: %s%s", secret, c.stdout.String(), c.stderr.String())
		}
	}
	if dir := os.Getenv("FCPIPE_PICTURES"); dir != "" {
		t.Logf("%s\n%s%s", c.link, c.stdout.String(), c.stderr.String())
	}
}

// rowsHeld asks the published file.
func rowsHeld(t *testing.T, dir, account string) string {
	t.Helper()
	var out strings.Builder
	err := run(t.Context(), environment{
		args: []string{
			"--config", filepath.Join(dir, "config.yaml"), "query", "--format", "csv",
			fmt.Sprintf("SELECT count(*) AS n FROM transactions WHERE account_id = '%s'", account),
		},
		getenv: scriptEnvironment, stdin: strings.NewReader(""), stdout: &out, stderr: io.Discard, now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(out.String(), "n\n"))
}
