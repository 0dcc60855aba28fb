package models_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// migrates is the case that make test runs of those that change more than their own accounts.
const migrates = "a migration rewrites rows, which have no new version"

// maintainedCases are changes that random histories hardly draw: what is known first, and what a later round changes.
var maintainedCases = map[string]maintainedCase{
	"the account of a balance, not the newest of its chain, becomes an investment": {
		func(b *randomBank) {
			older, newer := b.accounts[0], b.accounts[2]
			newer.key = older.key
			b.observe(newer)
			b.observeBalance(older, "usd", 10000, b.hours(-30))
		},
		func(b *randomBank) {
			b.accounts[0].category = "investment"
			b.observe(b.accounts[0])
		},
		nil,
	},
	"an account that was never complete is linked earlier, so an old row is believed": {
		func(b *randomBank) {
			a := b.accounts[0]
			b.posted(a, a.created.AddDate(0, 0, -735))
			b.observeBalance(a, "usd", 10000, b.hours(-30))
		},
		func(b *randomBank) {
			b.accounts[0].created = b.accounts[0].created.AddDate(0, 0, -20)
			b.observe(b.accounts[0])
		},
		nil,
	},
	"all accounts of a holder who spent are another's": spentAndMoved,
	"a row that was void after a balance was dated too far ahead, and time passes": {
		func(b *randomBank) {
			a := b.accounts[0]
			r := b.posted(a, b.hours(-24*9))
			r.transacted, r.status, r.posted = b.hours(24*4), "void", nil
			r.voided = new(b.hours(-10))
			b.store(r, false)
			b.observeBalance(a, "usd", 10000, b.hours(-30))
		},
		func(b *randomBank) { b.now = b.hours(24 * 3) },
		[]string{"underwriting.cash_flow_month", "quality.reconciliation"},
	},
	"a subscription was paid by the year 400 days ago, and time passes": {
		func(b *randomBank) { b.paidByTheYear(399) },
		func(b *randomBank) { b.now = b.hours(24 * 3) },
		[]string{"expenses.subscriptions", "expenses.upcoming"},
	},
	"a subscription that is paid by the year since is due in 46 days, and time passes": {
		func(b *randomBank) { b.paidByTheYear(365 - 46) },
		func(b *randomBank) { b.now = b.hours(24 * 3) },
		[]string{"expenses.upcoming"},
	},
	"a subscription that is paid by the year since becomes overdue": {
		func(b *randomBank) { b.paidByTheYear(364) },
		func(b *randomBank) { b.now = b.hours(24 * 3) },
		[]string{"expenses.upcoming"},
	},
	"a pending row says that it posted before it happened": {
		func(b *randomBank) {
			a, at := b.accounts[0], b.hours(-24*20)
			pending := b.posted(a, b.hours(-24*9))
			pending.status, pending.posted = "pending", &at
			b.store(pending, false)
		},
		func(b *randomBank) {
			b.posted(b.accounts[0], b.hours(-24*7))
		},
		nil,
	},
	"days of two currencies change in one span, and the account is complete for less": {
		func(b *randomBank) {
			a := b.accounts[0]
			a.through = new(b.hours(-3))
			b.observe(a)
			for day := 1; day < 20; day++ {
				b.posted(a, b.hours(-24*day))
				euro := b.posted(a, b.hours(-24*day-1))
				b.exec("UPDATE main.transaction_versions SET currency = 'eur' WHERE transaction_id = ?", euro.id)
			}
			for _, day := range []int{18, 12, 6, 1} {
				b.observeBalance(a, "usd", 10000, b.hours(-24*day))
				b.observeBalance(a, "eur", 10000, b.hours(-24*day-30))
			}
		},
		func(b *randomBank) {
			a := b.accounts[0]
			a.through = new(b.hours(-24 * 5))
			b.observe(a)
			b.posted(a, b.hours(-24*9))
			b.observeBalance(a, "eur", 12000, b.hours(-24*15))
		},
		nil,
	},
	"the first of three linked accounts leaves the chain": {
		func(b *randomBank) {
			for i, a := range b.accounts[:3] {
				a.key = b.accounts[0].id
				a.through = new(b.hours(-24 * (9 - 3*i)))
				b.observe(a)
				for day := 1; day < 9; day++ {
					b.posted(a, b.hours(-24*(day+9-3*i)-i))
				}
				b.observeBalance(a, "usd", int64(1000*i), b.hours(-24*(10-3*i)))
			}
		},
		func(b *randomBank) {
			for _, a := range b.accounts[1:3] {
				a.key = b.accounts[1].id
				b.observe(a)
			}
		},
		nil,
	},
	"a version in which a void row had posted arrives after a newer one": {
		func(b *randomBank) {
			r := b.posted(b.accounts[0], b.hours(-24*9))
			b.exec("DELETE FROM main.transaction_versions WHERE transaction_id = ?", r.id)
			r.status, r.posted, r.voided = "void", nil, new(b.hours(-24*5))
			b.store(r, false)
		},
		func(b *randomBank) {
			r := b.rows[len(b.rows)-1]
			r.status, r.posted, r.voided = "posted", new(b.hours(-24*8)), nil
			b.store(r, true)
		},
		nil,
	},
	"rows come before and after the balance of a day, and of another day only after it": {
		func(b *randomBank) {
			a := b.accounts[0]
			a.through = new(b.hours(-3))
			b.observe(a)
			for day := 1; day < 20; day++ {
				b.posted(a, b.hours(-24*day))
			}
			for _, day := range []int{4, 9, 14} {
				b.observeBalance(a, "usd", 10000, b.hours(-24*day-12))
			}
		},
		func(b *randomBank) {
			for _, hour := range []int{-24*4 - 14, -24*4 - 11, -24*9 - 11} {
				b.posted(b.accounts[0], b.hours(hour))
			}
		},
		nil,
	},
	"the only purchase at a merchant that gave money back is voided long after": {
		func(b *randomBank) {
			b.posted(b.accounts[0], b.hours(-24*70))
			back := b.posted(b.accounts[0], b.hours(-24*9))
			back.amount = 1000
			b.store(back, false)
		},
		func(b *randomBank) {
			bought := b.rows[len(b.rows)-2]
			bought.status, bought.voided = "void", new(b.hours(-2))
			b.store(bought, false)
		},
		[]string{"expenses.refunds", "expenses.category_month"},
	},
	"rows are held for longer, and a payment that was due is missed": {
		func(b *randomBank) {
			a := b.accounts[0]
			for month := 2; month < 8; month++ {
				b.posted(a, b.hours(-24*30*month))
			}
			a.through = new(b.hours(-24 * 40))
			b.observe(a)
		},
		func(b *randomBank) {
			b.accounts[0].through = new(b.hours(-2))
			b.observe(b.accounts[0])
		},
		nil,
	},
	"days pass, and what is due comes near": {
		func(b *randomBank) {
			for week := range 6 {
				b.posted(b.accounts[0], b.hours(-24*7*week-30))
			}
		},
		func(b *randomBank) { b.now = b.hours(24 * 9) },
		[]string{"expenses.upcoming"},
	},
	"months end, and what was spent in one of them long ago is corrected": {
		func(b *randomBank) {
			for _, a := range b.accounts[:3] {
				a.through = new(b.hours(-3))
				b.observe(a)
			}
			for week := range 64 {
				b.posted(b.accounts[0], b.hours(-24*7*week-30))
			}
			b.rows[0].amount = -90000
			b.store(b.rows[0], false)
		},
		func(b *randomBank) {
			b.now = b.hours(24 * 35)
			for _, a := range b.accounts[:3] {
				a.through = new(b.hours(-3))
				b.observe(a)
			}
			b.posted(b.accounts[0], b.hours(-24*9))
			corrected := b.rows[30]
			corrected.amount, corrected.text = -50000, "UBER TRIP"
			b.store(corrected, false)
		},
		[]string{"expenses.anomalies", "expenses.daily"},
	},
	"rows of an account come to be held, and none is new": {
		func(b *randomBank) {
			a := b.accounts[3] // the only cash account of its holder that is ever fetched
			b.observeBalance(a, "usd", 10000, b.hours(-24*3))
		},
		func(b *randomBank) {
			b.accounts[3].through = new(b.hours(-1))
			b.observe(b.accounts[3])
		},
		nil,
	},
	"an account is active again after more than half a year": {
		func(b *randomBank) {
			a := b.accounts[0]
			a.through, a.status = new(b.hours(-3)), "inactive"
			b.observe(a)
			for week := range 12 {
				b.posted(a, b.hours(-24*7*week-30))
			}
			b.observeBalance(a, "usd", 10000, b.hours(-24*3))
		},
		func(b *randomBank) {
			b.now = b.hours(24 * 250)
			a := b.accounts[0]
			a.through, a.status = new(b.hours(-3)), "active"
			b.observe(a)
			b.posted(a, b.hours(-24*9))
			b.observeBalance(a, "usd", 20000, b.hours(-24*5))
		},
		[]string{"underwriting.cash_flow_month", "expenses.daily", "quality.reconciliation"},
	},
	"of two accounts of a holder one was never held, and is disconnected": {
		func(b *randomBank) {
			a := b.accounts[3]
			a.through = new(b.hours(-3))
			b.observe(a)
			for week := range 12 {
				b.posted(a, b.hours(-24*7*week-30))
			}
		},
		func(b *randomBank) {
			b.accounts[5].status = "disconnected"
			b.observe(b.accounts[5])
		},
		nil,
	},
	"a row that is dated ahead becomes plausible on the same day": {
		func(b *randomBank) {
			for _, a := range b.accounts[:2] {
				a.through = new(b.hours(-3))
				b.observe(a)
				b.posted(a, b.hours(-24*9))
				b.observeBalance(a, "usd", 10000, b.hours(-24*5))
				b.posted(a, b.now.Add(48*time.Hour+30*time.Minute))
			}
		},
		func(*randomBank) {}, // an hour passes
		nil,
	},
	"a bank corrects a balance, and each account is held for less or for longer": {
		func(b *randomBank) {
			for i, a := range b.accounts[:4] {
				a.through = new(b.hours(-24 * (3 + 5*i)))
				b.observe(a)
				for day := 10; day < 60; day += 7 {
					b.posted(a, b.hours(-24*day))
				}
				for _, day := range []int{40, 20, 2} {
					b.observeBalance(a, "usd", 10000, b.hours(-24*day))
				}
			}
		},
		func(b *randomBank) {
			for i, a := range b.accounts[:4] {
				a.through = new(b.hours(-24 * (22 - 6*i)))
				b.observe(a)
				b.observeBalance(a, "usd", 9000, b.hours(-24*20-1))
			}
		},
		nil,
	},
	migrates: {
		func(b *randomBank) { b.posted(b.accounts[0], b.hours(-24*9)) },
		func(b *randomBank) {
			b.exec("UPDATE main.transaction_versions SET currency = 'chf'")
			b.exec("INSERT INTO meta.migrations " +
				"SELECT number + 100, 'later.sql', 'ab', applied_at FROM meta.migrations")
		},
		[]string{"ledger.transactions"},
	},
}

type maintainedCase struct {
	first, later func(b *randomBank)
	// alone are the tables of a case that changes more than its own accounts, or that other rows of a merchant would
	// hide; make proof derives all.
	alone []string
}

// TestMaintainedTablesKnowWhatIsRare: each change leaves the tables as a rebuild makes them. make test has changes of
// their own accounts in TestMaintainedTablesAreThoseOfARebuild, and those of more in make proof, which gives each a
// database of its own.
func TestMaintainedTablesKnowWhatIsRare(t *testing.T) {
	together, alone := rareCases()
	for _, name := range alone {
		t.Run(name, func(t *testing.T) {
			if name != migrates {
				storetest.ForProof(t)
			}
			wantMaintained(t, name)
		})
	}
	if len(together) > 0 && !isSample() {
		t.Run("together", func(t *testing.T) { wantMaintained(t, together...) })
	}
}

// rareCases are the names of the cases that share a database and its derivations, and of those that have their own: in
// make proof all have.
func rareCases() (together, alone []string) {
	for _, name := range slices.Sorted(maps.Keys(maintainedCases)) {
		if maintainedCases[name].alone == nil && !*proof {
			together = append(together, name)
		} else {
			alone = append(alone, name)
		}
	}
	return together, alone
}

// bankCases are cases on one shelf.
type bankCases struct {
	names []string
	banks []*randomBank
}

// newCases has each case begin at an instant, with accounts of its own, whose ids have the mark and more.
func newCases(s *shelf, names []string, mark string, now time.Time) bankCases {
	s.t.Helper()
	cases := bankCases{names: names}
	for i, name := range names {
		bank := newBankAt(s, 1, mark+strings.Repeat("x", i), now)
		maintainedCases[name].first(bank)
		cases.banks = append(cases.banks, bank)
	}
	return cases
}

// happen changes what each case changes, at an instant.
func (c bankCases) happen(now time.Time) {
	for i, name := range c.names {
		c.banks[i].now = now
		maintainedCases[name].later(c.banks[i])
	}
}

// wantMaintained derives what the cases know first, then what they change, and compares with a rebuild.
func wantMaintained(t *testing.T, names ...string) {
	t.Helper()
	s, find := newShelf(t), models.OrderedModels
	if alone := maintainedCases[names[0]].alone; !*proof && len(alone) > 0 {
		find = only(alone...)
	}
	cases := newCases(s, names, "", shelfStart.AddDate(0, 4, 0))
	derive := func() {
		last := cases.banks[len(names)-1] // of one that is alone, time may have passed
		last.exec("UPDATE meta.store SET watermark = ?", last.now)
		last.deriveWith(find, false)
	}
	derive()
	cases.happen(cases.banks[0].hours(1))
	derive()
	if differing := cases.banks[0].compareWithRebuild(find); len(differing) > 0 {
		t.Error(strings.Join(differing, "\n"))
	}
}
