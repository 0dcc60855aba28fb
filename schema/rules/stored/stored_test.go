package stored_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// shop is a store with the movements of one holder, whose user's files a test writes.
type shop struct {
	*storetest.Store
	t *testing.T
}

type movement struct {
	account string
	amount  int64
	text    string
}

// newShop is a shop whose movements the first round of say derives.
func newShop(t *testing.T, movements ...movement) *shop {
	t.Helper()
	s := &shop{storetest.New(t), t}
	s.Clock, s.Zone = time.Date(2026, 6, 20, 11, 0, 0, 0, time.UTC), "UTC"
	s.Round(s.landed(0, movements))
	s.Derives = true
	return s
}

func (s *shop) landed(from int, movements []movement) (landed schema.Landed) {
	for _, id := range []string{"fca_a", "fca_b"} {
		a := storetest.Account(id)
		a.HolderID = new("cus_1")
		landed.Accounts = append(landed.Accounts, a)
	}
	for i, m := range movements {
		at := s.Clock.AddDate(0, 0, -2)
		landed.Transactions = append(landed.Transactions, schema.Transaction{
			TransactionID: fmt.Sprintf("fctxn_%d", from+i), AccountID: m.account, AmountMinor: m.amount,
			Currency: "usd", Description: m.text, Status: "posted", TransactedAt: at, PostedAt: &at, UpdatedAt: at,
			TransactionRefreshID: "fctxnref_1",
		})
	}
	return landed
}

// say writes the user's files for the rounds from now on, and runs one.
func (s *shop) say(ruleLines, overrideLines string) {
	s.t.Helper()
	var set rules.Set
	var err error
	if set.Rules, err = rules.ReadRules("rules.csv", []byte("id,merchant,words,pattern,account,direction,category,"+
		"name,treatment\n"+ruleLines)); err != nil {
		s.t.Fatal(err)
	}
	if set.Overrides, set.Decisions, err = rules.ReadOverrides("overrides.csv", []byte(
		"transaction_id,category,name,note,include,out_id,in_id,decision\n"+overrideLines)); err != nil {
		s.t.Fatal(err)
	}
	s.UserFiles = &set
	s.Round()
}

// labels are those of all transactions: number, category, where it counts, rule, and whether it counts.
func (s *shop) labels() string {
	s.t.Helper()
	return s.Query(`SELECT string_agg(concat_ws(' ', substr(transaction_id, 7), category,
		nullif(spend_category, category), rule_id, spend_state,
		CASE WHEN rule_id LIKE 'user%' THEN merchant_name END), '; ' ORDER BY transaction_id)
		FROM ledger.labels`)
}

func (s *shop) wantLabels(want ...string) {
	s.t.Helper()
	if got := s.labels(); got != strings.Join(want, "; ") {
		s.t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got, "; ", "\n"), strings.Join(want, "\n"))
	}
}

// TestLinesOfTheUserDecideFirst: an override before the rules, the first rule before the others, both before what the
// program knows; a refund stays one and lessens what the user's category is.
func TestLinesOfTheUserDecideFirst(t *testing.T) {
	s := newShop(t,
		movement{"fca_a", -4200, "KROGER #412"},                  // 0
		movement{"fca_a", -4300, "KROGER #413"},                  // 1
		movement{"fca_a", 1200, "KROGER #412 REFUND"},            // 2
		movement{"fca_a", -90000, "ZELLE TO JOHN SMITH"},         // 3
		movement{"fca_a", -5000, "ONLINE TRANSFER TO SAVINGS"},   // 4
		movement{"fca_b", 5000, "ONLINE TRANSFER FROM CHECKING"}, // 5
		movement{"fca_b", -7000, "TRANSFER TO SAV ...9999"},      // 6
		movement{"fca_a", -1111, "XQZPLTH 1"},                    // 7
		movement{"fca_a", -1112, "XQZPLTH 2"},                    // 8
		movement{"fca_a", -1113, "XQZPLTH 3"},                    // 9
	)
	s.say("", "")
	before := s.labels()
	s.say("landlord,,,zelle to john,,out,housing.rent,Our landlord,\n"+
		"shop,Kroger,,,,,biz.inventory,,\n"+
		"late,,KROGER,,,,food.other,,\n"+
		"card,,TRANSFER TO SAV,,fca_b,,housing.storage,,\n"+
		"both,,ONLINE TRANSFER,,,,food.other,,\n",
		"fctxn_1,,,for the party,no,,,\nfctxn_7,food.coffee,,,,,,\nfctxn_8,food.coffee,Xq,,,,,\n"+
			"fctxn_99,food.coffee,,,,,,\n")
	s.wantLabels("0 biz.inventory user_rule:shop counted Kroger",
		"1 biz.inventory user_rule:shop user_excluded Kroger",
		"2 adj.refund biz.inventory refund counted",
		"3 housing.rent user_rule:landlord counted Our landlord",
		"4 food.other user_rule:both own_transfer",
		"5 xfer.own_in transfer_pair own_transfer",
		"6 housing.storage user_rule:card counted",
		"7 food.coffee user_override counted",
		"8 food.coffee user_override counted Xq",
		"9 food.coffee user_hint counted")
	s.Want("SELECT note FROM expenses.transactions WHERE transaction_id = 'fctxn_1'", "for the party")
	s.Want("SELECT count(*) FROM ledger.labels l JOIN meta.rules r ON l.rule_id = 'user_rule:' || r.rule_id "+
		"WHERE l.rule_version <> r.version", "0")
	s.Want("SELECT count(*) FROM meta.overrides WHERE removed_at IS NULL", "3")
	s.say("", "")
	if got := s.labels(); got != before {
		t.Errorf("without the files\n%s\nbefore them\n%s", got, before)
	}
	s.Want("SELECT count(*) FROM meta.rules WHERE removed_at IS NULL", "0")
}

// TestAFileThatSaysTheSameCostsNothing: a round with the same lines, be they spaced or ordered otherwise, publishes
// nothing; one that differs in a line writes that line.
func TestAFileThatSaysTheSameCostsNothing(t *testing.T) {
	s := newShop(t, movement{"fca_a", -4200, "KROGER #412"}, movement{"fca_a", -100, "SHELL OIL 57444812"})
	s.say("a,,KROGER,,,,food.other,,\nb,,SHELL,,,,food.other,,\n", "fctxn_0,,,x,,,,\nfctxn_1,,,y,,,,\n")
	published := string(storetest.ReadFile(t, s.Layout().Database()))
	s.say("# a note\n\na,,  kroger ,,,,food.other,,\nb,,SHELL,,,,food.other,,\n", "fctxn_1,,,y,,,,\nfctxn_0,,,x,,,,\n")
	if string(storetest.ReadFile(t, s.Layout().Database())) != published {
		t.Error("the same lines are published again")
	}
	s.say("a,,KROGER,,,,food.other,,\nb,,SHELL,,,,transport.fuel,,\n", "fctxn_0,,,x,,,,\nfctxn_1,,,y,,,,\n")
	s.Want("SELECT string_agg(rule_id || ' ' || category || ' ' || (removed_at IS NULL), ', ' ORDER BY observed_at, "+
		"rule_id) FROM meta.rules", "a food.other true, b food.other false, b transport.fuel true")
	s.Want("SELECT count(*) FROM meta.overrides", "2")
	s.Want("SELECT string_agg(category, ' ' ORDER BY transaction_id) FROM ledger.labels", "food.other transport.fuel")
}

// TestALineWaitsForItsTransaction: one that names a transaction that comes later is stored when that comes; a pair when
// both halves are there. What is removed takes its lines along, and the file does not bring them back.
func TestALineWaitsForItsTransaction(t *testing.T) {
	s := newShop(t, movement{"fca_a", -4200, "KROGER #412"})
	s.say("", "fctxn_1,food.coffee,,,,,,\n,,,,,fctxn_0,fctxn_1,rejected\n")
	s.Want("SELECT (SELECT count(*) FROM meta.overrides) + (SELECT count(*) FROM meta.transfer_decisions)", "0")
	s.Round(s.landed(1, []movement{{"fca_b", 4200, "DEPOSIT"}}))
	s.Want("SELECT category FROM ledger.labels WHERE transaction_id = 'fctxn_1'", "food.coffee")
	s.Want("SELECT out_id || in_id || decision FROM meta.transfer_decisions WHERE removed_at IS NULL",
		"fctxn_0fctxn_1rejected")
	s.Retention = schema.Retention{TransactionMonths: 1}
	s.Clock = s.Clock.AddDate(0, 3, 0)
	s.Round()
	s.Want("SELECT (SELECT count(*) FROM meta.overrides) + (SELECT count(*) FROM meta.transfer_decisions)", "0")
	if *storetest.Proof {
		s.Round(s.landed(2, []movement{{"fca_b", -100, "KROGER #412"}}))
		s.Want("SELECT (SELECT count(*) FROM meta.overrides) + (SELECT count(*) FROM main.transactions)", "1")
	}
}
