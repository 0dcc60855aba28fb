package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"fcpipe/schema/reader"
	"fcpipe/sync/simulator"
)

// CursorsAhead is I3: an account whose cursor is a refresh holds each row that this refresh had revealed, in the state
// of that refresh or of a later one. It names cursors that are no refresh which succeeded, and counts missing rows.
func CursorsAhead(ctx context.Context, reader *reader.Reader, world *simulator.Server) (problems []string, err error) {
	held, err := byFirst(ctx, reader, question("states"), func(rest, _ string) string { return rest })
	if err != nil {
		return nil, err
	}
	cursors, err := byFirst(ctx, reader, question("cursors"), func(rest, _ string) string { return rest })
	if err != nil {
		return nil, err
	}
	for _, account := range slices.Sorted(maps.Keys(cursors)) {
		cursor := cursors[account]
		if cursor == "" {
			continue
		}
		revealed := world.Revelations(account, cursor)
		if len(revealed) == 0 {
			problem := fmt.Sprintf("I3: %s is at %q, which is no refresh that succeeded", account, cursor)
			problems = append(problems, problem)
			continue
		}
		missing, err := missingOf(revealed, held)
		if err != nil {
			return problems, err
		}
		if missing > 0 {
			problem := fmt.Sprintf("I3: %s is at %q and lacks %d of its rows", account, cursor, missing)
			problems = append(problems, problem)
		}
	}
	return problems, nil
}

// missingOf counts the rows of the first revelation that are held in no state which it or a later one shows.
func missingOf(revealed []simulator.Revelation, held map[string]string) (missing int, err error) {
	states := map[string][]string{}
	first := map[string]bool{}
	for i, revelation := range revealed {
		for _, raw := range revelation.Transactions {
			var row Row
			if err := json.Unmarshal(raw, &row); err != nil {
				return 0, fmt.Errorf("transaction of the simulator: %w", err)
			}
			states[row.ID] = append(states[row.ID], row.state())
			first[row.ID] = first[row.ID] || i == 0
		}
	}
	for id, shown := range states {
		if first[id] && !slices.Contains(shown, held[id]) {
			missing++
		}
	}
	return missing, nil
}

// cursorDifferences names cursors that are not the newest refresh, where nothing disturbs and all are read.
func (t Truth) cursorDifferences(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
	cursors, err := byFirst(ctx, reader, question("cursors"), func(rest, _ string) string { return rest })
	if err != nil {
		return nil, err
	}
	for _, account := range slices.Sorted(maps.Keys(cursors)) {
		if cursor, newest := cursors[account], t.newest[account]; cursor != newest {
			problems = append(problems, fmt.Sprintf("I3: %s is at %q, the truth is %q", account, cursor, newest))
		}
	}
	return problems, nil
}
