package landing

import (
	"database/sql/driver"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// appendLanded puts every row of one call into the segment; transactions before the
// completion that vouches for them.
func (s *segment) appendLanded(rows schema.Landed) error {
	for i := range rows.Accounts {
		if err := s.appendAccount(&rows.Accounts[i]); err != nil {
			return err
		}
	}
	for i := range rows.Transactions {
		if err := s.appendTransaction(&rows.Transactions[i]); err != nil {
			return err
		}
	}
	for _, b := range rows.Balances {
		if err := s.appendRow("balances", b.AccountID, b.Currency, b.BalanceType, duck.Nullable(b.CurrentMinor),
			duck.Nullable(b.AvailableMinor), duck.Nullable(b.UsedMinor), b.AsOf); err != nil {
			return err
		}
	}
	for _, r := range rows.Refreshes {
		if err := s.appendRow(
			"refreshes", r.Feature, r.AccountID, duck.Nullable(r.StripeAccountID), duck.Nullable(r.RefreshID),
			r.RequestedAt, r.RequestedBy, r.Status, duck.Nullable(r.SettledAt), duck.Nullable(r.IdempotencyKey),
			duck.Nullable(r.RequestID),
		); err != nil {
			return err
		}
	}
	for _, q := range rows.Quarantined {
		if err := s.appendRow(
			"quarantine", q.AccountID, q.Object, int32(q.Page), int32(q.Position), q.Field, q.Reason, q.RequestID,
		); err != nil {
			return err
		}
	}
	for _, c := range rows.Completions {
		if err := s.appendRow(
			"completions", c.AccountID, duck.Nullable(c.AfterRefreshID), duck.Nullable(c.CursorRefreshID),
			duck.Nullable(c.CompleteThroughAt),
		); err != nil {
			return err
		}
	}
	if err := s.appendLabels(rows); err != nil {
		return err
	}
	return s.appendOwners(rows)
}

// appendLabels puts labels before the states that say up to where they are there.
func (s *segment) appendLabels(rows schema.Landed) error {
	for _, l := range rows.Labels {
		if err := s.appendRow(
			"labels", l.TransactionID, l.AccountID, duck.Nullable(l.MerchantName), duck.Nullable(l.MerchantConfidence),
			duck.Nullable(l.MoneyMovement.Primary), duck.Nullable(l.MoneyMovement.Detailed),
			duck.Nullable(l.MoneyMovement.Confidence), duck.Nullable(l.PersonalFinance.Primary),
			duck.Nullable(l.PersonalFinance.Detailed), duck.Nullable(l.PersonalFinance.Confidence),
			duck.Nullable(l.Extra),
		); err != nil {
			return err
		}
	}
	for _, l := range rows.LabelStates {
		if err := s.appendRow(
			"label_states", l.AccountID, l.Taxonomy, l.Status, duck.Nullable(l.AfterRefreshID),
			duck.Nullable(l.ThroughRefreshID),
		); err != nil {
			return err
		}
	}
	return nil
}

func (s *segment) appendTransaction(t *schema.Transaction) error {
	s.sequence++
	s.transacted++
	s.most = max(s.most, s.transacted)
	row := s.transactions
	row.Int64(s.sequence)
	row.Text(t.TransactionID)
	row.Text(t.AccountID)
	row.Int64(t.AmountMinor)
	row.Text(t.Currency)
	row.Text(t.Description)
	row.Text(t.Status)
	row.Time(t.TransactedAt)
	row.NullTime(t.PostedAt)
	row.NullTime(t.VoidAt)
	row.Time(t.UpdatedAt)
	row.Text(t.TransactionRefreshID)
	row.Bool(t.Livemode)
	row.NullText(t.Extra)
	return row.EndRow()
}

// appendOwners puts owners before the ownership that says that all of them are there.
func (s *segment) appendOwners(rows schema.Landed) error {
	for _, o := range rows.Owners {
		if err := s.appendRow(
			"owners", o.OwnershipID, o.OwnerID, o.AccountID, o.Name, duck.Nullable(o.Email), duck.Nullable(o.Phone),
			duck.Nullable(o.RawAddress), duck.Nullable(o.RefreshedAt), duck.Nullable(o.Extra),
		); err != nil {
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

func (s *segment) appendAccount(a *schema.Account) error {
	values := []driver.Value{
		a.AccountID,
		duck.Nullable(a.StripeAccountID),
		duck.Nullable(a.HolderType),
		duck.Nullable(a.HolderID),
		a.InstitutionName,
		duck.Nullable(a.DisplayName),
		duck.Nullable(a.Last4),
		a.Category,
		a.Subcategory,
		a.Status,
		list(a.Permissions),
		list(a.Subscriptions),
		a.Livemode,
		a.CreatedAt,
	}
	for _, state := range []*schema.RefreshState{a.BalanceRefresh, a.OwnershipRefresh, a.TransactionRefresh} {
		values = append(values, refreshValues(state)...)
	}
	var refreshID driver.Value
	if a.TransactionRefresh != nil {
		refreshID = duck.Nullable(a.TransactionRefresh.RefreshID)
	}
	return s.appendRow("accounts", append(values, refreshID, duck.Nullable(a.Extra))...)
}

func refreshValues(state *schema.RefreshState) []driver.Value {
	if state == nil {
		return []driver.Value{nil, nil, nil}
	}
	return []driver.Value{state.Status, state.AttemptedAt, duck.Nullable(state.NextAvailableAt)}
}

// list is a VARCHAR[] value, or SQL's NULL for a nil slice.
func list(values []string) driver.Value {
	if values == nil {
		return nil
	}
	return values
}
