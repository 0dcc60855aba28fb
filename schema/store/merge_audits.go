package store

import (
	"context"
	"database/sql"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
)

// compareAudits counts what the audited accounts' rows changed. Those accounts held everything before: a row that is
// new, or differs in its core, is a defect somewhere. Fields fcpipe has no column for are no core: a classification may
// come later, without a refresh. A row that is held and not in Stripe's list any more is kept, and is no defect.
func (m *merger) compareAudits(ctx context.Context) error {
	at := map[string]int{}
	m.report.Audits = append([]journal.Audit(nil), m.run.Audits...)
	for i, audit := range m.report.Audits {
		at[audit.AccountID] = i
	}
	if len(at) == 0 {
		return nil
	}
	audited, fetched := []string{}, []string{}
	for _, audit := range m.run.Audits {
		audited, fetched = append(audited, audit.AccountID), append(fetched, audit.Fetched...)
	}
	return statements.EachRow(ctx, m, "merge_audit_differences", func(scan duck.Scan) error {
		var id string
		var missing, different int64
		err := scan(&id, &missing, &different)
		if i, audited := at[id]; audited {
			m.report.Audits[i].Missing, m.report.Audits[i].Different = missing, different
		}
		return err
	}, sql.Named("audited", audited), sql.Named("fetched", fetched))
}

// copyAudits brings audits the file has not: the journal's, and those of this run.
func (m *merger) copyAudits(ctx context.Context, journal *journal.Journal) error {
	type key struct {
		id string
		at int64
	}
	stored := map[key]bool{}
	if err := statements.EachRow(ctx, m, "audits_stored", func(scan duck.Scan) error {
		var id string
		var at time.Time
		err := scan(&id, &at)
		stored[key{m.erased.Scrub(id), at.UnixMicro()}] = true
		return err
	}); err != nil {
		return err
	}
	for _, audit := range append(journal.Audits(), m.report.Audits...) {
		audit.AccountID = m.erased.Scrub(audit.AccountID)
		k := key{audit.AccountID, audit.AuditedAt.UnixMicro()}
		if stored[k] {
			continue
		}
		stored[k] = true
		if err := m.exec(
			ctx, "audit_insert", audit.AccountID, audit.AuditedAt, audit.Listed, audit.Missing, audit.Different,
			audit.RunID,
		); err != nil {
			return err
		}
	}
	return nil
}
