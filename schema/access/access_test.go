package access_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/access"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// twoHolders is a store with the data of Ada, who shares fca_ada, and of Bo, who shares fca_bo.
func twoHolders(t *testing.T) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, "two holders", func() *storetest.Store { return ofTwoHolders(t) })
}

func ofTwoHolders(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.New(t)
	var first, second schema.Landed
	for _, name := range []string{"ada", "bo"} {
		account := storetest.Account("fca_" + name)
		account.HolderType, account.HolderID = new("customer"), new("cus_"+name)
		account.DisplayName = new("Account of " + name)
		row := storetest.Transaction("fctxn_"+name, "fca_"+name, -1234, 3)
		row.Description = "<script>alert(1)</script> paid by " + name
		changed := row
		changed.AmountMinor, changed.UpdatedAt = -4321, row.UpdatedAt.AddDate(0, 0, 1)
		consent := schema.Consent{
			AccountID: "fca_" + name, HolderType: "customer", HolderID: "cus_" + name,
			Permissions: []string{"balances"}, SessionID: new("fcsess_" + name),
			Text: new("We see balances of " + name), GivenAt: s.Clock,
		}
		if err := s.RecordConsents(t.Context(), []schema.Consent{consent}); err != nil {
			t.Fatal(err)
		}
		first.Accounts = append(first.Accounts, account)
		first.Transactions = append(first.Transactions, row)
		first.Balances = append(first.Balances, schema.Balance{
			AccountID: "fca_" + name, Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(7)), AsOf: s.Clock,
		})
		first.Owners = append(first.Owners, schema.Owner{
			OwnershipID: "fcaowns_" + name, OwnerID: "fcaown_" + name, AccountID: "fca_" + name, Name: "Person " + name,
		})
		first.Ownerships = append(first.Ownerships, schema.Ownership{
			OwnershipID: "fcaowns_" + name, AccountID: "fca_" + name, OwnerCount: 1,
		})
		first.Quarantined = append(first.Quarantined, schema.QuarantinedRow{
			AccountID: "fca_" + name, Object: "transaction", Page: 1, Field: "amount", Reason: "is no integer",
			Raw: []byte(`{"account":"fca_` + name + `","amount":"refused of ` + name + `"}`),
		})
		second.Transactions = append(second.Transactions, changed)
	}
	s.Round(first)
	s.Derives = true // once, of both rounds
	s.Round(second)
	s.Derives = false
	return s
}

func copyOf(t *testing.T, s *storetest.Store, holder string) (*access.Copy, error) {
	t.Helper()
	opened, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	return access.Of(t.Context(), opened, access.Question{
		Holder: holder, Layout: s.Layout(), Journal: s.Journal(), Now: s.Clock,
	})
}

// TestTheCopyIsOfOneHolderAndWhole: every table that names the account has its rows, and nothing is Bo's.
func TestTheCopyIsOfOneHolderAndWhole(t *testing.T) {
	if !storetest.HasTables(t, few...) {
		return
	}
	s := twoHolders(t)
	held, err := copyOf(t, s, "cus_ada")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"paid by ada", "Person ada", "We see balances of ada", "fcsess_ada", "refused of ada", "Account of ada",
		"-1234", "-4321",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the copy lacks %q", want)
		}
	}
	for _, other := range []string{"fca_bo", "cus_bo", "Person bo", "paid by bo", "balances of bo", "refused of bo"} {
		if strings.Contains(string(text), other) {
			t.Errorf("the copy has %q", other)
		}
	}
	rows := map[string]int{}
	for _, table := range held.Tables {
		rows[table.Name] = len(table.Rows)
	}
	with := tablesWith(s, "fca_ada")
	if len(with) < 10 {
		t.Errorf("only %v have rows of the account", with)
	}
	for _, table := range with {
		if rows[table] == 0 {
			t.Errorf("%s has rows of the account, the copy none", table)
		}
	}
	if rows["main.transaction_versions"] != 2 || rows["meta.consents"] == 0 || rows["ledger.descriptions"] != 1 {
		t.Errorf("%v", rows)
	}
}

// tablesWith are the tables that have rows of an account.
func tablesWith(s *storetest.Store, account string) []string {
	s.T.Helper()
	naming := s.Query(`SELECT string_agg(name || ' ' || named, ' ') FROM (
		SELECT schema_name || '.' || table_name AS name, min(column_name) AS named
		FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name)
		WHERE column_name IN ('account_id', 'account_key') AND schema_name <> 'temp' AND
			database_name = current_database() GROUP BY ALL)`)
	var asked []string // in one question: one that opens the file again for each table costs more
	for named := range slices.Chunk(strings.Fields(naming), 2) {
		asked = append(asked, fmt.Sprintf("SELECT '%s' AS name WHERE EXISTS (FROM %[1]s WHERE %s = '%s')",
			named[0], named[1], account))
	}
	return strings.Fields(s.Query("SELECT string_agg(name, ' ') FROM (" + strings.Join(asked, " UNION ALL ") + ")"))
}

// TestThePageLoadsNothingAndRunsNothing: what a bank or holder wrote is text there.
func TestThePageLoadsNothingAndRunsNothing(t *testing.T) {
	held, err := copyOf(t, twoHolders(t), "cus_ada")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := held.HTML(&page); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<script", "src=", "http://", "https://", "@import", "url("} {
		if strings.Contains(page.String(), never) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt; paid by ada", "−43.21 USD", ` earlier">`, "refused of ada",
		"where else it lies", `lang="en"`,
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestAnAccountThatChangedHands: what a later holder has is not the earlier one's to see.
func TestAnAccountThatChangedHands(t *testing.T) {
	s := twoHolders(t)
	account := storetest.Account("fca_ada")
	account.HolderType, account.HolderID = new("customer"), new("cus_cy")
	s.Broken = true // nothing is derived for the new holder
	s.Round(schema.Landed{Accounts: []schema.Account{account}})
	if _, err := copyOf(t, s, "cus_ada"); !errors.Is(err, access.ErrNothing) {
		t.Errorf("Ada is shown what is another's: %v", err)
	}
	if held, err := copyOf(t, s, "cus_cy"); err != nil || len(held.Accounts) != 1 {
		t.Errorf("%v, %v", held, err)
	}
	if _, err := copyOf(t, s, "cus_nobody"); !errors.Is(err, access.ErrNothing) {
		t.Errorf("%v", err)
	}
}

// TestTheCopySaysWhereElseItLies: what no round has merged, earlier generations and the journal too.
func TestTheCopySaysWhereElseItLies(t *testing.T) {
	s := twoHolders(t)
	path := filepath.Join(s.Layout().Quarantine(), "x.json")
	if err := os.WriteFile(path, []byte("no JSON of fca_ada"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Land(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_ada")}})
	held, err := copyOf(t, s, "customer_account:cus_ada")
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]int64{}
	for _, place := range held.Elsewhere {
		places[place.Where] += place.Count
	}
	if places["state/quarantine"] != 2 || places["state/landing"] == 0 || places["state/previous"] == 0 ||
		places["state/journal.ndjson"] == 0 {
		t.Errorf("%v", places)
	}
}
