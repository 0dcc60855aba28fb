package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"syscall"
	"time"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/cmd/fcpipe/userfiles"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/erase"
	"fcpipe/schema/rules"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// pipeline is one data directory with the API it is filled from.
type pipeline struct {
	app       *app
	config    config.Config
	store     *store.Store
	syncer    *fcsync.Syncer
	clock     stripe.Clock
	simulator *simulator.Server // nil unless the API is in this process
	stages    *round.Stopwatch
	lake      export.Options
}

// openPipeline wires the packages by the configuration, for a round.
func (a *app) openPipeline(ctx context.Context) (*pipeline, error) {
	return a.wire(ctx, store.Options{ChecksAtLock: true})
}

// wire opens everything. Of the options of the store it is told what it is opened for: a plan, which leaves no trace,
// or a round.
func (a *app) wire(ctx context.Context, opened store.Options) (*pipeline, error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	return a.wireBy(ctx, cfg, opened)
}

// wireBy is wire by a configuration that was read before.
func (a *app) wireBy(ctx context.Context, cfg config.Config, opened store.Options) (p *pipeline, err error) {
	a.log = a.newLogger(cfg.Log)
	p = &pipeline{app: a, config: cfg, clock: systemClock{a.now, a.hooks.Sleepless}}
	p.stages = round.NewStopwatch(func() time.Time { return p.clock.Now() })
	if p.lake, err = a.exportOptions(cfg, func() time.Time { return p.syncer.Now() }); err != nil {
		return nil, err
	}
	options, err := p.syncOptions()
	if err != nil {
		return nil, err
	}
	if p.syncer, err = fcsync.New(options); err != nil {
		return nil, configError{err}
	}
	storeOptions := p.storeOptions()
	storeOptions.ReadOnly, storeOptions.StaysOpen = opened.ReadOnly, opened.StaysOpen
	storeOptions.ChecksAtLock = opened.ChecksAtLock
	p.store, err = store.Open(ctx, storeOptions)
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EROFS) {
		err = hint(err, "data.dir in the configuration has to be a directory that can be written, or made")
	}
	return p, err
}

// syncOptions finds the API: Stripe, a server on loopback, or the simulator in this process.
func (p *pipeline) syncOptions() (fcsync.Options, error) {
	c := p.config
	options := fcsync.Options{
		Stripe: stripe.Options{
			APIBase: c.Stripe.APIBase, RequestsPerSecond: c.Stripe.RequestsPerSecond, Concurrency: c.Stripe.Concurrency,
			Random: rand.Float64,
		},
		Policy: c.Policy(), Connected: c.Stripe.Accounts, Holders: c.Sync.Holders,
		PreviewVersion: c.Stripe.PreviewVersion,
		Log:            p.app.log, Progress: p.progress(),
		CheckSpace: func(rows int64) error { return p.store.CheckSpace(rows) },
		IsErased:   func(account, holder string) bool { return p.store.Erased().IsErased(account, holder) },
	}
	if !c.IsSimulator() {
		key, _, err := p.app.findKey()
		if err != nil {
			return options, err
		}
		options.Stripe.Key, options.Stripe.Clock, options.Stripe.ServerTimeIsClock = key, p.clock,
			c.Stripe.APIBase != "https://api.stripe.com"
		return options, nil
	}
	if p.app.world != nil {
		p.useSimulator(p.app.world, &options.Stripe)
		return options, nil
	}
	path := c.SimulatorState()
	server, err := simulator.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return options, hint(configError{fmt.Errorf("no simulator state at %s", path)},
			`"fcpipe demo" makes one, and "fcpipe simulate --state" another`)
	}
	if err != nil {
		return options, configError{err}
	}
	p.useSimulator(server, &options.Stripe)
	return options, nil
}

// progress shows how far a round is, and measures its stages.
func (p *pipeline) progress() func(fcsync.Progress) {
	shown := p.app.newProgress()
	return func(at fcsync.Progress) {
		p.stages.Enter(at.Phase)
		shown.show(at)
	}
}

func (p *pipeline) useSimulator(server *simulator.Server, options *stripe.Options) {
	p.simulator, p.clock = server, simulatorClock{server}
	options.APIBase, options.Transport = "http://simulator", server.Transport()
	options.Key, options.Clock, options.ServerTimeIsClock = "sk_test_simulator", p.clock, true
}

// saveSimulator keeps what the round did to the simulated world.
func (p *pipeline) saveSimulator() error {
	if p.simulator == nil {
		return nil
	}
	return unsaved(p.simulator.Save(p.config.SimulatorState()), p.config.SimulatorState())
}

func (p *pipeline) storeOptions() store.Options {
	return store.Options{
		Layout: p.config.Layout(), Settings: duckSettings(p.config), Reading: exportSettings(p.config),
		FileMode: fs.FileMode(p.config.Data.FileMode), KeepGenerations: p.config.Data.KeepGenerations,
		ProgramVersion: version, Hook: p.app.hooks.Reached,
		Now: func() time.Time { return p.syncer.Now() }, FreeSpace: p.app.hooks.FreeSpace,
	}
}

func (p *pipeline) exportOptions() export.Options {
	options := p.lake
	options.Hook = func(point string) { p.app.hooks.reach("export." + point) }
	return options
}

// round is what a round of this pipeline works with.
func (p *pipeline) round() round.Round {
	return round.Round{
		Store: p.store, Syncer: p.syncer, Now: p.syncer.Now, Clock: p.clock.Now, Export: p.exportOptions(),
		ReportZone: p.config.Analytics.Timezone, Retention: p.config.Retention(), OnDisconnect: onDisconnect(p.config),
		UserFiles:      func(ctx context.Context) (rules.Set, error) { return userfiles.Load(ctx, p.config) },
		ProgramVersion: version, Log: p.app.log, Begin: p.app.progress.begin,
		Stages: p.stages, ExitCode: exitCode, Save: p.saveSimulator,
	}
}

// run runs a round, and says what to do about how it ended.
func (p *pipeline) run(ctx context.Context) (round.Report, error) {
	report, err := p.round().Run(ctx)
	p.app.progress.clear()
	return report, hintRound(err)
}

// hintRound says what to do about how a round ended.
func hintRound(err error) error {
	var left *erase.LeftError
	switch {
	case errors.Is(err, schema.ErrLocked):
		return hint(err, "it will finish by itself; a timer simply tries again")
	case errors.Is(err, round.ErrPartial):
		return hint(err, `"fcpipe status" lists them; everything else is published`)
	case errors.Is(err, round.ErrUserFiles):
		return hint(err,
			`what was read is published; the rules that were read before stay. "fcpipe rules check" tries them`)
	case errors.Is(err, round.ErrBlocked):
		return hint(err, `"fcpipe plan" shows what, and why`)
	case errors.Is(err, fcsync.ErrDeadline) && exitCode(err) == exitPartial:
		return hint(err, "everything that was read is published; the next round goes on with the stalest accounts")
	case errors.Is(err, export.ErrPrivacy):
		return hint(err, "what was read is published in the DuckDB file; only the lake stays as it was")
	case errors.As(err, &left):
		return hint(err, leftAdvice(left)+"; the next round goes on with the erasure")
	}
	return hintGone(err)
}

// hintGone says what to do about a published file that is missing.
func hintGone(err error) error {
	if errors.Is(err, schema.ErrPublishedMissing) {
		return hint(err, `"fcpipe repair" restores it; to start over, move that generation away`)
	}
	return err
}

// exportOptions is how the configuration wants the lake written.
func (a *app) exportOptions(c config.Config, now func() time.Time) (export.Options, error) {
	privacy, err := a.lakePrivacy(c)
	return export.Options{
		Dir: c.Layout().Lake(), Compression: c.Export.Compression, Grace: time.Duration(c.Export.Grace), Now: now,
		ProgramVersion: version, Privacy: privacy,
	}, err
}

// duckSettings is how the configuration wants DuckDB opened: with what of the memory is left for it.
func duckSettings(c config.Config) duck.Settings {
	return duck.Settings{MemoryLimit: c.Data.Memory().DuckDB, Threads: c.Data.Threads}
}

// readingSettings is how the configuration wants the published file opened for reading, which an export does: all that
// open one file in a process have to agree.
func readingSettings(c config.Config) duck.Settings {
	m := c.Data.Memory()
	return duck.Settings{MemoryLimit: m.Reading, Threads: cmp.Or(m.ReadingThreads, c.Data.Threads)}
}

// exportSettings is readingSettings where the process may export, too. Each file of a lake is written by a thread that
// takes its rows from DuckDB: others that work on the same rows have it wait, and ask for work, for a tenth of an
// export's CPU seconds.
func exportSettings(c config.Config) duck.Settings {
	settings := readingSettings(c)
	settings.Threads = 1
	return settings
}

// systemClock is the machine's time.
type systemClock struct {
	now       func() time.Time
	sleepless bool // tests: sleeping takes no time
}

func (c systemClock) Now() time.Time { return c.now() }

func (c systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if c.sleepless {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// AfterFunc lets a deadline cut a request that is under way.
func (systemClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

// simulatorClock is the virtual time of a simulator in this process: sleeping passes it at once.
type simulatorClock struct{ server *simulator.Server }

func (c simulatorClock) Now() time.Time { return c.server.Now() }

func (c simulatorClock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.server.Advance(d)
	return nil
}
