package landing

import (
	"fmt"
	"os"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
)

// Landed segments are removed all at once, or not at all. A part of them could hold the completion of an account
// without the rows it speaks of, or an older reading of a row without the newer one. The protocol is:
//
//  1. The rows of all segments up to number NNN are in the published file, which is durable.
//  2. Remove writes an empty file, NNN.merged: the mark. From now on no segment up to NNN counts.
//  3. Sweep makes the mark durable, then removes these segments, in any order.
//  4. Sweep makes their removal durable, then removes the mark.
//
// A run that is killed after step 2 leaves the mark, and the next Open goes on at step 3. One that is killed
// before the mark is durable leaves every segment: merging them again finds nothing new.
const mergedSuffix = ".merged"

// writeMark says that a segment, and all before it, are merged. It is durable when Sweep begins.
func writeMark(last string) error {
	file, err := os.OpenFile(strings.TrimSuffix(last, ".duckdb")+mergedSuffix, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// ListSegments lists the paths of the segments that are not merged, and of those whose removal was begun, each oldest
// first. A directory that does not exist has none.
func ListSegments(directory string) (landed, merged []string, err error) {
	paths, err := durable.FilesMatching(directory, segmentPattern)
	if err != nil {
		return nil, nil, err
	}
	marks, err := mergedMarks(directory)
	if err != nil || len(marks) == 0 {
		return paths, nil, err
	}
	through := strings.TrimSuffix(marks[len(marks)-1], mergedSuffix) + ".duckdb" // numbers have leading zeros
	for i, path := range paths {
		if path > through {
			return paths[i:], paths[:i], nil
		}
	}
	return nil, paths, nil
}

func mergedMarks(directory string) ([]string, error) {
	return durable.FilesMatching(directory, "[0-9]*"+mergedSuffix)
}

// Sweep ends a removal that was begun, maybe by a run that was killed before its mark was durable. It does nothing
// in a directory without a mark. It calls hook at "landing.removed" after each segment.
func Sweep(directory string, hook func(string)) error {
	marks, err := mergedMarks(directory)
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
