//go:build linux && amd64

package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/oracle"
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

const earlierFiles = "state/previous/"

// In a directory at rest every Parquet file and manifest is one that is live or kept through its
// grace: the last export removed all others. Of these verify promises every byte.
var kindsOfFile = []kindOfFile{
	{"the published file", oracle.PublishedFile, true},
	{"the generation before", earlierFiles, true},
	{"the journal", "state/journal.ndjson", false},
	{"a landed segment", "state/landing/", true},
	{"a Parquet file", "lake/data/", false},
	{"a manifest", "lake/manifests/", false},
	{"the pointer", "lake/latest.json", false},
}

// FlippedBits flips one bit of one file of a data directory at rest, each kind of file as often as the others.
func FlippedBits(all []*harness.Scenario) (trials []harness.Trial) {
	for n := range flipsOfFile {
		for _, kind := range kindsOfFile {
			for _, s := range all {
				if files, err := oracle.FilesBelow(s.Data, kind.path); err != nil || len(files) == 0 {
					continue
				}
				id := fmt.Sprintf("%s/bit %d flipped in %s", s.Name, n, kind.name)
				trials = append(trials, harness.Trial{ID: id, Run: func(ctx context.Context, w *harness.Worker, random *rand.Rand) (harness.Result, error) {
					return flippedBit(ctx, w, s, kind, random)
				}})
			}
		}
	}
	return trials
}

// flippedBit is a story in three acts: a bit turns over; verify notices, or the bit is in no use and
// every answer stays; after a repair, one clean round comes to the truth, and nothing is forgotten
// but what was in the published file alone.
func flippedBit(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile, random *rand.Rand) (got harness.Result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	path, where, err := flip(w.Data(), kind.path, random)
	if err != nil {
		return got, err
	}
	got.Points, got.Counts = 1, map[string]int{}
	code, said, err := w.Clean(ctx, "verify", "--deep")
	if err != nil {
		return got, err
	}
	var problems []string
	if code == 0 {
		got.Counts["in no use"]++
		problems, err = inNoUse(ctx, w, s, kind, path)
	} else {
		got.Counts["noticed"]++
		problems, err = mends(ctx, w, s, kind)
	}
	if err != nil {
		return got, err
	}
	if code != 0 && code != exitDamaged {
		problems = append(problems, fmt.Sprintf("I11: verify exited with %d: %s", code, said))
	}
	recovered, err := w.Recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.Problems = append(got.Problems, where+": "+problem)
	}
	return got, err
}

// inNoUse holds a file that verify passed to that: it has bytes that nobody reads, and answers as before.
// What a landed segment answers shows when it is merged.
func inNoUse(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile, path string) (problems []string, err error) {
	if !kind.spare {
		return []string{"I1: verify passed it, though every byte of " + kind.name + " is under a checksum"}, nil
	}
	if kind.path != oracle.PublishedFile && kind.path != earlierFiles {
		return nil, nil
	}
	before, _, err := answers(ctx, w, filepath.Join(s.Data, strings.TrimPrefix(path, w.Data())))
	if err != nil {
		return nil, err
	}
	after, _, err := answers(ctx, w, path)
	if err != nil || after != before {
		problems = append(problems, fmt.Sprintf("I1: verify passed a file that answers otherwise: %s, was %s, %v", after, before, err))
	}
	return problems, nil
}

// mends repairs what verify noticed. Only a damaged published file may take history with it, and of
// that no more than the generation before does not have.
func mends(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile) (problems []string, err error) {
	if kind.path == oracle.PublishedFile {
		w.Oracle.History = oracle.History{}
		earlier, err := oracle.FilesBelow(s.Data, earlierFiles)
		if err != nil {
			return nil, err
		}
		if len(earlier) > 0 { // by their names, the newest last
			if _, w.Oracle.History, err = answers(ctx, w, earlier[len(earlier)-1]); err != nil {
				return nil, err
			}
		}
	}
	code, said, err := w.Clean(ctx, "repair")
	if err == nil && code != 0 && code != exitPartlyRepaired {
		problems = append(problems, fmt.Sprintf("I11: repair exited with %d: %s", code, said))
	}
	return problems, err
}

// answers asks a DuckDB file that is, or was, published, in a place of its own: this process must not
// see what it knows of another file under the same path.
func answers(ctx context.Context, w *harness.Worker, path string) (answer string, h oracle.History, err error) {
	place, err := os.MkdirTemp(w.Root(), "asked-")
	if err != nil {
		return "", h, err
	}
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(place, oracle.PublishedFile), content, 0o600)
	}
	if err != nil {
		return "", h, err
	}
	return oracle.Answers(ctx, place)
}

// flip turns a bit over in one of the files whose path begins so, and says where.
func flip(data, below string, random *rand.Rand) (path, where string, err error) {
	files, err := oracle.FilesBelow(data, below)
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
