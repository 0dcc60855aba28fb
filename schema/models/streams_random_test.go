package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fcpipe/schema/storetest"
)

// shops are where people go when they like, and spend what they like.
var shops = []string{
	"KROGER #412", "SHELL OIL 57444812", "TARGET 00012345", "SQ *BLUE OWL COFFEE", "CVS/PHARMACY #08123",
}

// habitless are the payments of a person who goes somewhere without a habit, for equal or unequal amounts.
func habitless(draw *rand.Rand, from, to time.Time) (all []payment) {
	for _, shop := range shops {
		mean := 3 + draw.IntN(40)
		low := 300 + draw.Int64N(4000)
		for at := from; at.Before(to); at = at.AddDate(0, 0, 1) {
			if draw.IntN(mean) == 0 {
				all = append(all, payment{at, -low - draw.Int64N(2*low), shop})
			}
		}
	}
	return all
}

// TestPeopleWhoShopHaveNoStreams: of 150 people with five shops each a handful of the 750 look regular by chance; of
// the first 60 as few as that.
func TestPeopleWhoShopHaveNoStreams(t *testing.T) { peopleWhoShop.test(t) }

var peopleWhoShop = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	draw := rand.New(rand.NewPCG(1, 2))
	people := 60
	if *proof {
		people = 150
	}
	for range people {
		d.tell(habitless(draw, day("2026-06-01"), d.end))
	}
	d.tell(slices.Concat(
		on("2026-09-01 2026-09-02 2026-09-04 2026-09-07 2026-09-08 2026-09-11 2026-09-14", -450, "SQ *CORNER CAFE"),
		on("2026-10-03 2026-11-11 2027-01-02", -2000, "JOE'S BARBER"))) // equal amounts on any day
	d.asks("ledger.streams")
	return func(t *testing.T) {
		streams := d.strings("SELECT concat_ws(' ', merchant_key, cadence, basis, payment_count) FROM ledger.streams")
		if len(streams) > people/30 {
			t.Errorf("%d streams: %q", len(streams), streams)
		}
	}
})

// regular draws payments of one merchant that recur, with what may happen to them.
func regular(draw *rand.Rand, n int) (all []payment) {
	text := fmt.Sprintf("MERCHANT %c DES:PAYROLL PPD", 'A'+n)
	amount := 5000 + draw.Int64N(200000)
	if draw.IntN(2) == 0 {
		text, amount = fmt.Sprintf("MERCHANT %c SUBSCRIPTION", 'A'+n), -500-draw.Int64N(9000)
	}
	first := day("2026-03-01").AddDate(0, 0, draw.IntN(60))
	switch draw.IntN(4) {
	case 0:
		all = every(7, first.Format(time.DateOnly), 40, amount, text)
	case 1:
		all = every(14, first.Format(time.DateOnly), 22, amount, text)
	case 2:
		all = business(draw.IntN(2) == 0, monthly(1, first.Format(time.DateOnly), 10, amount, text))
	case 3:
		all = monthly(3, first.Format(time.DateOnly), 4, amount, text)
	}
	if draw.IntN(4) == 0 { // a price that rises
		for i := len(all) / 2; i < len(all); i++ {
			all[i].amount += all[i].amount / 8
		}
	}
	if draw.IntN(4) == 0 { // one is missed
		all = slices.Delete(all, len(all)/2, len(all)/2+1)
	}
	if draw.IntN(4) == 0 { // one is too many
		extra := all[len(all)/3]
		extra.day, extra.amount = extra.day.AddDate(0, 0, 4), extra.amount*3/2
		all = append(all, extra)
	}
	if draw.IntN(6) == 0 { // a second plan begins later
		all = append(all, monthly(1, "2026-07-09", 7, amount*3, text)...)
	}
	return all
}

// TestHistoryThatGrowsRenamesNoStream: of histories that end on random days, streams that share half of their payments
// with one of the whole history have its id.
func TestHistoryThatGrowsRenamesNoStream(t *testing.T) {
	storetest.ForProof(t)
	d := newDiary(t, day("2027-01-31"))
	draw := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		var all []payment
		for n := range 6 {
			all = append(all, regular(draw, n)...)
		}
		d.tell(all)
	}
	d.derive("ledger.streams")
	d.exec("CREATE TABLE main.whole AS FROM ledger.stream_members")
	d.exec("CREATE TABLE main.all_versions AS FROM main.transaction_versions")
	found, ends := 0, 1
	if *proof {
		ends = 3
	}
	for range ends {
		end := day("2026-07-01").AddDate(0, 0, draw.IntN(200))
		d.exec("DELETE FROM main.transaction_versions")
		d.exec("INSERT INTO main.transaction_versions FROM main.all_versions WHERE transacted_at < ?", end)
		d.derive("ledger.streams")
		// the share of a shorter stream's payments that are of one of the whole history
		shared := `WITH n AS (SELECT stream_id, count(*) AS n FROM ledger.stream_members GROUP BY ALL)
			SELECT s.stream_id AS then_id, w.stream_id AS now_id FROM ledger.stream_members s
			JOIN main.whole w USING (transaction_id) JOIN n ON n.stream_id = s.stream_id
			GROUP BY ALL HAVING 2 * count(*) >= any_value(n.n)`
		found += len(d.strings("SELECT then_id FROM (" + shared + ")"))
		for _, renamed := range d.strings(`SELECT concat_ws(' ', m.merchant_key, s.cadence, s.basis, s.payment_count)
			FROM (` + shared + `) JOIN ledger.streams s ON s.stream_id = then_id
			JOIN (SELECT DISTINCT stream_id, merchant_key FROM main.whole) m ON m.stream_id = now_id
			WHERE then_id <> now_id`) {
			t.Errorf("up to %s: %s has another id", end.Format(time.DateOnly), renamed)
		}
	}
	if found < 60*ends {
		t.Errorf("%d streams were compared", found)
	}
}
