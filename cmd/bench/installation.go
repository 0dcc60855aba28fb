package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fcpipe/schema"
)

// installation is one data directory and the server it is filled from.
type installation struct {
	b       *bench
	server  *server
	program string
	dir     string
	config  string
}

// install makes an empty one. Nothing is bought and no account is audited: every run of a case is the same round.
func (b *bench) install(s *server, memory string) (*installation, error) {
	dir, err := os.MkdirTemp(b.work, "data-")
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("stripe: {api_base: %q, requests_per_second: 100000, concurrency: %d, reads_per_30_days: 0}\n"+
		"sync: {transactions: {mode: \"off\"}, balance: {mode: \"off\"}, deadline: 12h, audit_every: 0s}\n",
		s.address, connections)
	if memory != "" {
		memory = ", memory_limit: " + memory
	}
	text += fmt.Sprintf("data: {threads: %d%s}\n", b.threads, memory)
	config := filepath.Join(dir, "config.yaml")
	return &installation{b, s, b.program, dir, config}, os.WriteFile(config, []byte(text), 0o600)
}

func (i *installation) remove() error { return os.RemoveAll(i.dir) }

func (i *installation) layout() schema.Layout {
	return schema.Layout{Dir: filepath.Join(i.dir, "data")}
}

// fcpipe runs a command, and measures what it asks of the server.
func (i *installation) fcpipe(ctx context.Context, arguments ...string) (out []byte, s sample, err error) {
	s, err = i.server.watched(ctx, func() (sample, error) {
		out, s, err = i.b.start(ctx, i.program, append([]string{"--config", i.config}, arguments...)...)
		return s, err
	})
	return out, s, err
}

// roundReport is what the bench reads of "fcpipe run --json".
type roundReport struct {
	Outcome string `json:"outcome"`
	New     int64  `json:"transactions_new"`
	Changed int64  `json:"transactions_changed"`
}

// round runs one round, which must be complete.
func (i *installation) round(ctx context.Context) (sample, error) {
	before, err := i.files()
	if err != nil {
		return sample{}, err
	}
	out, s, err := i.fcpipe(ctx, "run", "--json")
	if err != nil {
		return s, err
	}
	var report roundReport
	if err := json.Unmarshal(out, &report); err != nil || report.Outcome != "complete" {
		return s, fmt.Errorf("the round is %q: %w", report.Outcome, err)
	}
	s.fresh, s.changed = report.New, report.Changed
	if s.stages, err = stagesOf(out); err != nil {
		return s, err
	}
	s.schemas, s.texts = schemasOf(out)
	after, err := i.files()
	s.touched = differing(before, after)
	s.file, s.lake = sizes(after)
	return s, err
}

// stagesOf reads how long the stages of a round took.
func stagesOf(report []byte) (map[string]float64, error) {
	var all map[string]any
	if err := json.Unmarshal(report, &all); err != nil {
		return nil, err
	}
	stages := map[string]float64{}
	for _, name := range append([]string{"refresh", "wait"}, stageNames...) {
		seconds, told := all[name+"_seconds"].(float64)
		if !told {
			return nil, fmt.Errorf("fcpipe run --json tells no %s_seconds", name)
		}
		stages[name] = seconds
	}
	stages["plan"] += stages["refresh"] + stages["wait"]
	delete(stages, "refresh")
	delete(stages, "wait")
	return stages, nil
}

// schemasOf reads how long the derived tables of each schema took, of which the reading of texts. A program that does
// not tell has none.
func schemasOf(report []byte) (schemas map[string]float64, texts float64) {
	var all map[string]any
	if err := json.Unmarshal(report, &all); err != nil {
		return nil, 0
	}
	for _, name := range derivedSchemas {
		if seconds, told := all["derive_"+name+"_seconds"].(float64); told {
			if schemas == nil {
				schemas = map[string]float64{}
			}
			schemas[name] = seconds
		}
	}
	if tables, told := all["derive_tables"].(map[string]any); told {
		texts, _ = tables["ledger.descriptions"].(float64)
	}
	return schemas, texts
}

// fileState tells whether a file is what it was.
type fileState struct {
	size     int64
	modified time.Time
}

// files are the published file and everything in the lake, by path below the data directory.
func (i *installation) files() (map[string]fileState, error) {
	found := map[string]fileState{}
	top := i.layout().Dir
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && entry.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil || name != "fcpipe.duckdb" && !strings.HasPrefix(name, "lake") {
			return err
		}
		info, err := entry.Info()
		found[name] = fileState{info.Size(), info.ModTime()}
		return err
	})
	return found, err
}

// differing counts files that are new, gone or another.
func differing(before, after map[string]fileState) (n int64) {
	for name, state := range after {
		if before[name] != state {
			n++
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			n++
		}
	}
	return n
}

// sizes are the bytes of the published file and of the lake's Parquet files, those that were replaced and are kept for
// readers included.
func sizes(files map[string]fileState) (file, lake int64) {
	for name, state := range files {
		if strings.HasPrefix(name, filepath.Join("lake", "data")) {
			lake += state.size
		}
	}
	return files["fcpipe.duckdb"].size, lake
}

// watermark is until when the lake knows what happened: its newest observation.
func (i *installation) watermark() (string, error) {
	text, err := os.ReadFile(filepath.Join(i.layout().Lake(), "latest.json"))
	if err != nil {
		return "", err
	}
	var pointer struct {
		Watermark string `json:"watermark"`
	}
	return pointer.Watermark, json.Unmarshal(text, &pointer)
}
