package store_test

import (
	"errors"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/storetest"
)

// withoutRequests undoes migration 0011.
const withoutRequests = "DROP TABLE meta.policies; DROP TABLE meta.loan_requests; " +
	"ALTER TABLE meta.attribute_snapshots DROP COLUMN loan_requests_hash; " +
	"ALTER TABLE meta.attribute_changes DROP COLUMN value_text; " +
	"DROP VIEW IF EXISTS underwriting.attribute_history; " +
	"DELETE FROM meta.migrations WHERE number >= 11; DELETE FROM meta.dictionary " +
	"WHERE schema_name = 'meta' AND (table_name IN ('policies', 'loan_requests') " +
	"OR column_name IN ('loan_requests_hash', 'value_text')); "

// withoutHistory undoes migrations 0010 and 0011.
const withoutHistory = withoutRequests +
	"DROP TABLE meta.attribute_snapshots; DROP TABLE meta.attribute_changes; " +
	"DELETE FROM meta.migrations WHERE number >= 10; " +
	"DELETE FROM meta.dictionary WHERE table_name IN ('attribute_history', 'attribute_snapshots', " +
	"'attribute_changes'); "

// withoutLabels undoes migrations 0009 to 0011.
const withoutLabels = withoutHistory + "DROP VIEW main.transaction_labels; " +
	"DROP TABLE main.transaction_label_versions; " +
	"DROP TABLE main.label_states; DELETE FROM meta.migrations WHERE number >= 9; DELETE FROM meta.dictionary " +
	"WHERE table_name IN ('transaction_labels', 'transaction_label_versions', 'label_states'); "

// withoutRules undoes migrations 0008 to 0011.
const withoutRules = withoutLabels + "DROP TABLE meta.rule_files; DROP TABLE meta.rules; DROP TABLE meta.overrides; " +
	"DROP TABLE meta.transfer_decisions; DELETE FROM meta.migrations WHERE number >= 8; " +
	"DELETE FROM meta.dictionary WHERE schema_name = 'meta' AND table_name IN (" +
	"'rule_files', 'rules', 'overrides', 'transfer_decisions'); "

// withoutConsents undoes migrations 0006 to 0011.
const withoutConsents = withoutRules + "DROP VIEW meta.current_consents; " +
	"CREATE TABLE meta.old_consents AS SELECT account_id, " +
	"holder_id, permissions, status, observed_at, run_id FROM meta.consents; DROP TABLE meta.consents; " +
	"ALTER TABLE meta.old_consents RENAME TO consents; DROP TABLE meta.removed_transactions; " +
	"ALTER TABLE meta.store DROP COLUMN transactions_since; ALTER TABLE meta.store DROP COLUMN balances_since; " +
	"DELETE FROM meta.dictionary WHERE schema_name = 'meta' AND (table_name IN ('consents', 'current_consents', " +
	"'removed_transactions') OR column_name IN ('transactions_since', 'balances_since')); " +
	"INSERT INTO meta.dictionary SELECT 'meta', 'consents', column_name, column_index, data_type, is_nullable, NULL, " +
	"'as it was' FROM duckdb_columns() WHERE schema_name = 'meta' AND table_name = 'consents'; "

// unmarked makes of a file one as before migration 0005: main.transactions is a table, and no version is marked.
const unmarked = withoutConsents + "CREATE TABLE main.held AS FROM main.transactions; DROP VIEW main.transactions; " +
	"ALTER TABLE main.held RENAME TO transactions; ALTER TABLE main.transaction_versions DROP COLUMN is_current; " +
	"DELETE FROM meta.dictionary WHERE column_name = 'is_current'; DELETE FROM meta.migrations WHERE number >= 5; "

// TestATableOfCurrentRowsBecomesAView: every row of a file of an earlier version is there again.
func TestATableOfCurrentRowsBecomesAView(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	s := storetest.WithVersions(t)
	const marks = "SELECT list(transaction_id || version || is_current ORDER BY transaction_id, version)::VARCHAR " +
		"FROM main.transaction_versions"
	const rows = "SELECT list(t ORDER BY transaction_id)::VARCHAR FROM main.transactions t"
	wantMarks, wantRows := s.Query(marks), s.Query(rows)
	s.Alter(s.Layout().Database(), unmarked+"CHECKPOINT")
	s.Verify()
	s.Derives = true // which writes the dictionary
	s.Round()
	s.Want(marks, wantMarks)
	s.Want(rows, wantRows)
	s.Want("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'transactions' AND schema_name = 'main'", "0")
}

// TestATableThatSaysOtherwiseStays: rows that no version explains are not dropped. verify names them, the migration
// ends, and the file stays as it is.
func TestATableThatSaysOtherwiseStays(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"another": "UPDATE main.transactions SET amount_minor = 7 WHERE transaction_id = 'fctxn_1'; ",
		"one more": "INSERT INTO main.transactions SELECT * REPLACE (-9 AS amount_minor) FROM main.transactions " +
			"WHERE transaction_id = 'fctxn_1'; ",
		"one less": "DELETE FROM main.transactions WHERE transaction_id = 'fctxn_1'; ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "another" {
				storetest.ForProof(t)
			}
			s := storetest.WithVersions(t)
			s.Alter(s.Layout().Database(), unmarked+damage+"CHECKPOINT")
			s.Broken = true
			before := string(storetest.ReadFile(t, s.Layout().Database()))
			wantFinding(t, s, "transaction fctxn_1", "the current row is not its newest version")
			landing, err := s.Landing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(
				landing.Land(t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}}),
				landing.Seal(t.Context()),
			); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Publish(landing); err == nil ||
				!strings.Contains(err.Error(), "main.transactions differs from the newest versions") {
				t.Errorf("migrated: %v", err)
			}
			if string(storetest.ReadFile(t, s.Layout().Database())) != before {
				t.Error("the published file changed")
			}
		})
	}
}

// wantFinding has verify say that something is wrong somewhere.
func wantFinding(t *testing.T, s *storetest.Store, where, what string) {
	t.Helper()
	found, err := check.Verify(t.Context(), storetest.OpenReader(t, s), s.Layout())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Where == where && f.What == what {
			return
		}
	}
	t.Errorf("found %v, not %s: %s", found, where, what)
}
