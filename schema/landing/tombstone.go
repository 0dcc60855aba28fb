package landing

import (
	"fmt"
	"os"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
)

// Landed segments go all at once, or not at all: a part of them may be the word that an account is
// complete without the rows it speaks of, or an older reading of a row without the newer one. Before the first is
// removed, an empty file named like the last says so: NNN.merged. Up to that number none counts any more.
const tombstoneSuffix = ".merged"

// writeTombstone says that a segment, and all before it, are merged. It is durable when Sweep begins.
func writeTombstone(last string) error {
	file, err := os.OpenFile(strings.TrimSuffix(last, ".duckdb")+tombstoneSuffix, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// ListSegments lists the segments that are not merged, and those whose removal was begun, each oldest first.
func ListSegments(directory string) (landed, merged []string, err error) {
	paths, err := durable.FilesMatching(directory, segmentPattern)
	if err != nil {
		return nil, nil, err
	}
	marks, err := tombstones(directory)
	if err != nil || len(marks) == 0 {
		return paths, nil, err
	}
	through := strings.TrimSuffix(marks[len(marks)-1], tombstoneSuffix) + ".duckdb" // numbers have leading zeros
	for i, path := range paths {
		if path > through {
			return paths[i:], paths[:i], nil
		}
	}
	return nil, paths, nil
}

func tombstones(directory string) ([]string, error) {
	return durable.FilesMatching(directory, "[0-9]*"+tombstoneSuffix)
}

// Sweep ends a removal that was begun, maybe by a run that was killed before its mark was durable.
// The mark goes last.
func Sweep(directory string, hook func(string)) error {
	marks, err := tombstones(directory)
	if err != nil || len(marks) == 0 {
		return err
	}
	_, merged, err := ListSegments(directory)
	if err != nil {
		return err
	}
	if err := durable.SyncDirectory(directory); err != nil {
		return err
	}
	for _, path := range merged {
		if err := duck.Remove(path); err != nil {
			return fmt.Errorf("remove landing segment: %w", err)
		}
		hook("landing.removed")
	}
	if err := durable.SyncDirectory(directory); err != nil {
		return err
	}
	for _, mark := range marks {
		if err := os.Remove(mark); err != nil {
			return fmt.Errorf("remove landing segment: %w", err)
		}
	}
	return durable.SyncDirectory(directory)
}
