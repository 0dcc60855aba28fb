package models_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

var postedByDate = sharedInNewYork.tell(tellPostedByDate(), schema.Landed{})

func tellPostedByDate() schema.Landed {
	var b books
	for day := 1; day <= 31; day++ {
		row := b.post(day, 15, -100, "KROGER #412")
		row.PostedAt = new(time.Date(2026, 5, day+1, 0, 0, 0, 0, time.UTC))
	}
	unposted := b.post(10, 2, -7, "KROGER #412") // 22:00 of the day before in New York
	unposted.PostedAt = nil
	landed := b.landed(31)
	landed.Completions[0].CompleteThroughAt = new(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	return landed
}

// A bank that knows when a purchase was made and posts by date: each instant is read by its own kind.
func TestDatesGoByTheKindOfTheInstant(t *testing.T) {
	s := postedByDate.published(t)
	s.Want("SELECT date_basis || ' ' || posted_date_basis FROM ledger.accounts", "local_time utc_date")
	s.Want(
		"SELECT strftime(posted_date, '%d') || ' ' || strftime(transacted_date, '%d') || ' ' || (posted_at IS NULL) "+
			"FROM ledger.transactions WHERE transaction_id = 'fctxn_04'",
		"06 05 true",
	)
	s.Want(
		"SELECT strftime(posted_date, '%d') || ' ' || strftime(transacted_date, '%d') || ' ' || (posted_at IS NULL) "+
			"FROM ledger.transactions WHERE amount_minor = -7",
		"09 09 false",
	)
	s.Want("SELECT outflow_count FROM underwriting.cash_flow_month WHERE month = '2026-06'", "1")
}

// A bank on the East coast sends its own midnight, summer and winter; the report is made on the West coast.
func TestMidnightOfTheBanksOwnZoneIsADate(t *testing.T) {
	storetest.ForProof(t)
	storetest.WithTables(t, "ledger.transactions")
	var b books
	for day := 1; day <= 40; day++ {
		hour := 4
		if day > 20 {
			hour = 5
		}
		b.post(day, hour, -100, "KROGER #412")
	}
	s := storetest.NewDerivedStore(t)
	s.Zone, s.Clock = "America/Los_Angeles", time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: b.rows})
	s.Want("SELECT date_basis || ' ' || posted_date_basis FROM ledger.accounts", "zone_date zone_date")
	s.Want(
		"SELECT min(posted_date)::VARCHAR || ' ' || count(DISTINCT posted_date) FROM ledger.transactions",
		"2026-05-01 40",
	)
}

// Rows without a time on the day of a balance: whether the balance has them is what the account's balances prove.
var undatedSides = map[string]*story{"before": tellUndated(0), "after": tellUndated(1)}

func tellUndated(counted int) *story {
	return tellBooks(31, func(b *books) {
		for day := 1; day <= 30; day++ {
			b.post(day, 0, -int64(day*day), "KROGER #412")
			balance := int64(100_000)
			for earlier := 1; earlier <= day-counted; earlier++ {
				balance -= int64(earlier * earlier)
			}
			b.observe(day, 14, balance)
		}
	})
}

func TestRowsWithoutATimeFallOnTheSideTheBalancesProve(t *testing.T) {
	for side, told := range undatedSides {
		s := told.published(t)
		s.Want("SELECT DISTINCT undated_side FROM ledger.anchors", side)
		s.Want("SELECT string_agg(DISTINCT class, ' ') FROM quality.reconciliation", "proved")
		s.Want("SELECT end_of_day_minor FROM ledger.daily_balances WHERE day = '2026-05-03'", "99986")
	}
}

// extremes are instants a TIMESTAMPTZ can hold and no bank can mean.
var extremes = []time.Time{
	time.Unix(0, 0),
	time.Unix(-1, 0),
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(-290306, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Unix(-210866803200, 0),
	time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 6, 9, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	time.Unix(1780000000000, 0),
	time.Date(294246, 12, 31, 23, 59, 59, 0, time.UTC),
}

// Whatever carries such an instant, every holder is published, no days are made that no data has, and no sum loses a
// row.
func TestInstantsNoBankCanMeanMakeNoDays(t *testing.T) {
	storetest.ForProof(t)
	storetest.WithTables(t, "underwriting.cash_flow_month", "expenses.income_statement_month", "quality.sign_check")
	carriers := map[string]func(*schema.Landed, time.Time){
		"transacted": func(l *schema.Landed, at time.Time) { l.Transactions[0].TransactedAt = at },
		"posted":     func(l *schema.Landed, at time.Time) { l.Transactions[0].PostedAt = &at },
		"both": func(l *schema.Landed, at time.Time) {
			l.Transactions[0].TransactedAt, l.Transactions[0].PostedAt = at, &at
		},
		"voided": func(l *schema.Landed, at time.Time) {
			l.Transactions[1].Status, l.Transactions[1].VoidAt = "void",
				&at
		},
		"updated": func(l *schema.Landed, at time.Time) { l.Transactions[0].UpdatedAt = at },
		"balance": func(l *schema.Landed, at time.Time) { l.Balances[0].AsOf = at },
		"created": func(l *schema.Landed, at time.Time) { l.Accounts[0].CreatedAt = at },
		"refreshed": func(l *schema.Landed, at time.Time) {
			l.Accounts[0].TransactionRefresh.AttemptedAt = at
			l.Completions[0].CompleteThroughAt = &at
		},
	}
	s := storetest.NewDerivedStore(t)
	var all schema.Landed
	for i, at := range extremes {
		for name, carry := range carriers {
			var h household
			id := fmt.Sprint(name, i)
			h.account("fca_"+id, "cus_"+id, date(6, 1, 0), nil)
			h.post("fca_"+id, date(5, 3, 9), 700).TransactionID += id
			h.post("fca_"+id, date(5, 4, 9), 70).TransactionID += id
			h.observe("fca_"+id, date(5, 31, 9), 770)
			carry(&h.landed, at.UTC())
			all.Accounts = append(all.Accounts, h.landed.Accounts...)
			all.Transactions = append(all.Transactions, h.landed.Transactions...)
			all.Balances = append(all.Balances, h.landed.Balances...)
			all.Completions = append(all.Completions, h.landed.Completions...)
		}
	}
	s.Round(all)
	s.Want(
		"SELECT coalesce(string_agg(account_key, ' '), 'none') FROM (SELECT account_key FROM ledger.daily_balances "+
			"GROUP BY ALL HAVING count(*) > 40)",
		"none",
	)
	s.Want(
		"SELECT coalesce(string_agg(holder_id, ' '), 'none') FROM (SELECT holder_id FROM "+
			"underwriting.cash_flow_month GROUP BY ALL HAVING count(*) > 3)",
		"none",
	)
	s.Want(
		"SELECT coalesce(string_agg(holder_id, ' '), 'none') FROM (SELECT holder_id FROM "+
			"underwriting.cash_flow_month GROUP BY ALL HAVING sum(inflow_gross_minor) NOT IN (770, 700))",
		"none",
	)
	s.Want(
		"SELECT count(DISTINCT holder_id) || ' ' || sum(inflow_gross_minor) FROM underwriting.cash_flow_month",
		"80 60900",
	)
	s.Want(
		"SELECT string_agg(DISTINCT instant_state, ' ' ORDER BY instant_state) FROM ledger.transactions",
		"implausible plausible posted_implausible transacted_implausible",
	)
	s.Want(
		"SELECT string_agg(month, ' ' ORDER BY month) FROM underwriting.cash_flow_month WHERE holder_id = "+
			"'cus_posted8' AND inflow_count > 0",
		"2026-05 9999-12",
	)
	s.Want(
		"SELECT count(*) FROM balances_as_of((SELECT watermark FROM meta.store)) WHERE account_id = 'fca_balance8'",
		"1",
	)
	wantDoubts(t, s)
}

// wantDoubts: status names what is dated as no bank can; a balance may be years old.
func wantDoubts(t *testing.T, s *storetest.Store) {
	t.Helper()
	named := map[string]bool{}
	for _, a := range storetest.AttentionOf(t, s) {
		if a.Code == reader.IsMisdated {
			named[a.AccountID] = true
		}
	}
	for i, at := range extremes {
		for name, want := range map[string]bool{
			"transacted": true, "posted": true, "both": true,
			"balance": at.Year() != 2022, "voided": false, "updated": false, "created": false, "refreshed": false,
		} {
			if id := fmt.Sprint("fca_", name, i); named[id] != want {
				t.Errorf("status names %s, %v: %v", id, at, named[id])
			}
		}
	}
}

var balanceOfTheFuture = tellBalanceOfTheFuture()

func tellBalanceOfTheFuture() *story {
	var b, later books
	b.post(1, 9, 100, "KROGER #412")
	b.observe(9, 9, 100)
	b.balances[0].AsOf = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	later.observe(20, 9, 250)
	return sharedHouseholds.tell(b.landed(10), schema.Landed{Balances: later.balances})
}

// A balance of the year 9999 is the current one only until another is read.
func TestABalanceOfTheFutureDoesNotStayTheCurrentOne(t *testing.T) {
	balanceOfTheFuture.published(t).Want("SELECT count(*) FROM ledger.anchors", "0")
	s := balanceOfTheFuture.continued(t)
	s.asked.Want("SELECT current_minor FROM balances_as_of((SELECT watermark FROM meta.store)) "+
		"WHERE account_id = 'fca_1"+s.suffix+"'", "250")
	s.Want("SELECT count(*) FROM ledger.anchors", "1")
	if got := s.attention(); len(got) != 0 {
		t.Errorf("status says %+v", got)
	}
}
