package sync

import (
	"encoding/json"
	"slices"

	"fcpipe/schema"
)

var accountFields = []string{"id", "object", "category", "created", "institution_name", "livemode", "status", "subcategory"}

// decodeAccount makes rows of a financial_connections.account: the account, its balances and
// the id of its ownership snapshot. With an error, a *fieldError, the account goes to quarantine; its id is then known if it has one.
func decodeAccount(raw []byte) (reading, error) {
	var a reading
	var others extra
	var seen uint
	var first error
	err := eachField(raw, visitAll(&first, func(name string, value []byte) (err error) {
		if position := slices.Index(accountFields, name); position >= 0 {
			seen |= 1 << position
		}
		switch name {
		case "balance":
			a.balances, err = decodeBalance(value, &others)
			return err
		case "ownership":
			return decodeOwnership(&a, value, &others)
		}
		return accountField(&a.Account, name, value, &others)
	}))
	for i := range a.balances {
		a.balances[i].AccountID = a.AccountID
	}
	a.Extra = others.object()
	return a, asFieldError(first, err, required(seen, accountFields))
}

func accountField(a *schema.Account, name string, value []byte, others *extra) error {
	switch name {
	case "id":
		return wantID(name, value, &a.AccountID)
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
		return decodeHolder(a, value, others)
	case "balance_refresh":
		return decodeRefresh(name, value, &a.BalanceRefresh, others)
	case "ownership_refresh":
		return decodeRefresh(name, value, &a.OwnershipRefresh, others)
	case "transaction_refresh":
		return decodeRefresh(name, value, &a.TransactionRefresh, others)
	}
	others.add(name, value)
	return nil
}

// holderFields name the holder, the preferred one first. Accounts v2 fills two of them.
var holderFields = []string{"customer", "customer_account", "account"}

// decodeHolder takes whose account it is. What is left over is kept.
func decodeHolder(a *schema.Account, value []byte, others *extra) error {
	if isNull(value) {
		return nil
	}
	var unknown extra
	ids := map[string]string{}
	raws := map[string][]byte{}
	err := eachField(value, func(name string, value []byte) (err error) {
		switch {
		case name == "type":
			return mayText("account_holder.type", value, &a.HolderType)
		case !slices.Contains(holderFields, name):
			unknown.add(name, value)
		case !isNull(value):
			raws[name] = value
			ids[name], err = idOf(value)
		}
		return err
	})
	for _, name := range holderFields {
		id, given := ids[name]
		switch {
		case given && a.HolderID == nil:
			a.HolderID = &id
		case given:
			unknown.add(name, raws[name])
		}
	}
	others.nest("account_holder", unknown)
	return inField("account_holder", err)
}

// decodeOwnership takes the id of a snapshot. Of an expanded one nothing else is kept: names
// and addresses belong to pii.owners alone.
func decodeOwnership(a *reading, value []byte, others *extra) error {
	if isNull(value) {
		others.add("ownership", value)
		return nil
	}
	id, err := idOf(value)
	if err != nil || id == "" {
		return &fieldError{"ownership", reasonType}
	}
	a.ownership = id
	if _, isID := text(value); !isID {
		value, err = json.Marshal(id)
	}
	others.add("ownership", value)
	return err
}

// idOf takes the id of something that is given by its id or as the expanded object.
func idOf(value []byte) (id string, err error) {
	if id, ok := text(value); ok {
		return id, nil
	}
	found := false
	err = eachField(value, func(name string, value []byte) error {
		if name == "id" {
			id, found = text(value)
		}
		return nil
	})
	if err == nil && !found {
		err = errShape
	}
	return id, err
}

func decodeRefresh(field string, value []byte, into **schema.RefreshState, others *extra) error {
	if isNull(value) {
		return nil
	}
	var r schema.RefreshState
	var unknown extra
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
		unknown.add(name, value)
		return nil
	})
	others.nest(field, unknown)
	if err != nil {
		return inField(field, err)
	}
	*into = &r
	return required(seen, []string{field + ".status", field + ".last_attempted_at"})
}
