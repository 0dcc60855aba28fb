package world

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestDemoWorldIsCredible lives through the demo's world and holds every account to what people
// and banks do.
func TestDemoWorldIsCredible(t *testing.T) {
	for seed := range uint64(3) {
		w := New(Config{Seed: seed})
		end := w.Config.Start.AddDate(0, 0, 10)
		refunds, rows, low, fees := 0, 0, 0, 0
		for _, a := range w.Accounts {
			w.Extend(a, end)
			rows += len(a.Rows)
			lowest := w.lowest(a, end)
			if lowest < -60_000 && a.Category == "cash" {
				t.Errorf("seed %d: %s %d falls to %d", seed, a.Subcategory, a.number, lowest)
			}
			if a.Category == "credit" && lowest < -1_600_000 {
				t.Errorf("seed %d: card %d owes %d", seed, a.number, lowest)
			}
			if lowest < 0 && a.Category == "cash" {
				low++
			}
			r, f := w.lifeOf(t, a)
			refunds, fees = refunds+r, fees+f
		}
		t.Logf("seed %d: %d rows, %d refunds, %d cash accounts were overdrawn, %d fees", seed, rows, refunds, low, fees)
		if refunds < 50 || refunds > rows/25 || low == 0 || low > 20 || fees < low/2 {
			t.Errorf("seed %d: %d refunds, %d fees, %d cash accounts were overdrawn", seed, refunds, fees, low)
		}
		w.paired(t, end)
		w.changedBanks(t)
	}
}

// lowest is the lowest balance at the end of a day.
func (w *World) lowest(a *Account, end time.Time) int64 {
	lowest := a.opening
	for day := a.historyStart(); day.Before(end); day = day.AddDate(0, 0, 1) {
		current, _ := w.balanceAt(a, day)
		lowest = min(lowest, current)
	}
	return lowest
}

// lifeOf: subscriptions come once a month, and what is given back was bought there for as much.
func (w *World) lifeOf(t *testing.T, a *Account) (refunds, fees int) {
	t.Helper()
	monthly := map[string]int{}
	boughtAt := map[string]int64{}
	for _, r := range a.Rows {
		first := r.Versions[0]
		for _, paid := range subscriptions {
			if strings.HasPrefix(first.Description, paid.text) {
				key := paid.text + r.at.Format(" 2006-01")
				if monthly[key]++; monthly[key] > 1 {
					t.Errorf("%s: %d times", key, monthly[key])
				}
			}
		}
		if first.Description == "OVERDRAFT FEE CHARGED" {
			fees++
		}
		for _, m := range merchants {
			switch {
			case !strings.Contains(first.Description, m.text):
			case first.Amount < 0:
				boughtAt[m.text] = min(boughtAt[m.text], first.Amount)
			default:
				if refunds++; first.Amount > -boughtAt[m.text] {
					t.Errorf("%d given back as %q, the most that was paid is %d", first.Amount, first.Description,
						-boughtAt[m.text])
				}
			}
		}
	}
	return refunds, fees
}

// paired: what one account of a holder sends, another receives on that day.
func (w *World) paired(t *testing.T, end time.Time) {
	t.Helper()
	pairs := 0
	for _, a := range w.Accounts {
		for key, amount := range a.book.sent {
			var number int
			var day string
			if _, err := fmt.Sscan(key, &number, &day); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, r := range w.Accounts[number].Rows {
				found = found || r.Versions[0].Amount == amount && strings.HasPrefix(r.at.Format(time.DateOnly), day)
			}
			if pairs++; !found && day < end.Format(time.DateOnly) {
				t.Errorf("%d sends %d to %d on %s, where it does not arrive", a.number, amount, number, day)
			}
		}
	}
	if pairs < 200 {
		t.Errorf("%d transfers", pairs)
	}
}

// changedBanks: what is closed ends with a balance of zero before the day on which it closes, and another account of
// its holder goes on, at another bank.
func (w *World) changedBanks(t *testing.T) {
	t.Helper()
	closed := 0
	for _, a := range w.Accounts {
		if a.ClosedAt.IsZero() {
			continue
		}
		closed++
		next, last := w.successor(a), a.Rows[len(a.Rows)-1]
		goesOn := next.Institution != a.Institution && next.Holder == a.Holder
		if !last.at.Before(a.ClosedAt) || a.book.balance != 0 || !goesOn {
			t.Errorf("%s: last row at %v, left %d; then %s after %s", a.ID, last.at, a.book.balance, next.Institution,
				a.Institution)
		}
		if len(next.Rows) < 40 || next.opening != 0 || !next.historyStart().Before(a.ClosedAt) {
			t.Errorf("its successor has %d rows since %v", len(next.Rows), next.historyStart())
		}
	}
	if closed != 2 {
		t.Errorf("%d holders changed banks", closed)
	}
}
