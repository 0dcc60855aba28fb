package wire

import (
	"slices"
	"strings"
)

// walk takes an account apart as the library does, without states of labels. It reports false where the library has to.
func (f *account) walk(raw []byte) bool {
	w := walker{text: raw}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "balance":
			w.balance(&f.Balance)
		case "account_holder":
			w.holder(&f.Holder)
		case "permissions":
			w.elements(&f.Permissions, usualWords, (*walker).value)
		case "subscriptions":
			w.elements(&f.Subscriptions, usualWords, (*walker).value)
		case "balance_refresh":
			w.refresh(&f.BalanceRefresh)
		case "ownership_refresh":
			w.refresh(&f.OwnershipRefresh)
		case "transaction_refresh":
			w.refresh(&f.TransactionRefresh)
		case "classification_state", "enrichment_state":
			return false
		default:
			if s := f.single(name); s != nil {
				w.note(s)
			} else {
				w.noteOther(&f.Unknown, name)
			}
		}
	}
	return w.ended()
}

// usualWords are about how many permissions and subscriptions an account has.
const usualWords = 4

// single is the field of a name whose value is not taken apart; nil where no field has that name.
func (f *account) single(name []byte) *span {
	switch string(name) {
	case "id":
		return &f.ID
	case "object":
		return &f.Object
	case "category":
		return &f.Category
	case "created":
		return &f.Created
	case "institution_name":
		return &f.InstitutionName
	case "livemode":
		return &f.Livemode
	case "status":
		return &f.Status
	case "subcategory":
		return &f.Subcategory
	case "ownership":
		return &f.Ownership
	case "display_name":
		return &f.DisplayName
	case "last4":
		return &f.Last4
	}
	return nil
}

func (w *walker) balance(f *nested[balance]) {
	if !w.enter(&f.compound) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "as_of":
			w.note(&f.fields.AsOf)
		case "type":
			w.note(&f.fields.Type)
		case "current":
			w.amounts(&f.fields.Current)
		case "cash":
			w.part(&f.fields.Cash.compound, "available", &f.fields.Cash.fields.Available, &f.fields.Cash.fields.Unknown)
		case "credit":
			w.part(&f.fields.Credit.compound, "used", &f.fields.Credit.fields.Used, &f.fields.Credit.fields.Unknown)
		default:
			w.noteOther(&f.fields.Unknown, name)
		}
	}
	f.to = w.at
}

// part notes a part of a balance, which has amounts in a field of a name.
func (w *walker) part(c *compound, field string, amounts *amounts, unknown *map[string]span) {
	if !w.enter(c) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		if string(name) == field {
			w.amounts(amounts)
		} else {
			w.noteOther(unknown, name)
		}
	}
	c.to = w.at
}

// fewCurrencies are as many as a walker reads: it looks for a name among those before it.
const fewCurrencies = 8

func (w *walker) amounts(f *amounts) {
	if !w.enter(&f.compound) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		next := amount{currency: shared(name)}
		isRepeated := slices.ContainsFunc(f.fields, func(a amount) bool { return a.currency == next.currency })
		if w.note(&next.span); isRepeated || len(f.fields) == fewCurrencies {
			w.lose()
		}
		f.fields = append(f.fields, next)
	}
	slices.SortFunc(f.fields, func(a, b amount) int { return strings.Compare(a.currency, b.currency) })
	f.to = w.at
}

func (w *walker) holder(f *nested[holder]) {
	if !w.enter(&f.compound) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "type":
			w.note(&f.fields.Type)
		case "customer":
			w.note(&f.fields.Customer)
		case "customer_account":
			w.note(&f.fields.CustomerAccount)
		case "account":
			w.note(&f.fields.Account)
		default:
			w.noteOther(&f.fields.Unknown, name)
		}
	}
	f.to = w.at
}

func (w *walker) refresh(f *nested[refresh]) {
	if !w.enter(&f.compound) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "id":
			w.note(&f.fields.ID)
		case "status":
			w.note(&f.fields.Status)
		case "last_attempted_at":
			w.note(&f.fields.LastAttemptedAt)
		case "next_refresh_available_at":
			w.note(&f.fields.NextRefreshAvailableAt)
		default:
			w.noteOther(&f.fields.Unknown, name)
		}
	}
	f.to = w.at
}
