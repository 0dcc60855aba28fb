package repair

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// ErrNoGeneration is returned when there is no earlier generation to go back to.
var ErrNoGeneration = errors.New("no such generation")

// health is the state of the published file.
type health int

const (
	whole      health = iota // every block is whole and no rule is broken, or nothing was ever published
	breaksRule               // every value can be read, and a rule is broken
	unreadable               // some of it cannot be read
	missing                  // it was published, and is gone
)

// diagnosis is the health of the published file, and in words what is wrong with it: "" when it is whole.
type diagnosis struct {
	health
	what string
}

// generation is an earlier generation that holds every rule; without a path there is no such one.
type generation struct {
	path      string
	watermark time.Time // of what it holds
}

// examine diagnoses the published file. A file of another program, or of a newer fcpipe, is an error.
func (r *Repair) examine(ctx context.Context) (found diagnosis, err error) {
	path := r.layout.Database()
	exists, err := durable.FileExists(path)
	if err != nil {
		return found, err
	}
	if !exists {
		return r.examineMissing()
	}
	findings, err := duck.CheckBlocks(ctx, path)
	if err != nil {
		return found, err
	}
	if len(findings) > 0 {
		return diagnosis{unreadable, findings[0].What}, nil
	}
	reader, err := reader.Open(ctx, r.layout, r.options.Settings)
	if err != nil {
		return found, err // whole, but not one of ours
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	findings, err = check.ReadEverything(ctx, reader)
	if err != nil {
		return found, err
	}
	if len(findings) > 0 {
		return diagnosis{unreadable, findings[0].What}, nil
	}
	findings, err = check.Rules(ctx, reader, check.Deep)
	if err != nil || len(findings) == 0 {
		return found, err
	}
	return diagnosis{breaksRule, findings[0].Where + " " + findings[0].What}, nil
}

// examineMissing tells a file that is gone from one that never was: generations are kept of it, or the journal knows of
// rows that it held.
func (r *Repair) examineMissing() (found diagnosis, err error) {
	kept, err := store.KeptGenerations(r.layout)
	if err != nil || len(kept) == 0 && !r.everPublished() {
		return found, err
	}
	return diagnosis{missing, "missing"}, nil
}

// everPublished reports whether the journal knows of rows that a file held: a round counts what it published.
func (r *Repair) everPublished() bool {
	log, err := journal.Open(r.layout.Journal())
	published := func(run journal.FinishedRun) bool { return run.TransactionsNew > 0 }
	return err == nil && slices.ContainsFunc(log.Runs(), published)
}

// findTarget proves the earlier generation of a name before anything is changed.
func (r *Repair) findTarget(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	path := filepath.Join(r.layout.Previous(), strings.TrimSuffix(filepath.Base(name), ".duckdb")+".duckdb")
	if exists, err := durable.FileExists(path); err != nil || !exists {
		return errors.Join(fmt.Errorf("%w: %s", ErrNoGeneration, r.below(path)), err)
	}
	proven, err := r.prove(ctx, path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.below(path), err)
	}
	r.target = proven
	return nil
}

// newestGood finds the newest earlier generation that keeps every rule.
func (r *Repair) newestGood(ctx context.Context) (generation, error) {
	kept, err := store.KeptGenerations(r.layout)
	if err != nil {
		return generation{}, err
	}
	for _, path := range slices.Backward(kept) {
		proven, err := r.prove(ctx, path)
		if ctx.Err() != nil || duck.IsInconclusive(err) {
			return generation{}, errors.Join(ctx.Err(), err)
		}
		if err == nil {
			return proven, nil
		}
	}
	return generation{}, nil
}

// prove holds an earlier generation to its checksums and every rule.
func (r *Repair) prove(ctx context.Context, path string) (proven generation, err error) {
	findings, err := duck.CheckBlocks(ctx, path)
	if err != nil || len(findings) > 0 {
		return proven, errors.Join(err, findingsError(findings))
	}
	reader, err := reader.OpenFile(ctx, path, r.layout, r.options.Settings)
	if err != nil {
		return proven, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if findings, err = check.Rules(ctx, reader, check.Deep); err != nil || len(findings) > 0 {
		return proven, errors.Join(err, findingsError(findings))
	}
	info, err := reader.Info(ctx)
	if err != nil {
		return proven, err
	}
	proven.path = path
	if info.Watermark != nil {
		proven.watermark = *info.Watermark
	}
	return proven, nil
}

func findingsError(findings []schema.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s %s", schema.ErrInvariant, findings[0].Where, findings[0].What)
}
