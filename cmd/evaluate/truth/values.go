package truth

import (
	"fmt"
	"math"
	"strings"
)

// Value is a number that may be missing.
type Value struct {
	IsSet  bool
	IsReal bool // it is no whole number
	Whole  int64
	Real   float64
}

func whole(n int64) Value { return Value{IsSet: true, Whole: n} }

func count(n int) Value { return whole(int64(n)) }

func realNumber(f float64) Value { return Value{IsSet: true, Real: f, IsReal: true} }

// Is reports whether two values are one: real numbers up to what sums of them lose.
func (v Value) Is(other Value) bool {
	if v.IsReal && other.IsReal {
		return math.Abs(v.Real-other.Real) <= 1e-9*max(math.Abs(v.Real), math.Abs(other.Real), 1)
	}
	return v == other
}

// String is the number as Go writes it.
func (v Value) String() string {
	switch {
	case !v.IsSet:
		return "nothing"
	case v.IsReal:
		return fmt.Sprint(v.Real)
	}
	return fmt.Sprint(v.Whole)
}

// Values are attributes by name.
type Values map[string]Value

// Key names an attribute of an account, or of a holder as a whole.
type Key struct{ Holder, Account, Attribute, Window string }

// FromLabels reports whether a value depends on how rows are labelled.
func (k Key) FromLabels() bool {
	return k.Account == "" && !strings.HasPrefix(k.Attribute, "balance_") &&
		!strings.HasPrefix(k.Attribute, "coverage_")
}

// Of are the cash accounts a key is about.
func (w *World) Of(k Key) []*Account {
	if k.Account != "" {
		return []*Account{w.Accounts[k.Account]}
	}
	return w.Holders[k.Holder].cash()
}

// Values are all attributes that the books tell of, with rows labelled by a function.
func (w *World) Values(labelOf func(*Entry) Label) map[Key]Value {
	all := map[Key]Value{}
	windows := Windows(w.Today)
	for id, h := range w.Holders {
		put := func(account, window string, values Values) {
			for attribute, v := range values {
				all[Key{id, account, attribute, window}] = v
			}
		}
		for _, a := range h.cash() {
			put(a.Account, "now", points(a.Balances(a.First, w.Today)))
			for _, span := range windows {
				ends := a.Balances(span.First, span.Last)
				values := balanceValues(ends, span)
				a.accountBalanceValues(ends, span, values)
				put(a.Account, span.Name, values)
				put(a.Account, span.Name, a.accountFlows(span))
			}
		}
		if len(h.cash()) == 0 {
			continue
		}
		put("", "now", points(h.balances(h.First(), w.Today)))
		for _, span := range windows {
			put("", span.Name, balanceValues(h.balances(span.First, span.Last), span))
			put("", span.Name, h.cashFlows(span))
			if strings.HasSuffix(span.Name, "m") {
				put("", span.Name, h.holderMonths(span, labelOf))
			} else {
				put("", span.Name, h.holderFlows(span, labelOf))
			}
		}
	}
	return all
}

// balances are sums of the balances of cash accounts, from the day before a span on.
func (h *Holder) balances(from, to Day) []int64 {
	ends := make([]int64, to-from+2)
	for _, a := range h.cash() {
		for i, end := range a.Balances(from, to) {
			ends[i] += end
		}
	}
	return ends
}

// cashFlows are how many rows the cash accounts have, and on how many days.
func (h *Holder) cashFlows(w Window) Values {
	rows, days := 0, map[Day]bool{}
	for _, a := range h.cash() {
		for _, e := range a.Entries {
			if w.has(e.Day) {
				rows++
				days[e.Day] = true
			}
		}
	}
	return Values{"coverage_transaction_count": count(rows), "coverage_active_days": count(len(days))}
}
