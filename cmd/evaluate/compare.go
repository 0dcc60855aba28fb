package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"fcpipe/sync/simulator"
	"fcpipe/sync/simulator/world"
)

// measured is what was found in one world, or in several: a score by what is measured, and by institution.
type measured struct {
	rows, accounts int
	scores         map[string]*score
	byStyle        map[string]map[string]*score
	byGroup        map[string]*score // of categories, by the first word of their codes
	missing        map[string]string
	intervals      map[int]coverage // of income, by months known

	distinctTexts  int
	unknown, total int64 // cents
	truth          map[string]world.Meaning
	texts          map[string]string
	wrongs         *wrongs
}

func newMeasured() *measured {
	return &measured{
		scores: map[string]*score{}, byStyle: map[string]map[string]*score{}, byGroup: map[string]*score{},
		truth: map[string]world.Meaning{}, texts: map[string]string{}, wrongs: newWrongs(0),
	}
}

// of is the score of a measure.
func (m *measured) of(measure string) *score {
	if m.scores[measure] == nil {
		m.scores[measure] = &score{}
	}
	return m.scores[measure]
}

// at is the score of a measure at an institution.
func (m *measured) at(style, measure string) *score {
	if m.byStyle[style] == nil {
		m.byStyle[style] = map[string]*score{}
	}
	if m.byStyle[style][measure] == nil {
		m.byStyle[style][measure] = &score{}
	}
	return m.byStyle[style][measure]
}

// claim counts a claim about a row, for its measure and for that of its institution.
func (m *measured) claim(measure, id string, given, isTrue bool, minor int64) {
	m.of(measure).claim(given, isTrue, minor)
	m.at(m.truth[id].Institution, measure).claim(given, isTrue, minor)
}

// claimRow is claim of what is said of single rows.
func (m *measured) claimRow(measure, id string, given, isTrue bool, minor int64) {
	m.claim(measure, id, given, isTrue, minor)
	m.noteClaim(measure, id, given, isTrue)
}

// compare holds what a file says to the truth, row by row, and notes so many examples of each kind of error.
func compare(p *product, truth simulator.Truth, examples int) (*measured, error) {
	m := newMeasured()
	m.wrongs = newWrongs(examples)
	m.missing, m.accounts, m.intervals = p.missing, len(truth.Accounts), p.intervals
	for _, meaning := range truth.Meanings {
		m.truth[meaning.ID] = meaning
	}
	distinct := map[string]bool{}
	for _, raw := range truth.Transactions {
		var shown struct{ ID, Status, Description string }
		if err := json.Unmarshal(raw, &shown); err != nil {
			return nil, err
		}
		if _, isHeld := p.rows[shown.ID]; !isHeld {
			if shown.Status == "posted" {
				return nil, fmt.Errorf("posted transaction %s is not in the file", shown.ID)
			}
			delete(m.truth, shown.ID) // pending and void rows are not measured
			continue
		}
		distinct[shown.Description], m.texts[shown.ID] = true, shown.Description
	}
	m.rows, m.distinctTexts = len(m.truth), len(distinct)
	if m.rows != len(p.rows) {
		return nil, fmt.Errorf("the file has %d posted rows, the truth %d", len(p.rows), m.rows)
	}
	m.merchants(p)
	m.perRow(p)
	m.pairs(p)
	m.refunds(p)
	m.streams(p, truth.Streams)
	m.events(p)
	return m, nil
}

// perRow measures what is said of single rows.
func (m *measured) perRow(p *product) {
	isTakenBack := map[string]bool{} // half of a reversal is no spending
	for _, t := range m.truth {
		isTakenBack[t.ReturnOf], isTakenBack[t.ReversalOf] = true, true
	}
	for id, t := range m.truth {
		r, l := p.rows[id], p.labels[id]
		isRefund, isFee := r.spendingClass == "refund" && r.amount > 0, r.rail == "fee"
		isSpending := r.spendingClass == "spending"
		if p.labels != nil {
			isRefund, isFee = l.category == "adj.refund", strings.HasPrefix(l.category, "fee.")
			isSpending = l.isSpending && r.amount < 0
			m.category(id, t.Label, l.category, r.amount)
		} else {
			m.claim(categories, id, false, true, r.amount)
		}
		m.claimRow(spending, id, isSpending && r.amount < 0, isSpent(t.Label) && !isTakenBack[id], r.amount)
		m.claimRow(refundRows, id, isRefund, t.Label == "adj.refund", r.amount)
		m.claimRow(feeRows, id, isFee, strings.HasPrefix(t.Label, "fee."), r.amount)
	}
}

// category counts a label: right or not, and unknown, which is no claim.
func (m *measured) category(id, want, given string, amount int64) {
	amount = max(amount, -amount)
	m.total += amount
	isGiven := given != "" && given != "other.unknown"
	if !isGiven {
		m.unknown += amount
	}
	group := func(code string) *score {
		name, _, _ := strings.Cut(code, ".")
		if m.byGroup[name] == nil {
			m.byGroup[name] = &score{}
		}
		return m.byGroup[name]
	}
	for _, s := range []*score{m.of(categories), m.at(m.truth[id].Institution, categories)} {
		s.claim(false, true, amount)
		if isGiven {
			s.claim(true, false, amount)
		}
		if isGiven && given == want {
			s.Right++
			s.RightMinor += amount
		}
	}
	if given != want {
		m.wrongs.note(categories, "%q is %s, not %s", m.texts[id], want, given)
	}
	group(want).claim(false, true, amount)
	if isGiven {
		group(given).claim(true, false, amount)
	}
	if isGiven && given == want {
		group(want).Right++
		group(want).RightMinor += amount
	}
}

// isSpent reports whether what is truly so labelled is spending: an expense, or what a debt asks for.
func isSpent(label string) bool {
	group, name, _ := strings.Cut(label, ".")
	switch group {
	case "income", "fin_in", "adj", "other":
		return false
	case "xfer":
		return name == "p2p_out" || name == "remittance_out" || name == "cash_withdrawal" || name == "check_out"
	}
	return true
}
