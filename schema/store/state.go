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
	"fcpipe/schema/reader"
)

// source is what a state is read from: a published file or a segment.
type source struct {
	duck.Queryer
	prefix string         // of its statements
	file   *reader.Reader // reads many rows faster; nil for a segment
}

// eachRow calls visit for each row of a statement, which is named without the prefix.
func (s source) eachRow(ctx context.Context, name string, visit func(duck.Scan) error) error {
	name = s.prefix + name
	if s.file == nil {
		return statements.EachRow(ctx, s, name, visit)
	}
	if err := s.file.EachRow(ctx, statements.Get(name), visit); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

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
	file := source{Queryer: reader.Database(), prefix: "state_", file: reader}
	if err := readState(ctx, &state, file); err != nil {
		return state, err
	}
	s.dropErased(&state)
	if err := s.readConsents(ctx, &state, &file); err != nil {
		return state, err
	}
	cut, err := storedHorizons(ctx, file)
	if err != nil {
		return state, err
	}
	if cut.balances != nil {
		state.BalancesSince = *cut.balances
	}
	return state, file.eachRow(ctx, "failures", func(scan duck.Scan) error {
		var id, feature string
		var failures int64
		err := scan(&id, &feature, &failures)
		if account, known := state.Accounts[id]; known {
			account.PutFailures(feature, int(failures))
			state.Accounts[id] = account
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
	segment := source{Queryer: database, prefix: "landed_"}
	if err := readState(ctx, state, segment); err != nil {
		return err
	}
	return completeState(ctx, state, database)
}

// readState reads accounts, balances and refreshes.
func readState(ctx context.Context, s *schema.State, from source) error {
	row := newAccountRow()
	if err := from.eachRow(ctx, "accounts", func(scan duck.Scan) error {
		account, err := row.scan(scan)
		if err != nil {
			return err
		}
		s.Put(account, from.file == nil)
		return nil
	}); err != nil {
		return err
	}
	var b schema.Balance
	columns := []any{
		&b.AccountID, &b.Currency, &b.BalanceType, &b.CurrentMinor, &b.AvailableMinor, &b.UsedMinor, &b.AsOf,
	}
	if err := from.eachRow(ctx, "balances", func(scan duck.Scan) error {
		err := scan(columns...)
		if account, known := s.Accounts[b.AccountID]; known {
			account.PutBalance(b)
			s.Accounts[b.AccountID] = account
		}
		return err
	}); err != nil {
		return err
	}
	if err := readOwnerships(ctx, s, from); err != nil {
		return err
	}
	if err := readLabelStates(ctx, s, from); err != nil {
		return err
	}
	var r schema.RefreshAttempt
	columns = []any{
		&r.Feature, &r.AccountID, &r.StripeAccountID, &r.RefreshID, &r.RequestedAt, &r.RequestedBy, &r.Status,
		&r.SettledAt, &r.IdempotencyKey, &r.RequestID,
	}
	return from.eachRow(ctx, "refreshes", func(scan duck.Scan) error {
		err := scan(columns...)
		if account, known := s.Accounts[r.AccountID]; known {
			account.PutRefresh(r)
			s.Accounts[r.AccountID] = account
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

// readOwnerships reads the snapshots that are held whole.
func readOwnerships(ctx context.Context, s *schema.State, from source) error {
	table := "ownerships"
	if from.file != nil {
		table = "pii.ownerships"
	}
	exists, err := duck.HasTable(ctx, from, table)
	if err != nil || !exists {
		return err
	}
	if s.Ownerships == nil {
		s.Ownerships = map[string]bool{}
	}
	return from.eachRow(ctx, "ownerships", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		s.Ownerships[id] = true
		return err
	})
}

// readLabelStates reads how far labels are.
func readLabelStates(ctx context.Context, s *schema.State, from source) error {
	exists, err := duck.HasTable(ctx, from, "label_states")
	if err != nil || !exists {
		return err
	}
	return from.eachRow(ctx, "label_states", func(scan duck.Scan) error {
		var l schema.LabelState
		err := scan(&l.AccountID, &l.Taxonomy, &l.Status, &l.AfterRefreshID, &l.ThroughRefreshID)
		s.PutLabels(l)
		return err
	})
}

// accountRow reads the columns of state_accounts and landed_accounts. It serves one row after the other.
type accountRow struct {
	account                               schema.AccountState
	permissions, subscriptions, refreshID *string
	refreshes                             [3]struct {
		status              *string
		attemptedAt, nextAt *time.Time
	}
	columns []any // where each of them is read to
	lists   lists
}

func newAccountRow() *accountRow {
	r := &accountRow{lists: lists{}}
	a, balance, ownership, transactions := &r.account, &r.refreshes[0], &r.refreshes[1], &r.refreshes[2]
	r.columns = []any{
		&a.AccountID, &a.StripeAccountID, &a.HolderType, &a.HolderID, &a.InstitutionName, &a.DisplayName, &a.Last4,
		&a.Category, &a.Subcategory, &a.Status, &r.permissions, &r.subscriptions, &a.Livemode, &a.CreatedAt,
		&balance.status, &balance.attemptedAt, &balance.nextAt, &ownership.status, &ownership.attemptedAt,
		&ownership.nextAt, &transactions.status, &transactions.attemptedAt, &transactions.nextAt, &r.refreshID,
		&a.Extra, &a.AccountKey, &a.CursorRefreshID, &a.CompleteThroughAt, &a.FirstSeenAt,
	}
	return r
}

func (r *accountRow) scan(scan duck.Scan) (schema.AccountState, error) {
	a := &r.account
	if err := scan(r.columns...); err != nil {
		return *a, err
	}
	for i, target := range []**schema.RefreshState{&a.BalanceRefresh, &a.OwnershipRefresh, &a.TransactionRefresh} {
		*target = nil
		if shown := r.refreshes[i]; shown.status != nil && shown.attemptedAt != nil {
			*target = &schema.RefreshState{
				Status: *shown.status, AttemptedAt: *shown.attemptedAt, NextAvailableAt: shown.nextAt,
			}
		}
	}
	if a.TransactionRefresh != nil {
		a.TransactionRefresh.RefreshID = r.refreshID
	}
	err := errors.Join(
		r.lists.parse(r.permissions, &a.Permissions), r.lists.parse(r.subscriptions, &a.Subscriptions),
	)
	return *a, err
}

// lists are those that were parsed, by their JSON: nearly all accounts have one of a few. None is changed.
type lists map[string][]string

// parse is duck.ParseList, once for equal lists.
func (l lists) parse(text *string, target *[]string) error {
	*target = nil
	if text == nil {
		return nil
	}
	list, known := l[*text]
	if !known {
		if err := duck.ParseList(text, &list); err != nil {
			return err
		}
		l[*text] = list
	}
	*target = list
	return nil
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
