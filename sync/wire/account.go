package wire

import (
	"slices"

	"fcpipe/schema"
)

// Reading is an account as Stripe showed it in one answer, with its balances.
type Reading struct {
	schema.Account
	Balances    []schema.Balance // in order of currency; none where the account shows none
	OwnershipID string           // of its newest ownership snapshot; "" when there is none
	// LabelStates are Stripe's statuses of labels, by taxonomy; nil where it states none
	LabelStates map[string]string
	Refused     []RefusedPart // what could not be decoded; it is missing from the rest
}

// RefusedPart is a part of an account that cannot be decoded.
type RefusedPart struct {
	Part string // one of the Part constants, or "ownership"
	Err  error  // a *FieldError
	Raw  []byte // its JSON
}

// Lacks reports whether a part of an account was refused.
func (a *Reading) Lacks(part string) bool {
	return slices.ContainsFunc(a.Refused, func(refused RefusedPart) bool { return refused.Part == part })
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
	PartClassification     = "classification_state"
	PartEnrichment         = "enrichment_state"
)

// account is a financial_connections.account.
// Source: https://docs.stripe.com/api/financial_connections/accounts/object
type account struct {
	ID                 span            `json:"id"`
	Object             span            `json:"object"`
	Category           span            `json:"category"`
	Created            span            `json:"created"`
	InstitutionName    span            `json:"institution_name"`
	Livemode           span            `json:"livemode"`
	Status             span            `json:"status"`
	Subcategory        span            `json:"subcategory"`
	Balance            nested[balance] `json:"balance"`
	Ownership          span            `json:"ownership"`
	Holder             nested[holder]  `json:"account_holder"`
	DisplayName        span            `json:"display_name"`
	Last4              span            `json:"last4"`
	Permissions        array           `json:"permissions"`
	Subscriptions      array           `json:"subscriptions"`
	BalanceRefresh     nested[refresh] `json:"balance_refresh"`
	OwnershipRefresh   nested[refresh] `json:"ownership_refresh"`
	TransactionRefresh nested[refresh] `json:"transaction_refresh"`
	Classification     labelStates     `json:"classification_state"` // preview
	Enrichment         labelStates     `json:"enrichment_state"`     // preview
	Unknown            map[string]span `json:",embed"`
}

// DecodeAccount makes rows of a financial_connections.account: the account, its balances and the
// id of its ownership snapshot. A part that may be null and cannot be decoded is refused alone:
// the account goes on without it. With an error, a *FieldError, the account goes to quarantine; its
// id is then known if it has one, and whatever else could be decoded.
func DecodeAccount(raw []byte) (Reading, error) {
	var f account
	o := object{text: raw}
	if checkSize(raw) != "" || !f.walk(raw) {
		f, o = openAccount(raw)
	}
	o.requireKind(f.Object, "financial_connections.account")
	a := Reading{Account: schema.Account{
		AccountID:       o.requireID("id", f.ID),
		Category:        o.requireString("category", f.Category),
		Subcategory:     o.requireString("subcategory", f.Subcategory),
		Status:          o.requireString("status", f.Status),
		InstitutionName: o.requireString("institution_name", f.InstitutionName),
		Livemode:        o.requireBool("livemode", f.Livemode),
		CreatedAt:       o.requireTime("created", f.Created),
	}}
	var part object
	a.Balances = readPart(&a, &o, &part, PartBalance, f.Balance, (*object).balances)
	for i := range a.Balances {
		a.Balances[i].AccountID = a.AccountID
	}
	holder := readPart(&a, &o, &part, PartHolder, f.Holder, (*object).holder)
	a.HolderType, a.HolderID = holder.kind, holder.id
	a.OwnershipID = readPart(&a, &o, &part, "ownership", f.Ownership, (*object).ownership)
	a.DisplayName = readPart(&a, &o, &part, PartDisplayName, f.DisplayName, (*object).optionalString)
	a.Last4 = readPart(&a, &o, &part, PartLast4, f.Last4, (*object).optionalString)
	a.Permissions = readPart(&a, &o, &part, PartPermissions, f.Permissions, (*object).optionalStrings)
	a.Subscriptions = readPart(&a, &o, &part, PartSubscriptions, f.Subscriptions, (*object).optionalStrings)
	a.BalanceRefresh = readPart(&a, &o, &part, PartBalanceRefresh, f.BalanceRefresh, (*object).refresh)
	a.OwnershipRefresh = readPart(&a, &o, &part, PartOwnershipRefresh, f.OwnershipRefresh, (*object).refresh)
	a.TransactionRefresh = readPart(&a, &o, &part, PartTransactionRefresh, f.TransactionRefresh, (*object).refresh)
	a.addLabelStates(readPart(&a, &o, &part, PartClassification, f.Classification, (*object).labelStates))
	a.addLabelStates(readPart(&a, &o, &part, PartEnrichment, f.Enrichment, (*object).labelStates))
	o.keep(f.Unknown)
	a.Extra = o.extra.object()
	return a, o.err()
}

// openAccount has the library take an account apart. It stands alone as openTransaction does.
func openAccount(raw []byte) (account, object) {
	var f account
	o := openRow(raw, &f, &f.ID)
	return f, o
}

// readPart reads a part of an account, with faults of its own. With one the part is refused, nothing of it is kept,
// and its zero value is returned. What part was is overwritten: one serves all parts of an account.
func readPart[F interface{ at() span }, T any](
	a *Reading, o, part *object, name string, field F, read func(*object, string, F) T,
) T {
	raw := o.value(field.at()) // that it comes twice is the account's fault
	*part = object{text: o.text, ignoresRepeats: true}
	value := read(part, name, field)
	if part.fault != nil {
		a.Refused = append(a.Refused, RefusedPart{name, part.fault, slices.Clone(raw)})
		var zero T
		return zero
	}
	o.extra = append(o.extra, part.extra...)
	return value
}
