package sync

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// decodeBalance makes one row per currency of an account's inline balance.
func decodeBalance(accountID string, raw []byte) ([]schema.Balance, error) {
	var asOf time.Time
	var kind string
	amounts := map[string]map[string]int64{}
	var seen uint
	err := eachField(raw, func(name string, value []byte) error {
		switch name {
		case "as_of":
			seen |= 1
			return wantTime("balance.as_of", value, &asOf)
		case "type":
			seen |= 2
			return wantText("balance.type", value, &kind)
		case "current":
			return decodeAmounts("balance.current", value, amounts, "current")
		case "cash", "credit":
			return decodeParts(value, amounts)
		}
		return nil
	})
	if err == nil {
		err = required(seen, []string{"balance.as_of", "balance.type"})
	}
	if errors.Is(err, errShape) {
		return nil, &fieldError{"balance", reasonType}
	}
	if err != nil {
		return nil, err
	}
	return balanceRows(schema.Balance{AccountID: accountID, BalanceType: kind, AsOf: asOf}, amounts), nil
}

// decodeParts takes cash.available and credit.used.
func decodeParts(value []byte, amounts map[string]map[string]int64) error {
	if isNull(value) {
		return nil
	}
	return eachField(value, func(name string, value []byte) error {
		if name != "available" && name != "used" {
			return nil
		}
		return decodeAmounts("balance."+name, value, amounts, name)
	})
}

// decodeAmounts takes a map of currency to minor units.
func decodeAmounts(field string, value []byte, amounts map[string]map[string]int64, part string) error {
	if isNull(value) {
		return nil
	}
	amounts[part] = map[string]int64{}
	return eachField(value, func(currency string, value []byte) error {
		var amount int64
		if err := wantInteger(field, value, &amount); err != nil {
			return err
		}
		amounts[part][currency] = amount
		return nil
	})
}

func balanceRows(shape schema.Balance, amounts map[string]map[string]int64) []schema.Balance {
	var currencies []string
	for _, part := range amounts {
		for currency := range part {
			if !slices.Contains(currencies, currency) {
				currencies = append(currencies, currency)
			}
		}
	}
	slices.Sort(currencies)
	rows := make([]schema.Balance, 0, len(currencies))
	amount := func(part, currency string) *int64 {
		if value, stated := amounts[part][currency]; stated {
			return &value
		}
		return nil
	}
	for _, currency := range currencies {
		row := shape
		row.Currency = strings.ToLower(currency)
		row.CurrentMinor, row.AvailableMinor, row.UsedMinor = amount("current", currency), amount("available", currency), amount("used", currency)
		rows = append(rows, row)
	}
	return rows
}
