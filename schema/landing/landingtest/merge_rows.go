package landingtest

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"fcpipe/schema"
)

// refuseStrangers refuses rows with the id of another account's row: an id belongs to the account it was first
// seen in. The account they came with is not complete.
func (m *merge) refuseStrangers() {
	owner := map[string]string{}
	for _, t := range m.landed.Transactions {
		if held, known := m.file.rows[t.TransactionID]; known {
			owner[t.TransactionID] = held.AccountID
		} else if owner[t.TransactionID] == "" {
			owner[t.TransactionID] = t.AccountID
		}
	}
	strangers := map[string][]string{} // ids by the account they came with
	m.landed.Transactions = slices.DeleteFunc(m.landed.Transactions, func(t schema.Transaction) bool {
		isStranger := owner[t.TransactionID] != t.AccountID
		if isStranger && !slices.Contains(strangers[t.AccountID], t.TransactionID) {
			strangers[t.AccountID] = append(strangers[t.AccountID], t.TransactionID)
		}
		return isStranger
	})
	for id, rows := range strangers {
		slices.Sort(rows)
		for position, row := range rows {
			m.merged.Strangers++
			m.landed.Quarantined = append(m.landed.Quarantined, schema.QuarantinedRow{
				AccountID: id, Object: "transaction", Position: position, Field: "id", Reason: row +
					" is a row of account " +
					owner[row],
			})
		}
	}
	m.landed.Completions = slices.DeleteFunc(m.landed.Completions,
		func(c schema.Completion) bool { return strangers[c.AccountID] != nil })
}

// believed is an update as far as it orders states: one that lies more than two days after it was observed is
// older than any other.
func believed(updatedAt, observedAt time.Time) time.Time {
	if updatedAt.After(observedAt.Add(48 * time.Hour)) {
		return time.Time{}
	}
	return updatedAt
}

// transactions merges the last reading of each row: the greatest update, then the latest arrival.
func (m *merge) transactions() {
	last := map[string]schema.Transaction{}
	for _, t := range m.landed.Transactions {
		before, read := last[t.TransactionID]
		if !read || !believed(t.UpdatedAt, m.observedAt).Before(believed(before.UpdatedAt, m.observedAt)) {
			last[t.TransactionID] = t
		}
	}
	for id, t := range last {
		m.transaction(id, t)
	}
}

func (m *merge) transaction(id string, t schema.Transaction) {
	row, known := m.file.rows[id]
	if known && reflect.DeepEqual(row.Transaction, t) {
		return
	}
	isOlder := known && t.UpdatedAt.Before(believed(row.UpdatedAt, row.ObservedAt))
	if isOlder && slices.ContainsFunc(row.Versions, func(v Version) bool {
		return reflect.DeepEqual(v.Transaction,
			t)
	}) {
		return
	}
	m.audit(row, known, isOlder, t)
	version := 1
	for _, v := range row.Versions {
		version = max(version, v.Version+1)
	}
	row.Versions = append(slices.Clip(row.Versions), Version{t, version, isOlder})
	switch {
	case isOlder:
		m.merged.SupersededOnArrival++
	case known:
		m.merged.TransactionsChanged++
	default:
		m.merged.TransactionsNew++
	}
	if !isOlder {
		row.Transaction, row.Version, row.ObservedAt = t, version, m.observedAt
	}
	m.file.rows[id] = row
}

// audit counts what an audited account had missed. What differs only in fields fcpipe has no column for, or in when
// it was updated, was held.
func (m *merge) audit(row Row, known, isOlder bool, t schema.Transaction) {
	fetched, isAudited := m.round.Audited[t.AccountID]
	if !isAudited || isOlder || slices.Contains(fetched, t.TransactionID) {
		return
	}
	found := m.merged.Audits[t.AccountID]
	if !known {
		found.Missing++
	}
	before, after := row.Transaction, t
	before.Extra, before.UpdatedAt, after.Extra, after.UpdatedAt = nil, time.Time{}, nil, time.Time{}
	if known && !reflect.DeepEqual(before, after) {
		found.Different++
	}
	if found != (Difference{}) {
		m.merged.Audits[t.AccountID] = found
	}
}

// quarantine adds refusals. One that repeats itself while its account is tried again and again is one row; it is
// another one when what was refused has been read whole in between.
func (m *merge) quarantine() {
	type place struct {
		accountID, object string
		page, position    int
		field, reason     string
	}
	placeOf := func(q schema.QuarantinedRow) place {
		return place{q.AccountID, q.Object, q.Page, q.Position, q.Field, q.Reason}
	}
	standing := map[place]bool{}
	for _, q := range m.file.refused {
		if !q.observedAt.Before(m.wholeAt(q.AccountID, q.Object)) {
			standing[placeOf(q.QuarantinedRow)] = true
		}
	}
	var added []refusal
	for _, q := range m.landed.Quarantined {
		if at := placeOf(q); !standing[at] {
			standing[at] = true
			added = append(added, refusal{q, m.observedAt})
		}
	}
	slices.SortStableFunc(added, func(a, b refusal) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Object, b.Object),
			cmp.Compare(a.Page, b.Page),
			cmp.Compare(a.Position, b.Position))
	})
	m.file.refused = append(m.file.refused, added...)
	m.merged.Quarantined += int64(len(added))
}

// wholeAt is when what is refused of an account was last read whole: rows by a cursor that moved, owners by a whole
// snapshot, an account and its parts by being listed. Zero is never.
func (m *merge) wholeAt(id, object string) (at time.Time) {
	a := m.file.accounts[id]
	switch object {
	case "transaction":
		if a.cursor != nil {
			at = a.cursors[*a.cursor]
		}
	case "owner":
		for _, o := range m.file.ownerships {
			if o.AccountID == id && o.observedAt.After(at) {
				at = o.observedAt
			}
		}
	default:
		at = a.lastSeenAt
	}
	return at
}
