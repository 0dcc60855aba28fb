package check

import (
	"context"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// sampledScopes of each derived table are compared with a rebuild; one without scopes is compared where what it
// reads has at most wholeRows rows, and any table is compared whole where that has at most fewRows.
const sampledScopes, wholeRows, fewRows = 200, 1_000_000, 10_000

// CompareDerived holds a sample of every derived table against a rebuild of it. The instant of the newest merge draws
// the sample, so every file that is published is looked at in other places. Tables that other models made, or that are
// of an earlier merge, are not compared: the next round brings them up to date. Findings and errors are as those of
// Verify.
func CompareDerived(ctx context.Context, r *reader.Reader) ([]schema.Finding, error) {
	found, err := compareDerived(ctx, r)
	if err := inconclusive(ctx, err); err != nil {
		return nil, err
	}
	for i := range found {
		found[i].What += rebuilds
	}
	if err != nil {
		found = append(found, unreadable(r.Path(), err))
	}
	return found, nil
}

// rebuilds is what to do about a derived table that is wrong: no later round need touch what differs.
const rebuilds = `; "fcpipe repair --models" rebuilds it`

func compareDerived(ctx context.Context, r *reader.Reader) ([]schema.Finding, error) {
	own, err := hasOwnModels(ctx, r)
	if !own || err != nil {
		return nil, err
	}
	with, err := models.DerivedWith(ctx, r.Database())
	if err != nil {
		return nil, err
	}
	info, err := r.Info(ctx)
	if err != nil || info.Watermark == nil || !info.Watermark.Equal(with.Through) {
		return nil, err
	}
	return models.Compare(ctx, r.Database(), models.Sample{
		Seed: uint64(with.Through.UnixMicro()), Scopes: sampledScopes, Rows: wholeRows, Whole: fewRows,
	})
}
