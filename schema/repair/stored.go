package repair

import (
	"context"
	"path/filepath"
	"slices"

	"fcpipe/schema/check"
	"fcpipe/schema/landing"
	"fcpipe/schema/store"
)

// repairPrevious archives earlier generations that cannot be opened: no repair could go back to them.
func (r *Repair) repairPrevious(ctx context.Context) error {
	paths, err := store.KeptGenerations(r.layout)
	if err != nil {
		return err
	}
	for _, path := range paths {
		findings, err := check.VerifyStored(ctx, r.layout, path, r.options.Settings)
		if err != nil {
			return err
		}
		if len(findings) == 0 {
			continue
		}
		step := Step{Where: r.below(path), What: findings[0].What + "; moved to state/damaged"}
		if err := r.step(step, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// repairLanding archives damaged segments, and those after them: their rows are fetched again.
func (r *Repair) repairLanding(ctx context.Context) error {
	paths, _, err := landing.ListSegments(r.layout.Landing())
	if err != nil {
		return err
	}
	good := 0
	for ; good < len(paths); good++ {
		findings, err := check.VerifyStored(ctx, r.layout, paths[good], r.options.Settings)
		if err != nil {
			return err
		}
		if len(findings) > 0 {
			break
		}
	}
	// newest first: killed in between, no segment is left after one that is gone
	for _, path := range slices.Backward(paths[good:]) {
		step := Step{
			Where: r.below(path),
			What:  "damaged, or after a damaged one; moved to state/damaged, its rows are fetched again",
		}
		if err := r.step(step, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// repairQuarantine archives payloads that are not what was refused.
func (r *Repair) repairQuarantine(ctx context.Context) error {
	findings, err := check.VerifyQuarantine(ctx, r.layout)
	if err != nil {
		return err
	}
	for _, f := range findings {
		step := Step{
			Where: f.Where, What: f.What + "; moved to state/damaged",
			Lost: "what Stripe sent, unless it sends it again and it is refused again",
		}
		if err := r.step(step, func() error { return r.archive(filepath.Join(r.layout.Dir, f.Where)) }); err != nil {
			return err
		}
	}
	return nil
}
