// Package durable holds what the other packages need of a file system: what is made durable and how, links and copies,
// free space. It knows nothing of what the files hold.
//
// Where to look: files.go has what is made durable and checked (SyncFile, SyncDirectory, MakeDirectory, CheckWritable),
// link.go LinkOrCopy, copy.go CopyFile, of which clone_linux.go is the part that shares blocks; locked.go opens a file
// that one process has at a time; space.go says what is free.
//
// It imports the standard library and golang.org/x/sys. It promises that what a Sync… function, MakeDirectory or
// LinkOrCopy made outlives a power cut once it has returned nil. A rename is durable after SyncDirectory of its
// directory, and that of a file only after SyncFile: callers do both.
package durable
