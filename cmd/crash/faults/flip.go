//go:build linux && amd64

package faults

import (
	"context"
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

// flipsPerKind is how many different flips in a kind of file of a scenario there are to choose from.
const flipsPerKind = 300

// kindOfFile is files in which a bit is flipped.
type kindOfFile struct {
	name      string
	path      string // how their paths begin below the data directory
	hasUnused bool   // they have bytes that no reader uses, such as free blocks; else a checksum proves every byte
}

const keptGenerations = "state/previous/"

// In a directory at rest every Parquet file and manifest is one that is live or kept through its grace: the last
// export removed all others. Of these verify promises every byte.
var kindsOfFile = []kindOfFile{
	{"the published file", oracle.PublishedFile, true},
	{"the generation before", keptGenerations, true},
	{"the journal", "state/journal.ndjson", false},
	{"a landed segment", "state/landing/", true},
	{"a Parquet file", "lake/data/", false},
	{"a manifest", "lake/manifests/", false},
	{"the pointer", "lake/latest.json", false},
}

// FlippedBits flips one bit of one file of a data directory at rest, in each kind of file as often as in the others.
func FlippedBits(all []*harness.Scenario) (trials []harness.Trial) {
	for n := range flipsPerKind {
		for _, kind := range kindsOfFile {
			for _, s := range all {
				if files, err := oracle.FilesBelow(s.Data, kind.path); err != nil || len(files) == 0 {
					continue
				}
				name := fmt.Sprintf("bit %d flipped in %s", n, kind.name)
				run := func(ctx context.Context, w *harness.Worker, random *rand.Rand) (result, error) {
					return flippedBit(ctx, w, s, kind, random)
				}
				trials = append(trials, trial(s, kind.name, name, run))
			}
		}
	}
	return trials
}

// flippedBit is a trial in three steps: a bit is flipped; verify notices, or the bit is in unused bytes and every
// answer stays; after a repair a clean round recovers, and no history is lost but what the published file alone had.
func flippedBit(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile, random *rand.Rand,
) (got result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	bit, err := flip(w.Data(), kind.path, random)
	if err != nil {
		return got, err
	}
	got.Points = 1
	code, output, err := w.Clean(ctx, "verify", "--deep")
	if err != nil {
		return got, err
	}
	var problems []string
	if code == 0 {
		got.Counts = map[string]int{"in no use": 1}
		problems, err = checkUnused(ctx, w, s, kind, bit.path)
	} else {
		got.Counts = map[string]int{"noticed": 1}
		problems, err = repair(ctx, w, s, kind)
	}
	if err != nil {
		return got, err
	}
	if code != 0 && code != exitDamaged {
		problems = append(problems, fmt.Sprintf("I11: verify exited with %d: %s", code, output))
	}
	recovered, err := w.Recover(ctx)
	got.Problems = within(bit.where, append(problems, recovered...))
	return got, err
}

// checkUnused holds a file that verify passed to what that means: it has unused bytes, and answers as before. What a
// landed segment answers shows when it is merged.
func checkUnused(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile, path string,
) (problems []string, err error) {
	if !kind.hasUnused {
		return []string{"I1: verify passed it, though every byte of " + kind.name + " is under a checksum"}, nil
	}
	if kind.path != oracle.PublishedFile && kind.path != keptGenerations {
		return nil, nil
	}
	before, _, err := answersOf(ctx, w, filepath.Join(s.Data, strings.TrimPrefix(path, w.Data())))
	if err != nil {
		return nil, err
	}
	after, _, err := answersOf(ctx, w, path)
	if err != nil || after != before {
		problem := fmt.Sprintf("I1: verify passed a file that answers otherwise: %s, was %s, %v", after, before, err)
		problems = append(problems, problem)
	}
	return problems, nil
}

// repair repairs what verify noticed. Only with a damaged published file may history be lost, and no more than what
// the generation before does not have.
func repair(ctx context.Context, w *harness.Worker, s *harness.Scenario, kind kindOfFile,
) (problems []string, err error) {
	if kind.path == oracle.PublishedFile {
		w.Oracle.History = oracle.History{}
		kept, err := oracle.FilesBelow(s.Data, keptGenerations)
		if err != nil {
			return nil, err
		}
		if len(kept) > 0 { // by their names, the newest last
			if _, w.Oracle.History, err = answersOf(ctx, w, kept[len(kept)-1]); err != nil {
				return nil, err
			}
		}
	}
	code, output, err := w.Clean(ctx, "repair")
	if err == nil && code != 0 && code != exitPartlyRepaired {
		problems = append(problems, fmt.Sprintf("I11: repair exited with %d: %s", code, output))
	}
	return problems, err
}

// answersOf asks a DuckDB file that is, or was, published, as a copy in a directory of its own: this process must not
// see what it knows of another file under the same path.
func answersOf(ctx context.Context, w *harness.Worker, path string) (answer string, h oracle.History, err error) {
	directory, err := os.MkdirTemp(w.Root(), "asked-")
	if err != nil {
		return "", h, err
	}
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(directory, oracle.PublishedFile), content, 0o600)
	}
	if err != nil {
		return "", h, err
	}
	return oracle.Answers(ctx, directory)
}
