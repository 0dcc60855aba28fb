package round_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

const (
	goneHolder, otherHolder = "cus_CanaryGoneHolder", "cus_OtherHolder1"
	goneFirst, goneSecond   = "fca_CanaryGoneFirst", "fca_CanaryGoneSecond"
	otherAccount            = "fca_OtherAccount1"
)

// canaryWorld is a data directory with a person who leaves and one who stays, whose bytes can be searched.
type canaryWorld struct {
	t        *testing.T
	store    *store.Store
	layout   schema.Layout
	now      time.Time
	rounds   int
	canaries []string // texts of the person who leaves, none of which is in another one
	rows     []string // those of them that are ids of transactions
	recorded []string // accounts that the journal has something of in each round
	keeps    schema.Retention
	logged   bytes.Buffer
	reached  func(point string)
}

func newCanaryWorld(t *testing.T, dir string) *canaryWorld {
	t.Helper()
	w := &canaryWorld{t: t, now: time.Date(2026, 6, 20, 3, 0, 0, 0, time.UTC), reached: func(string) {}}
	w.recorded = []string{goneFirst, otherAccount}
	w.open(dir)
	return w
}

func (w *canaryWorld) open(dir string) {
	w.t.Helper()
	w.layout.Dir = dir
	opened, err := store.Open(w.t.Context(), store.Options{
		Layout: w.layout, Settings: canarySettings, KeepGenerations: 2, ProgramVersion: "test",
		Now: func() time.Time { return w.now }, Hook: func(point string) { w.reached(point) },
		FreeSpace: func(string) (int64, error) { return 1 << 40, nil },
	})
	w.must(err)
	w.store = opened
}

var canarySettings = duck.Settings{Threads: 1, MemoryLimit: 1 << 30, Uncompressed: true}

func (w *canaryWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// canary makes a text that nothing else holds.
func (w *canaryWorld) canary(prefix string) string {
	text := fmt.Sprintf("%sCanary%04dQ", prefix, len(w.canaries))
	w.canaries = append(w.canaries, text)
	return text
}

// round is what a test runs: rounds that send no request.
func (w *canaryWorld) round() round.Round {
	clock := func() time.Time { return w.now }
	return round.Round{
		Store: w.store, Now: clock, Clock: clock, ReportZone: "UTC", ProgramVersion: "test",
		Export: export.Options{
			Dir: w.store.Layout().Lake(), Compression: "none", Grace: 168 * time.Hour, Now: clock,
			ProgramVersion: "test", Hook: func(point string) { w.reached("export." + point) },
		},
		Log:      slog.New(slog.NewTextHandler(&w.logged, nil)),
		ExitCode: func(err error) int { return map[bool]int{true: 1}[err != nil] },
	}
}

// land lands what a round of the two people's accounts brings.
func (w *canaryWorld) land() {
	w.t.Helper()
	w.rounds++
	landed, err := w.store.Landing(w.t.Context())
	w.must(err)
	defer landed.Close()
	for _, id := range []string{goneFirst, goneSecond, otherAccount} {
		w.must(landed.Land(w.t.Context(), w.rowsOf(id)))
	}
	w.must(landed.Seal(w.t.Context()))
}

// rowsOf are the rows of a round for an account. Both people have the text COMMON STORE.
func (w *canaryWorld) rowsOf(id string) schema.Landed {
	text := func(prefix string) string {
		return fmt.Sprintf("%sOther%s%d", prefix, strings.TrimPrefix(id, "fca_"), w.rounds)
	}
	holder := otherHolder
	if id != otherAccount {
		text, holder = w.canary, goneHolder
	}
	at := w.now.Add(-time.Hour)
	refresh := text("fctxnref_")
	rows := schema.Landed{
		Accounts: []schema.Account{{
			AccountID: id, HolderType: new("customer"), HolderID: &holder, InstitutionName: "First Bank",
			DisplayName: new(text("Name ")), Last4: new("4242"), Category: "cash", Subcategory: "checking",
			Status: "active", CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			Permissions:        []string{"balances", "ownership", "transactions"},
			Extra:              new(`{"x":"` + text("Extra ") + `"}`),
			TransactionRefresh: &schema.RefreshState{RefreshID: &refresh, Status: "succeeded", AttemptedAt: at},
		}},
		Balances: []schema.Balance{{
			AccountID: id, Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(5000)), AsOf: at,
		}},
		Refreshes: []schema.RefreshAttempt{{
			Feature: "transactions", AccountID: id, RefreshID: &refresh, RequestedAt: at, RequestedBy: "us",
			Status: "succeeded", SettledAt: &at,
		}},
		Quarantined: []schema.QuarantinedRow{{
			AccountID: id, Object: "transaction", Page: 1, Field: "amount", Reason: "is null", RequestID: "req_1",
			Raw: []byte(`{"account":"` + id + `","description":"` + text("Refused ") + `"}`),
		}},
		Completions: []schema.Completion{{AccountID: id, CursorRefreshID: &refresh, CompleteThroughAt: &at}},
	}
	owner := schema.Owner{
		OwnershipID: text("fcaowns_"), OwnerID: text("fcaown_"), AccountID: id, Name: text("Owner "),
		Email: new(text("mail.")), Phone: new(text("555-")), RawAddress: new(text("1 Street ")),
	}
	rows.Owners = append(rows.Owners, owner)
	rows.Ownerships = []schema.Ownership{{OwnershipID: owner.OwnershipID, AccountID: id, OwnerCount: 1}}
	for n := range 30 {
		day := at.AddDate(0, 0, -n)
		t := schema.Transaction{
			TransactionID: text("fctxn_") + map[bool]string{true: fmt.Sprint(n)}[id == otherAccount], AccountID: id,
			AmountMinor: int64(-100 - n), Currency: "usd", Description: text("SHOP "), Status: "posted",
			TransactedAt: day, PostedAt: &day, UpdatedAt: day, TransactionRefreshID: refresh,
		}
		if n%10 == 0 {
			t.Description = "COMMON STORE 12345"
		}
		if id != otherAccount {
			w.rows = append(w.rows, t.TransactionID)
		}
		rows.Transactions = append(rows.Transactions, t)
		if n%3 == 0 {
			rows.Labels = append(rows.Labels, schema.Labels{
				TransactionID: t.TransactionID, AccountID: id, MerchantName: new(text("Merchant ")),
				Extra: new(`{"x":"` + text("Label ") + `"}`),
			})
		}
	}
	rows.LabelStates = []schema.LabelState{{
		AccountID: id, Taxonomy: "merchant", Status: "completed", ThroughRefreshID: &refresh,
	}}
	return rows
}

// publish merges what landed, as a round does, with what the journal has of it.
func (w *canaryWorld) publish() {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	ctx, log := w.t.Context(), w.store.Journal()
	run := journal.FinishedRun{RunRecord: journal.RunRecord{
		RunID: fmt.Sprintf("run-%d", w.rounds), StartedAt: w.now, Outcome: "complete", ProgramVersion: "test",
	}}
	w.must(log.RecordRunStarted(run.RunRecord))
	for _, id := range w.recorded {
		key := fmt.Sprintf("%s-%d", id[:8], w.rounds)
		w.must(log.RecordIntent(journal.Intent{Key: key, AccountID: id, LastSeen: "none", At: w.now, RunID: run.RunID}))
		w.must(log.RecordResult(
			journal.RefreshResult{Key: key, Outcome: "started", RequestID: "req_of_" + id, At: w.now},
		))
		holder := map[string]string{goneFirst: goneHolder, otherAccount: otherHolder}[id]
		_, err := log.RecordCharges(journal.Charge{
			ChargeKey: "balance|" + id + "|" + run.RunID, Kind: "balance", AccountID: &id, HolderID: &holder,
			ChargedAt: w.now, RunID: run.RunID,
		})
		w.must(err)
		w.must(log.RecordAudit(journal.Audit{AccountID: id, AuditedAt: w.now, RunID: run.RunID}))
		run.Accounts = append(run.Accounts, journal.RunAccount{
			AccountID: id, Outcome: "failed", Reason: new("fctxn_1 is a row of account " + id),
			RequestID: new("req_of_" + id),
		})
	}
	landed, err := w.store.Landing(ctx)
	w.must(err)
	defer landed.Close()
	next, _, err := w.store.Merge(ctx, landed, store.MergeRun{
		Run: run, Seen: []string{}, ReportZone: "UTC", Retention: w.keeps, UserFiles: w.requests(),
	})
	w.must(err)
	w.must(next.Derive(ctx))
	w.must(next.Publish(ctx))
	run.FinishedAt, run.ExitCode = new(w.now), new(0)
	w.must(log.RecordRunFinished(run))
	w.read(func(r *reader.Reader) {
		_, err := export.Run(ctx, r, w.round().Export)
		w.must(err)
	})
}

// requests are loans that the two people ask for, each round another one.
func (w *canaryWorld) requests() *rules.Set {
	set := &rules.Set{}
	for holder, purpose := range map[string]string{goneHolder: w.canary("Purpose "), otherHolder: "A car"} {
		set.Requests = append(set.Requests, rules.LoanRequest{
			HolderID: holder, Currency: "usd", Version: fmt.Sprint("v", w.rounds), PaymentMinor: 25000,
			Cadence: "monthly", Purpose: &purpose,
		})
	}
	return set
}

// read calls look with the published file.
func (w *canaryWorld) read(look func(*reader.Reader)) {
	w.t.Helper()
	r, err := reader.Open(context.WithoutCancel(w.t.Context()), w.store.Layout(), canarySettings)
	w.must(err)
	look(r)
	w.must(r.Close())
}

// count asks the published file for a number.
func (w *canaryWorld) count(question string) (n int64) {
	w.t.Helper()
	w.read(func(r *reader.Reader) {
		w.must(r.Database().QueryRowContext(w.t.Context(), question).Scan(&n))
	})
	return n
}

// filesWith are the files below the data directory that hold a text, in their bytes or in their names.
func (w *canaryWorld) filesWith(texts ...string) map[string][]string {
	w.t.Helper()
	found, marked := map[string][]string{}, markedBy(texts)
	root := w.store.Layout().Dir
	w.must(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		name := strings.TrimPrefix(path, root+"/")
		held := map[string]bool{}
		for _, searched := range [][]byte{content, []byte(path[len(root):])} {
			marked.heldBy(searched, held)
		}
		for text := range held {
			found[text] = append(found[text], name)
		}
		return err
	}))
	return found
}

// everyone's rows of the person who stays, by table, as one hash each.
func (w *canaryWorld) othersRows() map[string]string {
	w.t.Helper()
	hashes := map[string]string{}
	w.read(func(r *reader.Reader) {
		rows, err := r.Database().QueryContext(w.t.Context(), `
			SELECT t.schema_name || '.' || t.table_name, string_agg(c.column_name, ',')
			FROM duckdb_tables() t JOIN duckdb_columns() c USING (schema_name, table_name)
			WHERE c.column_name IN ('account_id', 'holder_id') AND t.table_name <> 'erasures' GROUP BY ALL`)
		w.must(err)
		defer rows.Close()
		for rows.Next() {
			var table, columns, hash string
			w.must(rows.Scan(&table, &columns))
			of := "holder_id = '" + otherHolder + "'"
			if strings.Contains(columns, "account_id") {
				of = "account_id = '" + otherAccount + "'"
			}
			question := "SELECT count(*) || ' ' || coalesce(bit_xor(hash(t)), 0) FROM " + table + " t WHERE " + of
			w.must(r.Database().QueryRowContext(w.t.Context(), question).Scan(&hash))
			hashes[table] = hash
		}
		w.must(rows.Err())
	})
	return hashes
}

// canaries is the world that every test of erasures begins with a copy of; TestMain removes its directory.
var canaries struct {
	sync.Once
	dir   string
	world *canaryWorld // nil where it could not be made
}

// preparedCanaries is the shared world. Tests change copies of it alone.
func preparedCanaries(t *testing.T) *canaryWorld {
	t.Helper()
	canaries.Do(func() {
		var err error
		if canaries.dir, err = os.MkdirTemp("", "canaries-*"); err != nil {
			t.Fatal(err)
		}
		w := newCanaryWorld(t, filepath.Join(canaries.dir, "data"))
		w.prepare()
		canaries.world = w
	})
	if canaries.world == nil {
		t.Fatal("the test that prepared the shared world failed")
	}
	return canaries.world
}

// erasure is one of the person who leaves that nothing disturbed, which several tests ask, and the world after it.
var erasure struct {
	sync.Once
	world *canaryWorld // nil where it failed
	done  round.Erasing
}

// preparedErasure is the shared erasure. Tests change copies of its world alone.
func preparedErasure(t *testing.T) (*canaryWorld, round.Erasing) {
	t.Helper()
	erasure.Do(func() {
		w := preparedCanaries(t).copiedTo(t, filepath.Join(canaries.dir, "erased"))
		done, err := w.round().Erase(t.Context(), goneSubject)
		w.must(err)
		if strings.Contains(w.logged.String(), "Canary") {
			t.Errorf("a log names the person: %s", &w.logged)
		}
		erasure.world, erasure.done = w, done
	})
	if erasure.world == nil {
		t.Fatal("the erasure failed in another test")
	}
	return erasure.world, erasure.done
}

func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	code := m.Run()
	_ = os.RemoveAll(canaries.dir)
	os.Exit(code)
}

// prepare makes a world of three published rounds and one that has landed.
func (w *canaryWorld) prepare() {
	w.t.Helper()
	for range 3 {
		w.land()
		w.publish()
		w.now = w.now.Add(24 * time.Hour)
	}
	w.land()
	text, err := json.Marshal(w.canaries)
	w.must(err)
	archived := filepath.Join(w.store.Layout().Damaged(), "2026")
	w.must(os.MkdirAll(archived, 0o700))
	w.must(os.WriteFile(filepath.Join(archived, "file"), text, 0o600))
	slices.Sort(w.rows)
}

// wantNothingCameBack: once its rows are gone from the file they stay so, whatever round runs before an erasure ends.
func (w *canaryWorld) wantNothingCameBack(r *reader.Reader) {
	w.t.Helper()
	var accounts, newest int
	w.must(r.Database().QueryRowContext(w.t.Context(), `
		SELECT (SELECT count(*) FROM main.accounts WHERE holder_id = $1),
			(SELECT count(*) FROM main.transaction_versions WHERE account_id IN ($2, $3) AND observed_at = (
				SELECT watermark FROM meta.store))`, goneHolder, goneFirst, goneSecond).Scan(&accounts, &newest))
	if newest > 0 || accounts > 0 && w.erasedAlready(r) {
		w.t.Errorf("a round brought back %d rows, %d accounts", newest, accounts)
	}
}

// erasedAlready reports whether the file was published without the person.
func (w *canaryWorld) erasedAlready(r *reader.Reader) bool {
	w.t.Helper()
	var removed bool
	w.must(r.Database().QueryRowContext(
		w.t.Context(), "SELECT count(*) > 0 FROM meta.removed_transactions").Scan(&removed))
	return removed
}
