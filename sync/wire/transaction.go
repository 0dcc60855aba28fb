package wire

import "fcpipe/schema"

// transaction is a financial_connections.transaction.
// Source: https://docs.stripe.com/api/financial_connections/transactions/object
type transaction struct {
	ID                 span                      `json:"id"`
	Object             span                      `json:"object"`
	Account            span                      `json:"account"`
	Amount             span                      `json:"amount"`
	Currency           span                      `json:"currency"`
	Description        span                      `json:"description"`
	Livemode           span                      `json:"livemode"`
	Status             span                      `json:"status"`
	StatusTransitions  nested[statusTransitions] `json:"status_transitions"`
	TransactedAt       span                      `json:"transacted_at"`
	TransactionRefresh span                      `json:"transaction_refresh"`
	Updated            span                      `json:"updated"`
	Classifications    array                     `json:"classifications"` // preview
	Enrichments        nested[enrichments]       `json:"enrichments"`     // preview
	Unknown            map[string]span           `json:",embed"`
}

type statusTransitions struct {
	PostedAt span            `json:"posted_at"`
	VoidAt   span            `json:"void_at"`
	Unknown  map[string]span `json:",embed"`
}

// Row is a transaction as Stripe showed it in one answer, with its labels.
type Row struct {
	schema.Transaction
	Labels  schema.Labels // empty where it has none
	Refused []RefusedPart // of its labels, that could not be decoded; they are missing from the rest
}

// DecodeTransaction makes a row of a financial_connections.transaction. With an error, a
// *FieldError, the row goes to quarantine; its id is then known if it has one. Labels that cannot be decoded are
// refused alone.
func DecodeTransaction(raw []byte) (Row, error) {
	var f transaction
	o := object{text: raw}
	if checkSize(raw) != "" || !f.walk(raw) {
		f, o = openTransaction(raw)
	}
	return f.read(o)
}

// read makes a row of the fields of a transaction.
func (f *transaction) read(o object) (Row, error) {
	o.requireKind(f.Object, "financial_connections.transaction")
	t := Row{Transaction: schema.Transaction{
		TransactionID:        o.requireID("id", f.ID),
		AccountID:            o.requireString("account", f.Account),
		AmountMinor:          o.requireInteger("amount", f.Amount),
		Currency:             o.requireCurrency("currency", f.Currency),
		Description:          o.requireString("description", f.Description),
		Livemode:             o.requireBool("livemode", f.Livemode),
		Status:               o.requireString("status", f.Status),
		TransactedAt:         o.requireTime("transacted_at", f.TransactedAt),
		TransactionRefreshID: o.requireString("transaction_refresh", f.TransactionRefresh),
		UpdatedAt:            o.requireTime("updated", f.Updated),
	}}
	transitions := o.requireObject("status_transitions", f.StatusTransitions.compound)
	t.PostedAt = transitions.optionalTime("posted_at", f.StatusTransitions.fields.PostedAt)
	t.VoidAt = transitions.optionalTime("void_at", f.StatusTransitions.fields.VoidAt)
	transitions.keep(f.StatusTransitions.fields.Unknown)
	o.close("status_transitions", transitions)
	t.readLabels(&o, f.Classifications, f.Enrichments)
	o.keep(f.Unknown)
	t.Extra = o.extra.object()
	return t, o.err()
}

// openTransaction has the library take a transaction apart. It stands alone so that what the library is given takes
// memory where it is asked alone.
func openTransaction(raw []byte) (transaction, object) {
	var f transaction
	o := openRow(raw, &f, &f.ID)
	return f, o
}

// walk takes a transaction apart as the library does, without labels. It reports false where the library has to.
func (f *transaction) walk(raw []byte) bool {
	w := walker{text: raw}
	return f.walkObject(&w) && w.ended()
}

// walkObject is walk for the value that a walker is at.
func (f *transaction) walkObject(w *walker) bool {
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "id":
			w.note(&f.ID)
		case "object":
			w.note(&f.Object)
		case "account":
			w.note(&f.Account)
		case "amount":
			w.note(&f.Amount)
		case "currency":
			w.note(&f.Currency)
		case "description":
			w.note(&f.Description)
		case "livemode":
			w.note(&f.Livemode)
		case "status":
			w.note(&f.Status)
		case "status_transitions":
			w.transitions(&f.StatusTransitions)
		case "transacted_at":
			w.note(&f.TransactedAt)
		case "transaction_refresh":
			w.note(&f.TransactionRefresh)
		case "updated":
			w.note(&f.Updated)
		case "classifications", "enrichments":
			return false
		default:
			w.noteOther(&f.Unknown, name)
		}
	}
	return !w.lost
}

func (w *walker) transitions(f *nested[statusTransitions]) {
	if !w.enter(&f.compound) {
		return
	}
	for name, more := w.first(); more; name, more = w.next() {
		switch string(name) {
		case "posted_at":
			w.note(&f.fields.PostedAt)
		case "void_at":
			w.note(&f.fields.VoidAt)
		default:
			w.noteOther(&f.fields.Unknown, name)
		}
	}
	f.to = w.at
}
