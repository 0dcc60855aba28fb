package store

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/tombstone"
)

// Erased tells which accounts are erased.
func (s *Store) Erased() *tombstone.Register { return s.erased }

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

// dropStagedErased removes what was staged of accounts that are erased.
func (s *Store) dropStagedErased(ctx context.Context, connection *sql.Conn) error {
	if !s.erased.Any() {
		return nil
	}
	var dropped []string
	if err := statements.EachRow(ctx, connection, "staged_accounts_named", func(scan duck.Scan) error {
		var account, holder string
		err := scan(&account, &holder)
		if s.erased.IsErased(account, holder) {
			dropped = append(dropped, account)
		}
		return err
	}); err != nil || len(dropped) == 0 {
		return err
	}
	_, err := connection.ExecContext(ctx, statements.Get("staged_erased_accounts"), sql.Named("erased", dropped))
	if err == nil {
		_, err = connection.ExecContext(ctx, statements.Get("staged_drop_erased"))
	}
	if err != nil {
		return fmt.Errorf("drop what landed of erased accounts: %w", err)
	}
	return nil
}

// scrubbed is a run as the file may know it: erased accounts are named by their keyed hashes.
func scrubbed(run journal.FinishedRun, erased *tombstone.Register) journal.FinishedRun {
	if !erased.Any() {
		return run
	}
	run.Reason = scrubText(run.Reason, erased)
	accounts := make([]journal.RunAccount, len(run.Accounts))
	for i, a := range run.Accounts {
		if hash := erased.Scrub(a.AccountID); hash != a.AccountID {
			a.AccountID, a.RequestID = hash, nil
		}
		a.Reason = scrubText(a.Reason, erased)
		accounts[i] = a
	}
	run.Accounts = accounts
	return run
}

func scrubText(text *string, erased *tombstone.Register) *string {
	if text == nil {
		return nil
	}
	by := erased.Scrub(*text)
	return &by
}

// scrubbedCharge is a charge as the file may know it.
func scrubbedCharge(c journal.Charge, erased *tombstone.Register) journal.Charge {
	c.ChargeKey = erased.Scrub(c.ChargeKey)
	c.AccountID, c.HolderID = scrubText(c.AccountID, erased), scrubText(c.HolderID, erased)
	return c
}

// copyErasures brings the receipts the file has not.
func (m *merger) copyErasures(ctx context.Context, log *journal.Journal) error {
	stored := map[string]bool{}
	if err := statements.EachRow(ctx, m, "erasures_stored", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		stored[id] = true
		return err
	}); err != nil {
		return err
	}
	for _, e := range log.Receipts() {
		if stored[e.ErasureID] {
			continue
		}
		r := tombstone.RowOf(e)
		if err := m.exec(ctx, "erasure_insert", r.ErasureID, r.Subject, r.RequestedAt, r.CompletedAt, r.Reason,
			r.Details, r.PreviousHash, r.Hash); err != nil {
			return err
		}
	}
	return nil
}
