package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestLabelsComeLateAndByPreviewVersionsAlone: a row is shown without labels, then with them, and is the same row; no
// refresh tells of it, the account does; other versions know of none.
func TestLabelsComeLateAndByPreviewVersionsAlone(t *testing.T) {
	s := New(Config{Seed: 3, Linked: true, Calm: true, Holders: 1, Accounts: 1, LabelHours: 6})
	id := s.Accounts()[0]
	type status struct{ Status string }
	var account struct {
		TransactionRefresh struct{ ID string } `json:"transaction_refresh"`
		Classification     map[string]status   `json:"classification_state"`
		Enrichment         map[string]status   `json:"enrichment_state"`
	}
	type row struct {
		ID              string
		Updated         int64
		Classifications []map[string]any
		Enrichments     struct{ Merchant struct{ Name string } }
	}
	var rows struct{ Data []row }
	read := func(version string) (text string) {
		t.Helper()
		account.Classification, account.Enrichment, rows.Data = nil, nil, nil
		header := []string{"Stripe-Version", version}
		path := "/v1/financial_connections/"
		for _, answer := range []*http.Response{
			asked(t, s, "GET", path+"accounts/"+id, "", &account, header...),
			asked(t, s, "GET", path+"transactions?limit=3&account="+id, "", &rows, header...),
		} {
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Stripe-Version") != version {
				t.Fatalf("%d, version %s", answer.StatusCode, answer.Header.Get("Stripe-Version"))
			}
		}
		return account.Classification["money_movement"].Status + " " + account.Enrichment["merchant"].Status
	}
	for version, want := range map[string]string{preview: "pending pending", "2026-09-30.endive": " "} {
		if got := read(version); got != want || len(rows.Data) != 3 || len(rows.Data[0].Classifications) > 0 {
			t.Errorf("%s: at first %q, %d labels, want %q", version, got, len(rows.Data[0].Classifications), want)
		}
	}
	before, refresh := rows.Data, account.TransactionRefresh.ID
	s.Advance(7 * time.Hour)
	if got := read(preview); got != "completed completed" || account.TransactionRefresh.ID != refresh {
		t.Fatalf("later %q, refresh %s, want completed and %s", got, account.TransactionRefresh.ID, refresh)
	}
	for i, row := range rows.Data {
		if row.ID != before[i].ID || row.Updated != before[i].Updated || len(row.Classifications) != 2 {
			t.Errorf("row %d: %+v, before %+v", i, row, before[i])
		}
	}
	first := rows.Data[0].Classifications[0]
	if label, is := first[first["type"].(string)].(map[string]any); !is || label["primary_label"] == "" {
		t.Errorf("a label is in the field that its type names: %v", first)
	}
	if got := read("2025-08-27.basil"); got != " " || len(rows.Data[0].Classifications) > 0 {
		t.Errorf("without a preview version: %q, %v", got, rows.Data[0].Classifications)
	}
	plain := New(Config{Seed: 3, Linked: true, Calm: true, Holders: 1, Accounts: 1})
	var text map[string]any
	asked(t, plain, "GET", "/v1/financial_connections/accounts/"+id, "", &text, "Stripe-Version", preview)
	for name := range text {
		if strings.HasSuffix(name, "_state") {
			t.Errorf("a world without labels shows %s", name)
		}
	}
}
