package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
)

// RecordConsents makes consents that were given here durable at once: all of them or, on an error, none. It needs no
// lock; the next merge that begins after it makes rows of them.
func (s *Store) RecordConsents(_ context.Context, consents []schema.Consent) error {
	records := make([]journal.Consent, len(consents))
	for i, c := range consents {
		records[i] = journal.Consent{
			AccountID: c.AccountID, HolderType: c.HolderType, HolderID: c.HolderID, StripeAccountID: c.StripeAccountID,
			Permissions: c.Permissions, SessionID: c.SessionID, StripeConsentID: c.StripeConsentID, Text: c.Text,
			TextVersion: c.TextVersion, Locale: c.Locale, GivenAt: c.GivenAt,
		}
	}
	return s.journal.RecordConsents(records...)
}

// consentKey is what makes a consent that was given here one.
type consentKey struct {
	accountID, sessionID string
	givenAt              int64 // microseconds since 1970
}

func keyOfConsent(c journal.Consent) consentKey {
	key := consentKey{accountID: c.AccountID, givenAt: c.GivenAt.UnixMicro()}
	if c.SessionID != nil {
		key.sessionID = *c.SessionID
	}
	return key
}

// consentsLacking returns the consents of the journal that a file has not; a nil database has none. One that was given
// after the lock was taken waits for the next round: this round's list may be older.
func (s *Store) consentsLacking(ctx context.Context, database duck.Queryer) (lacking []journal.Consent, err error) {
	given := s.journal.Consents()
	if s.locked {
		given = given[:s.givenAtLock]
	}
	if len(given) == 0 {
		return nil, nil
	}
	stored, err := storedConsents(ctx, database)
	if err != nil {
		return nil, err
	}
	for _, consent := range given {
		if s.erased.IsErased(consent.AccountID, consent.HolderID) {
			continue
		}
		if key := keyOfConsent(consent); !stored[key] {
			stored[key] = true
			lacking = append(lacking, consent)
		}
	}
	return lacking, nil
}

// storedConsents are those of a file that were given here. Files of earlier versions have none.
func storedConsents(ctx context.Context, database duck.Queryer) (stored map[consentKey]bool, err error) {
	stored = map[consentKey]bool{}
	if have, err := consentsHaveSessions(ctx, database); err != nil || !have {
		return stored, err
	}
	return stored, statements.EachRow(ctx, database, "consents_stored", func(scan duck.Scan) error {
		var key consentKey
		var at time.Time
		err := scan(&key.accountID, &key.sessionID, &at)
		key.givenAt = at.UnixMicro()
		stored[key] = true
		return err
	})
}

// mergeConsents adds a row for each consent that was given here, then one for each account of which the list shows
// something else than the newest row says.
func (m *merger) mergeConsents(ctx context.Context, log *journal.Journal, given []journal.Consent) error {
	if len(given) == 0 && m.report.AccountsNew+m.report.AccountsChanged == 0 {
		return nil
	}
	if err := m.exec(ctx, "merge_consent_tables"); err != nil {
		return err
	}
	if err := m.stageConsents(ctx, given); err != nil {
		return err
	}
	for _, end := range log.ConsentEnds() {
		if m.erased.IsErased(end.AccountID, "") {
			continue
		}
		if err := m.exec(ctx, "merge_consent_ended", end.AccountID, end.Reason); err != nil {
			return err
		}
	}
	if err := m.execAll(ctx, []step{
		{"merge_consents_given", m.roundArgs()},
		{"merge_consents_shown", []any{sql.Named("seen", m.run.Seen)}},
		{"merge_consents_linked_elsewhere", m.roundArgs()},
		{"merge_consents_changed", m.roundArgs()},
	}); err != nil {
		return err
	}
	return m.QueryRowContext(ctx, statements.Get("merge_consent_count"), m.roundArgs()[0]).
		Scan(&m.report.ConsentsChanged)
}

func (m *merger) stageConsents(ctx context.Context, given []journal.Consent) error {
	for i, c := range given {
		permissions, err := json.Marshal(c.Permissions)
		if err != nil {
			return fmt.Errorf("consent: %w", err)
		}
		if err := m.exec(ctx, "merge_consent_given", i, c.AccountID, c.HolderType, c.HolderID,
			duck.Nullable(c.StripeAccountID), string(permissions), duck.Nullable(c.SessionID),
			duck.Nullable(c.StripeConsentID), duck.Nullable(c.Text), duck.Nullable(c.TextVersion),
			duck.Nullable(c.Locale), c.GivenAt); err != nil {
			return err
		}
	}
	return nil
}

// readConsents reads what is known of consents: of the file, and of the journal what the file has not.
func (s *Store) readConsents(ctx context.Context, state *schema.State, file *source) error {
	var database duck.Queryer
	if file != nil {
		database = file
	}
	have, err := consentsHaveSessions(ctx, database)
	if err != nil {
		return err
	}
	if have {
		var id string
		var permissions *string
		var consent schema.ConsentState
		known, columns := lists{}, []any{&id, &permissions, &consent.Ended}
		if err := file.eachRow(ctx, "consents", func(scan duck.Scan) error {
			err := scan(columns...)
			err = errors.Join(err, known.parse(permissions, &consent.Permissions))
			state.Consents[id] = consent
			return err
		}); err != nil {
			return err
		}
	}
	given, err := s.consentsLacking(ctx, database)
	for _, consent := range given {
		state.Consents[consent.AccountID] = schema.ConsentState{Permissions: consent.Permissions}
	}
	for id, end := range s.journal.ConsentEnds() {
		state.Consents[id] = schema.ConsentState{Permissions: state.Consents[id].Permissions, Ended: end.Reason}
	}
	return err
}

// consentsHaveSessions is false for a file of an earlier version, and for none.
func consentsHaveSessions(ctx context.Context, database duck.Queryer) (have bool, err error) {
	if database != nil {
		err = database.QueryRowContext(ctx, statements.Get("consents_have_sessions")).Scan(&have)
	}
	return have, err
}
