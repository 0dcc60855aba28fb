package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// TestWilsonsBounds are those of the textbook.
func TestWilsonsBounds(t *testing.T) {
	for _, c := range []struct {
		right, trials int64
		low           float64
	}{{99, 100, 0.946}, {196, 200, 0.950}, {297, 300, 0.971}} {
		low, high := wilson(c.right, c.trials)
		if math.Abs(low-c.low) > 0.0006 || high <= share(c.right, c.trials) || high > 1 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.3f", c.right, c.trials, low, high, c.low)
		}
	}
	if low, high := wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing: %f to %f", low, high)
	}
}

// TestPairsAreCountedAsByHand: sums of squares give what naming every pair gives.
func TestPairsAreCountedAsByHand(t *testing.T) {
	type entry struct {
		key, merchant string
		cents         int64
	}
	var entries []entry
	for n := range 60 {
		entries = append(entries, entry{
			fmt.Sprint("key ", n*n%7), []string{"Walmart", "Walmart/Plus", "Target", "Shell"}[n*n*n%4], int64(-100 * n),
		})
	}
	g, want := newGrouping(), score{}
	family := func(name string) string { name, _, _ = strings.Cut(name, "/"); return name }
	for i, a := range entries {
		g.add(a.key, a.merchant, a.cents)
		for _, b := range entries[:i] {
			isTrue := a.merchant == b.merchant
			isGiven := a.key == b.key && (isTrue || family(a.merchant) != family(b.merchant))
			want.claim(isGiven, isTrue, a.cents/100*b.cents/100)
		}
	}
	if got := g.score(); got != want || want.Right == 0 || want.Right == want.Given || want.Right == want.True {
		t.Errorf("%+v, by hand %+v", got, want)
	}
}

// seer is a product that says the truth.
func seer(t *testing.T) (*product, simulator.Truth) {
	t.Helper()
	server := simulator.New(options{styles: "evaluation", holders: 25}.world(5))
	server.Advance(time.Hour)
	truth := server.Truth()
	p := &product{
		rows: map[string]row{}, labels: map[string]label{}, links: map[string]string{}, streams: map[string]*set{},
		events: map[string]*set{}, missing: map[string]string{},
	}
	cards := map[string]bool{}
	for _, raw := range truth.Accounts {
		var a struct{ ID, Category string }
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		cards[a.ID] = a.Category == "credit"
	}
	for _, raw := range truth.Transactions {
		var shown struct {
			ID, Account, Status string
			Amount              int64
		}
		if err := json.Unmarshal(raw, &shown); err != nil {
			t.Fatal(err)
		}
		if shown.Status == "posted" {
			p.rows[shown.ID] = row{account: shown.Account, amount: shown.Amount, isCard: cards[shown.Account]}
		}
	}
	p.learn(truth)
	return p, truth
}

// learn takes what the product says from the truth.
func (p *product) learn(truth simulator.Truth) {
	kinds, legs, isTakenBack := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, m := range truth.Meanings {
		isTakenBack[m.ReturnOf], isTakenBack[m.ReversalOf] = true, true
	}
	for _, s := range truth.Streams {
		kinds[s.ID] = s.Kind
	}
	put := func(sets map[string]*set, id, kind, member string) {
		if sets[id] == nil {
			sets[id] = &set{kind: kind}
		}
		sets[id].members = append(sets[id].members, member)
	}
	for _, m := range truth.Meanings {
		r, isHeld := p.rows[m.ID]
		if !isHeld {
			continue
		}
		r.merchantKey = m.Merchant
		p.rows[m.ID] = r
		p.labels[m.ID] = label{m.Label, isSpent(m.Label) && !isTakenBack[m.ID]}
		if m.Stream != "" {
			put(p.streams, m.Stream, kinds[m.Stream], m.ID)
		}
		if m.FeeEvent != "" {
			put(p.events, m.FeeEvent, "", m.ID)
		}
		if _, isBought := p.rows[m.RefundOf]; isBought {
			p.links[m.ID] = m.RefundOf
		}
		if key := m.Transfer + "/" + m.CardPayment; key != "/" {
			if other := legs[key]; other != "" && r.amount < 0 {
				p.pairs = append(p.pairs, [2]string{m.ID, other})
			} else if other != "" {
				p.pairs = append(p.pairs, [2]string{other, m.ID})
			}
			legs[key] = m.ID
		}
	}
}

// TestTheTruthScoresOne: a product that says the truth is right in everything, and finds everything; one wrong claim
// and one that is left out are seen, by rows and by money.
func TestTheTruthScoresOne(t *testing.T) {
	p, truth := seer(t)
	m, err := compare(p, truth, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, measure := range measures() {
		s := m.of(measure.name)
		if measure.name == keys {
			s.True = s.Right
		}
		if s.Right == 0 || s.Right != s.Given || s.Right != s.True || s.RightMinor != s.GivenMinor ||
			s.RightMinor != s.TrueMinor {
			t.Errorf("%s: %+v", measure.name, s)
		}
	}
	if m.unknown != 0 || m.total == 0 || len(m.byGroup) < 12 || len(m.byStyle) < 8 {
		t.Errorf("%d of %d unknown, %d groups, %d institutions", m.unknown, m.total, len(m.byGroup), len(m.byStyle))
	}
	wrong, other := p.pairs[0], 1
	for p.isSame(wrong[1], p.pairs[other][1]) {
		other++
	}
	p.pairs[0] = [2]string{wrong[0], p.pairs[other][1]}
	p.labels[wrong[0]] = label{"other.unknown", false}
	p.labels[wrong[1]] = label{"income.payroll", false}
	broken, err := compare(p, truth, 3)
	if err != nil {
		t.Fatal(err)
	}
	var told, changed strings.Builder
	broken.wrongs.print(&told)
	for _, want := range []string{"claimed: ", "not seen: ", "not income.payroll", "not other.unknown"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("the examples do not have %q:\n%s", want, told.String())
		}
	}
	before, after := newTable(options{commit: "abc"}), newTable(options{})
	before.add(m)
	after.add(broken)
	after.changes(before, &changed)
	if !strings.Contains(changed.String(), "categories") || strings.Contains(changed.String(), "streams") {
		t.Errorf("changes of pairs and categories alone are wanted:\n%s", changed.String())
	}
	pairs := *broken.of(transfers)
	pairs.add(*broken.of(cardPayments))
	if lost := pairs.Given - pairs.Right; lost != 1 || pairs.True-pairs.Right != 1 {
		t.Errorf("one pair in two is wrong: %+v", pairs)
	}
	if s := broken.of(categories); s.True-s.Given != 1 || s.Given-s.Right != 1 || broken.unknown == 0 {
		t.Errorf("one label is unknown, one is wrong: %+v, %d unknown", s, broken.unknown)
	}
}

// TestARowThatIsLost is no score but an error.
func TestARowThatIsLost(t *testing.T) {
	p, truth := seer(t)
	for id := range p.rows {
		delete(p.rows, id)
		if _, err := compare(p, truth, 0); err == nil || !strings.Contains(err.Error(), id) {
			t.Errorf("%v, want an error that names %s", err, id)
		}
		break
	}
}

// TestEvaluateATinyWorld runs everything: a world, its sync, the table, the page and the JSON.
func TestEvaluateATinyWorld(t *testing.T) {
	if !*storetest.Proof { // those that questions.sql asks
		storetest.WithTables(t, "ledger.anchors", "ledger.came_back", "ledger.categories", "ledger.daily_balances",
			"ledger.distress_events", "ledger.labels", "ledger.refund_links", "ledger.stream_members",
			"ledger.transfers", "underwriting.attribute_values", "underwriting.income_month",
			"underwriting.income_summary")
	}
	dir := t.TempDir()
	page, figures := filepath.Join(dir, "page.md"), filepath.Join(dir, "figures.json")
	var out strings.Builder
	err := run(t.Context(), []string{
		"-seeds", "7", "-holders", "3", "-page", page, "-json", figures, "-dir", dir, "-threads", "1", "-commit", "abc",
		"-styles-commit", "def", "-state-holders", "0",
	}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fcpipe abc", "commit def", "own transfers", "precision / recall by rows", "Wilson"} {
		if !strings.Contains(out.String()+string(text), want) {
			t.Errorf("nothing says %q", want)
		}
	}
	var read table
	encoded, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &read); err != nil {
		t.Fatal(err)
	}
	s := read.Scores[merchants]
	if lacks := read.Missing["streams"]; lacks != "" { // what is not built is named, with how much there is to find
		want := fmt.Sprintf("not built yet: %s; %d to find", lacks, read.Scores[allStreams].True)
		if !strings.Contains(out.String(), want) || read.Scores[allStreams].True == 0 {
			t.Errorf("nothing says %q", want)
		}
	}
	if read.Rows < 500 || read.Accounts != 9 || s == nil || s.True == 0 || s.Right > s.Given || s.Right > s.True {
		t.Errorf("%d rows of %d accounts, %+v", read.Rows, read.Accounts, s)
	}
	if c := read.Intervals[3]; c.Months == 0 || c.Within > c.Months {
		t.Errorf("%+v: no month of income was tried", c)
	}
	var same strings.Builder
	err = options{before: figures}.compareTables(&read, &same)
	if err != nil || !strings.Contains(same.String(), "nothing") {
		t.Errorf("since itself: %s, %v", same.String(), err)
	}
	err = options{before: page}.compareTables(&read, &same)
	if err == nil || !strings.Contains(err.Error(), page) {
		t.Errorf("a page is no table: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "fcpipe-evaluate-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// TestWrongOptions are refused before a world is made.
func TestWrongOptions(t *testing.T) {
	for arguments, want := range map[string]string{
		"-seeds 1,x": "-seeds", "-holders 0": "-holders", "-styles own": "-styles", "-none": "flag",
		"-wrong 3": "kept for evaluation",
	} {
		err := run(t.Context(), strings.Fields(arguments), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}
