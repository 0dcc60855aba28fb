package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// simulatorBase in front of a file name makes the built-in simulator the API.
const simulatorBase = "simulator:"

func (c Config) isSimulator() bool { return strings.HasPrefix(c.Stripe.APIBase, simulatorBase) }

// pipeline is one data directory with the API it is filled from.
type pipeline struct {
	app       *app
	config    Config
	store     *store.Store
	syncer    *fcsync.Syncer
	clock     stripe.Clock
	simulator *simulator.Server // nil unless the API is in this process
}

// openPipeline wires the packages by the configuration, for a round.
func (a *app) openPipeline(ctx context.Context) (*pipeline, error) { return a.wire(ctx, false) }

// wire opens everything; read-only for a plan, which leaves no trace.
func (a *app) wire(ctx context.Context, readOnly bool) (*pipeline, error) {
	config, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	return a.wireBy(ctx, config, readOnly)
}

// wireBy is wire by a configuration that was read before.
func (a *app) wireBy(ctx context.Context, config Config, readOnly bool) (p *pipeline, err error) {
	a.log = a.newLogger(config.Log)
	p = &pipeline{app: a, config: config, clock: systemClock{a.now, a.hooks.Sleepless}}
	options, err := p.syncOptions()
	if err != nil {
		return nil, err
	}
	if p.syncer, err = fcsync.New(options); err != nil {
		return nil, configError{err}
	}
	storeOptions := p.storeOptions()
	storeOptions.ReadOnly = readOnly
	p.store, err = store.Open(ctx, storeOptions)
	return p, err
}

// syncOptions finds the API: Stripe, a server on loopback, or the simulator in this process.
func (p *pipeline) syncOptions() (fcsync.Options, error) {
	c := p.config
	options := fcsync.Options{
		Stripe: stripe.Options{
			APIBase: c.Stripe.APIBase, RequestsPerSecond: c.Stripe.RequestsPerSecond, Concurrency: c.Stripe.Concurrency, Random: rand.Float64,
		},
		Policy: c.policy(), Connected: c.Stripe.Accounts, Holders: c.Sync.Holders,
		Log: p.app.log, Progress: p.app.newProgress().show,
		CheckSpace: func(rows int64) error { return p.store.CheckSpace(rows) },
	}
	if !c.isSimulator() {
		key, _, err := p.app.findKey()
		if err != nil {
			return options, err
		}
		options.Stripe.Key, options.Stripe.Clock, options.Stripe.ServerTimeIsClock = key, p.clock, c.Stripe.APIBase != "https://api.stripe.com"
		return options, nil
	}
	path := c.simulatorState()
	server, err := simulator.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return options, hint(configError{fmt.Errorf("no simulator state at %s", path)}, `"fcpipe demo" makes one, and "fcpipe simulate --state" another`)
	}
	if err != nil {
		return options, configError{err}
	}
	p.useSimulator(server, &options.Stripe)
	return options, nil
}

// policy is what the configuration wants of a round.
func (c Config) policy() plan.Policy {
	return plan.Policy{
		Transactions: c.Sync.Transactions.policy(), Balance: c.Sync.Balance.policy(), Ownership: c.Sync.Ownership.policy(),
		KeepOwners: c.Privacy.Owners == "keep", AuditEvery: time.Duration(c.Sync.AuditEvery),
		Wait: time.Duration(c.Sync.Wait), Deadline: time.Duration(c.Sync.Deadline),
		MaxPerRun: (*int64)(c.Budget.MaxPerRun), MaxPerMonth: (*int64)(c.Budget.MaxPerMonth),
		Prices: plan.Prices{
			Balance: int64(c.Prices.Balance), Ownership: int64(c.Prices.Ownership), TransactionsMonth: int64(c.Prices.TransactionsMonth),
		},
		ReadsPer30Days: c.Stripe.ReadsPer30Days, ReadsWritten: c.Stripe.readsWritten,
	}
}

func (f FeatureConfig) policy() plan.FeaturePolicy {
	return plan.FeaturePolicy{Mode: f.Mode, Every: time.Duration(f.Every)}
}

func (p *pipeline) useSimulator(server *simulator.Server, options *stripe.Options) {
	p.simulator, p.clock = server, simulatorClock{server}
	options.APIBase, options.Transport = "http://simulator", server.Transport()
	options.Key, options.Clock, options.ServerTimeIsClock = "sk_test_simulator", p.clock, true
}

func (c Config) simulatorState() string {
	return c.resolve(strings.TrimPrefix(c.Stripe.APIBase, simulatorBase))
}

// saveSimulator keeps what the round did to the simulated world.
func (p *pipeline) saveSimulator() error {
	if p.simulator == nil {
		return nil
	}
	return unsaved(p.simulator.Save(p.config.simulatorState()), p.config.simulatorState())
}

func (p *pipeline) storeOptions() store.Options {
	return store.Options{
		Layout: p.config.layout(), Settings: p.config.duckdb(), FileMode: fs.FileMode(p.config.Data.FileMode),
		KeepGenerations: p.config.Data.KeepGenerations, ProgramVersion: version, Hook: p.app.hooks.Reached,
		Now: func() time.Time { return p.syncer.Now() }, FreeSpace: p.app.hooks.FreeSpace,
	}
}

func (p *pipeline) exportOptions() export.Options {
	options := exportOptionsOf(p.config, p.syncer.Now)
	options.Hook = func(point string) { p.app.hooks.reach("export." + point) }
	return options
}

func exportOptionsOf(c Config, now func() time.Time) export.Options {
	return export.Options{
		Dir: c.layout().Lake(), Compression: c.Export.Compression, Grace: time.Duration(c.Export.Grace), Now: now, ProgramVersion: version,
	}
}

func (c Config) layout() schema.Layout { return schema.Layout{Dir: c.dataDir()} }

func (c Config) duckdb() duck.Settings {
	return duck.Settings{MemoryLimit: int64(c.Data.MemoryLimit), Threads: c.Data.Threads}
}
