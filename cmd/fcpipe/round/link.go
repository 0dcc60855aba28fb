package round

import (
	"context"
	"fmt"

	"fcpipe/schema/journal"
	"fcpipe/schema/store"
)

// Link is a round that sends no request: it decides about a link, and publishes the file and the lake that follow from
// it, unless nothing changes. The decision is kept as a run, so that its record has one to point to.
// store.ErrLinkRefused means that the decision contradicts what is held; schema.ErrNoDatabase that nothing is
// published; schema.ErrLocked that another round is running.
func (r Round) Link(ctx context.Context, decision store.LinkDecision) (planned store.LinkPlan, err error) {
	err = r.locked(ctx, func() error {
		if planned, err = r.Store.PlanLink(ctx, decision); err != nil || !planned.Changes {
			return err
		}
		what := DescribeLink(planned)
		run, err := r.newRun(&what)
		if err != nil {
			return err
		}
		return r.recorded(run, func(run *journal.FinishedRun) (failure, verdict error) {
			run.Outcome = "complete"
			if failure = r.applyLink(ctx, planned, run.RunRecord); failure != nil {
				reason := what + ": " + failure.Error()
				run.Outcome, run.Reason = "failed", &reason
			}
			return failure, nil
		})
	})
	return planned, err
}

func (r Round) applyLink(ctx context.Context, planned store.LinkPlan, run journal.RunRecord) error {
	next, err := r.Store.ApplyLink(ctx, planned, run, r.ReportZone)
	if err != nil {
		return err
	}
	if err := r.show(ctx, next); err != nil {
		return err
	}
	return r.exportLake(ctx, &Report{})
}

// DescribeLink says in words what is decided: the reason of the run that does it.
func DescribeLink(planned store.LinkPlan) string {
	if planned.Decision.AccountKey == "" {
		return fmt.Sprintf("unlink %s from %s", planned.Decision.AccountID, planned.Chain)
	}
	return fmt.Sprintf("link %s to %s", planned.Decision.AccountID, planned.Chain)
}
