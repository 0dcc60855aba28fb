package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fcpipe/schema/durable"
)

// rewritingSuffix ends the name of a journal until it takes the place of the other one.
const rewritingSuffix = ".rewriting"

// Rewrite lets change alter every record, in one step: the file has all of the records as they were, or all as they
// are. change is given a record as JSON has it, kinds of later versions too, and reports whether it altered it; others
// keep their bytes. Whoever appends meanwhile waits. before is told how many will be altered, if any are.
func (j *Journal) Rewrite(change func(record map[string]any) bool, before func(altered int) error) (err error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if exists, err := durable.FileExists(j.path); err != nil || !exists {
		return err
	}
	file, err := durable.OpenLocked(j.path)
	if err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := j.catchUp(file); err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	text := make([]byte, j.size)
	if _, err := file.ReadAt(text, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	rewritten, altered, err := rewriteLines(text, change)
	if err != nil || altered == 0 {
		return err
	}
	if err := before(altered); err != nil {
		return err
	}
	return j.replaceBy(rewritten)
}

// rewriteLines is the text of a journal with the records that change alters.
func rewriteLines(text []byte, change func(map[string]any) bool) (rewritten []byte, altered int, err error) {
	for line := range bytes.Lines(text) {
		_, body, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		record := map[string]any{}
		if err := decoder.Decode(&record); err != nil {
			return nil, 0, fmt.Errorf("%w: not a record", ErrCorrupt)
		}
		if !change(record) {
			rewritten = append(rewritten, line...)
			continue
		}
		altered++
		if body, err = json.Marshal(record); err != nil {
			return nil, 0, err
		}
		rewritten = append(rewritten, checked(body)...)
	}
	return rewritten, altered, nil
}

// replaceBy puts another text in the place of the file, and reads it. The caller holds the file's lock.
func (j *Journal) replaceBy(text []byte) error {
	next := &Journal{path: j.path, index: newIndex()}
	if err := next.load(bytes.NewReader(text), int64(len(text))); err != nil {
		return err
	}
	building := j.path + rewritingSuffix
	if err := os.WriteFile(building, text, 0o600); err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	if err := durable.SyncFile(building); err != nil {
		return err
	}
	info, err := os.Stat(building)
	if err != nil {
		return err
	}
	if err := os.Rename(building, j.path); err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	j.file, j.size, j.index = info, next.size, next.index
	return durable.SyncDirectory(filepath.Dir(j.path))
}

// RemoveLeftovers removes what a rewriting left that was killed. The caller holds the lock of the data directory.
func RemoveLeftovers(path string) error {
	if err := os.Remove(path + rewritingSuffix); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
