package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/models"
)

// payment is a row of a text on a day.
type payment struct {
	day    time.Time
	amount int64
	text   string
}

// diary is a shelf with a holder for each story of payments, whose rows are held to a day.
type diary struct {
	*shelf
	stories int
	end     time.Time
}

func newDiary(t *testing.T, end time.Time) *diary {
	t.Helper()
	d := &diary{shelf: newShelf(t), end: end}
	d.exec("UPDATE meta.store SET watermark = ?", end.Add(20*time.Hour))
	return d
}

// tell stores payments of a new holder, and returns the holder's id.
func (d *diary) tell(payments []payment) string {
	d.t.Helper()
	holder, account := fmt.Sprintf("cus_%02d", d.stories), fmt.Sprintf("fca_%02d", d.stories)
	d.stories++
	d.account(account, account, holder, "cash", nil, 0)
	d.exec("UPDATE main.accounts SET complete_through_at = ?::TIMESTAMPTZ + INTERVAL 30 HOUR WHERE account_id = ?",
		d.end, account+d.suffix)
	d.rows(account, shelfRows(payments))
	return holder
}

func shelfRows(payments []payment) []shelfRow {
	rows := make([]shelfRow, len(payments))
	for i, p := range payments {
		rows[i] = shelfRow{
			day: int(p.day.Sub(shelfStart.Truncate(24*time.Hour)).Hours() / 24), amount: p.amount, text: p.text,
		}
	}
	return rows
}

// derive derives some tables and what they read; all of them where none is named.
func (d *diary) derive(tables ...string) {
	d.t.Helper()
	if err := models.DeriveModels(d.t.Context(), d.database, models.Parameters{
		AsOf: d.end.Add(20 * time.Hour), ReportZone: "America/New_York", Rebuild: true,
	}, only(tables...)); err != nil {
		d.t.Fatal(err)
	}
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// every is a payment every so many days, n times.
func every(days int, from string, n int, amount int64, text string) (all []payment) {
	for i := range n {
		all = append(all, payment{day(from).AddDate(0, 0, i*days), amount, text})
	}
	return all
}

// monthly is a payment on a day of the month, or on the last of a shorter one, every so many months, n times.
func monthly(months int, from string, n int, amount int64, text string) (all []payment) {
	first := day(from)
	for i := range n {
		month := time.Date(first.Year(), first.Month()+time.Month(i*months), 1, 0, 0, 0, 0, time.UTC)
		last := month.AddDate(0, 1, -1).Day()
		all = append(all, payment{month.AddDate(0, 0, min(first.Day(), last)-1), amount, text})
	}
	return all
}

// on is a payment on each of some days.
func on(days string, amount int64, text string) (all []payment) {
	for word := range strings.FieldsSeq(days) {
		all = append(all, payment{day(word), amount, text})
	}
	return all
}

// business moves payments from weekends to the Friday before (back) or the Monday after.
func business(back bool, payments []payment) []payment {
	for i := range payments {
		step := 1
		if back {
			step = -1
		}
		for wd := payments[i].day.Weekday(); wd == time.Saturday || wd == time.Sunday; wd = payments[i].day.Weekday() {
			payments[i].day = payments[i].day.AddDate(0, 0, step)
		}
	}
	return payments
}

const (
	streamsOf = `SELECT coalesce(string_agg(concat_ws(' ', direction, kind, cadence, status, payment_count || 'x',
		last_minor, next_due_date), '; ' ORDER BY first_date, last_minor), '') FROM ledger.streams WHERE holder_id = `
	wage, netflix = "ACME CORP DES:PAYROLL PPD", "NETFLIX.COM"
)

// streamStories are told up to 28 February 2027, and what streams they have.
var streamStories = map[string]struct {
	payments []payment
	want     string
}{
	"a steady biweekly wage is one stream over holidays and months of two and three": {
		slices.Concat(every(14, "2026-03-06", 21, 210050, wage), on("2026-12-24", 210050, wage),
			every(14, "2027-01-08", 4, 210050, wage)),
		"in payroll biweekly active 26x 210050 2027-03-05",
	},
	"a benefit on every second Wednesday is one stream": {
		on("2026-09-09 2026-10-14 2026-11-10 2026-12-09 2027-01-13 2027-02-10", 164200, "SSA TREAS 310 XXSOC SEC PPD"),
		"in benefit monthly active 6x 164200 2027-03-10",
	},
	"wages on the 15th and the last, before weekends": {
		business(true, slices.Concat(
			monthly(1, "2026-07-15", 8, 180000, wage), monthly(1, "2026-07-31", 8, 180000, wage))),
		"in payroll semimonthly active 16x 180000 2027-03-15",
	},
	"wages on the 5th and the 20th, before weekends": {
		business(true, slices.Concat(
			monthly(1, "2026-08-05", 7, 180000, wage), monthly(1, "2026-08-20", 7, 180000, wage))),
		"in payroll semimonthly active 14x 180000 2027-03-05",
	},
	"wages on the 1st and the 15th, before weekends": {
		business(true, slices.Concat(
			monthly(1, "2026-09-01", 6, 180000, wage), monthly(1, "2026-09-15", 6, 180000, wage))),
		"in payroll semimonthly active 12x 180000 2027-03-01",
	},
	"wages on the last Wednesday of a month, which is the fourth in most": {
		on("2026-09-30 2026-10-28 2026-11-25 2026-12-30 2027-01-27 2027-02-24", 400000, wage),
		"in payroll monthly active 6x 400000 2027-03-31",
	},
	"a rent every four weeks": {
		every(28, "2026-09-04", 7, -120000, "WPM RENT PAYMENT RENTCAFE"),
		"out rent fourweekly active 7x 120000 2027-03-19",
	},
	"what may be every four weeks or every first Wednesday is monthly": {
		on("2026-01-07 2026-02-04 2026-03-04 2026-04-01", -1999, "NETFLIX.COM"),
		"out subscription monthly ended 4x 1999",
	},
	"weekly wages that differ with the hours": {
		slices.Concat(every(14, "2026-10-01", 11, 61000, wage), every(14, "2026-10-08", 10, 58500, wage)),
		"in payroll weekly active 21x 61000 2027-02-25",
	},
	"a subscription on the 31st": {
		monthly(1, "2026-08-31", 7, -1549, netflix), "out subscription monthly active 7x 1549 2027-03-31",
	},
	"rent on the 1st, after weekends": {
		business(false, monthly(1, "2026-08-01", 7, -145000, "OAKWOOD RENT WEB ID: 9000123")),
		"out rent monthly active 7x 145000 2027-03-01",
	},
	"water every second month": {
		monthly(2, "2026-04-10", 6, -8400, "CITY WATER AUTOPAY"), "out bill bimonthly active 6x 8400 2027-04-10",
	},
	"a quarterly fee": {
		monthly(3, "2026-03-20", 4, -4900, "WINE CLUB"), "out subscription quarterly active 4x 4900 2027-03-20",
	},
	"an insurance paid twice a year": {
		monthly(6, "2025-12-05", 3, -61200, "STATE FARM AUTOPAY"), "out bill semiannual active 3x 61200 2027-06-05",
	},
	"an annual fee that rose a little": {
		slices.Concat(on("2025-11-03", -13900, "AMAZON PRIME"), on("2026-11-03", -14900, "AMAZON PRIME")),
		"out subscription annual active 2x 14900 2027-11-03",
	},
	"a price that rose": {
		slices.Concat(monthly(1, "2026-06-11", 4, -999, netflix), monthly(1, "2026-10-11", 5, -1599, netflix)),
		"out subscription monthly active 9x 1599 2027-03-11",
	},
	"cancelled in October": {monthly(1, "2026-05-11", 6, -999, netflix), "out subscription monthly ended 6x 999"},
	"a payment that did not come in February": {
		monthly(1, "2026-08-11", 6, -999, netflix), "out subscription monthly late 6x 999 2027-02-11",
	},
	"one month missed": {
		slices.Concat(monthly(1, "2026-08-11", 3, -999, netflix), monthly(1, "2026-12-11", 3, -999, netflix)),
		"out subscription monthly active 6x 999 2027-03-11",
	},
	"one payment too many": {
		slices.Concat(monthly(1, "2026-09-11", 6, -999, netflix), on("2026-11-25", -999, netflix)),
		"out subscription monthly active 7x 999 2027-03-11",
	},
	"a trial for 1.00, then paid": {
		slices.Concat(on("2026-08-28", -100, netflix), monthly(1, "2026-09-11", 6, -999, netflix)),
		"out subscription monthly active 6x 999 2027-03-11",
	},
	"wages and two bonuses": {
		slices.Concat(every(14, "2026-08-07", 15, 200000, wage), on("2026-09-25 2026-12-22", 550000, wage)),
		"in payroll biweekly active 15x 200000 2027-03-05",
	},
	"two plans at one merchant": {
		slices.Concat(monthly(1, "2026-08-03", 7, -1200, "APPLE.COM/BILL"),
			monthly(1, "2026-09-18", 6, -299, "APPLE.COM/BILL")),
		"out subscription monthly active 7x 1200 2027-03-03; out subscription monthly active 6x 299 2027-03-18",
	},
	"a subscription whose texts begin and go on with what is drawn": {
		slices.Concat(on("2026-09-11", -999, "4KV1TS3K QUIVERDALE*KKFFUNC 866-555-0100 CA"),
			on("2026-10-11", -999, "H3J3CQ68 QUIVERDALE*8F2K1SD 866-555-0100 CA"),
			on("2026-11-11", -999, "0702101 QUIVERDALE*522185 866-555-0100 CA"),
			on("2026-12-11", -1299, "P1677208300PD53J83 QUIVERDALE 866-555-0100 CA"),
			on("2027-01-11", -1299, "1VVBYQHL QUIVERDALE 866-555-0100 CA"),
			on("2027-02-11", -1299, "QUIVERDALE 1SRBXP 866-555-0100 CA")),
		"out subscription monthly active 6x 1299 2027-03-11",
	},
	"cameras that a card pays for every month": {
		monthly(1, "2026-09-11", 6, -1000, "RING MONTHLY PLAN 800-656-1918 CA"),
		"out subscription monthly active 6x 1000 2027-03-11",
	},
	"a gym whose field of the clearing house is cut off": {
		monthly(1, "2026-09-11", 6, -2499, "ACH DEBIT QUIVERDALE CLUBFEE"),
		"out subscription monthly active 6x 2499 2027-03-11",
	},
	"an insurance that is presented again": {
		slices.Concat(monthly(1, "2026-09-11", 3, -9900, "PROGRESSIVE INS PREM"),
			on("2026-12-16", -9900, "PROGRESSIVE RETRY PYMT INS PREM"),
			monthly(1, "2027-01-11", 2, -9900, "PROGRESSIVE INS PREM")),
		"out bill monthly active 6x 9900 2027-03-11",
	},
	"a bill whose amount differs": {
		slices.Concat(on("2026-08-08 2026-11-08", -9312, "CITY POWER EPAY"), on("2026-09-08 2026-12-08", -14250,
			"CITY POWER EPAY"), on("2026-10-08 2027-01-08 2027-02-08", -7105, "CITY POWER EPAY")),
		"out bill monthly active 7x 7105 2027-03-08",
	},
	"a bill that differs, and was paid twice once": {
		slices.Concat(on("2026-08-08 2026-11-08", -9312, "CITY POWER EPAY"), on("2026-09-08 2026-12-08", -14250,
			"CITY POWER EPAY"), on("2026-10-08 2026-11-19 2027-01-08 2027-02-08", -7105, "CITY POWER EPAY")),
		"out bill monthly active 8x 7105 2027-03-08",
	},
}

func TestStreamsOfOneStory(t *testing.T) { toldStreams.test(t) }

var toldStreams = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holders := map[string]string{}
	for name, story := range streamStories {
		holders[name] = d.tell(story.payments)
	}
	d.asks("ledger.streams")
	return func(t *testing.T) {
		for name, story := range streamStories {
			if found := d.strings(streamsOf + "'" + holders[name] + "'")[0]; found != story.want {
				t.Errorf("%s: found %q, want %q", name, found, story.want)
			}
		}
	}
})
