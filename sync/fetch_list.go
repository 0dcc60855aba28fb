package sync

import (
	"context"
	"errors"
	"net/url"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// cursorParameter makes Stripe list only rows that refreshes after the cursor brought.
const cursorParameter = "transaction_refresh[after]"

// list reads every page after the stored cursor, or of the whole account for an audit. All but the last land at
// once; rows of the last are returned, to land with the completion.
func (f *fetch) list(ctx context.Context) (last schema.Landed, pages int, err error) {
	f.beginList()
	src := f.round.sourceOf(f.account.Account)
	use := f.round.using(ctx, f.account.AccountID, plan.Use{Feature: plan.FeatureTransactions})
	for page, err := range stripe.Pages(use, src.client, f.transactions(src)) {
		switch {
		case f.noRefreshSucceeded(err):
			return last, pages, nil
		case err != nil:
			return last, pages, f.round.shownAfter(ctx, f.account.AccountID, err)
		case page.Restarted:
			f.beginList()
		}
		pages++
		f.pages++
		rows := f.rowsOf(page)
		if !page.HasMore {
			return rows, pages, nil
		}
		if err := f.landPage(ctx, rows); err != nil {
			return last, pages, err
		}
	}
	return last, pages, nil
}

// beginList sets the counts of one list to zero. Where a list starts again its rows come again.
func (f *fetch) beginList() {
	f.listed = 0
	f.refusals.restart()
}

// transactions is the list of an account's transactions.
func (f *fetch) transactions(src *source) stripe.List[wire.Row] {
	form := url.Values{"account": {f.account.AccountID}}
	if !f.audit && !f.forLabels {
		f.after = f.round.state.Accounts[f.account.AccountID].CursorRefreshID
	}
	if f.after != nil {
		form.Set(cursorParameter, *f.after)
	}
	pages := &wire.TransactionList{}
	return stripe.List[wire.Row]{
		Operation: "list transactions",
		Path:      stripe.Path("transactions"),
		Form:      form,
		MaxPages:  int(f.maxPages - f.pages),
		Open:      pages.Open,
		Amend:     f.dropCursor,
		Reserve:   func(int) error { return f.round.reserveRead(src) },
		Decode: func(raw []byte) (wire.Row, string, error) {
			t, err := pages.Decode(raw)
			return t, t.TransactionID, err
		},
	}
}

// dropCursor lists the account whole where Stripe does not know the cursor any more.
func (f *fetch) dropCursor(form url.Values, missing *stripe.APIError) bool {
	if !form.Has(cursorParameter) {
		return false
	}
	form.Del(cursorParameter)
	f.after, f.forgotten = nil, missing
	f.round.syncer.options.Log.Warn("Stripe does not know the cursor any more, the account is listed whole",
		"account", f.account.AccountID, "request", missing.RequestID)
	return true
}

// noRefreshSucceeded reports whether Stripe answered that no refresh ever succeeded, and the account does not show
// otherwise.
func (f *fetch) noRefreshSucceeded(err error) bool {
	var api *stripe.APIError
	return errors.As(err, &api) && api.Code == "financial_connections_no_successful_transaction_refresh" &&
		!f.succeeded()
}

// succeeded reports whether the newest refresh that is known did.
func (f *fetch) succeeded() bool {
	return f.account.TransactionRefresh != nil && f.account.TransactionRefresh.Status == "succeeded"
}

// rowsOf makes rows of a page: a bad one, or one of another account or mode, goes to quarantine, and the others stay.
func (f *fetch) rowsOf(page stripe.Page[wire.Row]) (rows schema.Landed) {
	rows.Transactions = make([]schema.Transaction, 0, len(page.Rows))
	for position, row := range page.Rows {
		if row.IsNew {
			f.noteID(row.ID)
		}
		err := row.Err
		if err == nil {
			err = f.checkRow(row.Value.Transaction)
		}
		switch {
		case err == nil:
			rows.Transactions = append(rows.Transactions, row.Value.Transaction)
			f.addLabels(&rows, row.Value, position, page.RequestID)
		case f.refusals.add(row.Raw):
			rows.Quarantined = append(rows.Quarantined, refuse(schema.QuarantinedRow{
				AccountID: f.account.AccountID, Object: "transaction", Page: int(f.pages), Position: position,
				RequestID: page.RequestID, Raw: row.Raw,
			}, err))
		}
	}
	f.rows += int64(len(page.Rows))
	f.listed += int64(len(page.Rows))
	return rows
}

// checkRow refuses a row that belongs elsewhere.
func (f *fetch) checkRow(t schema.Transaction) error {
	if t.AccountID != f.account.AccountID {
		return &wire.FieldError{Field: "account", Reason: reasonAccount}
	}
	if t.Livemode != f.account.Livemode {
		return &wire.FieldError{Field: "livemode", Reason: reasonMode}
	}
	return nil
}

// landPage lands the rows of a page, with the first one the account itself. The cursor stays.
func (f *fetch) landPage(ctx context.Context, rows schema.Landed) error {
	if f.pages <= 1 {
		rows.Accounts = append(rows.Accounts, f.round.asHeld(f.account.Account))
	}
	return f.round.landRows(ctx, rows)
}
