package wire

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"fcpipe/schema"
)

// balance is the inline balance of an account: amounts by currency.
type balance struct {
	AsOf    span            `json:"as_of"`
	Type    span            `json:"type"`
	Current amounts         `json:"current"`
	Cash    nested[cash]    `json:"cash"`
	Credit  nested[credit]  `json:"credit"`
	Unknown map[string]span `json:",embed"`
}

type cash struct {
	Available amounts         `json:"available"`
	Unknown   map[string]span `json:",embed"`
}

type credit struct {
	Used    amounts         `json:"used"`
	Unknown map[string]span `json:",embed"`
}

// amounts are minor units by currency.
type amounts struct {
	compound
	fields []amount // in order of their names
}

type amount struct {
	currency string
	span
}

// UnmarshalJSONFrom notes where the next value is, and its fields.
func (a *amounts) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	var found nested[map[string]span]
	found.compound = a.compound
	err := found.UnmarshalJSONFrom(decoder)
	a.compound = found.compound
	for _, currency := range slices.Sorted(maps.Keys(found.fields)) {
		a.fields = append(a.fields, amount{currency, found.fields[currency]})
	}
	return err
}

// stated are the amounts of a balance in one currency; nil was not stated.
type stated struct{ current, available, used *int64 }

// balances reads one row per currency of an account's inline balance, in order of currency and without the
// account's id. Null is no row.
func (o *object) balances(name string, f nested[balance]) []schema.Balance {
	inner, came := o.optionalObject(name, f.compound)
	if !came {
		return nil
	}
	row := schema.Balance{
		AsOf:        inner.requireTime("as_of", f.fields.AsOf),
		BalanceType: inner.requireString("type", f.fields.Type),
	}
	all := map[string]*stated{}
	inner.require("current", f.fields.Current.span)
	inner.amounts("current", f.fields.Current, all, func(s *stated) **int64 { return &s.current })
	if cash, came := inner.optionalObject("cash", f.fields.Cash.compound); came {
		cash.amounts("available", f.fields.Cash.fields.Available, all, func(s *stated) **int64 { return &s.available })
		cash.keep(f.fields.Cash.fields.Unknown)
		inner.close("cash", cash)
	}
	if credit, came := inner.optionalObject("credit", f.fields.Credit.compound); came {
		credit.amounts("used", f.fields.Credit.fields.Used, all, func(s *stated) **int64 { return &s.used })
		credit.keep(f.fields.Credit.fields.Unknown)
		inner.close("credit", credit)
	}
	inner.keep(f.fields.Unknown)
	o.close(name, inner)
	return balanceRows(row, all)
}

// amounts reads a map of currency to minor units. An amount may be null; a currency that comes in two spellings
// may not.
func (o *object) amounts(name string, f amounts, all map[string]*stated, part func(*stated) **int64) {
	if o.optional(f.span) == nil {
		return
	}
	if !f.isExpected {
		o.fail(name, reasonType)
	}
	for _, field := range f.fields {
		currency := strings.ToLower(field.currency)
		if all[currency] == nil {
			all[currency] = &stated{}
		}
		if o.optional(field.span) == nil {
			continue
		}
		into := part(all[currency])
		if *into != nil {
			o.fail(name, reasonTwice)
		}
		*into = new(o.requireInteger(name, field.span))
	}
}

// balanceRows makes the rows, in order of currency.
func balanceRows(row schema.Balance, all map[string]*stated) []schema.Balance {
	rows := make([]schema.Balance, 0, len(all))
	for _, currency := range slices.Sorted(maps.Keys(all)) {
		amount := all[currency]
		row.Currency = currency
		row.CurrentMinor, row.AvailableMinor, row.UsedMinor = amount.current, amount.available, amount.used
		rows = append(rows, row)
	}
	return rows
}
