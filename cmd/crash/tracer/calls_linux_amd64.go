package tracer

import "golang.org/x/sys/unix"

// kind says where a system call names what it changes.
type kind int

const (
	byDescriptor   kind = iota // first argument is a file descriptor
	byPath                     // first argument is a path
	byDirectory                // directory descriptor and path
	twoPaths                   // old and new path
	twoDirectories             // old directory, old path, new directory, new path
	linkText                   // symlink: text, then where it is
	linkTextAt                 // symlinkat: text, directory, where it is
	copyRange                  // copy_file_range: source and target descriptors
	sendFile                   // sendfile: target and source descriptors
)

// described is a system call's name and how it names what it is about.
type described struct {
	name string
	kind kind
}

// changing are the system calls that can change a disk or reach a peer.
var changing = map[uint64]described{
	unix.SYS_WRITE:           {"write", byDescriptor},
	unix.SYS_PWRITE64:        {"pwrite64", byDescriptor},
	unix.SYS_WRITEV:          {"writev", byDescriptor},
	unix.SYS_PWRITEV:         {"pwritev", byDescriptor},
	unix.SYS_PWRITEV2:        {"pwritev2", byDescriptor},
	unix.SYS_FSYNC:           {"fsync", byDescriptor},
	unix.SYS_FDATASYNC:       {"fdatasync", byDescriptor},
	unix.SYS_SYNC_FILE_RANGE: {"sync_file_range", byDescriptor},
	unix.SYS_FTRUNCATE:       {"ftruncate", byDescriptor},
	unix.SYS_FALLOCATE:       {"fallocate", byDescriptor},
	unix.SYS_FCHMOD:          {"fchmod", byDescriptor},
	unix.SYS_IOCTL:           {"ficlone", byDescriptor},
	unix.SYS_TRUNCATE:        {"truncate", byPath},
	unix.SYS_CREAT:           {"creat", byPath},
	unix.SYS_UNLINK:          {"unlink", byPath},
	unix.SYS_MKDIR:           {"mkdir", byPath},
	unix.SYS_RMDIR:           {"rmdir", byPath},
	unix.SYS_CHMOD:           {"chmod", byPath},
	unix.SYS_OPENAT:          {"openat", byDirectory},
	unix.SYS_UNLINKAT:        {"unlinkat", byDirectory},
	unix.SYS_MKDIRAT:         {"mkdirat", byDirectory},
	unix.SYS_FCHMODAT:        {"fchmodat", byDirectory},
	unix.SYS_RENAME:          {"rename", twoPaths},
	unix.SYS_LINK:            {"link", twoPaths},
	unix.SYS_RENAMEAT:        {"renameat", twoDirectories},
	unix.SYS_RENAMEAT2:       {"renameat2", twoDirectories},
	unix.SYS_LINKAT:          {"linkat", twoDirectories},
	unix.SYS_SYMLINK:         {"symlink", linkText},
	unix.SYS_SYMLINKAT:       {"symlinkat", linkTextAt},
	unix.SYS_COPY_FILE_RANGE: {"copy_file_range", copyRange},
	unix.SYS_SENDFILE:        {"sendfile", sendFile},
}

// reading are the system calls that fetch what a disk holds.
var reading = map[uint64]described{
	unix.SYS_READ:    {"read", byDescriptor},
	unix.SYS_PREAD64: {"pread64", byDescriptor},
	unix.SYS_READV:   {"readv", byDescriptor},
	unix.SYS_PREADV:  {"preadv", byDescriptor},
}

func describe(number uint64) described {
	if call, changes := changing[number]; changes {
		return call
	}
	return reading[number]
}

// opensToWrite are the flags of an openat that can change something.
const opensToWrite = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
