package wire

import (
	"encoding/json"
	"slices"

	"fcpipe/schema"
)

// Reading is an account as Stripe showed it in one answer, with its balances.
type Reading struct {
	schema.Account
	Balances    []schema.Balance // in order of currency; none where the account shows none
	OwnershipID string           // of its newest ownership snapshot; "" when there is none
	Refused     []RefusedPart    // what could not be decoded; it is missing from the rest
}

// RefusedPart is a part of an account that cannot be decoded.
type RefusedPart struct {
	Part string // one of the Part constants
	Err  error  // a *FieldError
	Raw  []byte // its JSON
}

// Lacks reports whether a part of an account was refused.
func (a *Reading) Lacks(part string) bool {
	for _, refused := range a.Refused {
		if refused.Part == part {
			return true
		}
	}
	return false
}

// Parts of an account that are refused alone.
const (
	PartBalance            = "balance"
	PartHolder             = "account_holder"
	PartDisplayName        = "display_name"
	PartLast4              = "last4"
	PartPermissions        = "permissions"
	PartSubscriptions      = "subscriptions"
	PartBalanceRefresh     = "balance_refresh"
	PartOwnershipRefresh   = "ownership_refresh"
	PartTransactionRefresh = "transaction_refresh"
)

var accountFields = []string{"id", "object", "category", "created", "institution_name", "livemode", "status", "subcategory"}

// DecodeAccount makes rows of a financial_connections.account: the account, its balances and the
// id of its ownership snapshot. A part that may be null and cannot be decoded is refused alone:
// the account goes on without it. With an error, a *FieldError, the account goes to quarantine; its
// id is then known if it has one, and whatever else could be decoded.
func DecodeAccount(raw []byte) (Reading, error) {
	var a Reading
	if err := checkShape(raw); err != nil {
		a.AccountID = idIn(raw)
		return a, err
	}
	var others extra
	var seen uint
	var first error
	err := eachField(raw, visitAll(&first, func(name string, value []byte) error {
		if position := slices.Index(accountFields, name); position >= 0 {
			seen |= 1 << position
			return accountField(&a.Account, name, value)
		}
		var kept extra
		if err := accountPart(&a, name, value, &kept); err != nil {
			a.Refused = append(a.Refused, RefusedPart{name, asFieldError(inField(name, err)), slices.Clone(value)})
			return nil
		}
		others = append(others, kept...)
		return nil
	}))
	for i := range a.Balances {
		a.Balances[i].AccountID = a.AccountID
	}
	a.Extra = others.object()
	return a, asFieldError(first, err, required(seen, accountFields))
}

// accountField takes a field without which there is no account.
func accountField(a *schema.Account, name string, value []byte) error {
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
	case "livemode":
		return wantBool(name, value, &a.Livemode)
	}
	return wantTime(name, value, &a.CreatedAt)
}

// accountPart takes a field that may be null or left out. With an error nothing of it is taken.
func accountPart(a *Reading, name string, value []byte, others *extra) (err error) {
	switch name {
	case PartBalance:
		a.Balances, err = decodeBalance(value, others)
		return err
	case "ownership":
		return decodeOwnership(a, value, others)
	case PartHolder:
		return decodeHolder(&a.Account, value, others)
	case PartDisplayName:
		return mayText(name, value, &a.DisplayName)
	case PartLast4:
		return mayText(name, value, &a.Last4)
	case PartPermissions:
		return mayTexts(name, value, &a.Permissions)
	case PartSubscriptions:
		return mayTexts(name, value, &a.Subscriptions)
	case PartBalanceRefresh:
		return decodeRefresh(name, value, &a.BalanceRefresh, others)
	case PartOwnershipRefresh:
		return decodeRefresh(name, value, &a.OwnershipRefresh, others)
	case PartTransactionRefresh:
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
	var kind, holder *string
	var unknown extra
	ids := map[string]string{}
	raws := map[string][]byte{}
	err := eachField(value, func(name string, value []byte) (err error) {
		switch {
		case name == "type":
			return mayText("account_holder.type", value, &kind)
		case !slices.Contains(holderFields, name):
			unknown.add(name, value)
		case !isNull(value):
			raws[name] = value
			ids[name], err = idOf("account_holder."+name, value)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range holderFields {
		id, given := ids[name]
		switch {
		case given && holder == nil:
			holder = &id
		case given:
			unknown.add(name, raws[name])
		}
	}
	a.HolderType, a.HolderID = kind, holder
	others.nest(PartHolder, unknown)
	return nil
}

// decodeOwnership takes the id of a snapshot. Of an expanded one nothing else is kept: names
// and addresses belong to pii.owners alone.
func decodeOwnership(a *Reading, value []byte, others *extra) error {
	if isNull(value) {
		others.add("ownership", value)
		return nil
	}
	id, err := idOf("ownership", value)
	if err != nil {
		return &FieldError{"ownership", reasonType}
	}
	a.OwnershipID = id
	if _, isID := text(value); !isID {
		value, err = json.Marshal(id)
	}
	others.add("ownership", value)
	return err
}

// idOf takes the id of something that is given by its id or as the expanded object.
func idOf(field string, value []byte) (id string, err error) {
	if _, ok := text(value); ok {
		return id, wantID(field, value, &id)
	}
	found := false
	err = eachField(value, func(name string, value []byte) error {
		if name != "id" {
			return nil
		}
		found = true
		return wantID(field, value, &id)
	})
	if err == nil && !found {
		err = &FieldError{field, reasonType}
	}
	return id, inField(field, err)
}

// refreshFields are those without which there is no refresh. The cursor hangs on the id of transactions'.
func refreshFields(field string) []string {
	fields := []string{field + ".status", field + ".last_attempted_at"}
	if field == PartTransactionRefresh {
		fields = append(fields, field+".id")
	}
	return fields
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
			if field != PartTransactionRefresh {
				return mayText(field+".id", value, &r.RefreshID)
			}
			seen |= 4
			r.RefreshID = new(string)
			return wantID(field+".id", value, r.RefreshID)
		case "status":
			seen |= 1
			return wantText(field+".status", value, &r.Status)
		case "last_attempted_at":
			seen |= 2
			return wantTime(field+".last_attempted_at", value, &r.AttemptedAt)
		case "next_refresh_available_at":
			return mayTime(field+".next_refresh_available_at", value, &r.NextAvailableAt, &unknown)
		}
		unknown.add(name, value)
		return nil
	})
	if err == nil {
		err = required(seen, refreshFields(field))
	}
	if err != nil {
		return inField(field, err)
	}
	others.nest(field, unknown)
	*into = &r
	return nil
}

// OwnershipIn finds the snapshot an account showed when it was stored; "" when there was none.
func OwnershipIn(extra *string) (id string) {
	if extra == nil {
		return ""
	}
	_ = eachField([]byte(*extra), func(name string, value []byte) error { // our own JSON
		if name == "ownership" {
			id, _ = text(value)
		}
		return nil
	})
	return id
}
