package wire

import (
	"slices"

	"fcpipe/schema"
)

var transactionFields = []string{
	"id", "object", "account", "amount", "currency", "description", "livemode",
	"status", "status_transitions", "transacted_at", "transaction_refresh", "updated",
}

// DecodeTransaction makes a row of a financial_connections.transaction. With an error, a
// *FieldError, the row goes to quarantine; its id is then known if it has one.
func DecodeTransaction(raw []byte) (schema.Transaction, error) {
	var t schema.Transaction
	if err := checkShape(raw); err != nil {
		t.TransactionID = idIn(raw)
		return t, err
	}
	var others extra
	var seen uint
	var first error
	err := eachField(raw, visitAll(&first, func(name string, value []byte) error {
		position := slices.Index(transactionFields, name)
		if position < 0 {
			others.add(name, value)
			return nil
		}
		seen |= 1 << position
		return transactionField(&t, name, value, &others)
	}))
	t.Extra = others.object()
	return t, asFieldError(first, err, required(seen, transactionFields))
}

func transactionField(t *schema.Transaction, name string, value []byte, others *extra) error {
	switch name {
	case "id":
		return wantID(name, value, &t.TransactionID)
	case "object":
		return wantObject(value, "financial_connections.transaction")
	case "account":
		return wantText(name, value, &t.AccountID)
	case "amount":
		return wantInteger(name, value, &t.AmountMinor)
	case "currency":
		return wantCurrency(name, value, &t.Currency)
	case "description":
		return wantText(name, value, &t.Description)
	case "livemode":
		return wantBool(name, value, &t.Livemode)
	case "status":
		return wantText(name, value, &t.Status)
	case "status_transitions":
		return transitions(t, value, others)
	case "transacted_at":
		return wantTime(name, value, &t.TransactedAt)
	case "transaction_refresh":
		return wantText(name, value, &t.TransactionRefreshID)
	}
	return wantTime(name, value, &t.UpdatedAt)
}

func transitions(t *schema.Transaction, value []byte, others *extra) error {
	var unknown extra
	err := eachField(value, func(name string, value []byte) error {
		switch name {
		case "posted_at":
			return mayTime("status_transitions.posted_at", value, &t.PostedAt, &unknown)
		case "void_at":
			return mayTime("status_transitions.void_at", value, &t.VoidAt, &unknown)
		}
		unknown.add(name, value)
		return nil
	})
	others.nest("status_transitions", unknown)
	return inField("status_transitions", err)
}
