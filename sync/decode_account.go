package sync

import (
	"errors"

	"fcpipe/schema"
)

var accountFields = []string{"id", "object", "category", "created", "institution_name", "livemode", "status", "subcategory"}

// decodeAccount makes rows of a financial_connections.account: the account and its balances.
// The error is a *fieldError: the account goes to quarantine.
func decodeAccount(raw []byte) (schema.Account, []schema.Balance, error) {
	var a schema.Account
	var others extra
	var balance []byte
	var seen uint
	err := eachField(raw, func(name string, value []byte) error {
		for i, known := range accountFields {
			if known == name {
				seen |= 1 << i
			}
		}
		if name == "balance" {
			balance = value
			return nil
		}
		return accountField(&a, name, value, &others)
	})
	if err == nil {
		err = required(seen, accountFields)
	}
	var balances []schema.Balance
	if err == nil && balance != nil && !isNull(balance) {
		balances, err = decodeBalance(a.AccountID, balance)
	}
	var field *fieldError
	if err != nil && !errors.As(err, &field) {
		err = &fieldError{"", reasonType}
	}
	a.Extra = others.object()
	return a, balances, err
}

func accountField(a *schema.Account, name string, value []byte, others *extra) error {
	switch name {
	case "id":
		return wantText(name, value, &a.AccountID)
	case "object":
		return wantObject(value, "financial_connections.account")
	case "category":
		return wantText(name, value, &a.Category)
	case "subcategory":
		return wantText(name, value, &a.Subcategory)
	case "status":
		return wantText(name, value, &a.Status)
	case "institution_name":
		return wantText(name, value, &a.InstitutionName)
	case "display_name":
		return mayText(name, value, &a.DisplayName)
	case "last4":
		return mayText(name, value, &a.Last4)
	case "livemode":
		return wantBool(name, value, &a.Livemode)
	case "created":
		return wantTime(name, value, &a.CreatedAt)
	case "permissions":
		return mayTexts(name, value, &a.Permissions)
	case "subscriptions":
		return mayTexts(name, value, &a.Subscriptions)
	case "account_holder":
		return decodeHolder(a, value)
	case "balance_refresh":
		return decodeRefresh(name, value, &a.BalanceRefresh)
	case "ownership_refresh":
		return decodeRefresh(name, value, &a.OwnershipRefresh)
	case "transaction_refresh":
		return decodeRefresh(name, value, &a.TransactionRefresh)
	}
	others.add(name, value)
	return nil
}

// decodeHolder takes whose account it is, as an id or as the expanded object.
func decodeHolder(a *schema.Account, value []byte) error {
	if isNull(value) {
		return nil
	}
	ids := map[string]string{}
	err := eachField(value, func(name string, value []byte) error {
		if name == "type" {
			return mayText("account_holder.type", value, &a.HolderType)
		}
		if id, ok := text(value); ok {
			ids[name] = id
		} else if !isNull(value) {
			return eachField(value, func(inner string, value []byte) error {
				if id, ok := text(value); ok && inner == "id" {
					ids[name] = id
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return &fieldError{"account_holder", reasonType}
	}
	for _, name := range []string{"customer", "customer_account", "account"} {
		if id, found := ids[name]; found && a.HolderID == nil {
			a.HolderID = &id
		}
	}
	return nil
}

func decodeRefresh(field string, value []byte, into **schema.RefreshState) error {
	if isNull(value) {
		return nil
	}
	var r schema.RefreshState
	var seen uint
	err := eachField(value, func(name string, value []byte) error {
		switch name {
		case "id":
			return mayText(field+".id", value, &r.RefreshID)
		case "status":
			seen |= 1
			return wantText(field+".status", value, &r.Status)
		case "last_attempted_at":
			seen |= 2
			return wantTime(field+".last_attempted_at", value, &r.AttemptedAt)
		case "next_refresh_available_at":
			return mayTime(field+".next_refresh_available_at", value, &r.NextAvailableAt)
		}
		return nil
	})
	if errors.Is(err, errShape) {
		return &fieldError{field, reasonType}
	}
	if err != nil {
		return err
	}
	*into = &r
	return required(seen, []string{field + ".status", field + ".last_attempted_at"})
}
