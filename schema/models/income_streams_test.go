package models_test

import (
	"fmt"
	"slices"
	"testing"
)

const incomeOf = `SELECT coalesce(string_agg(concat_ws(' ', class, tier, cadence, status, payment_count || 'x',
	median_minor, monthly_minor), '; ' ORDER BY first_date, income_stream_id), '') FROM ledger.income_streams
	WHERE holder_id = '%s'`

// incomeStories are told up to 28 February 2027, and what income they have.
var incomeStories = map[string]struct {
	payments []payment
	want     string
}{
	"steady biweekly wage": {
		every(14, "2026-08-07", 15, 200000, wage), "payroll T1 biweekly active 15x 200000 433333",
	},
	"wages every four weeks come thirteen times a year": {
		every(28, "2026-08-07", 8, 400000, wage), "payroll T1 fourweekly active 8x 400000 433333",
	},
	"wages twice a month of which one half is lower bring both": {
		slices.Concat(monthly(1, "2026-08-15", 7, 150000, wage), monthly(1, "2026-08-31", 7, 270000, wage)),
		"payroll T1 semimonthly active 14x 150000 420000",
	},
	"a wage text by a lender is a wage": {
		every(14, "2026-08-07", 15, 150000, "FLAGSHIP CREDIT DES:DIRECT DEP ID:XXXXX INDN:JANE DOE CO ID:XXXXX PPD"),
		"payroll T1 biweekly active 15x 150000 325000",
	},
	"benefit counted in full": {
		on("2026-08-12 2026-09-09 2026-10-14 2026-11-11 2026-12-09 2027-01-13 2027-02-10", 140000,
			"SSA TREAS 310 XXSOC SEC"),
		"benefit T2 monthly active 7x 140000 140000",
	},
	"an advance on wages is no income": {every(14, "2026-08-07", 15, 10000, "EARNIN ACTIVEHOURS"), ""},
	"what people send is no income": {
		every(14, "2026-08-07", 15, 60000, "Zelle payment from JANE DOE 12345678901"), "",
	},
	"what people send is no income, whatever they write": {
		every(14, "2026-08-07", 15, 160000, `Zelle payment from JANE DOE for "salary"; Conf# x8yz12abc`), "",
	},
	"an own transfer is no income": {every(14, "2026-08-07", 15, 60000, "ONLINE TRANSFER FROM SAV ...1234"), ""},
	"loan proceeds are no income":  {on("2026-10-05", 500000, "UPSTART LOAN PROCEEDS"), ""},
	"three deposits half a month apart": {
		on("2027-01-15 2027-01-29 2027-02-15", 210000, wage),
		"payroll T1 semimonthly_or_biweekly active 3x 210000 420000",
	},
	"two wages are no schedule yet": {
		every(14, "2027-02-05", 2, 180000, wage), "payroll T4 irregular active 2x 180000",
	},
	"a platform pays when there was work": {
		on("2026-11-03 2026-11-05 2026-11-19 2026-12-02 2026-12-23 2027-01-11 2027-01-12 2027-02-20", 7300,
			"LYFT DRIVER PAY"),
		"gig T2 irregular active 8x 7300",
	},
	"regular, and no text says what": {
		every(14, "2026-08-07", 15, 120000, "NORTHSIDE HOLDINGS PPD"), "unclear T3 biweekly active 15x 120000 260000",
	},
	"a job that ended": {
		every(14, "2026-08-07", 6, 200000, wage), "payroll T1 biweekly ended 6x 200000 433333",
	},
	"two employers": {
		slices.Concat(
			every(14, "2026-08-07", 15, 200000, wage), every(7, "2026-08-05", 30, 31000, "GLOBEX INC PAYROLL"),
		),
		"payroll T1 weekly active 30x 31000 134333; payroll T1 biweekly active 15x 200000 433333",
	},
}

func TestIncomeStories(t *testing.T) { toldIncome.test(t) }

var toldIncome = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holders := map[string]string{}
	for name, story := range incomeStories {
		holders[name] = d.tell(story.payments)
	}
	d.asks("ledger.income_streams")
	return func(t *testing.T) {
		for name, story := range incomeStories {
			if got := d.strings(fmt.Sprintf(incomeOf, holders[name]))[0]; got != story.want {
				t.Errorf("%s:\ngot  %s\nwant %s", name, got, story.want)
			}
		}
	}
})

// TestOneDepositSplitOverTwoAccounts: it is one stream of the holder, with one payment a payday of the whole amount.
func TestOneDepositSplitOverTwoAccounts(t *testing.T) { splitDeposit.test(t) }

var splitDeposit = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holder := d.tell(every(14, "2026-08-07", 15, 150000, wage))
	d.account("fca_saving", "fca_saving", holder, "cash", nil, 0)
	d.exec("UPDATE main.accounts SET complete_through_at = ?::TIMESTAMPTZ + INTERVAL 30 HOUR WHERE account_id = ?",
		d.end, "fca_saving"+d.suffix)
	d.rows("fca_saving", shelfRows(every(14, "2026-08-07", 15, 50000, wage)))
	d.asks("ledger.income_streams")
	return func(t *testing.T) {
		d.want(fmt.Sprintf(incomeOf, holder), "payroll T1 biweekly active 15x 200000 433333")
	}
})

// TestTheNextWageOfOneThatEndedIsNotDue: three deposits half a month apart, and none since.
func TestTheNextWageOfOneThatEndedIsNotDue(t *testing.T) { endedWage.test(t) }

var endedWage = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	ended := d.tell(on("2026-09-15 2026-09-30 2026-10-15", 210000, wage))
	active := d.tell(on("2027-01-15 2027-01-29 2027-02-15", 210000, wage))
	d.asks("ledger.income_streams")
	return func(t *testing.T) {
		for holder, want := range map[string]string{ended: "ended -", active: "active 2027-03-02"} {
			d.want(fmt.Sprintf(`SELECT status || ' ' || coalesce(next_date::VARCHAR, '-') FROM ledger.income_streams
			WHERE holder_id = '%s'`, holder), want)
		}
	}
})
