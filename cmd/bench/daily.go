package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// daily measures days that follow one another, one run a day: in every account about one percent of the rows is new or
// has posted, dated within the last days. After each day the file is copied, and the months that were touched are
// written to Parquet by DuckDB.
func (b *bench) daily(ctx context.Context) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	if b.core == nil {
		if _, err := b.syncedCore(ctx, base.server, 1); err != nil {
			return err
		}
	}
	r := row{Case: "daily", What: b.baseShape().String()}
	ofCore := row{Case: "daily-core", What: b.baseShape().String()}
	baselines := newBaselines("daily", "cp with fsync", "COPY of touched months")
	for run := range b.runs {
		got, err := base.day(ctx, baselines)
		if err != nil {
			return err
		}
		b.say("%s %s, day %d: %.2f s, %.0f MiB, %d new, %d changed", r.Case, r.What, run+1, got.total,
			float64(got.peak)/(1<<20), got.fresh, got.changed)
		r.samples = append(r.samples, got)
		if got, err = b.core.round(ctx); err != nil {
			return err
		}
		ofCore.samples = append(ofCore.samples, got)
	}
	rebuilt, err := base.rebuild(ctx)
	if err != nil {
		return err
	}
	b.addDaily(r, append(baselines, rebuilt))
	if rebuilt, err = b.core.rebuild(ctx); err != nil {
		return err
	}
	rebuilt.Case = ofCore.Case
	rebuilt.summarize()
	core := b.add(ofCore).withServer().withFiles().withChanges()
	core.compare("derive", core.Stages["derive"], "rebuild", rebuilt.Total)
	b.rows = append(b.rows, rebuilt)
	return nil
}

// day lets a day pass and runs its round, and its baselines.
func (i *installation) day(ctx context.Context, baselines []row) (sample, error) {
	since, err := i.watermark()
	if err != nil {
		return sample{}, err
	}
	if err := i.server.post(ctx, dayPath, ""); err != nil {
		return sample{}, err
	}
	got, err := i.round(ctx)
	if err != nil {
		return got, err
	}
	if got.fresh == 0 || got.changed == 0 {
		return got, fmt.Errorf("a day brought %d new and %d changed rows", got.fresh, got.changed)
	}
	cp, err := i.copied(ctx)
	if err != nil {
		return got, err
	}
	toParquet, err := i.copiedToParquet(ctx, since)
	baselines[0].samples, baselines[1].samples = append(baselines[0].samples, cp),
		append(baselines[1].samples, toParquet)
	return got, err
}

// rebuild is the baseline of a daily round's derived tables: all of them built again. Where fcpipe has no command for
// that, it is what deriving took in the first sync of the same accounts, which builds them all.
func (i *installation) rebuild(ctx context.Context) (row, error) {
	rebuilt := row{Case: "daily", What: rebuildOfModels, Baseline: true}
	help, _, err := i.b.start(ctx, i.program, "repair", "--help")
	if err != nil {
		return rebuilt, err
	}
	if !bytes.Contains(help, []byte("--models")) {
		first := i.b.find("first", false)
		rebuilt.What = "derive of the first sync"
		for _, s := range first.samples {
			rebuilt.samples = append(rebuilt.samples, sample{total: s.stages["derive"]})
		}
		return rebuilt, nil
	}
	for range i.b.runs {
		out, s, err := i.fcpipe(ctx, "repair", "--models", "--json")
		if err != nil {
			return rebuilt, err
		}
		var told struct {
			Derive *float64 `json:"derive_seconds"`
		}
		if json.Unmarshal(out, &told) == nil && told.Derive != nil {
			s.total = *told.Derive // without copying and publishing the file
		}
		s.schemas, s.texts = schemasOf(out)
		rebuilt.samples = append(rebuilt.samples, s)
	}
	return rebuilt, nil
}

// addDaily adds the daily round and its baselines to the table.
func (b *bench) addDaily(r row, baselines []row) {
	for i := range baselines {
		baselines[i].summarize()
	}
	round := b.add(r).withServer().withFiles().withChanges()
	cp, toParquet, rebuilt := baselines[0], baselines[1], baselines[2]
	round.compare("derive", round.Stages["derive"], "rebuild", rebuilt.Total)
	round.compare(withoutFetch, round.Total-round.Stages["fetch"], "cp + COPY",
		cp.Total+toParquet.Total)
	first, last := b.find("first", false), r.samples[len(r.samples)-1]
	days := fmt.Sprintf("file after %d days", len(r.samples))
	round.compare(days, float64(last.file), "first sync", float64(*first.File))
	b.rows = append(b.rows, baselines...)
}

const rebuildOfModels = "rebuild of the models"

// withoutFetch is what of a round is compared with copying. Nothing is asked for and waited for: only reading is left
// out.
const withoutFetch = "without fetch"

// findWhat is a baseline of a case; nil when it was not measured.
func (b *bench) findWhat(name, what string) *row {
	for i := range b.rows {
		if b.rows[i].Case == name && b.rows[i].What == what {
			return &b.rows[i]
		}
	}
	return nil
}

// find is the row of a case; nil when it was not measured.
func (b *bench) find(name string, baseline bool) *row {
	for i := range b.rows {
		if b.rows[i].Case == name && b.rows[i].Baseline == baseline {
			return &b.rows[i]
		}
	}
	return nil
}

// later lets time pass at a server, so that rounds do not happen at the same instant. Nothing else changes.
func (s *server) later(ctx context.Context) error {
	return s.post(ctx, "/_sim/clock", fmt.Sprintf(`{"advance": %q}`, time.Minute))
}
