package page

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// Holders of the world, by what is odd about them.
const (
	steady   = "cus_steady"   // wages, rent, a fee, a balance each week
	twoMoney = "cus_two"      // dollars and yen, amounts near the end of 64 bits
	cardOnly = "cus_card"     // a card alone
	nothing  = "cus_nothing"  // an account without rows and balances
	gaps     = "cus_gaps"     // no balance, rows that ended long ago, an account that was never read
	hostile  = "acct_hostile" // names that are HTML and Markdown, and very long; a customer-configured account
	hugeName = `<script>alert("x")</script> & <b>bank</b> | _of_ [names](http://x.example) `
)

// TestMain leaves the world the tables that reports read, as reports of an earlier instant have them.
func TestMain(m *testing.M) {
	tables, err := Tables()
	if err != nil {
		panic(err)
	}
	storetest.Only(append(tables, "underwriting.obligations")...) // a test asks it for an id
	os.Exit(m.Run())
}

// world is a store with the holders above.
func world(t *testing.T) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, "holders", func() *storetest.Store {
		s := storetest.NewDerivedStore(t)
		s.Clock, s.Zone = time.Date(2026, 6, 20, 11, 0, 0, 0, time.UTC), "America/New_York"
		w := builder{now: s.Clock}
		w.addSteady()
		w.addOdd()
		w.addShop()
		s.UserFiles = &rules.Set{Requests: requestsOf(t, steady+",usd,250.00,monthly,2026-07-15,36,8000.00,,a car\n"+
			hostile+",usd,95.50,biweekly,,,,banana,<img src=http://x.example/y> **bold** | "+
			strings.Repeat("A", 90)+"\n"+
			twoMoney+",jpy,3000,weekly,,,,,\n")}
		s.Round(w.landed)
		return s
	})
}

// requestsOf are the loans that lines of a file ask for.
func requestsOf(t *testing.T, lines string) []rules.LoanRequest {
	t.Helper()
	read, err := rules.ReadLoanRequests("loan_requests.csv", []byte(
		"holder,currency,payment,cadence,first_due,payments,amount,refinances,purpose\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// builder collects what a round lands.
type builder struct {
	now    time.Time
	landed schema.Landed
}

func (b *builder) account(id, holder string, change ...func(*schema.Account)) {
	a := storetest.Account(id)
	a.HolderID = new(holder)
	for _, c := range change {
		c(&a)
	}
	b.landed.Accounts = append(b.landed.Accounts, a)
}

// read says that an account was read up to so many days ago.
func (b *builder) read(id string, daysAgo int) {
	at := b.now.AddDate(0, 0, -daysAgo)
	b.landed.Completions = append(b.landed.Completions, schema.Completion{
		AccountID: id, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at,
	})
}

func (b *builder) row(account, currency string, minor int64, daysAgo int, text string) {
	at := b.now.AddDate(0, 0, -daysAgo).Add(4 * time.Hour)
	b.landed.Transactions = append(b.landed.Transactions, schema.Transaction{
		TransactionID: fmt.Sprintf("fctxn_%d", len(b.landed.Transactions)), AccountID: account, AmountMinor: minor,
		Currency: currency, Description: text, Status: "posted", TransactedAt: at, PostedAt: &at, UpdatedAt: at,
		TransactionRefreshID: "fctxnref_1",
	})
}

func (b *builder) balance(account, currency string, minor int64, daysAgo int) {
	b.landed.Balances = append(b.landed.Balances, schema.Balance{
		AccountID: account, Currency: currency, BalanceType: "cash", CurrentMinor: &minor,
		AsOf: b.now.AddDate(0, 0, -daysAgo).Add(3 * time.Hour),
	})
}

// addSteady has half a year of wages, rent, groceries and a church, one fee, and a balance each month that agrees.
func (b *builder) addSteady() {
	b.account("fca_steady", steady)
	b.read("fca_steady", 0)
	balance := int64(40_000)
	b.balance("fca_steady", "usd", balance, 181)
	add := func(minor int64, daysAgo int, text string) {
		b.row("fca_steady", "usd", minor, daysAgo, text)
		balance += minor
	}
	for day := 180; day >= 1; day-- {
		if day%14 == 6 {
			add(180_000, day, "ACME CORP PAYROLL PPD ID: 1234567890")
		}
		switch day % 30 {
		case 20:
			add(-140_000, day, "AVALONBAY RENT WEB PMT")
		case 12:
			add(-5_000, day, "FIRST BAPTIST CHURCH TITHE")
		case 11:
			add(-2_500, day, "CVS PHARMACY #1234")
		case 9:
			add(-9_000-int64(day), day, "KROGER #412")
		}
		if day == 40 {
			add(-3_400, day, "OVERDRAFT FEE")
		}
		if day%30 == 1 {
			b.balance("fca_steady", "usd", balance, day-1)
		}
	}
	add(7_700, 0, "VENMO CASHOUT")
}

func (b *builder) addOdd() {
	b.account("fca_usd", twoMoney)
	b.account("fca_jpy", twoMoney, func(a *schema.Account) { a.Last4, a.Subcategory = new("0001"), "savings" })
	for _, id := range []string{"fca_usd", "fca_jpy", "fca_hostile"} {
		b.read(id, 0)
	}
	for day := 100; day > 1; day -= 9 {
		b.row("fca_usd", "usd", 90_000_000_000_000_000, day, "WIRE IN")
		b.row("fca_usd", "usd", -90_000_000_000_000_000, day-1, "WIRE OUT")
		b.row("fca_jpy", "jpy", -1_250, day, "AFCO")
	}
	b.balance("fca_usd", "usd", -1_234, 0)
	b.balance("fca_jpy", "jpy", -500_000, 0)
	b.account("fca_card", cardOnly, func(a *schema.Account) { a.Category, a.Subcategory = "credit", "credit_card" })
	b.read("fca_card", 0)
	b.row("fca_card", "usd", -4_200, 20, "KROGER #412")
	b.balance("fca_card", "usd", -128_094, 0)
	b.account("fca_nothing", nothing)
	b.account("fca_gaps", gaps)
	b.account("fca_unread", gaps, func(a *schema.Account) { a.Last4, a.Status = nil, "inactive" })
	b.read("fca_gaps", 30)
	b.row("fca_gaps", "usd", 100_000, 60, "DEPOSIT")
	b.row("fca_gaps", "usd", -100_000, 45, "ATM WITHDRAWAL")
	b.account("fca_hostile", hostile, func(a *schema.Account) {
		a.InstitutionName = hugeName + "Bank of a Very Long Name Without Anything to Break At" +
			"AndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn"
	})
	for day := 90; day > 0; day -= 30 {
		b.row("fca_hostile", "usd", -1_999, day, `<img src=http://x.example/y> NETFLIX.COM | **bold** \u202e`)
		b.row("fca_hostile", "usd", 500_000+int64(day), day-5, "\"><svg onload=alert(1)> DEPOSIT "+
			strings.Repeat("A", 80))
	}
	b.balance("fca_hostile", "usd", 400_000, 0)
}

// readOnly is what tests share that only read the world: its published file, open until the program ends, and reports.
var readOnly struct {
	open, report sync.Once
	reader       *reader.Reader // nil where it could not be opened
	reports      map[string]*Report
}

// readWorld connects to the published file of the world, which all tests that only read it have open once.
func readWorld(t *testing.T) *sql.Conn {
	t.Helper()
	readOnly.open.Do(func() {
		s := world(t)
		opened, err := reader.Open(context.Background(), s.Layout(), s.Settings())
		if err != nil {
			t.Fatal(err)
		}
		readOnly.reader = opened
	})
	if readOnly.reader == nil {
		t.Fatal("the test that opened the world failed")
	}
	return connectTo(t, readOnly.reader)
}

// connect opens the published file of a store.
func connect(t *testing.T, s *storetest.Store) *sql.Conn {
	t.Helper()
	return connectTo(t, storetest.OpenReader(t, s))
}

func connectTo(t *testing.T, r *reader.Reader) *sql.Conn {
	t.Helper()
	connection, err := r.Database().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// sharedReports are those of reportsOf, made once. Tests only read them.
func sharedReports(t *testing.T) map[string]*Report {
	t.Helper()
	readOnly.report.Do(func() { readOnly.reports = reportsOf(t, readWorld(t)) })
	if readOnly.reports == nil {
		t.Fatal("the test that made the reports failed")
	}
	return readOnly.reports
}

// reportsOf are the reports of all holders of the world, by their ids.
func reportsOf(t *testing.T, connection Connection) map[string]*Report {
	t.Helper()
	reports := map[string]*Report{}
	for _, id := range []string{steady, twoMoney, cardOnly, nothing, gaps, hostile} {
		r, err := Of(context.Background(), connection, Holder{ID: id})
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		reports[id] = r
	}
	return reports
}

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.HTML(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
