package wire

import (
	"github.com/go-json-experiment/json"
)

// holder is whose account it is. With Accounts v2 two of its ids are filled.
type holder struct {
	Type            span            `json:"type"`
	Customer        span            `json:"customer"`
	CustomerAccount span            `json:"customer_account"`
	Account         span            `json:"account"`
	Unknown         map[string]span `json:",embed"`
}

// accountHolder is what is stored of a holder.
type accountHolder struct{ kind, id *string }

// holder reads whose account it is, by the first of its ids. Another one is kept without a column.
func (o *object) holder(name string, f nested[holder]) (h accountHolder) {
	inner, came := o.optionalObject(name, f.compound)
	if !came {
		return h
	}
	h.kind = inner.optionalString("type", f.fields.Type)
	for _, candidate := range []struct {
		field string
		span
	}{{"customer", f.fields.Customer}, {"customer_account", f.fields.CustomerAccount}, {"account", f.fields.Account}} {
		value := inner.optional(candidate.span)
		if value == nil {
			continue
		}
		if id := inner.idOf(candidate.field, candidate.span); h.id == nil {
			h.id = &id
		} else {
			inner.extra.add(candidate.field, value)
		}
	}
	inner.keep(f.fields.Unknown)
	o.close(name, inner)
	return h
}

// ownership reads the id of a snapshot; "" where there is none. Of an expanded one nothing else is kept: names
// and addresses belong to pii.owners alone.
func (o *object) ownership(name string, s span) string {
	value := o.value(s)
	if value == nil || isNull(value) {
		if value != nil {
			o.extra.add(name, value)
		}
		return ""
	}
	id := o.idOf(name, s)
	if o.fault != nil {
		o.fault = &FieldError{name, reasonType}
		return ""
	}
	quoted, _ := json.Marshal(id)
	o.extra.add(name, quoted)
	return id
}
