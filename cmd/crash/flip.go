//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// exitDamaged and exitPartlyRepaired are what verify and repair promise to exit with.
const (
	exitDamaged        = 65
	exitPartlyRepaired = 3
)

// flipsOfFile is how many different flips in a kind of file of a scenario there are to choose from.
const flipsOfFile = 300

// kindsOfFile are the kinds of file a bit is flipped in, by the beginning of their path below the data directory.
var kindsOfFile = []struct{ name, path string }{
	{"the published file", "fcpipe.duckdb"},
	{"the generation before", "state/previous/"},
	{"the journal", "state/journal.ndjson"},
	{"a landed segment", "state/landing/"},
	{"a Parquet file", "lake/data/"},
	{"a manifest", "lake/manifests/"},
	{"the pointer", "lake/latest.json"},
}

// flippedBits flips one bit of one file of a data directory at rest, each kind of file as often as the others.
func flippedBits(all []*scenario) (trials []trial) {
	for n := range flipsOfFile {
		for _, kind := range kindsOfFile {
			for _, s := range all {
				if files, err := filesBelow(s.data, kind.path); err != nil || len(files) == 0 {
					continue
				}
				id := fmt.Sprintf("%s/bit %d flipped in %s", s.name, n, kind.name)
				trials = append(trials, trial{id, func(ctx context.Context, w *worker, random *rand.Rand) (result, error) {
					return w.flippedBit(ctx, s, kind.path, random)
				}})
			}
		}
	}
	return trials
}

// flippedBit is a story in three acts: a bit turns over; verify notices, or the bit is in no use and
// every answer stays; after a repair, one clean round comes to the truth.
func (w *worker) flippedBit(ctx context.Context, s *scenario, below string, random *rand.Rand) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	before, err := fingerprint(ctx, s.data)
	if err != nil {
		return got, err
	}
	where, err := flip(w.data(), below, random)
	if err != nil {
		return got, err
	}
	got.points, got.counts = 1, map[string]int{}
	problems, err := w.noticesDamage(ctx, before, got.counts)
	if err != nil {
		return got, err
	}
	recovered, err := w.recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.problems = append(got.problems, where+": "+problem)
	}
	return got, err
}

// noticesDamage asks verify, and repairs what it found.
func (w *worker) noticesDamage(ctx context.Context, before string, counts map[string]int) (problems []string, err error) {
	code, said, err := w.clean(ctx, "verify", "--deep")
	switch {
	case err != nil:
		return nil, err
	case code == 0:
		counts["in no use"]++
		after, err := fingerprint(ctx, w.data())
		if err != nil || after != before {
			problems = append(problems, fmt.Sprintf("I1: verify passed a file that answers otherwise: %s, was %s, %v", after, before, err))
		}
		return problems, nil
	case code != exitDamaged:
		problems = append(problems, fmt.Sprintf("I11: verify exited with %d: %s", code, said))
	}
	counts["noticed"]++
	w.history = history{} // a generation before may take the file's place
	code, said, err = w.clean(ctx, "repair")
	if err == nil && code != 0 && code != exitPartlyRepaired {
		problems = append(problems, fmt.Sprintf("I11: repair exited with %d: %s", code, said))
	}
	return problems, err
}

// filesBelow are the files of a data directory whose path begins so.
func filesBelow(data, below string) (files []string, err error) {
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasPrefix(path, filepath.Join(data, below)) {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

// flip turns a bit over in one of the files whose path begins so, and says which.
func flip(data, below string, random *rand.Rand) (where string, err error) {
	files, err := filesBelow(data, below)
	if err != nil || len(files) == 0 {
		return "", errors.Join(err, fmt.Errorf("no file below %s", below))
	}
	path := files[random.IntN(len(files))]
	file, err := os.OpenFile(path, os.O_RDWR, 0) // in place: its hard links show it too
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	at, bit := random.Int64N(info.Size()), random.IntN(8)
	one := make([]byte, 1)
	if _, err := file.ReadAt(one, at); err != nil {
		return "", err
	}
	one[0] ^= 1 << bit
	_, err = file.WriteAt(one, at)
	return fmt.Sprintf("%s, byte %d, bit %d", strings.TrimPrefix(path, data+"/"), at, bit), err
}
