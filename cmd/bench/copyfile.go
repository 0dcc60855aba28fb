package main

import (
	"context"
	"errors"
	"io"
	"os"
)

// copyFile copies a file byte by byte and makes the copy durable: what a round that writes the file again costs at
// least. Its arguments are the file and the copy.
func copyFile(_ context.Context, arguments []string) (told, error) {
	return timed(func() error { return copyDurably(arguments[0], arguments[1]) })
}

func copyDurably(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	// the kernel is not asked to share blocks between the two
	written, read := struct{ io.Writer }{target}, struct{ io.Reader }{source}
	if _, err := io.CopyBuffer(written, read, make([]byte, 1<<20)); err != nil {
		return err
	}
	return target.Sync()
}
