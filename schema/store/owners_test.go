package store_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

func owner(snapshot, id, name string) schema.Owner {
	return schema.Owner{OwnershipID: snapshot, OwnerID: id, AccountID: "fca_1", Name: name, Extra: new(`{"new":1}`)}
}

// TestOwnersAreHeldBySnapshot: a snapshot that was read in part is completed later, is stored
// once however often it lands, and stays when a newer one comes.
func TestOwnersAreHeldBySnapshot(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.WithAccount(t)
	part := schema.Landed{Owners: []schema.Owner{owner("fcaowns_1", "fcaown_1", "Ada")}}
	if report := s.Round(part); report.OwnersNew != 1 || report.OwnershipsNew != 0 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT count(*) FROM pii.ownerships", "0")
	whole := schema.Landed{
		Owners:     []schema.Owner{owner("fcaowns_1", "fcaown_1", "Ada"), owner("fcaowns_1", "fcaown_2", "Ben")},
		Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_1", AccountID: "fca_1", OwnerCount: 2}},
	}
	if report := s.Round(whole); report.OwnersNew != 1 || report.OwnershipsNew != 1 {
		t.Errorf("%+v", report)
	}
	if report := s.Round(whole, whole); report.Changes() != 0 {
		t.Errorf("landed again: %+v", report)
	}
	s.Round(schema.Landed{
		Owners:     []schema.Owner{owner("fcaowns_2", "fcaown_3", "Ada")},
		Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_2", AccountID: "fca_1", OwnerCount: 1}},
	}, schema.Landed{Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_3", AccountID: "fca_1"}}})
	s.Want(
		"SELECT string_agg(ownership_id || ' ' || name, ', ' ORDER BY owner_id) FROM pii.owners",
		"fcaowns_1 Ada, fcaowns_1 Ben, fcaowns_2 Ada",
	)
	s.Want("SELECT json_extract_string(any_value(extra), '$.new') FROM pii.owners", "1")
	s.Want("SELECT sum(owner_count) FROM pii.ownerships", "3")
	state, err := s.State(t.Context())
	if err != nil || len(state.Ownerships) != 3 || !state.Ownerships["fcaowns_2"] {
		t.Errorf("%v %v", state.Ownerships, err)
	}
}

func TestOwnersWithoutTheirAccountAreRefused(t *testing.T) {
	s := storetest.New(t)
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := landing.Land(
		t.Context(), schema.Landed{Owners: []schema.Owner{owner("fcaowns_1", "fcaown_1", "Ada")}},
	); err != nil {
		t.Fatal(err)
	}
	if err := landing.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); err == nil ||
		!strings.Contains(err.Error(), "owners of account fca_1 landed without the account") {
		t.Errorf("%v", err)
	}
}

// TestOwnersComeToAFileAndASegmentOfAnEarlierVersion: the file and what landed before an
// upgrade have no tables of owners, and none of labels. Nothing of them is lost, and verify knows them.
func TestOwnersComeToAFileAndASegmentOfAnEarlierVersion(t *testing.T) {
	s := storetest.WithAccount(t)
	s.Alter(
		s.Layout().Database(),
		unmarked+"DROP SCHEMA pii CASCADE; DELETE FROM meta.migrations WHERE number >= 3; "+
			"DELETE FROM meta.dictionary WHERE "+
			"schema_name = 'pii'; CHECKPOINT",
	)
	s.Verify()
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := landing.Land(
		t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}},
	); err != nil {
		t.Fatal(err)
	}
	if err := landing.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Alter(landing.Segments()[0], "DROP TABLE owners; DROP TABLE ownerships; DROP TABLE labels; "+
		"DROP TABLE label_states; CHECKPOINT")
	state, err := s.State(t.Context())
	if err != nil || state.Ownerships != nil || len(state.LabelStates) > 0 {
		t.Errorf("%v %v %v", state.Ownerships, state.LabelStates, err)
	}
	s.Derives = true // which writes the dictionary
	s.Round(schema.Landed{
		Owners:       []schema.Owner{owner("fcaowns_1", "fcaown_1", "Ada")},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -450, 4)},
		Labels:       []schema.Labels{labels("fctxn_1", "Nero", "coffee")},
	})
	s.Want("SELECT merchant_name FROM main.transaction_labels", "Nero")
	s.Want("SELECT count(*) FROM main.accounts", "2")
	s.Want("SELECT name FROM pii.owners", "Ada")
}

// comparesOwners counts the owners of accounts and compares their names; none of its columns has a name.
const comparesOwners = "ledger/account_parties.sql"

// TestOwnersLeaveTheFileNowhere: nothing the lake or a derived table is made of reads pii, but for one table that has
// counts and keys alone and is not in the lake.
func TestOwnersLeaveTheFileNowhere(t *testing.T) {
	looked := 0
	for _, files := range []fs.FS{schema.LakeFiles, schema.ModelFiles} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			if looked++; path != comparesOwners && strings.Contains(string(text), "pii.") {
				return fmt.Errorf("%s reads pii", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if looked < 8 {
		t.Errorf("only %d statements found", looked)
	}
	text, err := fs.ReadFile(schema.ModelFiles, comparesOwners)
	if err != nil {
		t.Fatal(err)
	}
	columns := regexp.MustCompile(`(?m)^-- column (\w+): (\w+)`).FindAllStringSubmatch(string(text), -1)
	for _, column := range columns {
		if isKey := slices.Contains([]string{"account_key", "holder_type", "holder_id"}, column[1]); !isKey &&
			column[2] != "BIGINT" && column[2] != "BOOLEAN" {
			t.Errorf("%s: %s is a %s, which may be a name", comparesOwners, column[1], column[2])
		}
	}
	if len(columns) < 5 || !strings.Contains(string(text), "\n-- lake: none\n") {
		t.Errorf("%s has %d columns, or is in the lake", comparesOwners, len(columns))
	}
}

// TestVerifyFindsOwnersThatBreakTheirRules has a broken file for every rule of owners.
func TestVerifyFindsOwnersThatBreakTheirRules(t *testing.T) {
	for damage, rules := range map[string][]string{
		"INSERT INTO pii.owners FROM pii.owners; INSERT INTO pii.ownerships FROM pii.ownerships": {
			"stored 2 times in", "stored 2 times false",
		},
		"DELETE FROM pii.owners": {"has 0 of 1 owners"},
		"UPDATE pii.owners SET account_id = 'fca_2', observed_at = '2099-01-01'; " +
			"UPDATE pii.ownerships SET account_id = 'fca_2'": {"not in main.accounts", "after the watermark"},
	} {
		s := storetest.Prepared(t, "one owner", func() *storetest.Store {
			s := storetest.WithAccount(t)
			s.Round(schema.Landed{
				Owners:     []schema.Owner{owner("fcaowns_1", "fcaown_1", "Ada")},
				Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_1", AccountID: "fca_1", OwnerCount: 1}},
			})
			return s
		})
		s.Alter(s.Layout().Database(), damage+"; CHECKPOINT")
		reader, err := reader.Open(t.Context(), s.Layout(), s.Settings())
		if err != nil {
			t.Fatal(err)
		}
		findings, err := check.Verify(t.Context(), reader, s.Layout())
		for _, rule := range rules {
			if err != nil || !strings.Contains(fmt.Sprint(findings), rule) {
				t.Errorf("%s: %v %v", damage, findings, err)
			}
		}
		reader.Close()
		s.Broken = true // on purpose
	}
}
