package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal of some columns, and what it shows line by line until the program's end is closed.
func terminal(t *testing.T, columns uint16) (program *os.File, shown <-chan []string) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	control := int(screen.Fd())
	number, err := unix.IoctlGetInt(control, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(control, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(control, unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan []string, 1)
	go func() {
		var read []string
		for s := bufio.NewScanner(screen); s.Scan(); {
			read = append(read, strings.TrimRight(s.Text(), "\r"))
		}
		lines <- read
	}()
	return program, lines
}

// TestATerminalIsNotOverflown: where a person looks, tables are as wide as the terminal, and a page for browsers is
// not poured over it. In a pipe both are whole.
func TestATerminalIsNotOverflown(t *testing.T) {
	t.Parallel()
	w := copyOf(t, startsOfFaults(t)[linked])
	w.arm(10*time.Minute, `{"when": {"path": "/transactions"}, "do": {"set": {"id": ""}}}`)
	w.run(exitPartial)
	on := func(args ...string) (lines []string, err error) {
		program, shown := terminal(t, 80)
		err = run(t.Context(), environment{
			args:   append([]string{"--config", w.config()}, args...),
			getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: program,
			stderr: &strings.Builder{}, now: time.Now,
		})
		if err := program.Close(); err != nil {
			t.Error(err)
		}
		return <-shown, err
	}
	lines, err := on("status")
	if err != nil || !slices.ContainsFunc(lines, func(line string) bool { return strings.HasSuffix(line, "…") }) {
		t.Fatalf("%v: nothing is shortened in\n%s", err, strings.Join(lines, "\n"))
	}
	for _, line := range lines[3:] { // the first ones say where the file is
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, what := range [][]string{{"--holder", "cus_1"}, {"--portfolio"}} {
		lines, err := on(append([]string{"report"}, what...)...)
		if exitCode(err) != exitUsage || len(lines) > 0 {
			t.Errorf("report %v on a terminal: %v, %d lines", what, err, len(lines))
		}
	}
}
