package schema

import "database/sql/driver"

// appendLanded puts every row of one call into the segment; transactions before the
// completion that vouches for them.
func (s *segment) appendLanded(rows Landed) error {
	for i := range rows.Accounts {
		if err := s.appendAccount(&rows.Accounts[i]); err != nil {
			return err
		}
	}
	for i := range rows.Transactions {
		t := &rows.Transactions[i]
		if err := s.appendRow("transactions", t.TransactionID, t.AccountID, t.AmountMinor, t.Currency, t.Description, t.Status,
			t.TransactedAt, optional(t.PostedAt), optional(t.VoidAt), t.UpdatedAt, t.TransactionRefreshID, t.Livemode, optional(t.Extra)); err != nil {
			return err
		}
	}
	for _, b := range rows.Balances {
		if err := s.appendRow("balances", b.AccountID, b.Currency, b.BalanceType, optional(b.CurrentMinor),
			optional(b.AvailableMinor), optional(b.UsedMinor), b.AsOf); err != nil {
			return err
		}
	}
	for _, r := range rows.Refreshes {
		if err := s.appendRow("refreshes", r.Feature, r.AccountID, optional(r.StripeAccountID), optional(r.RefreshID), r.RequestedAt,
			r.RequestedBy, r.Status, optional(r.SettledAt), optional(r.IdempotencyKey), optional(r.RequestID)); err != nil {
			return err
		}
	}
	for _, q := range rows.Quarantined {
		if err := s.appendRow("quarantine", q.AccountID, q.Object, int32(q.Page), int32(q.Position), q.Field, q.Reason, q.RequestID); err != nil {
			return err
		}
	}
	for _, c := range rows.Completions {
		if err := s.appendRow("completions", c.AccountID, optional(c.AfterRefreshID), optional(c.CursorRefreshID), optional(c.CompleteThroughAt)); err != nil {
			return err
		}
	}
	return s.appendOwners(rows)
}

// appendOwners puts owners before the word that their snapshot is whole.
func (s *segment) appendOwners(rows Landed) error {
	for _, o := range rows.Owners {
		if err := s.appendRow("owners", o.OwnershipID, o.OwnerID, o.AccountID, o.Name, optional(o.Email), optional(o.Phone),
			optional(o.RawAddress), optional(o.RefreshedAt), optional(o.Extra)); err != nil {
			return err
		}
	}
	for _, o := range rows.Ownerships {
		if err := s.appendRow("ownerships", o.OwnershipID, o.AccountID, o.OwnerCount); err != nil {
			return err
		}
	}
	return nil
}

func (s *segment) appendAccount(a *Account) error {
	values := []driver.Value{
		a.AccountID, optional(a.StripeAccountID), optional(a.HolderType), optional(a.HolderID), a.InstitutionName,
		optional(a.DisplayName), optional(a.Last4), a.Category, a.Subcategory, a.Status, list(a.Permissions), list(a.Subscriptions),
		a.Livemode, a.CreatedAt,
	}
	for _, state := range []*RefreshState{a.BalanceRefresh, a.OwnershipRefresh, a.TransactionRefresh} {
		values = append(values, refreshValues(state)...)
	}
	var refreshID driver.Value
	if a.TransactionRefresh != nil {
		refreshID = optional(a.TransactionRefresh.RefreshID)
	}
	return s.appendRow("accounts", append(values, refreshID, optional(a.Extra))...)
}

func refreshValues(state *RefreshState) []driver.Value {
	if state == nil {
		return []driver.Value{nil, nil, nil}
	}
	return []driver.Value{state.Status, state.AttemptedAt, optional(state.NextAvailableAt)}
}

// optional is the value behind a pointer, or SQL's NULL.
func optional[T any](value *T) driver.Value {
	if value == nil {
		return nil
	}
	return *value
}

// list is a VARCHAR[] value, or SQL's NULL for a nil slice.
func list(values []string) driver.Value {
	if values == nil {
		return nil
	}
	return values
}
