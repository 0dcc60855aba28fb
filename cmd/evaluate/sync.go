package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// measure makes a world, syncs it into a store, and holds the store's tables to the truth.
func (o options) measure(ctx context.Context, seed uint64) (found *measured, err error) {
	server := simulator.New(o.world(seed))
	server.Advance(time.Hour) // the refreshes that came with linking have settled
	err = o.inStore(ctx, func(layout schema.Layout, settings duck.Settings) error {
		return fill(ctx, server, layout, settings)
	}, func(database duck.Queryer) error {
		p, err := readProduct(ctx, database)
		if err != nil {
			return err
		}
		found, err = compare(p, server.Truth(), o.wrong)
		return err
	})
	return found, err
}

// inStore fills a store, reads what was published, and removes it.
func (o options) inStore(
	ctx context.Context, fill func(schema.Layout, duck.Settings) error, read func(duck.Queryer) error,
) (err error) {
	dir, err := os.MkdirTemp(o.directory, "fcpipe-evaluate-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	layout, settings := schema.Layout{Dir: dir}, duck.Settings{Threads: o.threads, MemoryLimit: 2 << 30}
	if err := fill(layout, settings); err != nil {
		return err
	}
	published, err := reader.Open(ctx, layout, settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, published.Close()) }()
	return read(published.Database())
}

// clock is a world's time: sleeping passes it at once.
type clock struct{ server *simulator.Server }

func (c clock) Now() time.Time { return c.server.Now() }

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	c.server.Advance(d)
	return context.Cause(ctx)
}

// fill is one round: sync, merge, derive, publish. It reads what was there when the accounts were linked.
func fill(ctx context.Context, server *simulator.Server, layout schema.Layout, settings duck.Settings) error {
	return rounds(ctx, server, layout, settings, plan.FeaturePolicy{Mode: plan.ModeOff}, []time.Duration{0})
}

// rounds are rounds of one store, each so long after the one before, that refresh transactions and balances by a
// policy. Tables are derived in the first and the last one: they are the
// same whichever rounds derived them.
func rounds(
	ctx context.Context, server *simulator.Server, layout schema.Layout, settings duck.Settings,
	fresh plan.FeaturePolicy, after []time.Duration,
) (err error) {
	opened, err := store.Open(ctx, store.Options{
		Layout: layout, Settings: settings, ProgramVersion: "evaluate", Now: server.Now,
	})
	if err != nil {
		return err
	}
	release, err := opened.Lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	syncer, err := fcsync.New(fcsync.Options{
		Stripe: stripe.Options{
			Key: "sk_test_evaluate", APIBase: "http://simulator", ServerTimeIsClock: true, RequestsPerSecond: 100_000,
			Concurrency: 2, Clock: clock{server}, Transport: server.Transport(), Random: func() float64 { return 0.5 },
		},
		Policy: plan.Policy{
			Transactions: fresh, Balance: fresh, Wait: time.Minute, Deadline: 30 * 24 * time.Hour,
		},
		Log: slog.New(slog.DiscardHandler), CheckSpace: opened.CheckSpace,
	})
	if err != nil {
		return err
	}
	for i, wait := range after {
		server.Advance(wait)
		if err := oneRound(ctx, opened, syncer, server.Now(), i, i == 0 || i == len(after)-1); err != nil {
			return err
		}
	}
	return nil
}

func oneRound(
	ctx context.Context, opened *store.Store, syncer *fcsync.Syncer, now time.Time, number int, derives bool,
) (err error) {
	state, err := opened.State(ctx)
	if err != nil {
		return err
	}
	landed, err := opened.Landing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, landed.Close()) }()
	record := journal.RunRecord{
		RunID: fmt.Sprint("evaluate-", number), StartedAt: now, Outcome: "complete", ProgramVersion: "evaluate",
	}
	if err := opened.Journal().RecordRunStarted(record); err != nil {
		return err
	}
	report, err := syncer.Run(ctx, record.RunID, state, opened.Journal(), landed)
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if err := landed.Seal(ctx); err != nil {
		return err
	}
	next, _, err := opened.Merge(ctx, landed, store.MergeRun{
		Run: journal.FinishedRun{RunRecord: record}, Seen: report.Seen, StripeAccountID: report.StripeAccountID,
		Livemode: syncer.Livemode(), ReportZone: "America/New_York",
	})
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if derives {
		if err := next.Derive(ctx); err != nil {
			return fmt.Errorf("derive: %w", err)
		}
	}
	return next.Publish(ctx)
}
