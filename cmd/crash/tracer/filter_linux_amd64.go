package tracer

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// These make the tracing program start as the stub that becomes the traced one.
const (
	stubArgument      = "become-traced"
	stubReadsArgument = "become-traced-in-reads-too"
)

// BecomeTraced turns this process into the program to trace when it was started as the
// stub; otherwise it returns at once. Call it first thing in main.
func BecomeTraced() {
	if len(os.Args) < 3 || os.Args[1] != stubArgument && os.Args[1] != stubReadsArgument {
		return
	}
	runtime.LockOSThread()
	err := filterCalls(os.Args[1] == stubReadsArgument)
	if err == nil {
		err = unix.Exec(os.Args[2], os.Args[2:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "become traced:", err)
	os.Exit(127)
}

// filterCalls has the kernel stop this thread, and what it becomes, at changing calls only, or at
// reading ones too: every other call runs at full speed.
func filterCalls(reads bool) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := filterProgram(reads)
	header := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, number := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&header)))
	if number != 0 {
		return number
	}
	return nil
}

// Where struct seccomp_data has the number and the low halves of arguments.
const (
	numberAt    = 0
	argument1At = 24
	argument2At = 32
)

func filterProgram(reads bool) []unix.SockFilter {
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	verdict := func(value uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: value}
	}
	unless := func(test uint16, value uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | test | unix.BPF_K, K: value, Jf: skip}
	}
	stop, pass := verdict(unix.SECCOMP_RET_TRACE), verdict(unix.SECCOMP_RET_ALLOW)
	program := []unix.SockFilter{load(numberAt)}
	numbers := make([]uint64, 0, len(changing))
	for number := range changing {
		numbers = append(numbers, number)
	}
	if reads {
		numbers = slices.AppendSeq(numbers, maps.Keys(reading))
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		switch number {
		case unix.SYS_OPENAT:
			program = append(program, unless(unix.BPF_JEQ, uint32(number), 4),
				load(argument2At), unless(unix.BPF_JSET, opensToWrite, 1), stop, pass)
		case unix.SYS_IOCTL:
			program = append(program, unless(unix.BPF_JEQ, uint32(number), 4),
				load(argument1At), unless(unix.BPF_JEQ, unix.FICLONE, 1), stop, pass)
		default:
			program = append(program, unless(unix.BPF_JEQ, uint32(number), 1), stop)
		}
	}
	return append(program, pass)
}
