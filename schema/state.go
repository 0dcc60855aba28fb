package schema

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// State is what is stored already: what a plan compares Stripe's answers with.
type State struct {
	Exists          bool // a file has been published
	Livemode        *bool
	StripeAccountID *string
	Watermark       time.Time // nothing stored was observed later; zero before the first merge
	Accounts        map[string]AccountState
	// Ownerships are the ids of ownership snapshots whose every owner is held
	Ownerships map[string]bool
	// Tallies counts the stored rows by account, when asked; nil without a published file
	Tallies func(context.Context) (map[string]Tally, error)
}

// Tally is how much is stored of an account.
type Tally struct{ Rows int64 }

// AccountState is one stored account, landed rows included.
type AccountState struct {
	Account
	AccountKey        string
	CursorRefreshID   *string
	CompleteThroughAt *time.Time
	FirstSeenAt       time.Time
	Landed            bool                      // some of it has landed and is not merged yet
	Balances          map[string]Balance        // the current one by currency
	Refreshes         map[string]RefreshAttempt // the latest stored attempt by feature
	Failures          map[string]int            // attempts that failed since one succeeded, by feature
}

// State reads the published file and closes it again. Without one it is empty; ErrFileGone means that
// there was one.
func (s *Store) State(ctx context.Context) (state State, err error) {
	state = State{Accounts: map[string]AccountState{}}
	reader, err := OpenReader(ctx, s.layout, s.settings())
	if errors.Is(err, ErrNoDatabase) {
		return state, s.layout.RefuseToForget()
	}
	if err != nil {
		return state, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	info, err := reader.Info(ctx)
	if err != nil {
		return state, err
	}
	state.Exists, state.Livemode, state.StripeAccountID = true, info.Livemode, info.StripeAccountID
	if info.Watermark != nil {
		state.Watermark = *info.Watermark
	}
	state.Tallies = s.tallies
	if err := state.read(ctx, reader.Database(), "state"); err != nil {
		return state, err
	}
	return state, eachRow(ctx, reader.Database(), "state_failures", func(scan scanner) error {
		var id, feature string
		var failures int
		err := scan(&id, &feature, &failures)
		if account, known := state.Accounts[id]; known {
			account.Failures[feature] = failures
		}
		return err
	})
}

// tallies reads the published file again: most rounds do not need them.
func (s *Store) tallies(ctx context.Context) (tallies map[string]Tally, err error) {
	reader, err := OpenReader(ctx, s.layout, s.settings())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	tallies = map[string]Tally{}
	return tallies, eachRow(ctx, reader.Database(), "state_tallies", func(scan scanner) error {
		var id string
		var tally Tally
		err := scan(&id, &tally.Rows)
		tallies[id] = tally
		return err
	})
}

// OverlayLanded puts what landed on top of the stored state without touching it: for a plan,
// while another process may be running a round. Segments that are unreadable, and those behind them, are left out.
func (s *Store) OverlayLanded(ctx context.Context, state *State) error {
	l := &Landing{directory: s.layout.Landing(), settings: s.settings()}
	paths, _, err := landedSegments(l.directory)
	if err != nil {
		return err
	}
	good, err := wholeSegments(ctx, paths, l.settings)
	if err != nil {
		return err
	}
	l.sealed = paths[:good]
	return l.Overlay(ctx, state)
}

// Overlay puts landed rows on top of the stored ones: what a run that was killed had
// already finished is not fetched again.
func (l *Landing) Overlay(ctx context.Context, state *State) error {
	for _, path := range l.segments() {
		if err := l.overlaySegment(ctx, path, state); err != nil {
			return fmt.Errorf("read landing segment %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func (l *Landing) overlaySegment(ctx context.Context, path string, state *State) (err error) {
	database, err := openDatabase(ctx, path, readOnly, l.settings, l.directory)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := state.read(ctx, database, "landed"); err != nil {
		return err
	}
	return state.complete(ctx, database)
}

// read takes accounts, balances and refreshes from a published file ("state") or a segment ("landed").
func (s *State) read(ctx context.Context, database queryer, source string) error {
	if err := eachRow(ctx, database, source+"_accounts", func(scan scanner) error {
		account, err := scanAccount(scan)
		if err != nil {
			return err
		}
		s.put(account, source == "landed")
		return nil
	}); err != nil {
		return err
	}
	if err := eachRow(ctx, database, source+"_balances", func(scan scanner) error {
		var b Balance
		err := scan(&b.AccountID, &b.Currency, &b.BalanceType, &b.CurrentMinor, &b.AvailableMinor, &b.UsedMinor, &b.AsOf)
		if account, known := s.Accounts[b.AccountID]; known && !account.Balances[b.Currency].AsOf.After(b.AsOf) {
			account.Balances[b.Currency] = b
		}
		return err
	}); err != nil {
		return err
	}
	if err := s.readOwnerships(ctx, database, source); err != nil {
		return err
	}
	return eachRow(ctx, database, source+"_refreshes", func(scan scanner) error {
		var r RefreshAttempt
		err := scan(&r.Feature, &r.AccountID, &r.StripeAccountID, &r.RefreshID, &r.RequestedAt, &r.RequestedBy,
			&r.Status, &r.SettledAt, &r.IdempotencyKey, &r.RequestID)
		if account, known := s.Accounts[r.AccountID]; known && r.follows(account.Refreshes[r.Feature]) {
			account.countFailure(r)
			account.Refreshes[r.Feature] = r
		}
		return err
	})
}

// follows reports whether an attempt is newer than the latest one, or that one as it became: an
// attempt that has settled is never pending again.
func (r RefreshAttempt) follows(latest RefreshAttempt) bool {
	if r.RequestedAt.Equal(latest.RequestedAt) {
		return r.Status != "pending" || latest.Status == "pending"
	}
	return r.since().After(latest.since())
}

// since is when an attempt was made. One that lies in the future is not later than when it was seen settled.
func (r RefreshAttempt) since() time.Time {
	if r.SettledAt != nil && r.SettledAt.Before(r.RequestedAt) {
		return *r.SettledAt
	}
	return r.RequestedAt
}

// countFailure counts a newer attempt than the latest one, or that one as it ended.
func (a AccountState) countFailure(r RefreshAttempt) {
	latest := a.Refreshes[r.Feature]
	switch {
	case r.Status == "succeeded":
		delete(a.Failures, r.Feature)
	case r.Status == "failed" && (latest.Status != "failed" || !latest.RequestedAt.Equal(r.RequestedAt)):
		a.Failures[r.Feature]++
	}
}

// put stores a reading of an account; a landed one keeps the stored key, cursor and history.
func (s *State) put(account AccountState, landed bool) {
	account.Balances, account.Refreshes, account.Failures = map[string]Balance{}, map[string]RefreshAttempt{}, map[string]int{}
	if known, exists := s.Accounts[account.AccountID]; exists && landed {
		known.Account = account.Account
		account = known
	}
	account.Landed = landed
	s.Accounts[account.AccountID] = account
}
