//go:build linux && amd64

package faults

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

func TestAReaderThatEndsByItselfIsAProblem(t *testing.T) {
	ended := func() error { return errors.New("signal: segmentation fault") }
	for name, c := range map[string]struct {
		said     string
		stopping bool
		lost     int
	}{
		"stopped after answers": {"1|2\n3|4\nhalf", true, 0},
		"died between answers":  {"1|2\n", false, 1},
		"never answered":        {"", true, 1},
	} {
		pool := &readerPool{stopping: c.stopping, cancel: func() {}}
		pool.listen(bufio.NewReader(strings.NewReader(c.said)), ended)
		answers, lost := pool.stop()
		if len(lost) != c.lost || len(answers) != strings.Count(c.said, "\n") {
			t.Errorf("%s: lost %q, answers %q", name, lost, answers)
		}
	}
}
