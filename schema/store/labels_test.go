package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

func labels(transaction, merchant, category string) schema.Labels {
	return schema.Labels{
		TransactionID: transaction, AccountID: "fca_1", MerchantName: &merchant, MerchantConfidence: new("high"),
		PersonalFinance: schema.Label{Primary: new("food"), Detailed: &category, Confidence: new("low")},
	}
}

func labelState(account, status string, after, through *string) schema.LabelState {
	return schema.LabelState{
		AccountID: account, Taxonomy: "merchant", Status: status, AfterRefreshID: after, ThroughRefreshID: through,
	}
}

// TestLabelsHaveVersionsOfTheirOwn is the life of a row's labels: they come late and the row has no other version,
// come again and change nothing, change, and lose nothing that an answer does not state; what was known is told.
func TestLabelsHaveVersionsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := storetest.WithAccount(t)
	row := storetest.Transaction("fctxn_1", "fca_1", -450, 4)
	rows := func(l ...schema.Labels) schema.Landed {
		return schema.Landed{Transactions: []schema.Transaction{row}, Labels: l}
	}
	s.Round(rows())
	report := s.Round(rows(labels("fctxn_1", "Nero", "coffee")))
	if report.LabelsNew != 1 || report.TransactionsChanged != 0 || report.Changes() != 1 {
		t.Errorf("late labels: %+v", report)
	}
	s.Want("SELECT version || ' ' || (extra IS NULL) FROM main.transactions", "1 true")
	then := s.Query("SELECT watermark FROM meta.store")
	if *proof {
		if report := s.Round(rows(labels("fctxn_1", "Nero", "coffee"))); report.Changes() != 0 {
			t.Errorf("the same labels: %+v", report)
		}
	}
	movement := schema.Labels{
		TransactionID: "fctxn_1", AccountID: "fca_1", MoneyMovement: schema.Label{Primary: new("out")},
		Extra: new(`{"carbon":{"a":1}}`),
	}
	if report := s.Round(rows(movement)); report.LabelsChanged != 1 || report.LabelsNew != 0 {
		t.Errorf("other labels: %+v", report)
	}
	if report := s.Round(rows(labels("fctxn_1", "Cafe Nero", "coffee"), movement)); report.LabelsChanged != 0 {
		t.Errorf("of two readings the last one counts: %+v", report)
	}
	const shown = "version || ' ' || merchant_name || ' ' || personal_finance_detailed || ' ' || " +
		"coalesce(money_movement_primary, '-') || ' ' || coalesce(extra::VARCHAR, '-')"
	s.Want("SELECT "+shown+" FROM main.transaction_labels", `2 Nero coffee out {"carbon":{"a":1}}`)
	s.Want("SELECT "+shown+" FROM transaction_labels_as_of('"+then+"')", "1 Nero coffee - -")
	s.Want("SELECT count(*) || ' ' || count(*) FILTER (is_current) FROM main.transaction_label_versions", "2 1")
}

// TestLabelsAreOfRowsThatAreHeld: those of rows that are refused, or of another account, are not kept.
func TestLabelsAreOfRowsThatAreHeld(t *testing.T) {
	t.Parallel()
	s := storetest.WithAccount(t)
	s.Round(schema.Landed{Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -450, 4)}})
	stranger := labels("fctxn_1", "Nero", "coffee")
	stranger.AccountID = "fca_2"
	foreign := storetest.Transaction("fctxn_1", "fca_2", -450, 4)
	s.Round(schema.Landed{
		Accounts: []schema.Account{storetest.Account("fca_2")}, Transactions: []schema.Transaction{foreign},
		Labels: []schema.Labels{stranger, labels("fctxn_9", "X", "y")},
	})
	s.Want("SELECT count(*) FROM main.transaction_label_versions", "0")
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	orphan := labelState("fca_9", "pending", nil, nil)
	if err := landing.Land(t.Context(), schema.Landed{LabelStates: []schema.LabelState{orphan}}); err != nil {
		t.Fatal(err)
	}
	if err := landing.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); err == nil || !strings.Contains(err.Error(), "labels of account fca_9 landed") {
		t.Errorf("%v", err)
	}
}

// TestHowFarLabelsAreNeverRunsAhead: a state whose rows were listed after labels that are not held says what Stripe
// does, and no more; in the file and in what a round begins with. Each account has a story of two rounds.
func TestHowFarLabelsAreNeverRunsAhead(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	first, second, third := new("fctxnref_1"), new("fctxnref_2"), new("fctxnref_3")
	begins := schema.Landed{}
	for _, account := range []string{"fca_1", "fca_2", "fca_3", "fca_4"} {
		begins.Accounts = append(begins.Accounts, storetest.Account(account))
	}
	for n, round := range []struct {
		landed []schema.LabelState
		want   map[string]string
	}{
		{
			[]schema.LabelState{
				labelState("fca_1", "pending", nil, nil),
				labelState("fca_2", "completed", nil, first),
				labelState("fca_3", "completed", nil, first), labelState("fca_3", "pending", first, second),
				labelState("fca_4", "completed", nil, first),
			},
			map[string]string{
				"fca_1": "pending -", "fca_2": "completed fctxnref_1", "fca_3": "pending fctxnref_2",
				"fca_4": "completed fctxnref_1",
			},
		},
		{
			[]schema.LabelState{
				labelState("fca_1", "completed", second, third),
				labelState("fca_2", "completed", first, second), labelState("fca_2", "pending", second, second),
				labelState("fca_3", "completed", first, third),
				labelState("fca_4", "pending", nil, nil),
			},
			map[string]string{
				"fca_1": "completed -", "fca_2": "pending fctxnref_2", "fca_3": "completed fctxnref_2",
				"fca_4": "pending -",
			},
		},
	} {
		s.Land(begins, schema.Landed{LabelStates: round.landed})
		state, err := s.State(t.Context())
		if err := errors.Join(err, s.OverlayLanded(t.Context(), &state)); err != nil {
			t.Fatal(err)
		}
		wantLabelStates(t, fmt.Sprintf("round %d lands", n), state, round.want)
		s.Round()
		if state, err = s.State(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantLabelStates(t, fmt.Sprintf("round %d is merged", n), state, round.want)
	}
	s.Want("SELECT count(*) FROM main.label_states", "4")
}

func wantLabelStates(t *testing.T, when string, state schema.State, want map[string]string) {
	t.Helper()
	for account, wanted := range want {
		if got := shownState(state.LabelStates[account]["merchant"]); got != wanted {
			t.Errorf("%s: %s is %s, want %s", when, account, got, wanted)
		}
	}
}

func shownState(l schema.LabelState) string {
	if l.ThroughRefreshID == nil {
		return l.Status + " -"
	}
	return l.Status + " " + *l.ThroughRefreshID
}

// TestLabelsComeToAFileAndASegmentOfAnEarlierVersion: neither has their tables, and nothing is lost.
func TestLabelsComeToAFileAndASegmentOfAnEarlierVersion(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	s := storetest.WithAccount(t)
	s.Land(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}})
	segments, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Alter(segments.Segments()[0], "DROP TABLE labels; DROP TABLE label_states; CHECKPOINT")
	s.Alter(s.Layout().Database(), withoutLabels+"CHECKPOINT")
	s.Verify()
	if state, err := s.State(t.Context()); err != nil || len(state.LabelStates) > 0 {
		t.Fatalf("%v %v", state.LabelStates, err)
	}
	s.Derives = true // which writes the dictionary
	s.Round()
	s.Want("SELECT count(*) FROM main.accounts", "2")
	row := storetest.Transaction("fctxn_1", "fca_1", -450, 4)
	s.Round(schema.Landed{
		Transactions: []schema.Transaction{row}, Labels: []schema.Labels{labels("fctxn_1", "Nero", "coffee")},
	})
	s.Want("SELECT merchant_name FROM main.transaction_labels", "Nero")
}

// TestLabelsForEveryRowCostNoVersions: thousands of labels at once add as many rows of labels, not one version, and
// nothing when they come again.
func TestLabelsForEveryRowCostNoVersions(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	s := storetest.WithAccount(t)
	const many = 5_000
	rows := schema.Landed{}
	for n := range many {
		id := fmt.Sprintf("fctxn_%05d", n)
		rows.Transactions = append(rows.Transactions, storetest.Transaction(id, "fca_1", int64(-n), n%28))
	}
	s.Round(rows)
	for _, t := range rows.Transactions {
		rows.Labels = append(rows.Labels, labels(t.TransactionID, "Nero", "coffee"))
	}
	before := storetest.FileSize(t, s.Layout().Database())
	if report := s.Round(rows); report.LabelsNew != many || report.Changes() != many {
		t.Errorf("%d labels, %d changes", report.LabelsNew, report.Changes())
	}
	s.Want("SELECT count(*) FROM main.transaction_versions", fmt.Sprint(many))
	if grown := storetest.FileSize(t, s.Layout().Database()) - before; grown > 120*many {
		t.Errorf("the file grew by %d bytes a label", grown/many)
	}
	if report := s.Round(rows); report.Changes() != 0 {
		t.Errorf("the same labels again: %+v", report)
	}
	s.Want("SELECT count(*) FROM main.transaction_label_versions", fmt.Sprint(many))
}
