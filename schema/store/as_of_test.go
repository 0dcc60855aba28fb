package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// asOfTables are the questions, and what must equal their answers at the watermark.
var asOfTables = []struct{ question, current string }{
	{"FROM transactions_as_of(%s)", "FROM main.transactions"},
	{
		"SELECT * EXCLUDE (observed_at, run_id) FROM accounts_as_of(%s)",
		"SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM main.accounts",
	},
	{"FROM transaction_labels_as_of(%s)", "FROM main.transaction_labels"},
	{
		"FROM balances_as_of(%s)",
		"FROM main.balances QUALIFY row_number() OVER (PARTITION BY account_id, currency ORDER BY as_of DESC, " +
			"observed_at DESC) = 1",
	},
}

// answers asks every question as of an instant.
func answers(t *testing.T, database duck.Queryer, at time.Time) []string {
	t.Helper()
	texts := make([]string, len(asOfTables))
	for i, table := range asOfTables {
		texts[i] = allRows(
			t, database, fmt.Sprintf(table.question, duck.Quote(at.Format("2006-01-02 15:04:05.999999-07"))),
		)
	}
	return texts
}

// allRows is every row of a question, in one order.
func allRows(t *testing.T, database duck.Queryer, question string) string {
	t.Helper()
	var text string
	err := database.QueryRowContext(
		t.Context(), "SELECT coalesce(string_agg(r::VARCHAR, chr(10) ORDER BY r::VARCHAR), '') FROM ("+question+") r",
	).Scan(&text)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return text
}

// history makes rounds of rows that are new, changed, stale or moved in time.
type history struct {
	*rand.Rand
	rows map[string]schema.Transaction
}

func (h *history) round(number int) schema.Landed {
	landed := schema.Landed{}
	for n := range 3 {
		account := storetest.Account(fmt.Sprintf("fca_%d", n))
		if account.Status = "active"; h.IntN(4) == 0 {
			account.Status = "inactive"
		}
		landed.Accounts = append(landed.Accounts, account)
		amount := h.Int64N(5)
		at := time.Date(2026, 5, 1+h.IntN(5), 12, 0, 0, 0, time.UTC)
		landed.Balances = append(
			landed.Balances,
			schema.Balance{
				AccountID: account.AccountID, Currency: []string{"usd", "eur"}[h.IntN(2)], BalanceType: "cash",
				CurrentMinor: &amount, AsOf: at,
			},
		)
	}
	if h.IntN(2) == 0 {
		through := time.Date(2026, 6, 1, number, 0, 0, 0, time.UTC)
		landed.Completions = []schema.Completion{
			{AccountID: "fca_1", CursorRefreshID: new(fmt.Sprint("fctxnref_", number)), CompleteThroughAt: &through},
		}
	}
	for range h.IntN(8) {
		id := fmt.Sprintf("fctxn_%02d", len(h.rows))
		h.rows[id] = storetest.Transaction(id, fmt.Sprintf("fca_%d", h.IntN(3)), h.Int64N(1000), 1+h.IntN(20))
		landed.Transactions = append(landed.Transactions, h.rows[id])
	}
	for _, id := range slices.Sorted(maps.Keys(h.rows)) {
		if h.IntN(4) > 0 {
			continue
		}
		row := h.rows[id]
		row.AmountMinor = h.Int64N(1000)
		switch row.UpdatedAt = row.UpdatedAt.Add(time.Duration(h.IntN(72)) * time.Hour); h.IntN(4) {
		case 0:
			row.UpdatedAt = row.UpdatedAt.AddDate(0, 0, -h.IntN(9)) // may be older than what is held
		case 1:
			row.TransactedAt = row.TransactedAt.AddDate(0, 0, h.IntN(60)-30)
		case 2:
			row.Status, row.VoidAt = "void", &row.UpdatedAt
		}
		if row.UpdatedAt.After(h.rows[id].UpdatedAt) {
			h.rows[id] = row
		}
		landed.Transactions = append(landed.Transactions, row)
	}
	return landed
}

// TestAsOfAnswersNeverChange lives through random histories: an answer equals the current tables
// of its time, whatever is merged afterwards, and whether or not that is there at all.
func TestAsOfAnswersNeverChange(t *testing.T) {
	seeds, rounds := uint64(1), 5
	if *proof {
		seeds, rounds = 10, 6
	}
	var superseded int64
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := storetest.New(t)
			h := &history{Rand: rand.New(rand.NewPCG(seed, 4)), rows: map[string]schema.Transaction{}}
			known := map[time.Time][]string{}
			for round := range rounds {
				superseded += s.Round(h.round(round)).SupersededOnArrival
				reader := storetest.OpenReader(t, s)
				watermark := watermarkOf(t, reader)
				known[watermark] = answers(t, reader.Database(), watermark)
				for i, answer := range known[watermark] {
					if current := allRows(t, reader.Database(), asOfTables[i].current); answer != current {
						t.Fatalf(
							"round %d: at the watermark %s\n%s\nis not %s\n%s", round, asOfTables[i].question, answer,
							asOfTables[i].current, current,
						)
					}
				}
				known[watermark.Add(-time.Microsecond)] = answers(
					t, reader.Database(), watermark.Add(-time.Microsecond),
				)
			}
			reader := storetest.OpenReader(t, s)
			for at, before := range known {
				wantAnswers(t, fmt.Sprintf("as of %s, at the end", at), answers(t, reader.Database(), at), before)
			}
			forgetBackwards(t, s, known)
		})
	}
	if superseded == 0 {
		t.Error("no version of a history was superseded on arrival: the seeds prove less than they should")
	}
}

func wantAnswers(t *testing.T, when string, got, want []string) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: %s changed to\n%s\nfrom\n%s", when, asOfTables[i].question, got[i], want[i])
		}
	}
}

func watermarkOf(t *testing.T, reader *reader.Reader) time.Time {
	t.Helper()
	info, err := reader.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info.Watermark.UTC()
}

// forgetBackwards removes from a copy, latest first, what was observed after each instant.
func forgetBackwards(t *testing.T, s *storetest.Store, known map[time.Time][]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.duckdb")
	if _, err := durable.CopyFile(s.Layout().Database(), path); err != nil {
		t.Fatal(err)
	}
	database, err := duck.Open(t.Context(), path, duck.ReadWrite, duck.Settings{Threads: 1}, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	for _, at := range slices.Backward(slices.SortedFunc(maps.Keys(known), time.Time.Compare)) {
		for _, table := range []string{"main.transaction_versions", "main.account_versions", "main.balances"} {
			if _, err := database.ExecContext(
				t.Context(), "DELETE FROM "+table+" WHERE observed_at > ?", at,
			); err != nil {
				t.Fatal(err)
			}
		}
		wantAnswers(t, fmt.Sprintf("nothing after %s", at), answers(t, database, at), known[at])
	}
}

func TestAsOfRefusesWhatNobodyKnowsYet(t *testing.T) {
	s := storetest.NewWithModels(t)
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}}) // and no transaction
	reader := storetest.OpenReader(t, s)
	watermark := watermarkOf(t, reader)
	for _, question := range []string{
		"transactions_as_of", "balances_as_of", "accounts_as_of", "transaction_labels_as_of",
		"ledger.transactions_as_of",
	} {
		for instant, want := range map[string]string{
			duck.Quote(watermark.Add(time.Microsecond).Format(time.RFC3339Nano)): "2026-06-01 13:00:00+00, its " +
				"watermark",
			"TIMESTAMPTZ '2099-01-01 00:00:00+00'": "as of 2099-01-01 00:00:00+00: " +
				"this file knows nothing after",
			"NULL":      "NULL is no instant",
			"'someday'": "someday",
		} {
			var rows int64
			err := reader.Database().QueryRowContext(
				t.Context(), "SELECT count(*) FROM "+question+"("+instant+")",
			).Scan(&rows)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s(%s): %d rows, %v; want %s", question, instant, rows, err, want)
			}
		}
	}
	s.Want("SELECT count(*) FROM accounts_as_of((SELECT watermark FROM meta.store))", "1")
	s.Want("SELECT count(*) FROM accounts_as_of((SELECT watermark - INTERVAL 1 MICROSECOND FROM meta.store))", "0")
	s.Want(
		"SELECT list(table_name || ' ' || data_type ORDER BY table_name) FROM meta.dictionary WHERE data_type LIKE "+
			"'TABLE MACRO%' AND description LIKE '%Example: SELECT%'",
		"['accounts_as_of TABLE MACRO (instant)', 'balances_as_of TABLE MACRO (instant)', "+
			"'transaction_labels_as_of TABLE MACRO (instant)', 'transactions_as_of TABLE MACRO (instant)']",
	)
}

// TestAsOfExamplesRun asks what the comments propose, in a file old enough to answer.
func TestAsOfExamplesRun(t *testing.T) {
	s := storetest.New(t)
	s.Clock = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	s.Round(
		schema.Landed{
			Accounts:     []schema.Account{storetest.Account("fca_1")},
			Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -1, 1)},
			Balances:     []schema.Balance{{AccountID: "fca_1", Currency: "usd", BalanceType: "cash", AsOf: s.Clock}},
		},
	)
	s.Clock = s.Clock.Add(48 * time.Hour)
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}})
	reader := storetest.OpenReader(t, s)
	examples := 0
	rows, err := models.Describe(context.Background(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		_, example, found := strings.Cut(row.Description, "Example: ")
		if !found {
			continue
		}
		examples++
		answer, err := storetest.Ask(t, reader, example)
		if err != nil || strings.Count(answer, "|") != 1 {
			t.Errorf("%s: %q, %v", example, answer, err)
		}
	}
	if examples != 4 {
		t.Errorf("%d examples", examples)
	}
}

func TestFilesOfEarlierProgramsGetAsOf(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.WithAccount(t)
	path := filepath.Join(t.TempDir(), "earlier.duckdb")
	if _, err := durable.CopyFile(s.Layout().Database(), path); err != nil {
		t.Fatal(err)
	}
	earlier, err := duck.Open(t.Context(), path, duck.ReadWrite, duck.Settings{Threads: 1}, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{
		"DROP MACRO TABLE main.transactions_as_of", "DROP MACRO TABLE main.balances_as_of",
		"UPDATE meta.parameters SET value = 'earlier' WHERE name = 'models'",
	} {
		if _, err := earlier.ExecContext(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	if err := earlier.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, s.Layout().Database()); err != nil {
		t.Fatal(err)
	}
	s.Derives = true
	s.Round()
	s.Want(
		"SELECT count(*) FROM transactions_as_of((SELECT watermark FROM meta.store)), balances_as_of((SELECT "+
			"watermark FROM meta.store))",
		"0",
	)
}
