package round

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// show derives a generation and publishes it, or discards it.
func (r Round) show(ctx context.Context, next *store.Generation) error {
	r.begin("derive")
	if r.Stages != nil {
		next.Derived = r.Stages.derived
	}
	if err := next.Derive(ctx); err != nil {
		return errors.Join(err, next.Discard())
	}
	r.begin("publish")
	return next.Publish(ctx)
}

// exportLake brings the lake up to the published file; without one there is no lake.
func (r Round) exportLake(ctx context.Context, report *Report) (err error) {
	published, done, err := r.Store.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	r.begin("export")
	exported, err := export.Run(ctx, published, r.Export)
	report.LakeFilesWritten, report.LakeFilesKept = exported.FilesWritten, exported.FilesKept
	WarnOfLake(r.Log, exported)
	return err
}

// RecordFullExport keeps as a run that the lake was written whole, and what it shows since. The caller holds the lock.
// An export that failed is not kept: what the run before it ended with stands.
func (r Round) RecordFullExport(shows string) error {
	reason := "export --full: the lake shows " + shows
	run, err := r.newRun(&reason)
	if err != nil {
		return err
	}
	return r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
		run.Outcome = "complete"
		return nil, nil
	})
}

// WarnOfLake logs what is out of the ordinary about a lake.
func WarnOfLake(log *slog.Logger, exported export.Report) {
	if exported.View != "" {
		log.Warn("lake/current is not there; read the manifest", "why", exported.View)
	}
	if exported.Rebuilt != "" {
		log.Warn("the lake was rewritten", "why", exported.Rebuilt)
	}
	if exported.NewerKey > 0 {
		log.Info("the lake's tokens are of an older key; \"fcpipe export --full\" takes the newest",
			"newest", exported.NewerKey, "privacy", exported.Privacy)
	}
	for _, dataset := range slices.Sorted(maps.Keys(exported.OtherMonths)) {
		log.Info("rows of months too far off for a folder of their own share one", "dataset", dataset,
			"rows", exported.OtherMonths[dataset], "folder", reader.OtherMonthsFolder)
	}
}
