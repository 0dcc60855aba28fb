package round

import "context"

// RebuildModels is a round that sends no request and merges nothing: it rebuilds every derived table of the published
// file whole, and publishes the file and the lake that follow from it. It is no run, and the journal does not know of
// it. The times are those of derive, publish and export. schema.ErrNoDatabase means that nothing is published;
// schema.ErrLocked that another round is running.
func (r Round) RebuildModels(ctx context.Context) (times StageTimes, err error) {
	if r.Stages == nil {
		r.Stages = NewStopwatch(r.Clock)
	}
	r.Stages.restart()
	r.Export.Whole = true // the watermark stays
	err = r.locked(ctx, func() error {
		next, err := r.Store.RebuildModels(ctx, r.ReportZone)
		if err != nil {
			return err
		}
		if err := r.show(ctx, next); err != nil {
			return err
		}
		return r.exportLake(ctx, &Report{})
	})
	r.Stages.Enter("")
	return r.Stages.times(), err
}

// RecordHistory is a round that sends no request and merges nothing: it publishes the file with what attributes say
// today in underwriting.attribute_history, and says whether that was not there already. It is no run, and the journal
// does not know of it. Errors are those of RebuildModels.
func (r Round) RecordHistory(ctx context.Context) (recorded bool, err error) {
	if r.Stages == nil {
		r.Stages = NewStopwatch(r.Clock)
	}
	r.Stages.restart()
	err = r.locked(ctx, func() error {
		next, err := r.Store.RecordHistory(ctx, r.ReportZone)
		if err != nil || next == nil {
			return err
		}
		recorded = true
		if err := r.show(ctx, next); err != nil {
			return err
		}
		return r.exportLake(ctx, &Report{})
	})
	r.Stages.Enter("")
	return recorded, err
}
