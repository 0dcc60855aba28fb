package tracer

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	BecomeTraced()
	os.Exit(m.Run())
}

// traced runs a shell script in a directory and returns how it ended and its calls there.
func traced(t *testing.T, directory, script string, handle Handler) (Exit, []string) {
	t.Helper()
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	var calls []string
	program := Program{
		Path: "/bin/sh", Args: []string{"-c", script}, Dir: directory, Output: output,
		Env: []string{"PATH=/usr/bin:/bin"},
	}
	exit, err := Run(program, nil, func(call *Call) Verdict {
		paths := call.Paths()
		if !strings.HasPrefix(paths[len(paths)-1], directory) {
			return Verdict{}
		}
		calls = append(calls, call.Name+" "+strings.ReplaceAll(strings.Join(paths, " "), directory+"/", ""))
		return handle(call)
	})
	if err != nil {
		t.Fatal(err)
	}
	return exit, calls
}

func pass(*Call) Verdict { return Verdict{} }

func TestEveryChangeIsSeenWithItsData(t *testing.T) {
	directory, wrote := t.TempDir(), ""
	script := "echo hello > a && cat a > /dev/null && echo more >> a"
	exit, calls := traced(t, directory, script, func(call *Call) Verdict {
		if call.Name == "write" {
			data, err := call.Data()
			if err != nil {
				t.Error(err)
			}
			at, appends, err := call.Offset()
			if err != nil || (at != 0 || appends) != (string(data) == "more\n") {
				t.Errorf("%q at %d, append %v: %v", data, at, appends, err)
			}
			wrote += string(data)
		}
		return Verdict{}
	})
	want := []string{"openat a", "write a", "openat a", "write a"}
	if !slices.Equal(calls, want) || exit.Code != 0 || wrote != "hello\nmore\n" {
		t.Errorf("calls %q wrote %q, exit %+v", calls, wrote, exit)
	}
}

func TestKilledBeforeTheCall(t *testing.T) {
	directory := t.TempDir()
	exit, calls := traced(t, directory, "echo one > a; echo two > b", func(call *Call) Verdict {
		return Verdict{Kill: call.Name == "write" && strings.HasSuffix(call.Paths()[0], "/b")}
	})
	if exit.Signal != syscall.SIGKILL || len(calls) != 4 {
		t.Errorf("exit %+v after %q", exit, calls)
	}
	if content, err := os.ReadFile(filepath.Join(directory, "b")); err != nil || len(content) > 0 {
		t.Errorf("the call happened: %q, %v", content, err)
	}
}

func TestCallFailsAsTold(t *testing.T) {
	directory := t.TempDir()
	exit, _ := traced(t, directory, "echo one > a || exit 7", func(call *Call) Verdict {
		if call.Name == "openat" {
			return Verdict{Errno: syscall.ENOSPC}
		}
		return Verdict{}
	})
	if exit.Code != 7 && exit.Code != 2 { // dash ends at a failed redirection
		t.Errorf("exit %+v", exit)
	}
	if _, err := os.Stat(filepath.Join(directory, "a")); err == nil {
		t.Error("the file is there although its open failed")
	}
}

func TestReadsAreSeenAndFailWhereWanted(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "a")
	if err := os.WriteFile(path, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	for _, reads := range []bool{false, true} {
		seen := 0
		program := Program{Path: "/bin/sh", Args: []string{"-c", "read line < " + path}, Output: output, Reads: reads}
		exit, err := Run(program, nil, func(call *Call) Verdict {
			if !call.Reads() || call.Paths()[0] != path {
				return Verdict{}
			}
			seen++
			return Verdict{Errno: syscall.EIO}
		})
		if err != nil || (seen > 0) != reads || (exit.Code != 0) != reads {
			t.Errorf("reads shown %v: %d seen, exit %+v, %v", reads, seen, exit, err)
		}
	}
}

func TestChildrenAreSeenToo(t *testing.T) {
	directory := t.TempDir()
	_, calls := traced(t, directory, "(mkdir d); mv d e; rmdir e", pass)
	if want := []string{"mkdir d", "renameat2 d e", "rmdir e"}; !slices.Equal(calls, want) {
		// programs may use the older calls of the same meaning
		if len(calls) != 3 || !strings.HasPrefix(calls[1], "rename") {
			t.Errorf("calls %q", calls)
		}
	}
}

func TestOtherProcessesOfTheThreadAreLeftAlone(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	other := exec.CommandContext(t.Context(), "/bin/sh", "-c", "exit 3")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	const hasEnded = unix.WEXITED | unix.WNOWAIT
	if err := unix.Waitid(unix.P_PID, other.Process.Pid, nil, hasEnded, nil); err != nil {
		t.Fatal(err)
	}
	if exit, _ := traced(t, t.TempDir(), "true", pass); exit.Code != 0 {
		t.Errorf("exit %+v", exit)
	}
	_ = other.Wait()
	if other.ProcessState == nil || other.ProcessState.ExitCode() != 3 {
		t.Errorf("somebody else waited for the other process: %v", other.ProcessState)
	}
}
