package replay_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/replay"
	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// leak is something that becomes known later, and must have no effect before: the holder's rows of a first round and
// of a second one a week later, a question, and its answer as of each.
type leak struct {
	name         string
	first, later func(w *world)
	question     string
	then, now    string
}

// leaks are those that point-in-time data is known for; each has a holder of its own.
var leaks = []leak{
	{
		name:  "pending to posted with tip",
		first: func(w *world) { w.row("dinner", -8000, 30, "BLUE OWL DINER").Status = "pending" },
		later: func(w *world) { w.row("dinner", -9600, 30, "BLUE OWL DINER") },
		question: "SELECT coalesce(sum(out_minor), 0) || ' ' || coalesce(sum(out_count), 0) " +
			"FROM underwriting.flow_days WHERE out_minor > 5000",
		then: "0 0", now: "9600 1",
	},
	{
		name:     "void after post",
		first:    func(w *world) { w.row("shoes", -7000, 20, "SHOE BARN") },
		later:    func(w *world) { w.row("shoes", -7000, 20, "SHOE BARN").Status = "void" },
		question: "SELECT coalesce(sum(out_minor), 0)::VARCHAR FROM underwriting.flow_days WHERE out_minor > 5000",
		then:     "7000", now: "0",
	},
	{
		name:     "late second leg of a transfer",
		first:    func(w *world) { w.row("leg out", -30000, 20, "ONLINE TRANSFER TO SAV ...1234") },
		later:    func(w *world) { w.rowOf("savings", "leg in", 30000, 20, "ONLINE TRANSFER FROM CHK ...4242") },
		question: "SELECT count(*)::VARCHAR FROM ledger.transfers WHERE status = 'AUTO'",
		then:     "0", now: "1",
	},
	{
		name:     "late refund",
		first:    func(w *world) { w.row("lamp", -12345, 10, "LAMP HOUSE 12 AUSTIN TX") },
		later:    func(w *world) { w.row("lamp back", 12345, 22, "LAMP HOUSE 12 AUSTIN TX") },
		question: "SELECT count(*)::VARCHAR FROM ledger.refund_links WHERE kind = 'FULL'",
		then:     "0", now: "1",
	},
	{
		name: "later payments make a stream",
		first: func(w *world) {
			w.row("gym 1", -2999, 1, "PLANET GYM 0042")
		},
		later: func(w *world) {
			for _, day := range []int{-60, -30} {
				w.row("gym "+time.Duration(day).String(), -2999, 1+day, "PLANET GYM 0042")
			}
		},
		question: "SELECT count(*)::VARCHAR FROM ledger.stream_members",
		then:     "0", now: "3",
	},
	{
		name:  "balance observed later",
		first: func(w *world) { w.row("rent", -90000, 25, "OAK STREET RENTALS") },
		later: func(w *world) { w.balance(5000, 28) },
		question: "SELECT coalesce(max(end_of_day_minor)::VARCHAR, 'unknown') FROM ledger.daily_balances " +
			"WHERE day = DATE '2026-05-28'",
		then: "unknown", now: "5000",
	},
	{
		name:  "override of a later day",
		first: func(w *world) { w.row("override", -1500, 12, "QZX 3391") },
		later: func(w *world) {
			w.overrides = append(w.overrides, rules.Override{
				TransactionID: w.id("override"), Version: "v1", Category: new("food.groceries"),
			})
		},
		question: "SELECT max(l.category) FROM ledger.labels l JOIN ledger.transactions t USING (transaction_id) " +
			"WHERE t.amount_minor = -1500",
		then: "other.unknown", now: "food.groceries",
	},
	{
		name: "account linked again",
		first: func(w *world) {
			for day := 1; day <= 5; day++ {
				w.row("bus "+time.Duration(day).String(), int64(-200-day), day, "CITY BUS")
			}
		},
		later: func(w *world) {
			w.again = true
			for day := 1; day <= 5; day++ {
				w.rowOf("again", "again "+time.Duration(day).String(), int64(-200-day), day, "CITY BUS")
			}
		},
		question: "SELECT count(*) || ' ' || max(len(account_ids)) FROM ledger.accounts WHERE subcategory = 'checking'",
		then:     "1 1", now: "1 2",
	},
}

// world is what one round lands of a leak's holder.
type world struct {
	holder    string
	round     int
	again     bool
	landed    schema.Landed
	overrides []rules.Override
}

func (w *world) id(name string) string {
	return "fctxn_" + w.holder + "_" + strings.ReplaceAll(name, " ", "_")
}

func (w *world) account(name string) string { return "fca_" + w.holder + "_" + name }

func (w *world) row(name string, amount int64, day int, text string) *schema.Transaction {
	return w.rowOf("checking", name, amount, day, text)
}

func (w *world) rowOf(account, name string, amount int64, day int, text string) *schema.Transaction {
	t := storetest.Transaction(w.id(name), w.account(account), amount, day)
	t.Description, t.UpdatedAt = text, t.UpdatedAt.AddDate(0, 0, 40*w.round)
	w.landed.Transactions = append(w.landed.Transactions, t)
	return &w.landed.Transactions[len(w.landed.Transactions)-1]
}

func (w *world) balance(current int64, day int) {
	w.landed.Balances = append(w.landed.Balances, schema.Balance{
		AccountID: w.account("checking"), Currency: "usd", BalanceType: "cash", CurrentMinor: &current,
		AsOf: time.Date(2026, 5, day, 15, 0, 0, 0, time.UTC),
	})
}

// rows are what the round lands: accounts that are complete through its day, and what the leak says.
func (w *world) rows(tell func(w *world)) schema.Landed {
	tell(w)
	through := time.Date(2026, 6, 1+7*w.round, 6, 0, 0, 0, time.UTC)
	for _, name := range []string{"checking", "savings", "again"} {
		if name == "again" && !w.again {
			continue
		}
		a := storetest.Account(w.account(name))
		a.HolderID = &w.holder
		switch name {
		case "savings":
			a.Subcategory, a.Last4 = name, new("1234")
		case "again":
			a.CreatedAt = a.CreatedAt.AddDate(0, 5, 2)
		}
		w.landed.Accounts = append(w.landed.Accounts, a)
		w.landed.Completions = append(w.landed.Completions, schema.Completion{
			AccountID: a.AccountID, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through,
		})
	}
	for i, t := range w.landed.Transactions {
		switch t.Status {
		case "pending":
			w.landed.Transactions[i].PostedAt = nil
		case "void":
			w.landed.Transactions[i].VoidAt = &t.UpdatedAt
		}
	}
	return w.landed
}

// leakTables are what the questions read.
var leakTables = []string{
	"underwriting.flow_days", "ledger.transfers", "ledger.refund_links", "ledger.stream_members",
	"ledger.daily_balances", "ledger.labels", "ledger.accounts",
}

// tableNames finds what a question reads.
var tableNames = regexp.MustCompile(`\b(?:ledger|underwriting)\.[a-z_]+\b`)

// TestMain leaves the tests the derived tables that they ask, and what these read.
func TestMain(m *testing.M) {
	storetest.Only(append([]string{"underwriting.attribute_values"}, leakTables...)...)
	os.Exit(m.Run())
}

// told is the store that lived through both rounds of every leak, and their instants.
func told(t *testing.T) (s *storetest.Store, instants []time.Time) {
	t.Helper()
	s = recordedTwice(t)
	return s, []time.Time{s.Clock.AddDate(0, 0, -7), s.Clock}
}

func leakHolder(i int) string { return "cus_leak" + string(rune('a'+i)) }

// answer is the one text that the past of an instant answers a question with.
func answer(t *testing.T, q replay.Question, question string) (text string) {
	t.Helper()
	p, err := replay.Open(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if want := q.At.Format(time.DateOnly); p.AsOfDate != want {
		t.Errorf("as of %s, want %s", p.AsOfDate, want)
	}
	if err := p.Database().QueryRowContext(t.Context(), question).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// TestNothingThatCameLaterIsFelt: each leak is closed as of the first round, and open as of the second, which shows
// that the question would tell. make proof has each, any other run the first.
func TestNothingThatCameLaterIsFelt(t *testing.T) {
	s, instants := told(t)
	for round, at := range instants {
		for i, l := range leaks {
			if i > 0 && !*storetest.Proof {
				continue
			}
			t.Run([]string{"then ", "now "}[round]+l.name, func(t *testing.T) {
				got := answer(t, replay.Question{
					Layout: s.Layout(), Holder: leakHolder(i), At: &at,
					Tables: tableNames.FindAllString(l.question, -1),
				}, l.question)
				if want := []string{l.then, l.now}[round]; got != want {
					t.Errorf("%s as of %v: %q, want %q", l.question, at, got, want)
				}
			})
		}
	}
}
