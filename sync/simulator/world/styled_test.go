package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// lived is a world with styles and what all its rows mean.
type lived struct {
	*World

	t        *testing.T
	meanings []Meaning
	rows     map[string]*Row
	accounts map[string]*Account // by row
}

func liveStyled(t *testing.T, config Config) *lived {
	t.Helper()
	w := New(config)
	l := &lived{World: w, t: t, rows: map[string]*Row{}, accounts: map[string]*Account{}}
	for _, a := range w.Accounts {
		w.Extend(a, w.Config.Start)
		l.meanings = append(l.meanings, w.Meanings(a, func(string) bool { return true })...)
		for i := range a.Rows {
			l.rows[a.Rows[i].ID], l.accounts[a.Rows[i].ID] = &a.Rows[i], a
		}
	}
	return l
}

func styledConfig(styles string) Config {
	return Config{Seed: 5, Holders: 40, Accounts: 120, Styles: styles}
}

func (l *lived) amount(id string) int64 { r := l.rows[id]; return r.Versions[len(r.Versions)-1].Amount }

// TestEveryRowMeansOneThing: whatever the styles, each row has one meaning with a label and a text.
func TestEveryRowMeansOneThing(t *testing.T) {
	for _, styles := range []string{"default", "evaluation"} {
		l := liveStyled(t, styledConfig(styles))
		seen, labels, banks := map[string]bool{}, map[string]int{}, map[string]int{}
		for _, m := range l.meanings {
			if seen[m.ID] || m.Label == "" || l.rows[m.ID].Versions[0].Description == "" {
				t.Errorf("%s: %+v, seen %v", styles, m, seen[m.ID])
			}
			seen[m.ID] = true
			labels[m.Label]++
			banks[m.Institution]++
		}
		if len(seen) != len(l.rows) || len(seen) < 15_000 || len(labels) < 80 || len(banks) < 8 {
			t.Errorf("%s: %d meanings of %d rows, %d labels at %d banks", styles, len(seen), len(l.rows), len(labels),
				len(banks))
		}
		for _, a := range l.Accounts {
			if lowest := l.lowest(a, l.Config.Start); a.Category == "cash" && lowest < -400_000 {
				t.Errorf("%s: %s %d falls to %d", styles, a.Subcategory, a.number, lowest)
			}
		}
	}
}

// TestLegsCancel: a transfer is two rows of different accounts of one holder, a few days apart, that cancel.
func TestLegsCancel(t *testing.T) {
	l := liveStyled(t, styledConfig("default"))
	legs := map[string][]Meaning{}
	for _, m := range l.meanings {
		if m.Transfer != "" {
			legs["transfer "+m.Transfer] = append(legs["transfer "+m.Transfer], m)
		}
		if m.CardPayment != "" {
			legs["payment "+m.CardPayment] = append(legs["payment "+m.CardPayment], m)
		}
	}
	alone, cards, lags := 0, 0, 0
	for key, pair := range legs {
		if len(pair) != 2 {
			if alone++; len(pair) > 2 || l.Config.Start.Sub(l.rows[pair[0].ID].at) > 8*24*time.Hour {
				t.Errorf("%s has %d legs", key, len(pair))
			}
			continue
		}
		a, b := l.accounts[pair[0].ID], l.accounts[pair[1].ID]
		lag := l.rows[pair[0].ID].at.Sub(l.rows[pair[1].ID].at).Abs()
		if l.amount(pair[0].ID) != -l.amount(pair[1].ID) || a == b || a.Holder != b.Holder || lag > 8*24*time.Hour {
			t.Errorf("%s: %d of %s and %d of %s, %v apart", key, l.amount(pair[0].ID), a.ID, l.amount(pair[1].ID), b.ID,
				lag)
		}
		if lag > 36*time.Hour {
			lags++
		}
		if isCard := a.Category != b.Category; isCard != strings.HasPrefix(key, "payment") {
			t.Errorf("%s is between %s and %s", key, a.Subcategory, b.Subcategory)
		} else if isCard {
			cards++
		}
	}
	t.Logf("%d pairs, %d of them of cards, %d with days between, %d with one leg yet", len(legs), cards, lags, alone)
	if len(legs) < 500 || cards < 100 || lags < 50 {
		t.Error("too few to try anything on")
	}
}

// TestWhatRefersToRows: refunds give back a purchase, reversals a fee, returned items a debit, all of one account.
func TestWhatRefersToRows(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(3) {
		config := styledConfig("evaluation")
		config.Seed = seed
		l := liveStyled(t, config)
		for _, m := range l.meanings {
			for kind, of := range map[string]string{
				"refund": m.RefundOf, "reversal": m.ReversalOf, "return": m.ReturnOf, "retry": m.RetryOf,
			} {
				if of == "" {
					continue
				}
				seen[kind]++
				first, amount := l.rows[of], l.amount(m.ID)
				isWhole := amount == -l.amount(of) || kind == "retry" && amount == l.amount(of)
				isRight := l.accounts[of] == l.accounts[m.ID] && !first.at.After(l.rows[m.ID].at) &&
					(isWhole || kind == "refund" && amount > 0 && amount < -l.amount(of))
				if !isRight || kind == "refund" && first.entry.Merchant != m.Merchant {
					t.Errorf("%s of %d: %+v, of %d", kind, amount, m, l.amount(of))
				}
			}
			if (m.RefundOf != "") != (m.Label == "adj.refund") ||
				(m.ReturnOf != "") != (m.Label == "adj.returned_item") {
				t.Errorf("%+v", m)
			}
		}
	}
	t.Log(seen)
	if seen["refund"] < 100 || seen["reversal"] < 5 || seen["return"] < 5 || seen["retry"] < 5 {
		t.Errorf("%v: too few", seen)
	}
}

// TestStreamsKeepTheirCadence: payments of a stream come as often as it says, to or from one merchant, but for bills
// that were paid late.
func TestStreamsKeepTheirCadence(t *testing.T) {
	l := liveStyled(t, styledConfig("default"))
	days, odd, gaps := map[string][]int{}, 0, 0
	streams, kinds := map[string]Stream{}, map[string]int{}
	for _, s := range l.Streams() {
		streams[s.ID] = s
	}
	for _, m := range l.meanings {
		if m.Stream == "" {
			continue
		}
		s := streams[m.Stream]
		if s.Merchant != m.Merchant || s.Holder != l.accounts[m.ID].Holder {
			t.Errorf("%+v is of stream %+v", m, s)
		}
		days[m.Stream] = append(days[m.Stream], int(l.rows[m.ID].at.Unix()/86400))
	}
	least := map[string][2]int{"WEEKLY": {5, 9}, "BIWEEKLY": {11, 17}, "SEMI_MONTHLY": {11, 19}, "MONTHLY": {24, 38}}
	for id, on := range days {
		slices.Sort(on)
		on = slices.Compact(on) // wages that are split over two accounts
		kinds[streams[id].Kind]++
		for i := range on[1:] {
			gaps++
			if gap, want := on[i+1]-on[i], least[streams[id].Cadence]; gap < want[0] || gap > want[1] {
				odd++
			}
		}
	}
	t.Logf("%d streams, %d of %d gaps are odd, kinds %v", len(days), odd, gaps, kinds)
	if odd*50 > gaps || kinds["payroll"] < 40 || kinds["subscription"] < 60 || kinds["bill"] < 80 {
		t.Error("too many odd gaps, or too few streams")
	}
}

// TestFeeEventsChain: signals of one event of distress follow each other within five days, and end before the next.
func TestFeeEventsChain(t *testing.T) {
	config := styledConfig("evaluation")
	config.Holders, config.Accounts = 90, 180
	l := liveStyled(t, config)
	events := map[string][]Meaning{}
	for _, m := range l.meanings {
		isFee := m.Label == "fee.nsf" || m.Label == "fee.overdraft"
		if m.FeeEvent != "" {
			events[m.FeeEvent] = append(events[m.FeeEvent], m)
		} else if isFee || m.Label == "adj.returned_item" || m.RetryOf != "" {
			t.Errorf("%+v is of no event", m)
		}
	}
	for id, signals := range events {
		for i := range signals[1:] {
			if apart := l.rows[signals[i+1].ID].at.Sub(l.rows[signals[i].ID].at); apart > 6*24*time.Hour {
				t.Errorf("event %s: %v apart", id, apart)
			}
		}
	}
	t.Logf("%d events", len(events))
	if len(events) < 25 {
		t.Errorf("%d events", len(events))
	}
}

// TestStyledWorldsAreDrawnAlike: the same seed gives the same rows in whatever order accounts are read, another seed
// others; and accounts that are linked later live too.
func TestStyledWorldsAreDrawnAlike(t *testing.T) {
	print := func(w *World) string {
		var all strings.Builder
		for _, a := range w.Accounts {
			for i := range a.Rows {
				fmt.Fprintln(&all, a.Rows[i].ID, a.Rows[i].Versions)
			}
		}
		return all.String()
	}
	config := Config{Seed: 2, Holders: 5, Accounts: 15, HistoryDays: 60, Styles: "default"}
	forwards, backwards := New(config), New(config)
	for _, a := range forwards.Accounts {
		forwards.Extend(a, config.withDefaults().Start)
	}
	for _, a := range slices.Backward(backwards.Accounts) {
		backwards.Extend(a, config.withDefaults().Start.AddDate(0, 0, -30))
		backwards.Extend(a, config.withDefaults().Start)
	}
	if print(forwards) != print(backwards) || print(forwards) == "" {
		t.Error("the order of reading changes rows")
	}
	config.Seed++
	other := New(config)
	for _, a := range other.Accounts {
		other.Extend(a, config.withDefaults().Start)
	}
	if print(other) == print(forwards) {
		t.Error("another seed gives the same rows")
	}
	at := forwards.Config.Start.Add(time.Hour)
	for _, bank := range forwards.Offered(forwards.Config.Holder(1), "Cobalt Bank") {
		a := forwards.Link(Link{
			Holder: forwards.Config.Holder(1), At: at, Bank: &bank, Permissions: []string{"transactions"},
		})
		forwards.Extend(a, at)
		if len(a.Rows) == 0 {
			t.Errorf("a %s that is linked later has no rows", bank.Subcategory)
		}
	}
	again := forwards.Link(Link{Relinks: forwards.Accounts[2].ID, Holder: forwards.Accounts[2].Holder, At: at})
	forwards.Extend(again, forwards.Config.Start)
	for i := range forwards.Accounts[2].Rows {
		was, is := forwards.Accounts[2].Rows[i], again.Rows[i]
		if was.ID == is.ID || was.Versions[0].Description != is.Versions[0].Description {
			t.Fatalf("linked again: %v, then %v", was, is)
		}
	}
}

// TestStyledRowsOfAFixedNumber: accounts with a fixed number of rows buy where the styles' people do.
func TestStyledRowsOfAFixedNumber(t *testing.T) {
	plain := New(Config{Holders: 10, Accounts: 10, RowsPerAccount: 200})
	dressed := New(Config{Holders: 10, Accounts: 10, RowsPerAccount: 200, Styles: "default"})
	distinct := func(w *World) (rows int, texts map[string]bool) {
		texts = map[string]bool{}
		for _, a := range w.Accounts {
			w.Extend(a, w.Config.Start)
			for i := range a.Rows {
				texts[a.Rows[i].Versions[0].Description] = true
			}
			rows += len(a.Rows)
		}
		return rows, texts
	}
	rows, texts := distinct(dressed)
	before, few := distinct(plain)
	if rows != before || len(texts) < 20*len(few) || len(texts) < rows/4 {
		t.Errorf("%d rows with %d texts, without styles %d with %d", rows, len(texts), before, len(few))
	}
	recurs := New(Config{
		Holders: 10, Accounts: 10, RowsPerAccount: 5000, Styles: "default", OwnTextPercent: 20,
	})
	rows, texts = distinct(recurs)
	if share := 100 * len(texts) / rows; share < 8 || share > 35 {
		t.Errorf("%d percent of %d texts are distinct, about 20 are wanted", share, rows)
	}
	if means := dressed.Meanings(dressed.Accounts[0], func(string) bool { return true }); len(means) > 0 {
		t.Errorf("%d rows have a meaning", len(means))
	}
}
