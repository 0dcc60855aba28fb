package sync

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing/landingtest"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

const previewVersion = "2026-10-14.preview"

// labelWorld is three accounts whose rows are labelled six hours after a refresh brought them. It counts lists of
// transactions, by the refresh they begin after, and notes versions of requests.
type labelWorld struct {
	*world
	lists    map[string]int
	versions map[string]bool
}

func newLabelWorld(t *testing.T, version string) *labelWorld {
	w := &labelWorld{world: newWorld(t, simulator.Config{
		Seed: 5, Accounts: 3, Holders: 1, HistoryDays: 30, RowsPerAccount: 40, Linked: true, Calm: true, LabelHours: 6,
	}), lists: map[string]int{}, versions: map[string]bool{}}
	w.change = func(o *Options) {
		o.PreviewVersion, o.Policy.Transactions.Mode, o.Policy.Balance.Mode = version, plan.ModeOnDemand, plan.ModeOff
	}
	w.between = func(r *http.Request) {
		if version := r.Header.Get("Stripe-Version"); strings.HasPrefix(r.URL.Path, "/v1/financial_connections/") {
			w.versions[version] = true
		} else if strings.HasSuffix(version, ".preview") {
			t.Errorf("%s was asked for with version %s", r.URL.Path, version)
		}
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			w.lists[r.URL.Query().Get(cursorParameter)]++
		}
	}
	return w
}

// live is a round after some hours. It returns what it changed, and how many lists of rows it took.
func (w *labelWorld) live(hours int) (changed landingtest.Merged, lists int) {
	w.t.Helper()
	w.server.Advance(time.Duration(hours) * time.Hour)
	clear(w.lists)
	report, merged, err := w.round()
	if w.must(err); !report.Complete {
		w.t.Fatalf("the round is not complete: %+v", report.Accounts)
	}
	for n := range maps.Values(w.lists) {
		lists += n
	}
	return merged.Merged, lists
}

// TestLateLabelsMakeNoVersion is an account's life with labels: they come hours after its rows, are read by one more
// list, and no row has another version; then those of the rows that a refresh brought, by a list of these alone; an
// audit finds nothing amiss; a round without anything new changes nothing.
func TestLateLabelsMakeNoVersion(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	if first, _ := w.live(0); first.TransactionsNew < 100 || len(w.file.Labels()) > 0 {
		t.Fatalf("at first %d rows, %d labels", first.TransactionsNew, len(w.file.Labels()))
	}
	before := w.file.Rows()
	labels, lists := w.live(7)
	if labels.TransactionsChanged > 0 || lists < 3 || w.lists[""] != 3 {
		t.Errorf("labels changed %d rows, by %v lists", labels.TransactionsChanged, w.lists)
	}
	for id, row := range before {
		if l := w.file.Labels()[id]; l.PersonalFinance.Detailed == nil || w.file.Rows()[id].Version != row.Version {
			t.Fatalf("row %s of version %d has labels %+v", id, w.file.Rows()[id].Version, l)
		}
		if row.Extra != nil {
			t.Fatalf("labels are in the row: %s", *row.Extra)
		}
	}
	w.server.Advance(24 * time.Hour)
	_, _ = w.live(0) // new refreshes, and their rows
	fresh := len(w.file.Rows()) - len(w.file.Labels())
	if fresh == 0 {
		t.Fatal("no row is new")
	}
	late, lists := w.live(7)
	if len(w.file.Rows()) != len(w.file.Labels()) || late.TransactionsChanged > 0 {
		t.Errorf("%d rows, %d labels", len(w.file.Rows()), len(w.file.Labels()))
	}
	if lists > 3 || w.lists[""] > 0 {
		t.Errorf("labels of %d new rows took lists %v", fresh, w.lists)
	}
	if nothing, lists := w.live(1); lists > 0 || nothing.LabelsChanged > 0 {
		t.Errorf("with nothing new %d lists, %+v", lists, nothing)
	}
	if !w.versions[previewVersion] || len(w.versions) != 1 {
		t.Errorf("versions %v", w.versions)
	}
}

// TestLabelsThatAreThereCostNoRead: rows that are read with their labels are not read again.
func TestLabelsThatAreThereCostNoRead(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	if _, _ = w.live(7); len(w.file.Labels()) != len(w.file.Rows()) || w.lists[""] != 3 {
		t.Errorf("%d labels of %d rows, by lists %v", len(w.file.Labels()), len(w.file.Rows()), w.lists)
	}
	if _, lists := w.live(1); lists > 0 {
		t.Errorf("a second round took lists %v", w.lists)
	}
}

// TestWithoutAPreviewVersionNothingIsLabelled: nothing of labels is asked for, sent or held.
func TestWithoutAPreviewVersionNothingIsLabelled(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, "")
	w.live(0)
	w.live(7)
	if len(w.file.Labels()) > 0 || len(w.file.State().LabelStates) > 0 || w.versions[previewVersion] {
		t.Errorf("%d labels, states %v", len(w.file.Labels()), w.file.State().LabelStates)
	}
}

// TestAnAuditDoesNotMissLabels: labels that come between two readings are no difference, in three acts: labels that no
// status tells of, an audit that finds them, and a row that changed besides.
func TestAnAuditDoesNotMissLabels(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	change := w.change
	w.change = func(o *Options) { change(o); o.Policy.AuditEvery = time.Hour }
	w.live(0)
	w.must(w.server.AddFault(fault(faultScript(`"path": "/accounts$"`, `"set": {"classification_state": null,
		"enrichment_state": null}, "rows": "all"`))))
	audited := func() (found []journal.Audit) {
		w.server.Advance(7 * time.Hour)
		_, merged, err := w.round()
		w.must(err)
		return merged.Audits
	}
	for _, a := range audited() {
		if a.Missing+a.Different > 0 {
			t.Errorf("labels are called a difference: %+v", a)
		}
	}
	if len(w.file.Labels()) == 0 {
		t.Error("an audit left out the labels that it read")
	}
	w.must(w.server.AddFault(fault(faultScript(`"path": "/transactions", "times": 1`,
		`"change_row": {"amount": -123456}, "reveal": "silently"`))))
	different := int64(0)
	for range 3 {
		for _, a := range audited() {
			different += a.Different
		}
	}
	if different != 1 {
		t.Errorf("%d rows differ, one changed", different)
	}
}

// TestABadLabelDoesNotHoldTheRow: in three acts, labels that cannot be read are refused, the rows and the cursor are
// not; the account says so for one round; labels that can be read are there when they come.
func TestABadLabelDoesNotHoldTheRow(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	w.must(w.server.AddFault(fault(faultScript(`"path": "/transactions"`,
		`"set": {"classifications": [{"type": 7}]}, "rows": "first"`))))
	w.server.Advance(7 * time.Hour)
	report, _, err := w.round()
	if w.must(err); report.Complete || w.cursors() != 3 {
		t.Errorf("complete %v, %d cursors", report.Complete, w.cursors())
	}
	refused := w.file.Refused()
	if len(refused) < 3 || refused[0].Object != "classifications" || !json.Valid(refused[0].Raw) {
		t.Errorf("refused %+v", refused)
	}
	w.server.ClearFaults()
	if _, lists := w.live(1); lists > 0 {
		t.Errorf("labels that were refused were asked for again: %v", w.lists)
	}
}

// TestLabelsAreReadWithinTheReadsOfAudits: an allowance that is nearly used up leaves rows first.
func TestLabelsAreReadWithinTheReadsOfAudits(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	w.live(0)
	change := w.change
	w.change = func(o *Options) { change(o); o.Policy.ReadsPer30Days = 40 }
	if _, lists := w.live(7); lists > 0 || len(w.file.Labels()) > 0 {
		t.Errorf("%d lists for labels, with few reads left", lists)
	}
	w.change = change
	if w.live(1); len(w.file.Labels()) == 0 {
		t.Error("labels were not read when reads were there again")
	}
}

// TestAllRowsAreReadWhenStripeLabelsAnew: a status that is pending again without a refresh is of every row.
func TestAllRowsAreReadWhenStripeLabelsAnew(t *testing.T) {
	t.Parallel()
	w := newLabelWorld(t, previewVersion)
	w.live(7)
	w.must(w.server.AddFault(fault(faultScript(`"path": "/accounts$"`,
		`"set": {"classification_state.money_movement.status": "pending"}, "rows": "all"`))))
	if w.live(1); len(w.lists) > 0 {
		t.Errorf("while labels are made: %v", w.lists)
	}
	for _, states := range w.file.State().LabelStates {
		if held := states["money_movement"]; held.Status != "pending" || held.ThroughRefreshID != nil {
			t.Errorf("held %+v", held)
		}
		if held := states[schema.TaxonomyMerchant]; held.Status != "completed" || held.ThroughRefreshID == nil {
			t.Errorf("held %+v", held)
		}
	}
	w.server.ClearFaults()
	if w.live(1); w.lists[""] != 3 {
		t.Errorf("once they are made: %v", w.lists)
	}
}
