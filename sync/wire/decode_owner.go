package wire

import (
	"slices"

	"fcpipe/schema"
)

var ownerFields = []string{"id", "object", "name", "ownership"}

// DecodeOwner makes a row of a financial_connections.account_owner. With an error, a
// *FieldError, the row goes to quarantine; its id is then known if it has one.
func DecodeOwner(raw []byte) (schema.Owner, error) {
	var o schema.Owner
	if err := checkShape(raw); err != nil {
		o.OwnerID = idIn(raw)
		return o, err
	}
	var others extra
	var seen uint
	var first error
	err := eachField(raw, visitAll(&first, func(name string, value []byte) error {
		if position := slices.Index(ownerFields, name); position >= 0 {
			seen |= 1 << position
		}
		return ownerField(&o, name, value, &others)
	}))
	o.Extra = others.object()
	return o, asFieldError(first, err, required(seen, ownerFields))
}

func ownerField(o *schema.Owner, name string, value []byte, others *extra) error {
	switch name {
	case "id":
		return wantID(name, value, &o.OwnerID)
	case "object":
		return wantObject(value, "financial_connections.account_owner")
	case "name":
		return wantText(name, value, &o.Name)
	case "ownership":
		return wantID(name, value, &o.OwnershipID)
	case "email":
		return mayText(name, value, &o.Email)
	case "phone":
		return mayText(name, value, &o.Phone)
	case "raw_address":
		return mayText(name, value, &o.RawAddress)
	case "refreshed_at":
		return mayTime(name, value, &o.RefreshedAt, others)
	}
	others.add(name, value)
	return nil
}
