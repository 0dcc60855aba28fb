package main

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestASignalIsTheReasonWhateverItCutShort: a command that is stopped while it opens the file
// calls nothing broken.
func TestASignalIsTheReasonWhateverItCutShort(t *testing.T) {
	t.Parallel()
	w := copyOf(t, startsOfFaults(t)[held])
	ctx, stop := context.WithCancelCause(t.Context())
	stop(interruption{syscall.SIGTERM})
	for _, name := range []string{"run", "plan", "export", "verify", "status"} {
		var out bytes.Buffer
		err := run(ctx, environment{
			args:   []string{"--config", w.config(), name},
			getenv: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: &out, stderr: &out,
			now: time.Now,
		})
		if exitCode(err) != exitTerminate {
			t.Errorf("%s: exit code %d: %s", name, exitCode(err), out.String())
		}
	}
	w.run(0)
}
