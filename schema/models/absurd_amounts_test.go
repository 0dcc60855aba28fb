package models_test

import (
	"fmt"
	"math"
	"testing"

	"fcpipe/schema/storetest"
)

// absurd are amounts that no account has: the greatest that fit, and the greatest that may recur.
var absurd = map[string][]int64{
	"greatest":   {math.MaxInt64, math.MinInt64},
	"large":      {10_000_000_000_000},
	"one_of_six": {4500, 4500, math.MaxInt64, 4500, 4500, 4500},
}

// everyKindOfText posts each text that the tests know once a month, with amounts in turn, to twelve holders of a kind.
func everyKindOfText(t *testing.T, h *household, kind string, amounts []int64) {
	t.Helper()
	for i, text := range textsOfBanks(t) {
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

// TestAbsurdAmountsStopNoRound: rows of every kind with amounts that no sum of 64 bits holds are published with those
// of all others, and what is said of their holders is no number without reserve.
func TestAbsurdAmountsStopNoRound(t *testing.T) {
	var h household
	ninetyDays(&h, "fca_plain")
	for kind, amounts := range absurd {
		if kind != "one_of_six" && !*storetest.Proof {
			continue
		}
		everyKindOfText(t, &h, kind, amounts)
	}
	s := h.publish(t)
	wantValues(t, s, map[string]string{"flow_net_minor 30d": "OK 60000", "income_all_minor 30d": "OK 90000"})
	s.Want(`SELECT DISTINCT list_contains(failed_gates, 'amount') FROM quality.coverage
		WHERE account_key NOT LIKE 'fca!_large%' ESCAPE '!' AND account_key <> 'fca_plain'`, "true")
	s.Want(`SELECT count(*) FROM underwriting.attribute_values v JOIN underwriting.attributes a USING (attribute)
		WHERE holder_id NOT LIKE 'cus!_large%' ESCAPE '!' AND holder_id <> 'cus_1'
		AND a.needs NOT IN ('links', 'coverage') AND value_state = 'OK'`, "0")
	s.Want(`SELECT count(*) FROM underwriting.attribute_values v JOIN underwriting.attributes a USING (attribute)
		WHERE holder_id LIKE 'cus!_greatest%' ESCAPE '!' AND a.needs = 'flows' AND value_integer IS NOT NULL`, "0")
}
