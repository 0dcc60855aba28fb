package wire

import "fcpipe/schema"

// owner is a financial_connections.account_owner.
// Source: https://docs.stripe.com/api/financial_connections/ownership
type owner struct {
	ID          span            `json:"id"`
	Object      span            `json:"object"`
	Name        span            `json:"name"`
	Ownership   span            `json:"ownership"`
	Email       span            `json:"email"`
	Phone       span            `json:"phone"`
	RawAddress  span            `json:"raw_address"`
	RefreshedAt span            `json:"refreshed_at"`
	Unknown     map[string]span `json:",embed"`
}

// DecodeOwner makes a row of a financial_connections.account_owner. With an error, a
// *FieldError, the row goes to quarantine; its id is then known if it has one.
func DecodeOwner(raw []byte) (schema.Owner, error) {
	var f owner
	o := openRow(raw, &f, &f.ID)
	o.requireKind(f.Object, "financial_connections.account_owner")
	row := schema.Owner{
		OwnerID:     o.requireID("id", f.ID),
		Name:        o.requireString("name", f.Name),
		OwnershipID: o.requireID("ownership", f.Ownership),
		Email:       o.optionalString("email", f.Email),
		Phone:       o.optionalString("phone", f.Phone),
		RawAddress:  o.optionalString("raw_address", f.RawAddress),
		RefreshedAt: o.optionalTime("refreshed_at", f.RefreshedAt),
	}
	o.keep(f.Unknown)
	row.Extra = o.extra.object()
	return row, o.err()
}
