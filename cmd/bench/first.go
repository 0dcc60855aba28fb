package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

const (
	rowsPerAccount = 1000 // of the base
	fewRows        = 20
)

const stripeGoDiscards = "stripe-go, discard"

// baseShape is 1,000 accounts for a million rows, 10,000 for ten.
func (b *bench) baseShape() shape {
	return shape{max(b.options.rows/rowsPerAccount, 2), rowsPerAccount}
}

func (b *bench) smallShape() shape { return shape{max(b.options.rows/50, 2), fewRows} }

func (b *bench) firstMany(ctx context.Context) error {
	s, err := b.serve(ctx, b.baseShape())
	if err != nil {
		return err
	}
	b.base, err = b.firstSync(ctx, "first", b.baseShape(), s, b.memory)
	return err
}

// firstCore is the first sync with the core tables alone, and what the tables that were added to them cost more.
func (b *bench) firstCore(ctx context.Context) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	core, err := b.syncedCore(ctx, base.server, b.runs)
	if err != nil {
		return err
	}
	first := b.find("first", false)
	if stripeGo := b.findWhat("first", stripeGoDiscards); stripeGo != nil {
		core.compare("speed", stripeGo.Total, "stripe-go", core.Total)
	}
	core.compare("total", core.Total, "first", first.Total)
	added := row{
		Case: "first-core", What: "tables added since", Baseline: true, Runs: core.Runs,
		Total: first.Total - core.Total, CPU: first.CPU - core.CPU, Stages: map[string]float64{},
	}
	for _, stage := range []string{"derive", "export"} {
		added.Stages[stage] = first.Stages[stage] - core.Stages[stage]
	}
	b.rows = append(b.rows, added)
	return nil
}

// syncedCore syncs the world with the core tables alone, and keeps the last data directory for the daily round.
func (b *bench) syncedCore(ctx context.Context, s *server, runs int) (*row, error) {
	core, err := b.repeated(row{Case: "first-core", What: b.baseShape().String()}, runs, func(int) (sample, error) {
		if b.core != nil {
			if err := b.core.remove(); err != nil {
				return sample{}, err
			}
		}
		var err error
		if b.core, err = b.install(s, b.memory); err != nil {
			return sample{}, err
		}
		b.core.program = b.options.core
		return b.core.round(ctx)
	})
	if err != nil {
		return nil, err
	}
	return core.withServer().withFiles().withChanges(), nil
}

func (b *bench) firstInLittleMemory(ctx context.Context) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	r := row{Case: "first-512MiB", What: b.baseShape().String()}
	little, err := b.repeated(r, b.runs, func(int) (sample, error) {
		i, err := b.install(base.server, "512MiB")
		if err != nil {
			return sample{}, err
		}
		s, err := i.round(ctx)
		return s, errors.Join(err, i.remove())
	})
	if err != nil {
		return err
	}
	little.withServer().withFiles().withChanges()
	little.compare("total", little.Total, "first", b.find("first", false).Total)
	return nil
}

func (b *bench) firstOne(ctx context.Context) error {
	of := shape{1, max(b.options.rows*3/10, 1)}
	s, err := b.serve(ctx, of)
	if err != nil {
		return err
	}
	defer s.stop()
	last, err := b.firstSync(ctx, "first-one", of, s, b.memory)
	if err != nil {
		return err
	}
	return last.remove()
}

func (b *bench) firstSmall(ctx context.Context) error {
	s, err := b.serve(ctx, b.smallShape())
	if err != nil {
		return err
	}
	if b.small, err = b.firstSync(ctx, "first-small", b.smallShape(), s, b.memory); err != nil {
		return err
	}
	if b.smallShape() != b.manyShape() { // no other case needs it
		s.stop()
		return b.small.remove()
	}
	return nil
}

// synced is the base after its first sync, which is a row of the table when no case has measured it.
func (b *bench) synced(ctx context.Context) (*installation, error) {
	if b.base != nil {
		return b.base, nil
	}
	s, err := b.serve(ctx, b.baseShape())
	if err != nil {
		return nil, err
	}
	if b.base, err = b.install(s, b.memory); err != nil {
		return nil, err
	}
	r, err := b.repeated(row{Case: "first", What: b.baseShape().String()}, 1, func(int) (sample, error) {
		return b.base.round(ctx)
	})
	if err != nil {
		return nil, err
	}
	r.withServer().withFiles().withChanges()
	return b.base, nil
}

// firstSync measures a first sync with its baselines, one after the other in each run, and returns the last data
// directory.
func (b *bench) firstSync(
	ctx context.Context, name string, of shape, s *server, memory string,
) (last *installation, err error) {
	r := row{Case: name, What: of.String()}
	baselines := newBaselines(name, "read and discard", stripeGoDiscards, "cp with fsync", "COPY to Parquet")
	for run := range b.runs {
		if last != nil {
			if err := last.remove(); err != nil {
				return nil, err
			}
		}
		if last, err = b.install(s, memory); err != nil {
			return nil, err
		}
		got, err := last.round(ctx)
		if err != nil {
			return nil, err
		}
		b.say("%s %s, run %d: %.2f s, %.0f MiB", name, of, run+1, got.total, float64(got.peak)/(1<<20))
		r.samples = append(r.samples, got)
		if err := b.beside(ctx, last, got, baselines); err != nil {
			return nil, err
		}
	}
	b.addFirst(r, baselines)
	return last, nil
}

// beside measures the baselines of a first sync once.
func (b *bench) beside(ctx context.Context, i *installation, first sample, baselines []row) error {
	for n, measure := range []func() (sample, error){
		func() (sample, error) { return b.reading(ctx, i.server, "read", first.fresh) },
		func() (sample, error) { return b.reading(ctx, i.server, "stripe-go", first.fresh) },
		func() (sample, error) { return i.copied(ctx) },
		func() (sample, error) { return i.copiedToParquet(ctx, "") },
	} {
		got, err := measure()
		if err != nil {
			return fmt.Errorf("%s: %w", baselines[n].What, err)
		}
		baselines[n].samples = append(baselines[n].samples, got)
	}
	return nil
}

// reading is a baseline that reads every page. It must meet the rows that fcpipe holds.
func (b *bench) reading(ctx context.Context, s *server, how string, rows int64) (sample, error) {
	return s.watched(ctx, func() (sample, error) {
		got, did, err := b.baseline(ctx, how, s.address)
		if err == nil && did.Rows != rows {
			err = fmt.Errorf("it read %d rows, fcpipe holds %d", did.Rows, rows)
		}
		return got, err
	})
}

// copied is the published file, copied durably beside itself.
func (i *installation) copied(ctx context.Context) (sample, error) {
	target := i.dir + "/copy.duckdb"
	got, _, err := i.b.baseline(ctx, "cp", i.layout().Database(), target)
	if err != nil {
		return got, err
	}
	return got, os.Remove(target)
}

// copiedToParquet is the lake as DuckDB writes it, or what of it was touched since an instant.
func (i *installation) copiedToParquet(ctx context.Context, since string) (sample, error) {
	dir, err := os.MkdirTemp(i.dir, "parquet-")
	if err != nil {
		return sample{}, err
	}
	got, _, err := i.b.baseline(ctx, "copy", i.layout().Database(), dir, since)
	if err != nil {
		return got, err
	}
	return got, os.RemoveAll(dir)
}

func newBaselines(name string, whats ...string) []row {
	rows := make([]row, len(whats))
	for i, what := range whats {
		rows[i] = row{Case: name, What: what, Baseline: true}
	}
	return rows
}

// addFirst adds a first sync and its baselines to the table.
func (b *bench) addFirst(r row, baselines []row) {
	for i := range baselines {
		baselines[i].summarize()
	}
	read, stripeGo, cp, toParquet := &baselines[0], &baselines[1], &baselines[2], &baselines[3]
	read.withServer()
	stripeGo.withServer()
	first := b.add(r).withServer().withFiles().withChanges()
	first.compare("speed", stripeGo.Total, "stripe-go", first.Total)
	first.compare("total", first.Total, "read", read.Total)
	first.compare("publish", first.Stages["publish"], "cp", cp.Total)
	first.compare("export", first.Stages["export"], "COPY", toParquet.Total)
	b.rows = append(b.rows, baselines...)
}
