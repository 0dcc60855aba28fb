package faults

import (
	"encoding/json"
	"fmt"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
)

// nullable are the fields Stripe's OpenAPI file lets be null, by kind of object.
var nullable = map[string][]string{
	"financial_connections.account": {
		"account_holder", "balance", "balance.cash.available", "balance.credit.used", "balance_refresh",
		"balance_refresh.next_refresh_available_at",
		"display_name", "last4", "ownership", "ownership_refresh", "ownership_refresh.next_refresh_available_at",
		"permissions", "subscriptions",
		"transaction_refresh", "transaction_refresh.next_refresh_available_at",
	},
	"financial_connections.account_owner": {"email", "phone", "raw_address", "refreshed_at"},
	"financial_connections.transaction":   {"status_transitions.posted_at", "status_transitions.void_at"},
}

// amounts and instants are the fields that hold them, by kind of object.
var (
	amounts = map[string][]string{
		"financial_connections.account": {
			"balance.current.usd", "balance.cash.available.usd", "balance.credit.used.usd",
		},
		"financial_connections.transaction": {"amount"},
	}
	instantFields = map[string][]string{
		"financial_connections.account": {
			"created", "balance.as_of", "balance_refresh.last_attempted_at",
			"balance_refresh.next_refresh_available_at",
			"transaction_refresh.last_attempted_at", "transaction_refresh.next_refresh_available_at",
		},
		"financial_connections.account_owner": {"refreshed_at"},
		"financial_connections.transaction": {
			"transacted_at", "updated", "status_transitions.posted_at", "status_transitions.void_at",
		},
	}
)

// Values at every bound: of 64 bits, of what a sum of two holds, of what calendars and databases
// hold; and instants in milliseconds.
var (
	BoundAmounts = []string{
		"9223372036854775807", "-9223372036854775808", "5000000000000000000", "-5000000000000000000",
		"4611686018427387904", "0", "1", "-1", "9007199254740993",
	}
	boundInstants = []string{
		"0", "-1", "-62135596800", "253402300799", "253402300800", "9223372036854", "9223372036854775807",
		"-9223372036854775808", "1780000000000", "4102444800",
	}
)

// changeValues gives fields of an object values that are allowed and rare. Which fields, is drawn
// for the object: every reading shows the same.
func (a ListActions) changeValues(seed uint64, raw []byte) []byte {
	var known struct{ ID, Object string }
	if a.Nulls+a.Bounds == 0 || json.Unmarshal(raw, &known) != nil {
		return raw
	}
	for _, change := range []struct {
		fields  []string
		percent int
		values  []string
	}{
		{amounts[known.Object], a.Bounds, BoundAmounts},
		{instantFields[known.Object], a.Bounds, boundInstants},
		{nullable[known.Object], a.Nulls, []string{"null"}},
	} {
		for i, field := range change.fields {
			x := draw.Of(seed, i, fmt.Sprint("value ", len(change.values), known.ID), 0)
			if path := strings.Split(field, "."); draw.Chance(x, uint64(change.percent)) && answer.HasField(raw, path) {
				raw = answer.SetField(raw, path, json.RawMessage(change.values[x>>8%uint64(len(change.values))]))
			}
		}
	}
	return raw
}
