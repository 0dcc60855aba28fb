package tracer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Call is a system call that has not happened yet.
type Call struct {
	Name   string
	Thread int
	Args   [6]uint64

	pid    int
	number uint64
}

func newCall(pid, thread int, r *unix.PtraceRegs) *Call {
	return &Call{
		Name: describe(r.Orig_rax).name, Thread: thread, pid: pid, number: r.Orig_rax,
		Args: [6]uint64{r.Rdi, r.Rsi, r.Rdx, r.R10, r.R8, r.R9},
	}
}

// Reads reports whether the call changes nothing.
func (c *Call) Reads() bool {
	_, reads := reading[c.number]
	return reads
}

// Paths names what the call changes: one path, or old and new. A socket is "socket:[…]".
// For a symbolic link the first is its text; for a copy the first is the source.
func (c *Call) Paths() []string {
	switch describe(c.number).kind {
	case byDescriptor:
		return []string{c.descriptor(c.Args[0])}
	case byPath:
		return []string{c.path(unix.AT_FDCWD, c.Args[0])}
	case byDirectory:
		return []string{c.path(int32(c.Args[0]), c.Args[1])}
	case twoPaths:
		return []string{c.path(unix.AT_FDCWD, c.Args[0]), c.path(unix.AT_FDCWD, c.Args[1])}
	case twoDirectories:
		return []string{c.path(int32(c.Args[0]), c.Args[1]), c.path(int32(c.Args[2]), c.Args[3])}
	case linkText:
		return []string{c.text(c.Args[0]), c.path(unix.AT_FDCWD, c.Args[1])}
	case linkTextAt:
		return []string{c.text(c.Args[0]), c.path(int32(c.Args[1]), c.Args[2])}
	case copyRange:
		return []string{c.descriptor(c.Args[0]), c.descriptor(c.Args[2])}
	case sendFile:
		return []string{c.descriptor(c.Args[1]), c.descriptor(c.Args[0])}
	}
	return nil
}

// descriptor is what an open file is called now; a file without a name ends in " (deleted)".
func (c *Call) descriptor(number uint64) string {
	name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", c.pid, int32(number)))
	if err != nil {
		return ""
	}
	return name
}

// path reads a path argument and makes it absolute.
func (c *Call) path(directory int32, address uint64) string {
	text := c.text(address)
	if filepath.IsAbs(text) {
		return filepath.Clean(text)
	}
	base := fmt.Sprintf("/proc/%d/cwd", c.pid)
	if directory != unix.AT_FDCWD {
		base = fmt.Sprintf("/proc/%d/fd/%d", c.pid, directory)
	}
	parent, err := os.Readlink(base)
	if err != nil {
		return text
	}
	return filepath.Join(parent, text)
}

// text reads a string of the program's memory.
func (c *Call) text(address uint64) string {
	var buffer []byte
	for len(buffer) < unix.PathMax {
		chunk := make([]byte, 256)
		// never across a page that may not be there
		size := min(256, 4096-int((address+uint64(len(buffer)))%4096))
		n, err := c.read(address+uint64(len(buffer)), chunk[:size])
		if err != nil || n == 0 {
			break
		}
		if end := bytes.IndexByte(chunk[:n], 0); end >= 0 {
			return string(append(buffer, chunk[:end]...))
		}
		buffer = append(buffer, chunk[:n]...)
	}
	return string(buffer)
}

func (c *Call) read(address uint64, into []byte) (int, error) {
	local := []unix.Iovec{{Base: &into[0]}}
	local[0].SetLen(len(into))
	remote := []unix.RemoteIovec{{Base: uintptr(address), Len: len(into)}}
	return unix.ProcessVMReadv(c.pid, local, remote, 0)
}

// Data reads what a write is about to write.
func (c *Call) Data() ([]byte, error) {
	switch c.Name {
	case "write", "pwrite64":
		return c.bytes(c.Args[1], c.Args[2])
	case "writev", "pwritev", "pwritev2":
		var all []byte
		vectors, err := c.bytes(c.Args[1], c.Args[2]*16)
		for ; err == nil && len(vectors) >= 16; vectors = vectors[16:] {
			var part []byte
			part, err = c.bytes(word(vectors), word(vectors[8:]))
			all = append(all, part...)
		}
		return all, err
	}
	return nil, fmt.Errorf("%s writes nothing", c.Name)
}

func (c *Call) bytes(address, length uint64) ([]byte, error) {
	if length == 0 {
		return nil, nil
	}
	data := make([]byte, length)
	n, err := c.read(address, data)
	if err == nil && n != len(data) {
		err = fmt.Errorf("%s: read %d of %d bytes of the tracee", c.Name, n, len(data))
	}
	return data, err
}

func word(b []byte) (value uint64) {
	for i := range 8 {
		value |= uint64(b[i]) << (8 * i)
	}
	return value
}

// Offset is where a write or copy puts its data; the second is true when it appends.
func (c *Call) Offset() (offset int64, appends bool, err error) {
	switch c.Name {
	case "pwrite64", "pwritev", "pwritev2":
		return int64(c.Args[3]), false, nil
	case "copy_file_range":
		if c.Args[3] == 0 {
			return c.position(c.Args[2])
		}
		at, err := c.bytes(c.Args[3], 8)
		if err != nil {
			return 0, false, err
		}
		return int64(word(at)), false, nil
	}
	return c.position(c.Args[0])
}

// position reads where a descriptor stands.
func (c *Call) position(descriptor uint64) (offset int64, appends bool, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", c.pid, int32(descriptor)))
	if err != nil {
		return 0, false, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "pos":
			offset, err = strconv.ParseInt(value, 10, 64)
		case "flags":
			var flags uint64
			flags, err = strconv.ParseUint(value, 8, 64)
			appends = flags&unix.O_APPEND != 0
		}
		if err != nil {
			return 0, false, err
		}
	}
	return offset, appends, nil
}

// SourceOffset is where a copy_file_range takes its data from.
func (c *Call) SourceOffset() (int64, error) {
	if c.Args[1] == 0 {
		offset, _, err := c.position(c.Args[0])
		return offset, err
	}
	at, err := c.bytes(c.Args[1], 8)
	if err != nil {
		return 0, err
	}
	return int64(word(at)), nil
}
