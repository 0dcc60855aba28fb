package tracer

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Program is what to run.
type Program struct {
	Path   string
	Args   []string // without the program's name
	Env    []string
	Dir    string
	Output *os.File // of stdout and stderr
	Reads  bool     // reading calls are shown too
}

// Verdict is what becomes of a call. The zero value lets it pass.
type Verdict struct {
	Kill  bool          // SIGKILL instead of the call
	Errno syscall.Errno // the call is skipped and fails so
}

// Handler decides about a call before it happens. Every thread of the program may go on
// meanwhile but the one that calls.
type Handler func(*Call) Verdict

// Exit is how a program ended.
type Exit struct {
	Code   int
	Signal syscall.Signal // 0: it exited
}

// ErrNoPtrace is returned where the kernel, or a policy, does not let this program trace its children.
var ErrNoPtrace = errors.New("ptrace is not available here")

// Run starts a program and sees every changing call, and every reading one if so wanted, of
// all its threads, until it ends.
// started, if not nil, is told the process id before anything runs.
func Run(p Program, started func(pid int), handle Handler) (Exit, error) {
	runtime.LockOSThread() // the kernel ties a tracee to the thread that traces it
	defer runtime.UnlockOSThread()
	self, err := os.Executable()
	if err != nil {
		return Exit{}, err
	}
	stub := stubArgument
	if p.Reads {
		stub = stubReadsArgument
	}
	pid, err := syscall.ForkExec(self, append([]string{self, stub, p.Path}, p.Args...), &syscall.ProcAttr{
		Dir: p.Dir, Env: p.Env, Files: []uintptr{devNull(), p.Output.Fd(), p.Output.Fd()},
		Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true},
	})
	if err != nil {
		return Exit{}, fmt.Errorf("%w: %w", ErrNoPtrace, err)
	}
	t := &tracing{pid: pid, handle: handle, known: map[int]bool{pid: true}}
	if started != nil {
		started(pid)
	}
	return t.run()
}

// devNull is opened once and stays open.
var devNull = func() func() uintptr {
	file, err := os.Open(os.DevNull)
	if err != nil {
		panic(err)
	}
	return file.Fd
}()

type tracing struct {
	pid     int
	handle  Handler
	known   map[int]bool // threads
	running bool         // the stub has become the program
}

func (t *tracing) run() (Exit, error) {
	var status unix.WaitStatus
	if _, err := unix.Wait4(t.pid, &status, unix.WALL, nil); err != nil || !status.Stopped() {
		return Exit{}, fmt.Errorf("%w: the child did not stop: %w", ErrNoPtrace, err)
	}
	const options = unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK |
		unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(t.pid, options); err != nil {
		return Exit{}, errors.Join(fmt.Errorf("%w: %w", ErrNoPtrace, err), unix.Kill(t.pid, unix.SIGKILL))
	}
	t.resume(t.pid, 0)
	for {
		// of its own process group alone: this thread may have started processes that somebody else waits for
		thread, err := unix.Wait4(-t.pid, &status, unix.WALL|unix.WNOTHREAD, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return Exit{}, fmt.Errorf("wait for tracee: %w", err)
		}
		switch {
		case thread == t.pid && status.Exited():
			return Exit{Code: status.ExitStatus()}, nil
		case thread == t.pid && status.Signaled():
			return Exit{Code: -1, Signal: status.Signal()}, nil
		case status.Stopped():
			t.stopped(thread, status)
		}
	}
}

// resume lets a thread go on. One that died meanwhile does not matter.
func (t *tracing) resume(thread int, signal syscall.Signal) {
	_ = unix.PtraceCont(thread, int(signal))
}

func (t *tracing) stopped(thread int, status unix.WaitStatus) {
	isNew := !t.known[thread]
	t.known[thread] = true
	switch signal := status.StopSignal(); {
	case signal == unix.SIGTRAP && status.TrapCause() == unix.PTRACE_EVENT_SECCOMP:
		t.decide(thread)
	case signal == unix.SIGTRAP && status.TrapCause() == unix.PTRACE_EVENT_EXEC:
		t.running = true
		t.resume(thread, 0)
	case signal == unix.SIGTRAP, signal == unix.SIGSTOP && isNew:
		t.resume(thread, 0) // an event, or a thread's first stop
	default:
		t.resume(thread, signal)
	}
}

// decide asks the handler about a call and does as it says.
func (t *tracing) decide(thread int) {
	var registers unix.PtraceRegs
	if err := unix.PtraceGetRegs(thread, &registers); err != nil {
		return // it was killed meanwhile
	}
	if t.running {
		switch verdict := t.handle(newCall(t.pid, thread, &registers)); {
		case verdict.Kill:
			_ = unix.Kill(t.pid, unix.SIGKILL)
			return
		case verdict.Errno != 0:
			registers.Orig_rax = ^uint64(0) // no call
			registers.Rax = -uint64(verdict.Errno)
			_ = unix.PtraceSetRegs(thread, &registers)
		}
	}
	t.resume(thread, 0)
}
