package store_test

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

var fixture = flag.Bool("fixture", false, "write the fixture of this schema version to testdata/generations")

// fixtureFiles are what a fixture keeps of a data directory.
var fixtureFiles = []string{"fcpipe.duckdb", "state/journal.ndjson"}

// TestFixture makes, with -fixture, the data directory that later versions of this program must
// be able to upgrade: make fixture. One that is committed is never made again.
func TestFixture(t *testing.T) {
	steps, err := duck.LoadMigrations(duck.MigrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("testdata", "generations", fmt.Sprintf("%04d.tar.gz", len(steps)))
	if _, err := os.Stat(name); !*fixture {
		if err != nil {
			t.Errorf("%s is missing: a schema version needs its fixture, make it with: make fixture", name)
		}
		return
	} else if err == nil {
		t.Fatalf("%s is there already; files that were made by a released version stay as they are", name)
	}
	s := storetest.Open(t, t.TempDir())
	fillFixture(s)
	fillEmptyTables(t, s.Layout())
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), packFixture(name, s.Layout().Dir)); err != nil {
		t.Fatal(err)
	}
}

// fillFixture runs four rounds in which everything happens that the tables can tell.
func fillFixture(s *storetest.Store) {
	account, other := storetest.Account("fca_1"), storetest.Account("fca_2")
	other.InstitutionName, other.Category, other.Subcategory, other.Extra = "Second Bank", "credit", "credit_card", new(
		`{"new_field": [1, {"a": null}]}`,
	)
	pending := storetest.Transaction("fctxn_2", "fca_1", -1000, 20)
	pending.Status, pending.PostedAt = "pending", nil
	strange := storetest.Transaction("fctxn_4", "fca_2", 9007199254740993, 9)
	strange.Description, strange.Extra = "NUL � 東京 '; DROP", new(`{"memo": "x"}`)
	through := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	settled := through.Add(time.Minute)
	fixtureRound(s, "run-1", schema.Landed{
		Accounts: []schema.Account{account, other},
		Transactions: []schema.Transaction{
			storetest.Transaction("fctxn_1", "fca_1", -450, 4), pending,
			storetest.Transaction("fctxn_3", "fca_1", -7, 5), strange,
		},
		Balances: []schema.Balance{
			{
				AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(100)),
				AvailableMinor: new(int64(90)), AsOf: through,
			},
		},
		Completions: []schema.Completion{
			{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
		},
		Refreshes: []schema.RefreshAttempt{
			{
				Feature: "transactions", AccountID: "fca_1", RefreshID: new("fctxnref_1"), RequestedAt: through,
				RequestedBy: "link", Status: "succeeded", SettledAt: &settled,
			},
			{
				Feature: "balance", AccountID: "fca_1", RequestedAt: through, RequestedBy: "us", Status: "pending",
				IdempotencyKey: new("fc1-key"), RequestID: new("req_1"),
			},
		},
		Quarantined: []schema.QuarantinedRow{
			{
				AccountID: "fca_2", Object: "transaction", Page: 1, Position: 3, Field: "amount",
				Reason: "is no integer", RequestID: "req_2", Raw: []byte("{}"),
			},
		},
	})
	posted, void := pending, storetest.Transaction("fctxn_3", "fca_1", -7, 5)
	posted.Status, posted.AmountMinor, posted.PostedAt = "posted", -1200, &posted.TransactedAt
	posted.UpdatedAt = posted.UpdatedAt.Add(48 * time.Hour)
	void.Status, void.VoidAt, void.UpdatedAt = "void", &through, through
	fixtureRound(s, "run-2", schema.Landed{
		Accounts:     []schema.Account{account},
		Transactions: []schema.Transaction{posted, void},
		Balances: []schema.Balance{
			{
				AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(-5)),
				AsOf: through.Add(24 * time.Hour),
			},
		},
		Owners: []schema.Owner{
			{
				OwnershipID: "fcaowns_1", OwnerID: "fcaown_1", AccountID: "fca_1", Name: "Ada Example",
				Email: new("ada@example.com"), Phone: new("+15550100"), RawAddress: new("1 Main St"),
				RefreshedAt: &through, Extra: new(`{"new_field": 1}`),
			},
			{OwnershipID: "fcaowns_1", OwnerID: "fcaown_2", AccountID: "fca_1", Name: "Bo Example"},
		},
		Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_1", AccountID: "fca_1", OwnerCount: 2}},
		Labels: []schema.Labels{{
			TransactionID: "fctxn_2", AccountID: "fca_1", MerchantName: new("Example Store"),
			PersonalFinance: schema.Label{Detailed: new("a_label"), Confidence: new("very_high")},
			Extra:           new(`{"new_taxonomy":{"a":1}}`),
		}},
		LabelStates: []schema.LabelState{{
			AccountID: "fca_1", Taxonomy: "merchant", Status: "completed", ThroughRefreshID: new("fctxnref_1"),
		}},
	})
	older := posted
	older.AmountMinor, older.UpdatedAt = -1100, pending.UpdatedAt.Add(time.Hour)
	account.Status = "inactive"
	fixtureRound(
		s, "run-3", schema.Landed{Accounts: []schema.Account{account}, Transactions: []schema.Transaction{older}},
	)
	fixtureRound(
		s,
		"run-4",
		schema.Landed{
			Transactions: []schema.Transaction{storetest.Transaction("fctxn_5", "fca_2", 12, 30)},
			Accounts:     []schema.Account{other},
		},
	)
}

// fixtureRound is a round with its lines in the journal.
func fixtureRound(s *storetest.Store, id string, rows schema.Landed) {
	s.T.Helper()
	s.Clock = s.Clock.Add(24 * time.Hour)
	ctx, finished := s.T.Context(), s.Clock.Add(time.Minute)
	run := journal.FinishedRun{
		RunRecord: journal.RunRecord{
			RunID: id, StartedAt: s.Clock, Outcome: "partial", Reason: new("1 account failed"), AccountsListed: 2,
			AccountsFetched: 1, AccountsFailed: 1, Reads: 7, Writes: 1, CostMicroUSD: 100_000,
			ProgramVersion: "fixture",
		},
		Accounts: []journal.RunAccount{
			{AccountID: "fca_1", Outcome: "complete", Pages: 1, Transactions: 2},
			{
				AccountID: "fca_2", Outcome: "failed", Reason: new("no"), ErrorCode: new("lock_timeout"),
				RequestID: new("req_3"),
			},
		},
	}
	charge := journal.Charge{
		ChargeKey: "balance/" + id, Kind: "balance", AmountMicroUSD: 100_000, AccountID: new("fca_1"),
		ChargedAt: s.Clock, RunID: id,
	}
	landing, err := s.Landing(ctx)
	if err != nil {
		s.T.Fatal(err)
	}
	if id == "run-2" {
		fixtureConsent(s)
	}
	_, charged := s.Journal().RecordCharges(charge)
	if err := errors.Join(
		s.Journal().RecordRunStarted(run.RunRecord), charged, landing.Land(ctx, rows), landing.Seal(ctx),
	); err != nil {
		s.T.Fatal(err)
	}
	next, report, err := s.Merge(ctx, landing, store.MergeRun{
		Run: run, Seen: []string{"fca_1", "fca_2"}, StripeAccountID: new("acct_1"), ReportZone: s.Zone,
		Audits: []journal.Audit{{AccountID: "fca_1", AuditedAt: s.Clock, Listed: 3, RunID: id}},
	})
	if err != nil {
		s.T.Fatal(err)
	}
	if err := errors.Join(next.Derive(ctx), next.Publish(ctx)); err != nil {
		s.T.Fatal(err)
	}
	for _, audit := range report.Audits {
		if err := s.Journal().RecordAudit(audit); err != nil {
			s.T.Fatal(err)
		}
	}
	run.FinishedAt, run.ExitCode = &finished, new(3)
	if err := s.Journal().RecordRunFinished(run); err != nil {
		s.T.Fatal(err)
	}
}

// fixtureConsent gives one with everything that is known of it, before the round that began since.
func fixtureConsent(s *storetest.Store) {
	s.T.Helper()
	if err := s.RecordConsents(s.T.Context(), []schema.Consent{{
		AccountID: "fca_1", HolderType: "customer", HolderID: "cus_1", StripeAccountID: new("acct_1"),
		Permissions: []string{"balances", "ownership", "transactions"}, SessionID: new("fcsess_1"),
		StripeConsentID: new("fccons_1"), Text: new("We see balances."), TextVersion: new("1"), Locale: new("en-US"),
		GivenAt: s.Clock.Add(-time.Hour),
	}}); err != nil {
		s.T.Fatal(err)
	}
}

// emptyTables are the tables that no round of this version fills, with a row for each.
var emptyTables = map[string]string{
	"main.account_links": "INSERT INTO main.account_links VALUES ('fca_2', 'fca_2', 'unlink', '{\"by\": " +
		"\"fixture\"}', (SELECT watermark FROM meta.store), 'run-4')",
	"meta.attribute_snapshots": "INSERT INTO meta.attribute_snapshots SELECT 1, DATE '2026-06-01', watermark, " +
		"'0a1b', '2c3d', 'none', 'UTC', '4e5f' FROM meta.store",
	"meta.attribute_changes": "INSERT INTO meta.attribute_changes VALUES (1, 'customer', 'cus_1', '', 'usd', " +
		"'balance_daily_sd', '30d', 1, 0.5, DATE '2026-05-31', 'OK', 'FULL')",
	"meta.erasures": "INSERT INTO meta.erasures VALUES ('erasure-1', 'abc', TIMESTAMPTZ '2026-06-02 " +
		"00:00:00+00', NULL, 'asked for', '{\"main.transactions\": 2}', NULL, 'def')",
	"meta.removed_transactions": "INSERT INTO meta.removed_transactions VALUES ('fctxn_0', 'fca_1', '2024-05', " +
		"'retention', (SELECT watermark FROM meta.store), 'run-4')",
	"meta.policies": "INSERT INTO meta.policies VALUES (1, '0a1b2c3d', 'balance_negative_days', '90d', '>', '2', 2, " +
		"0.5, DATE '2026-01-31', 'usd', 'CF06', 'Below zero on {n} of {w} days', (SELECT watermark FROM " +
		"meta.store), 'run-4', (SELECT watermark FROM meta.store))",
	"meta.loan_requests": "INSERT INTO meta.loan_requests VALUES ('cus_1', 'usd', '0a1b2c3d', 25000, 'monthly', " +
		"DATE '2026-07-15', 12, 280000, 'stream_1', 'a car', (SELECT watermark FROM meta.store), 'run-4', " +
		"(SELECT watermark FROM meta.store))",
	"meta.rule_files": "INSERT INTO meta.rule_files VALUES ('rules', 'abc', 1, (SELECT watermark FROM meta.store), " +
		"'run-4')",
	"meta.rules": "INSERT INTO meta.rules VALUES ('rent', '0a1b2c3d', 1, 'Landlord', 'RENT', 'rent|lease', 'fca_1', " +
		"'cus_1', 'out', 'usd', 1, 2, 'housing.rent', 'Landlord', 'expense', (SELECT watermark FROM meta.store), " +
		"'run-4', (SELECT watermark FROM meta.store))",
	"meta.overrides": "INSERT INTO meta.overrides VALUES ('fctxn_1', '0a1b2c3d', 'food.coffee', 'Shop', 'noted', " +
		"true, (SELECT watermark FROM meta.store), 'run-4', (SELECT watermark FROM meta.store))",
	"meta.transfer_decisions": "INSERT INTO meta.transfer_decisions VALUES ('fctxn_1', 'fctxn_2', 'rejected', " +
		"'0a1b2c3d', 'noted', (SELECT watermark FROM meta.store), 'run-4', (SELECT watermark FROM meta.store))",
}

// fillEmptyTables puts a row into each that is empty still. Tables of main and meta without one
// fail the test: a column that is never filled is never proved to survive.
func fillEmptyTables(t *testing.T, layout schema.Layout) {
	t.Helper()
	database, err := sql.Open("duckdb", layout.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	rows, err := database.Query(
		"SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal AND schema_name IN " +
			"('main', 'meta', 'pii') ORDER BY 1",
	)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var count int
		if err := database.QueryRow("SELECT count(*) FROM " + table).Scan(&count); err != nil {
			t.Fatal(err)
		}
		if count > 0 {
			continue
		}
		if _, err := database.Exec(emptyTables[table]); err != nil || emptyTables[table] == "" {
			t.Errorf("%s has no rows: add one to emptyTables, or a round that makes some; %v", table, err)
		}
	}
	if _, err := database.Exec("CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
}

func packFixture(name, dir string) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	compressed, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	archive := tar.NewWriter(compressed)
	defer func() { err = errors.Join(err, archive.Close(), compressed.Close(), file.Close()) }()
	for _, name := range fixtureFiles {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))}); err != nil {
			return err
		}
		if _, err := archive.Write(content); err != nil {
			return err
		}
	}
	return nil
}
