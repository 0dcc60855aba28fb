package durable

import (
	"os"

	"golang.org/x/sys/unix"
)

// CloneFile makes one file share the blocks of another, where the file system can.
func CloneFile(from, to *os.File) error {
	return unix.IoctlFileClone(int(to.Fd()), int(from.Fd()))
}

// beginWriting has the disk begin to write what a file's first bytes are. It is a hint: nothing is
// durable by it.
func beginWriting(file *os.File, size int64) {
	_ = unix.SyncFileRange(int(file.Fd()), 0, size, unix.SYNC_FILE_RANGE_WRITE)
}
