package wire

import (
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// stated are the amounts of a balance in one currency; nil was not stated.
type stated struct{ current, available, used *int64 }

// balanceParts are the maps of currency to amount inside a balance, by where they lie.
var balanceParts = map[string]func(*stated) **int64{
	"balance.current":        func(s *stated) **int64 { return &s.current },
	"balance.cash.available": func(s *stated) **int64 { return &s.available },
	"balance.credit.used":    func(s *stated) **int64 { return &s.used },
}

// decodeBalance makes one row per currency of an account's inline balance, without the
// account's id. Null is no row.
func decodeBalance(raw []byte, others *extra) ([]schema.Balance, error) {
	if isNull(raw) {
		return nil, nil
	}
	var asOf time.Time
	var kind string
	var unknown extra
	var seen uint
	amounts := map[string]*stated{}
	err := eachField(raw, func(name string, value []byte) error {
		switch name {
		case "as_of":
			seen |= 1
			return wantTime("balance.as_of", value, &asOf)
		case "type":
			seen |= 2
			return wantText("balance.type", value, &kind)
		case "current":
			seen |= 4
			return decodeAmounts("balance.current", value, amounts)
		case "cash", "credit":
			return decodePart(name, value, amounts, &unknown)
		}
		unknown.add(name, value)
		return nil
	})
	if err == nil {
		err = required(seen, []string{"balance.as_of", "balance.type", "balance.current"})
	}
	if err != nil {
		return nil, inField("balance", err)
	}
	others.nest("balance", unknown)
	return balanceRows(schema.Balance{BalanceType: kind, AsOf: asOf}, amounts), nil
}

// decodePart takes cash.available and credit.used; anything else there is kept as it is.
func decodePart(part string, value []byte, amounts map[string]*stated, others *extra) error {
	if isNull(value) {
		return nil
	}
	var unknown extra
	err := eachField(value, func(name string, value []byte) error {
		field := "balance." + part + "." + name
		if balanceParts[field] == nil {
			unknown.add(name, value)
			return nil
		}
		return decodeAmounts(field, value, amounts)
	})
	others.nest(part, unknown)
	return inField("balance."+part, err)
}

// decodeAmounts takes a map of currency to minor units. An amount may be null; a currency
// that comes in two spellings may not.
func decodeAmounts(field string, value []byte, amounts map[string]*stated) error {
	if isNull(value) {
		return nil
	}
	err := eachField(value, func(name string, value []byte) error {
		currency := strings.ToLower(name)
		if amounts[currency] == nil {
			amounts[currency] = &stated{}
		}
		if isNull(value) {
			return nil
		}
		part := balanceParts[field](amounts[currency])
		if *part != nil {
			return &FieldError{field, reasonTwice}
		}
		*part = new(int64)
		return wantInteger(field, value, *part)
	})
	return inField(field, err)
}

// balanceRows makes the rows, in order of currency.
func balanceRows(shape schema.Balance, amounts map[string]*stated) []schema.Balance {
	rows := make([]schema.Balance, 0, len(amounts))
	for currency, amount := range amounts {
		row := shape
		row.Currency = currency
		row.CurrentMinor, row.AvailableMinor, row.UsedMinor = amount.current, amount.available, amount.used
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b schema.Balance) int { return strings.Compare(a.Currency, b.Currency) })
	return rows
}
