package models_test

import (
	"fmt"
	"slices"
	"testing"
)

const obligationsOf = `SELECT coalesce(string_agg(concat_ws(' ', class, strength, cadence, status, payment_count || 'x',
	median_minor, next_date), '; ' ORDER BY first_date, stream_id), '') FROM ledger.obligations WHERE holder_id = '%s'`

// obligationStories are told up to 28 February 2027, and what is owed.
var obligationStories = map[string]struct {
	payments []payment
	want     string
}{
	"rent by check": {
		monthly(1, "2026-08-03", 7, -120000, "CHECK 1021"), "rent pattern monthly active 7x 120000 2027-03-03",
	},
	"rent by Zelle": {
		monthly(1, "2026-08-03", 7, -120000, "Zelle payment to JOHN DOE 12345678901"),
		"rent pattern monthly active 7x 120000 2027-03-03",
	},
	"a loan paid off is no missed payment": {
		slices.Concat(monthly(1, "2026-06-10", 7, -32000, "TOYOTA FINANCIAL SERVICES"),
			on("2027-01-11", -11750, "TOYOTA FINANCIAL SERVICES")),
		"auto named monthly paid_off 8x 32000",
	},
	"a loan that was not paid": {
		monthly(1, "2026-06-10", 8, -32000, "TOYOTA FINANCIAL SERVICES"),
		"auto named monthly missed 8x 32000 2027-02-10",
	},
	"a loan that says so is paid off": {
		slices.Concat(monthly(1, "2026-06-10", 8, -32000, "TOYOTA FINANCIAL SERVICES"),
			on("2027-02-10", -32000, "TOYOTA FINANCIAL SERVICES PAID IN FULL")),
		"auto named monthly paid_off 9x 32000",
	},
	"a plan of six months that is over": {
		monthly(1, "2026-08-05", 6, -6120, "AFFIRM.COM PAYME DES:AFFIRM.COM"),
		"instalments named monthly paid_off 6x 6120",
	},
	"a plan of six payments four weeks apart that is over": {
		every(28, "2026-08-05", 6, -6120, "AFFIRM.COM PAYME DES:AFFIRM.COM"),
		"instalments named fourweekly paid_off 6x 6120",
	},
	"a plan of which the fifth month was not paid": {
		monthly(1, "2026-10-05", 4, -6120, "AFFIRM.COM PAYME DES:AFFIRM.COM"),
		"instalments named monthly missed 4x 6120 2027-02-05",
	},
	"groceries are no obligation": {every(7, "2026-08-05", 29, -8000, "KROGER #412"), ""},
}

func TestObligationStories(t *testing.T) { toldObligations.test(t) }

var toldObligations = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holders := map[string]string{}
	for name, story := range obligationStories {
		holders[name] = d.tell(story.payments)
	}
	d.asks("ledger.obligations")
	return func(t *testing.T) {
		for name, story := range obligationStories {
			if got := d.strings(fmt.Sprintf(obligationsOf, holders[name]))[0]; got != story.want {
				t.Errorf("%s:\ngot  %s\nwant %s", name, got, story.want)
			}
		}
	}
})
