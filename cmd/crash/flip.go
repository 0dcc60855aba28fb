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

// kindOfFile is files a bit is flipped in.
type kindOfFile struct {
	name, path string // path is how theirs begins below the data directory
	spare      bool   // they have bytes that nobody reads, such as free blocks; else every byte is proven by a checksum
}

const publishedFile, earlierFiles = "fcpipe.duckdb", "state/previous/"

// In a directory at rest every Parquet file and manifest is one that is live or kept through its
// grace: the last export removed all others. Of these verify promises every byte.
var kindsOfFile = []kindOfFile{
	{"the published file", publishedFile, true},
	{"the generation before", earlierFiles, true},
	{"the journal", "state/journal.ndjson", false},
	{"a landed segment", "state/landing/", true},
	{"a Parquet file", "lake/data/", false},
	{"a manifest", "lake/manifests/", false},
	{"the pointer", "lake/latest.json", false},
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
					return w.flippedBit(ctx, s, kind, random)
				}})
			}
		}
	}
	return trials
}

// flippedBit is a story in three acts: a bit turns over; verify notices, or the bit is in no use and
// every answer stays; after a repair, one clean round comes to the truth, and nothing is forgotten
// but what was in the published file alone.
func (w *worker) flippedBit(ctx context.Context, s *scenario, kind kindOfFile, random *rand.Rand) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	path, where, err := flip(w.data(), kind.path, random)
	if err != nil {
		return got, err
	}
	got.points, got.counts = 1, map[string]int{}
	code, said, err := w.clean(ctx, "verify", "--deep")
	if err != nil {
		return got, err
	}
	var problems []string
	if code == 0 {
		got.counts["in no use"]++
		problems, err = w.inNoUse(ctx, s, kind, path)
	} else {
		got.counts["noticed"]++
		problems, err = w.mends(ctx, s, kind)
	}
	if err != nil {
		return got, err
	}
	if code != 0 && code != exitDamaged {
		problems = append(problems, fmt.Sprintf("I11: verify exited with %d: %s", code, said))
	}
	recovered, err := w.recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.problems = append(got.problems, where+": "+problem)
	}
	return got, err
}

// inNoUse holds a file that verify passed to that: it has bytes that nobody reads, and answers as before.
// What a landed segment answers shows when it is merged.
func (w *worker) inNoUse(ctx context.Context, s *scenario, kind kindOfFile, path string) (problems []string, err error) {
	if !kind.spare {
		return []string{"I1: verify passed it, though every byte of " + kind.name + " is under a checksum"}, nil
	}
	if kind.path != publishedFile && kind.path != earlierFiles {
		return nil, nil
	}
	before, _, err := w.answers(ctx, filepath.Join(s.data, strings.TrimPrefix(path, w.data())))
	if err != nil {
		return nil, err
	}
	after, _, err := w.answers(ctx, path)
	if err != nil || after != before {
		problems = append(problems, fmt.Sprintf("I1: verify passed a file that answers otherwise: %s, was %s, %v", after, before, err))
	}
	return problems, nil
}

// mends repairs what verify noticed. Only a damaged published file may take history with it, and of
// that no more than the generation before does not have.
func (w *worker) mends(ctx context.Context, s *scenario, kind kindOfFile) (problems []string, err error) {
	if kind.path == publishedFile {
		w.history = history{}
		earlier, err := filesBelow(s.data, earlierFiles)
		if err != nil {
			return nil, err
		}
		if len(earlier) > 0 { // by their names, the newest last
			if _, w.history, err = w.answers(ctx, earlier[len(earlier)-1]); err != nil {
				return nil, err
			}
		}
	}
	code, said, err := w.clean(ctx, "repair")
	if err == nil && code != 0 && code != exitPartlyRepaired {
		problems = append(problems, fmt.Sprintf("I11: repair exited with %d: %s", code, said))
	}
	return problems, err
}

// answers asks a DuckDB file that is, or was, published, in a place of its own: this process must not
// see what it knows of another file under the same path.
func (w *worker) answers(ctx context.Context, path string) (answer string, h history, err error) {
	place, err := os.MkdirTemp(w.root(), "asked-")
	if err != nil {
		return "", h, err
	}
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(place, publishedFile), content, 0o600)
	}
	if err != nil {
		return "", h, err
	}
	answer, err = fingerprint(ctx, place)
	if err == nil {
		h, err = remember(ctx, place)
	}
	return answer + ", " + h.rows, h, err
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

// flip turns a bit over in one of the files whose path begins so, and says where.
func flip(data, below string, random *rand.Rand) (path, where string, err error) {
	files, err := filesBelow(data, below)
	if err != nil || len(files) == 0 {
		return "", "", errors.Join(err, fmt.Errorf("no file below %s", below))
	}
	path = files[random.IntN(len(files))]
	file, err := os.OpenFile(path, os.O_RDWR, 0) // in place: its hard links show it too
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return "", "", err
	}
	at, bit := random.Int64N(info.Size()), random.IntN(8)
	one := make([]byte, 1)
	if _, err := file.ReadAt(one, at); err != nil {
		return "", "", err
	}
	one[0] ^= 1 << bit
	_, err = file.WriteAt(one, at)
	return path, fmt.Sprintf("%s, byte %d, bit %d", strings.TrimPrefix(path, data+"/"), at, bit), err
}
