package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/landing"
)

// State reads the published file and closes it again. Without one it is empty; schema.ErrPublishedMissing means that
// there was one.
func (s *Store) State(ctx context.Context) (state schema.State, err error) {
	state = schema.State{Accounts: map[string]schema.AccountState{}, Consents: map[string]schema.ConsentState{}}
	reader, done, err := s.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return state, errors.Join(CheckPublishedMissing(s.layout), s.readConsents(ctx, &state, nil))
	}
	if err != nil {
		return state, err
	}
	defer func() { err = errors.Join(err, done()) }()
	info, err := reader.Info(ctx)
	if err != nil {
		return state, err
	}
	state.Exists, state.Livemode, state.StripeAccountID = true, info.Livemode, info.StripeAccountID
	if info.Watermark != nil {
		state.Watermark = *info.Watermark
	}
	state.Tallies = s.tallies
	if err := readState(ctx, &state, reader.Database(), "state"); err != nil {
		return state, err
	}
	s.dropErased(&state)
	if err := s.readConsents(ctx, &state, reader.Database()); err != nil {
		return state, err
	}
	cut, err := storedHorizons(ctx, reader.Database())
	if err != nil {
		return state, err
	}
	if cut.balances != nil {
		state.BalancesSince = *cut.balances
	}
	return state, statements.EachRow(ctx, reader.Database(), "state_failures", func(scan duck.Scan) error {
		var id, feature string
		var failures int
		err := scan(&id, &feature, &failures)
		if account, known := state.Accounts[id]; known {
			account.Failures[feature] = failures
		}
		return err
	})
}

// tallies reads the published file a second time: most rounds do not need them.
func (s *Store) tallies(ctx context.Context) (tallies map[string]schema.Tally, err error) {
	reader, done, err := s.Published(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	tallies = map[string]schema.Tally{}
	return tallies, statements.EachRow(ctx, reader.Database(), "state_tallies", func(scan duck.Scan) error {
		var id string
		var tally schema.Tally
		err := scan(&id, &tally.Rows)
		tallies[id] = tally
		return err
	})
}

// OverlayLanded puts what landed on top of the stored state without touching it: for a plan,
// while another process may be running a round. Segments that are unreadable, and those behind them, are left out.
func (s *Store) OverlayLanded(ctx context.Context, state *schema.State) error {
	paths, err := landing.ReadableSegments(ctx, s.layout.Landing(), s.Settings())
	if err != nil {
		return err
	}
	return s.overlaySegments(ctx, paths, state)
}

// Overlay puts the rows of a landing on top of the stored ones: what a run that was killed had
// already finished is not fetched again.
func (s *Store) Overlay(ctx context.Context, landing *landing.Landing, state *schema.State) error {
	return s.overlaySegments(ctx, landing.Segments(), state)
}

func (s *Store) overlaySegments(ctx context.Context, paths []string, state *schema.State) error {
	for _, path := range paths {
		if err := overlaySegment(ctx, path, s.Settings(), state); err != nil {
			return fmt.Errorf("read landing segment %s: %w", filepath.Base(path), err)
		}
	}
	s.dropErased(state)
	return nil
}

func overlaySegment(ctx context.Context, path string, settings duck.Settings, state *schema.State) (err error) {
	database, err := duck.Open(ctx, path, duck.ReadOnly, settings, filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := readState(ctx, state, database, "landed"); err != nil {
		return err
	}
	return completeState(ctx, state, database)
}

// readState reads accounts, balances and refreshes from a published file ("state") or a segment ("landed").
func readState(ctx context.Context, s *schema.State, database duck.Queryer, source string) error {
	if err := statements.EachRow(ctx, database, source+"_accounts", func(scan duck.Scan) error {
		account, err := scanAccount(scan)
		if err != nil {
			return err
		}
		s.Put(account, source == "landed")
		return nil
	}); err != nil {
		return err
	}
	if err := statements.EachRow(ctx, database, source+"_balances", func(scan duck.Scan) error {
		var b schema.Balance
		err := scan(
			&b.AccountID, &b.Currency, &b.BalanceType, &b.CurrentMinor, &b.AvailableMinor, &b.UsedMinor, &b.AsOf,
		)
		if account, known := s.Accounts[b.AccountID]; known && !account.Balances[b.Currency].AsOf.After(b.AsOf) {
			account.Balances[b.Currency] = b
		}
		return err
	}); err != nil {
		return err
	}
	if err := readOwnerships(ctx, s, database, source); err != nil {
		return err
	}
	if err := readLabelStates(ctx, s, database, source); err != nil {
		return err
	}
	return statements.EachRow(ctx, database, source+"_refreshes", func(scan duck.Scan) error {
		var r schema.RefreshAttempt
		err := scan(&r.Feature, &r.AccountID, &r.StripeAccountID, &r.RefreshID, &r.RequestedAt, &r.RequestedBy,
			&r.Status, &r.SettledAt, &r.IdempotencyKey, &r.RequestID)
		if account, known := s.Accounts[r.AccountID]; known && r.Follows(account.Refreshes[r.Feature]) {
			account.CountFailure(r)
			account.Refreshes[r.Feature] = r
		}
		return err
	})
}

// completeState moves the cursors of landed accounts as a merge would. A completion counts only where the stored cursor
// is the one that its rows were listed after: elsewhere rows are missing between the two.
func completeState(ctx context.Context, s *schema.State, segment duck.Queryer) error {
	hasAfter, err := hasAfterColumn(ctx, segment, "completions")
	if err != nil || !hasAfter {
		return err
	}
	return statements.EachRow(ctx, segment, "landed_completions", func(scan duck.Scan) error {
		var id, cursor string
		var after *string
		var through *time.Time
		if err := scan(&id, &after, &cursor, &through); err != nil {
			return err
		}
		account, known := s.Accounts[id]
		if held := account.CursorRefreshID; known && (after == nil || held != nil && *held == *after) {
			account.CursorRefreshID, account.CompleteThroughAt = &cursor, through
			s.Accounts[id] = account
		}
		return nil
	})
}

// readOwnerships reads the snapshots that are held whole from a published file ("state") or a segment ("landed").
func readOwnerships(ctx context.Context, s *schema.State, database duck.Queryer, source string) error {
	table := map[string]string{"state": "pii.ownerships", "landed": "ownerships"}[source]
	exists, err := duck.HasTable(ctx, database, table)
	if err != nil || !exists {
		return err
	}
	if s.Ownerships == nil {
		s.Ownerships = map[string]bool{}
	}
	return statements.EachRow(ctx, database, source+"_ownerships", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		s.Ownerships[id] = true
		return err
	})
}

// readLabelStates reads how far labels are from a published file ("state") or a segment ("landed").
func readLabelStates(ctx context.Context, s *schema.State, database duck.Queryer, source string) error {
	exists, err := duck.HasTable(ctx, database, "label_states")
	if err != nil || !exists {
		return err
	}
	return statements.EachRow(ctx, database, source+"_label_states", func(scan duck.Scan) error {
		var l schema.LabelState
		err := scan(&l.AccountID, &l.Taxonomy, &l.Status, &l.AfterRefreshID, &l.ThroughRefreshID)
		s.PutLabels(l)
		return err
	})
}

// scanAccount reads the columns of state_accounts and landed_accounts.
func scanAccount(scan duck.Scan) (schema.AccountState, error) {
	var a schema.AccountState
	var permissions, subscriptions, refreshID *string
	var states [3]struct {
		status      *string
		attemptedAt *time.Time
		nextAt      *time.Time
	}
	err := scan(
		&a.AccountID, &a.StripeAccountID, &a.HolderType, &a.HolderID, &a.InstitutionName, &a.DisplayName, &a.Last4,
		&a.Category, &a.Subcategory, &a.Status, &permissions, &subscriptions, &a.Livemode, &a.CreatedAt,
		&states[0].status, &states[0].attemptedAt, &states[0].nextAt, &states[1].status, &states[1].attemptedAt,
		&states[1].nextAt, &states[2].status, &states[2].attemptedAt, &states[2].nextAt, &refreshID, &a.Extra,
		&a.AccountKey, &a.CursorRefreshID, &a.CompleteThroughAt, &a.FirstSeenAt,
	)
	if err != nil {
		return a, err
	}
	for i, target := range []**schema.RefreshState{&a.BalanceRefresh, &a.OwnershipRefresh, &a.TransactionRefresh} {
		if states[i].status != nil && states[i].attemptedAt != nil {
			*target = &schema.RefreshState{
				Status: *states[i].status, AttemptedAt: *states[i].attemptedAt, NextAvailableAt: states[i].nextAt,
			}
		}
	}
	if a.TransactionRefresh != nil {
		a.TransactionRefresh.RefreshID = refreshID
	}
	return a, errors.Join(duck.ParseList(permissions, &a.Permissions), duck.ParseList(subscriptions, &a.Subscriptions))
}

// dropErased forgets accounts that are erased: they landed before their erasure, or it is not complete.
func (s *Store) dropErased(state *schema.State) {
	if !s.erased.Any() {
		return
	}
	for id, account := range state.Accounts {
		if s.erased.IsErased(id, holderOf(account.Account)) {
			delete(state.Accounts, id)
		}
	}
}

func holderOf(a schema.Account) string {
	if a.HolderID == nil {
		return ""
	}
	return *a.HolderID
}
