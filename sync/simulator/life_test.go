package simulator

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
		s := New(Config{Seed: seed})
		end := s.now.AddDate(0, 0, 10)
		refunds, rows, low, fees := 0, 0, 0, 0
		for _, a := range s.accounts {
			s.generate(a, end)
			rows += len(a.rows)
			lowest := s.lowest(a, end)
			if lowest < -60_000 && a.category == "cash" {
				t.Errorf("seed %d: %s %d falls to %d", seed, a.subcategory, a.number, lowest)
			}
			if a.category == "credit" && lowest < -1_600_000 {
				t.Errorf("seed %d: card %d owes %d", seed, a.number, lowest)
			}
			if lowest < 0 && a.category == "cash" {
				low++
			}
			r, f := s.lifeOf(t, a)
			refunds, fees = refunds+r, fees+f
		}
		t.Logf("seed %d: %d rows, %d refunds, %d cash accounts were overdrawn, %d fees", seed, rows, refunds, low, fees)
		if refunds < 50 || refunds > rows/25 || low == 0 || low > 20 || fees < low/2 {
			t.Errorf("seed %d: %d refunds, %d fees, %d cash accounts were overdrawn", seed, refunds, fees, low)
		}
		s.paired(t, end)
		s.changedBanks(t)
	}
}

// lowest is the lowest balance at the end of a day.
func (s *Server) lowest(a *account, end time.Time) int64 {
	lowest := a.opening
	for day := a.historyStart(); day.Before(end); day = day.AddDate(0, 0, 1) {
		current, _ := s.balanceAt(a, day)
		lowest = min(lowest, current)
	}
	return lowest
}

// lifeOf: subscriptions come once a month, and what is given back was bought there for as much.
func (s *Server) lifeOf(t *testing.T, a *account) (refunds, fees int) {
	t.Helper()
	monthly := map[string]int{}
	boughtAt := map[string]int64{}
	for _, r := range a.rows {
		first := r.versions[0]
		for _, paid := range subscriptions {
			if strings.HasPrefix(first.description, paid.text) {
				key := paid.text + r.at.Format(" 2006-01")
				if monthly[key]++; monthly[key] > 1 {
					t.Errorf("%s: %d times", key, monthly[key])
				}
			}
		}
		if first.description == "OVERDRAFT FEE CHARGED" {
			fees++
		}
		for _, m := range merchants {
			switch {
			case !strings.Contains(first.description, m.text):
			case first.amount < 0:
				boughtAt[m.text] = min(boughtAt[m.text], first.amount)
			default:
				if refunds++; first.amount > -boughtAt[m.text] {
					t.Errorf("%d given back as %q, the most that was paid is %d", first.amount, first.description, -boughtAt[m.text])
				}
			}
		}
	}
	return refunds, fees
}

// paired: what one account of a holder sends, another receives on that day.
func (s *Server) paired(t *testing.T, end time.Time) {
	t.Helper()
	pairs := 0
	for _, a := range s.accounts {
		for key, amount := range a.book.sent {
			var number int
			var day string
			if _, err := fmt.Sscan(key, &number, &day); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, r := range s.accounts[number].rows {
				found = found || r.versions[0].amount == amount && strings.HasPrefix(r.at.Format(time.DateOnly), day)
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

// changedBanks: what is closed ends at nothing, on the day the truth names, and another account of
// its holder goes on, at another bank.
func (s *Server) changedBanks(t *testing.T) {
	t.Helper()
	closed := s.Truth().Closed
	if len(closed) != 2 {
		t.Errorf("%d holders changed banks", len(closed))
	}
	for id, at := range closed {
		a := s.byID[id]
		next, last := s.successor(a), a.rows[len(a.rows)-1]
		if !last.at.Before(time.Unix(at, 0)) || a.book.balance != 0 || next.institution == a.institution || next.holder != a.holder {
			t.Errorf("%s: last row at %v, left %d; then %s after %s", id, last.at, a.book.balance, next.institution, a.institution)
		}
		if len(next.rows) < 40 || next.opening != 0 || next.historyStart().Unix() >= at {
			t.Errorf("its successor has %d rows since %v", len(next.rows), next.historyStart())
		}
	}
}
