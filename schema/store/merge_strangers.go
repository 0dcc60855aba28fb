package store

import (
	"context"
	"fmt"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
)

// codeStranger is the error code of accounts that were sent rows of other accounts: as for any refused
// rows, which are read less and less often.
const codeStranger = "rows_refused"

// refuseStrangers puts rows that carry the id of another account's row into quarantine, and makes the
// accounts they came with incomplete.
func (m *merger) refuseStrangers(ctx context.Context) error {
	if err := m.exec(ctx, "merge_strangers"); err != nil {
		return err
	}
	if err := duck.EachRow(ctx, m, "merge_strangers_counts", func(scan duck.Scan) error {
		var id string
		var rows int64
		err := scan(&id, &rows)
		m.report.Strangers += rows
		m.report.Incomplete = append(m.report.Incomplete, strangersOutcome(id, rows))
		return err
	}); err != nil || m.report.Strangers == 0 {
		return err
	}
	if err := duck.EachRow(ctx, m, "merge_strangers_bodies", func(scan duck.Scan) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		return landing.WritePayload(m.quarantine, body)
	}); err != nil {
		return err
	}
	m.run.Run.Amend(m.report.Incomplete)
	if err := m.exec(ctx, "merge_refuse_strangers"); err != nil {
		return err
	}
	return m.exec(ctx, "merge_repeated")
}

func strangersOutcome(id string, rows int64) journal.RunAccount {
	reason, code := fmt.Sprintf("%d rows refused whose ids are of other accounts' rows, see meta.quarantine", rows), codeStranger
	return journal.RunAccount{AccountID: id, Outcome: "failed", Reason: &reason, ErrorCode: &code}
}
