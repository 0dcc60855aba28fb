package models_test

import (
	"slices"
	"testing"
)

// duesOf shows the newest due dates of a holder's streams: when, how they were met, and when.
const duesOf = `SELECT string_agg(concat_ws(' ', due_date, state, payment_date, days_late), '; ' ORDER BY due_date)
	FROM ledger.expected_payments WHERE due_date >= '2026-12-01' AND holder_id = '`

// dueStories are told up to 28 February 2027.
var dueStories = map[string]struct {
	payments []payment
	want     string
}{
	"a wage that comes before a holiday is on time": {
		slices.Concat(every(14, "2026-09-04", 8, 210050, wage), on("2026-12-24", 210050, wage),
			every(14, "2027-01-08", 4, 210050, wage)),
		"2026-12-11 on_time 2026-12-11 0; 2026-12-24 on_time 2026-12-24 0; 2027-01-08 on_time 2027-01-08 0; " +
			"2027-01-22 on_time 2027-01-22 0; 2027-02-05 on_time 2027-02-05 0; 2027-02-19 on_time 2027-02-19 0; " +
			"2027-03-05 due; 2027-03-19 due; 2027-04-02 due; 2027-04-16 due",
	},
	"a bill that is missed, then late": {
		slices.Concat(monthly(1, "2026-06-07", 6, -4000, "CITY WATER AUTOPAY"),
			on("2027-01-07 2027-02-13", -4000, "CITY WATER AUTOPAY")),
		"2026-12-07 missed; 2027-01-07 on_time 2027-01-07 0; 2027-02-07 late 2027-02-13 6; 2027-03-07 due; " +
			"2027-04-07 due",
	},
	"what has ended is missed twice, and expected no more": {
		monthly(1, "2026-06-07", 7, -4000, "CITY WATER AUTOPAY"),
		"2026-12-07 on_time 2026-12-07 0; 2027-01-07 missed; 2027-02-07 missed",
	},
}

func TestDueDatesAreMetOrMissed(t *testing.T) { dueDates.test(t) }

var dueDates = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holders := map[string]string{}
	for name, story := range dueStories {
		holders[name] = d.tell(story.payments)
	}
	unseen := d.tell(monthly(1, "2026-06-07", 7, -4000, "CITY WATER AUTOPAY"))
	d.exec("UPDATE main.accounts SET complete_through_at = '2026-12-20' WHERE holder_id = ?", unseen+d.suffix)
	d.asks("ledger.expected_payments")
	return func(t *testing.T) {
		for name, story := range dueStories {
			if found := d.strings(duesOf + holders[name] + "'")[0]; found != story.want {
				t.Errorf("%s: found %q, want %q", name, found, story.want)
			}
		}
		// rows that are not held prove nothing
		want := "2026-12-07 on_time 2026-12-07 0; 2027-01-07 due; 2027-02-07 due"
		if found := d.strings(duesOf + unseen + "'")[0]; found != want {
			t.Errorf("rows that are not held: found %q, want %q", found, want)
		}
		status := d.strings("SELECT status FROM ledger.streams WHERE holder_id = '" + unseen + "'")
		if status[0] != "active" {
			t.Errorf("its stream is %s", status)
		}
	}
})
