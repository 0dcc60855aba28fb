package models_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"fcpipe/schema/storetest"
)

// absurd are amounts that no account has: the greatest that fit, and the greatest that may recur.
var absurd = map[string][]int64{
	"greatest":   {math.MaxInt64, math.MinInt64},
	"large":      {10_000_000_000_000},
	"tenth":      {800_000_000_000_000_000}, // that a few of make too much, or twelve times one
	"hundredth":  {80_000_000_000_000_000, -70_000_000_000_000_000},
	"thousandth": {8_000_000_000_000_000},
	"dearer":     {180_000_000_000_000_000, 9900, 9900, 9900, 180_000_000_000_000_000, 180_000_000_000_000_000},
	"one_of_six": {4500, 4500, math.MaxInt64, 4500, 4500, 4500},
}

// everyKindOfText posts each text that the tests know once a month, with amounts in turn, to twelve holders of a kind.
func everyKindOfText(h *household, kind string, amounts []int64, texts [][]string) {
	for i, text := range texts {
		account := fmt.Sprintf("fca_%s_%d", kind, i%12)
		if i < 12 {
			h.account(account, fmt.Sprintf("cus_%s_%d", kind, i), date(6, 20, 12), nil)
			h.observe(account, date(6, 19, 11), amounts[0])
			h.observe(account, date(6, 20, 11), -(amounts[0] + 1))
		}
		for month := 1; month <= 6; month++ {
			amount := amounts[month%len(amounts)]
			if text[1] == "out" && amount > 0 {
				amount = -amount
			}
			h.post(account, date(month, 1+i%18, 9), amount).Description = text[4]
		}
	}
}

var absurdOneOfSix = tellHousehold(func(h *household) { tellAbsurd(h, "one_of_six") })

// tellAbsurd tells of kinds of amounts, and of a holder who has none of them.
func tellAbsurd(h *household, kinds ...string) {
	ninetyDays(h, "fca_plain")
	texts, err := readTexts()
	if err != nil {
		panic(err) // no story is told without the file of texts
	}
	for _, kind := range kinds {
		everyKindOfText(h, kind, absurd[kind], texts)
	}
}

// TestAbsurdAmountsStopNoRound: rows of every kind with amounts that no sum of 64 bits holds are published with those
// of all others, and what is said of their holders is no number without reserve. make test has one kind, among the
// shared households.
func TestAbsurdAmountsStopNoRound(t *testing.T) {
	var s asked = absurdOneOfSix.published(t)
	if *storetest.Proof {
		var h household
		tellAbsurd(&h, slices.Collect(maps.Keys(absurd))...)
		s = h.publish(t)
	}
	wantValues(t, s, map[string]string{"flow_net_minor 30d": "OK 60000", "income_all_minor 30d": "OK 90000"})
	s.Want(`SELECT DISTINCT list_contains(failed_gates, 'amount') FROM quality.coverage
		WHERE account_key NOT LIKE 'fca!_large%' ESCAPE '!' AND account_key <> 'fca_plain'`, "true")
	s.Want(`SELECT count(*) FROM underwriting.attribute_values v JOIN underwriting.attributes a USING (attribute)
		WHERE holder_id NOT LIKE 'cus!_large%' ESCAPE '!' AND holder_id <> 'cus_1'
		AND a.needs NOT IN ('links', 'coverage') AND value_state = 'OK'`, "0")
	s.Want(`SELECT count(*) FROM underwriting.attribute_values v JOIN underwriting.attributes a USING (attribute)
		WHERE holder_id LIKE 'cus!_greatest%' ESCAPE '!' AND a.needs = 'flows' AND value_integer IS NOT NULL`, "0")
}
