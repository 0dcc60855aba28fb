package check

import (
	"context"
	"errors"
	"path/filepath"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// StoredFiles lists the DuckDB files beside the published one that must be readable: earlier generations, oldest first,
// then landing segments, oldest first.
func StoredFiles(layout schema.Layout) ([]string, error) {
	kept, err := store.KeptGenerations(layout)
	if err != nil {
		return nil, err
	}
	landed, _, err := landing.ListSegments(layout.Landing())
	return append(kept, landed...), err
}

// VerifyStored proves one of StoredFiles: by its checksums, then by reading it. One that a round removes meanwhile has
// no findings. The error is for a context that ended, a machine that failed, and a file of a newer fcpipe.
func VerifyStored(
	ctx context.Context, layout schema.Layout, path string, settings duck.Settings,
) ([]schema.Finding, error) {
	where, err := filepath.Rel(layout.Dir, path)
	if err != nil {
		return nil, err
	}
	findings, err := duck.CheckBlocks(ctx, path)
	if err == nil && len(findings) == 0 {
		if filepath.Dir(path) == layout.Landing() {
			err = landing.CheckSegment(ctx, path, settings)
		} else {
			findings, err = verifyGeneration(ctx, layout, path, settings)
		}
	}
	if ctx.Err() != nil || duck.IsInconclusive(err) {
		return nil, errors.Join(ctx.Err(), err)
	}
	if exists, e := durable.FileExists(path); e == nil && !exists {
		return nil, nil
	}
	if err != nil {
		findings = append(findings, unreadable(path, err))
	}
	for i := range findings {
		findings[i].Where = where
	}
	return findings, nil
}

// verifyGeneration opens an earlier generation as if it were the published file.
func verifyGeneration(
	ctx context.Context, layout schema.Layout, path string, settings duck.Settings,
) (findings []schema.Finding, err error) {
	reader, err := reader.OpenFile(ctx, path, layout, settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return Rules(ctx, reader, Quick)
}
