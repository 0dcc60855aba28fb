// Package durable holds what the other packages need of a file system: what is made durable and how, links and copies,
// free space. It knows nothing of what the files hold.
//
// It imports the standard library and golang.org/x/sys. It promises that what a Sync… function, MakeDirectory or
// LinkOrCopy made outlives a power cut once it has returned nil. A rename is durable after SyncDirectory of its
// directory, and that of a file only after SyncFile: callers do both.
package durable
