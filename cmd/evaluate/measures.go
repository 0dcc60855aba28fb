package main

import "strings"

// What is measured, as the table calls it.
const (
	merchants    = "merchants: pairs of rows joined"
	keys         = "merchant keys that hold one merchant"
	payers       = "payers: pairs of rows joined"
	categories   = "categories"
	transfers    = "own transfers: pairs of legs"
	cardPayments = "card payments: pairs of legs"
	refundRows   = "refunds: rows"
	refundLinks  = "refunds: linked to their purchase"
	allStreams   = "streams"
	feeEvents    = "fee events"
	feeRows      = "fees: rows"
	spending     = "spending: rows that count"
)

// streamKinds are the kinds of streams that are measured alone.
var streamKinds = []string{
	"payroll", "benefit", "subscription", "bill", "loan", "mortgage", "rent", "card", "instalments",
}

func streamMeasure(kind string) string { return "streams: " + kind }

// measure is a line of the table: what it needs of the product, and what is wanted of it.
type measure struct {
	name              string
	needs             string  // the question whose columns it needs; "" are there
	precision, recall float64 // wanted; 0 is nothing
}

func measures() (all []measure) {
	all = []measure{
		{merchants, "", 0.998, 0},
		{keys, "", 0, 0},
		{payers, "", 0, 0},
		{categories, "labels", 0, 0},
		{transfers, "", 0.99, 0.93},
		{cardPayments, "", 0.99, 0.95},
		{refundRows, "", 0, 0},
		{refundLinks, "refund_links", 0, 0},
		{allStreams, "streams", 0, 0},
	}
	wanted := map[string][2]float64{"payroll": {0.97, 0.95}, "subscription": {0.95, 0.95}}
	for _, kind := range streamKinds {
		all = append(all, measure{streamMeasure(kind), "streams", wanted[kind][0], wanted[kind][1]})
	}
	return append(all,
		measure{feeEvents, "distress_events", 0, 0},
		measure{feeRows, "", 0, 0},
		measure{spending, "", 0, 0})
}

// byInstitution are those that are shown by institution too.
var byInstitution = []string{
	merchants, categories, transfers, cardPayments, refundRows, refundLinks, feeEvents, feeRows, spending,
}

// short is a measure's name at the head of a column.
func short(name string) string {
	name, rest, _ := strings.Cut(name, ": ")
	if strings.HasPrefix(rest, "linked") {
		return "refund links"
	}
	if name == "fees" || name == "refunds" {
		return name + " (rows)"
	}
	return name
}
