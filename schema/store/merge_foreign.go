package store

import (
	"context"
	"fmt"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
)

// codeForeignRows is the error code of accounts that were sent rows of other accounts: that of any refused rows, so
// that they are read less and less often.
const codeForeignRows = "rows_refused"

// refuseForeignRows puts rows that carry the id of another account's row into quarantine, and makes the accounts they
// came with incomplete.
func (m *merger) refuseForeignRows(ctx context.Context) error {
	if err := m.exec(ctx, "merge_foreign_rows"); err != nil {
		return err
	}
	if err := statements.EachRow(ctx, m, "merge_foreign_counts", func(scan duck.Scan) error {
		var id string
		var rows int64
		err := scan(&id, &rows)
		m.report.ForeignRows += rows
		m.report.Incomplete = append(m.report.Incomplete, foreignRowsOutcome(id, rows))
		return err
	}); err != nil || m.report.ForeignRows == 0 {
		return err
	}
	if err := statements.EachRow(ctx, m, "merge_foreign_payloads", func(scan duck.Scan) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		return landing.WritePayload(m.quarantine, body)
	}); err != nil {
		return err
	}
	m.run.Run.Amend(m.report.Incomplete)
	if err := m.exec(ctx, "merge_refuse_foreign_rows"); err != nil {
		return err
	}
	return m.exec(ctx, "merge_repeated")
}

func foreignRowsOutcome(id string, rows int64) journal.RunAccount {
	reason, code := fmt.Sprintf(
		"%d rows refused whose ids are of other accounts' rows, see meta.quarantine", rows,
	), codeForeignRows
	return journal.RunAccount{AccountID: id, Outcome: "failed", Reason: &reason, ErrorCode: &code}
}
