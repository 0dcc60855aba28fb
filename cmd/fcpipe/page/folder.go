package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"fcpipe/schema/durable"
)

// ErrForeignFolder means that a directory has files that no report wrote.
var ErrForeignFolder = errors.New("is not empty, and not a directory that this command filled before")

const (
	markFile  = ".fcpipe-reports" // stands in a directory that WriteFolder filled
	markText  = "fcpipe report --portfolio --dir fills this directory, and removes pages of holders that are gone.\n"
	indexFile = "index.html"
	atOnce    = 500 // holders whose reports are in memory together
)

var holderFiles = regexp.MustCompile(`^h-[0-9a-f]{16}\.html$`)

// WriteFolder writes the portfolio and the page of every holder into a directory. Each file is replaced as a whole, and
// only its owner reads it; the portfolio comes last, so that it never links to what is not there. Pages of holders that
// are gone are removed. ErrForeignFolder means that it has files that no report wrote.
func WriteFolder(ctx context.Context, connection Connection, p *Portfolio, policy *Policy, dir string) error {
	if err := prepareFolder(dir); err != nil {
		return err
	}
	written := map[string]bool{}
	for some := range slices.Chunk(p.Holders, atOnce) {
		holders := make([]Holder, len(some))
		for i, h := range some {
			holders[i] = Holder{h.HolderType, h.HolderID}
		}
		reports, err := OfAll(ctx, connection, holders)
		if err != nil {
			return err
		}
		if policy != nil {
			if err := policy.Apply(ctx, connection, reports); err != nil {
				return err
			}
		}
		for i, r := range reports {
			name := holderFile(holders[i])
			if err := writePage(dir, name, r.HTML); err != nil {
				return err
			}
			written[name] = true
		}
	}
	p.Linked = true
	if err := writePage(dir, indexFile, p.HTML); err != nil {
		return err
	}
	return errors.Join(removeGone(dir, written), durable.SyncDirectory(dir))
}

// IsFolder reports whether WriteFolder filled a directory, so that it can be written again.
func IsFolder(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, markFile))
	return err == nil
}

// prepareFolder makes a directory, or takes one that is empty or was filled before.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	isOurs := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == markFile })
	switch {
	case isOurs:
		return nil
	case len(entries) > 0:
		return fmt.Errorf("%s: %w", dir, ErrForeignFolder)
	}
	return writePage(dir, markFile, func(out io.Writer) error {
		_, err := io.WriteString(out, markText)
		return err
	})
}

// writePage writes a file under another name, makes it durable and gives it its own.
func writePage(dir, name string, write func(io.Writer) error) (err error) {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".part-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err := file.Write(text.Bytes()); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(dir, name))
}

// removeGone removes pages of holders that were not written now, and what a killed process left half written.
func removeGone(dir string, written map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		isPart, _ := filepath.Match(".part-*", e.Name())
		if isPart || holderFiles.MatchString(e.Name()) && !written[e.Name()] {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
