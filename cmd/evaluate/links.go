package main

import (
	"maps"
	"slices"

	"fcpipe/sync/simulator/world"
)

// pairs measures own transfers and card payments, a pair of legs each. A pair of which a leg is on a card pays it. Of
// two transfers of one amount between the same two accounts either leg will do.
func (m *measured) pairs(p *product) {
	want := map[string][]string{}
	for id, t := range m.truth {
		if key := t.Transfer + "/" + t.CardPayment; key != "/" {
			want[key] = append(want[key], id)
		}
	}
	partner := map[string]string{}
	for _, legs := range want {
		if len(legs) == 2 { // the other leg may not have posted yet
			partner[legs[0]], partner[legs[1]] = legs[1], legs[0]
		}
	}
	measure := func(a, b string) string {
		if p.rows[a].isCard || p.rows[b].isCard {
			return cardPayments
		}
		return transfers
	}
	for _, pair := range p.pairs {
		other, isLeg := partner[pair[0]]
		isRight := isLeg && p.isSame(other, pair[1])
		m.claim(measure(pair[0], pair[1]), pair[0], true, isRight, p.rows[pair[0]].amount)
		if isRight {
			delete(partner, pair[0])
			continue
		}
		m.notePair(measure(pair[0], pair[1]), "claimed", pair[0], pair[1])
	}
	for a, b := range partner { // what was not found, by the leg that leaves
		if p.rows[a].amount < 0 {
			m.claim(measure(a, b), a, false, true, p.rows[a].amount)
			m.notePair(measure(a, b), "not seen", a, b)
		}
	}
}

// isSame reports whether two rows are one, or of one account and amount.
func (p *product) isSame(a, b string) bool {
	return a == b || p.rows[a].account == p.rows[b].account && p.rows[a].amount == p.rows[b].amount
}

// refunds measures which purchase a refund gives back.
func (m *measured) refunds(p *product) {
	for id, t := range m.truth {
		given, isGiven := p.links[id]
		m.claim(refundLinks, id, isGiven, false, p.rows[id].amount)
		if _, isHeld := m.truth[t.RefundOf]; !isHeld {
			continue
		}
		m.claim(refundLinks, id, false, true, p.rows[id].amount)
		if isGiven && given == t.RefundOf {
			m.of(refundLinks).right(p.rows[id].amount)
			m.at(t.Institution, refundLinks).right(p.rows[id].amount)
		} else {
			m.noteLink(p, id, given)
		}
	}
}

// right counts a claim as right that is counted as made and as true already.
func (s *score) right(minor int64) {
	s.Right++
	s.RightMinor += max(minor, -minor)
}

// leastMembers are payments a stream must have had before it can be told to be one.
var leastMembers = map[string]int{"WEEKLY": 4, "BIWEEKLY": 3, "SEMI_MONTHLY": 4, "MONTHLY": 3, "": 6}

// agreed are the streams that tell of payments by agreement: the truth has no series of what is bought
// again and again, moved between own accounts, or charged and credited by a bank.
func agreed(streams map[string]*set) map[string]*set {
	given := map[string]*set{}
	for id, s := range streams {
		if !slices.Contains([]string{"habit", "transfer", "interest", "fee", "reversal"}, s.kind) {
			given[id] = s
		}
	}
	return given
}

// streams measures series of regular payments, by kind: one is found when half of the longer of two series is shared.
func (m *measured) streams(p *product, streams []world.Stream) {
	want := map[string]*set{}
	cadence := map[string]string{}
	for _, s := range streams {
		want[s.ID], cadence[s.ID] = &set{kind: s.Kind}, s.Cadence
	}
	for id, t := range m.truth {
		if t.Stream != "" {
			want[t.Stream].members = append(want[t.Stream].members, id)
		}
	}
	given := agreed(p.streams)
	found := m.matched(p, given, want, func(t world.Meaning) string { return t.Stream })
	for id, s := range want {
		g, minor := found[id], p.sum(s.members)
		if len(s.members) < leastMembers[cadence[id]] && g == nil { // too few to be told
			continue
		}
		m.countStream(s.kind, false, true, minor)
		if g == nil {
			m.noteStream(s.kind, "not seen", "", s)
			continue
		}
		common := p.common(s, g)
		m.of(allStreams).right(common)
		if g.kind == s.kind {
			m.of(streamMeasure(s.kind)).right(common)
		} else {
			m.noteStream(s.kind, "called", g.kind, s)
		}
	}
	right := slices.Collect(maps.Values(found))
	for _, g := range given {
		m.countStream(g.kind, true, false, p.sum(g.members))
		if !slices.Contains(right, g) {
			m.noteStream(g.kind, "claimed", "", g)
		}
	}
}

func (m *measured) countStream(kind string, given, isTrue bool, minor int64) {
	m.of(allStreams).claim(given, isTrue, minor)
	if kind != "" {
		m.of(streamMeasure(kind)).claim(given, isTrue, minor)
	}
}

// matched are the sets that are true and were given, by the true one's id: each is found once, and finds one.
func (m *measured) matched(
	p *product, given, want map[string]*set, key func(world.Meaning) string,
) map[string]*set {
	found := map[string]*set{}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		g, shared := given[id], map[string]int{}
		for _, member := range g.members {
			if of := key(m.truth[member]); of != "" {
				shared[of]++
			}
		}
		for _, of := range slices.Sorted(maps.Keys(shared)) {
			if t := want[of]; t != nil && 2*shared[of] >= max(len(t.members), len(g.members)) && found[of] == nil {
				found[of] = g
				break
			}
		}
	}
	return found
}

// sum is the money of rows, without signs.
func (p *product) sum(ids []string) (minor int64) {
	for _, id := range ids {
		amount := p.rows[id].amount
		minor += max(amount, -amount)
	}
	return minor
}

// common is the money of rows that both sets have: what is right of the one that is claimed, and found of the true one.
func (p *product) common(a, b *set) int64 {
	return p.sum(slices.DeleteFunc(slices.Clone(a.members), func(id string) bool {
		return !slices.Contains(b.members, id)
	}))
}

// events measures events of distress: fees for want of money, returned items, and what is presented again.
func (m *measured) events(p *product) {
	want := map[string]*set{}
	for id, t := range m.truth {
		if t.FeeEvent == "" {
			continue
		}
		if want[t.FeeEvent] == nil {
			want[t.FeeEvent] = &set{}
		}
		want[t.FeeEvent].members = append(want[t.FeeEvent].members, id)
	}
	found := m.matched(p, p.events, want, func(t world.Meaning) string { return t.FeeEvent })
	for id, s := range want {
		first := slices.Min(s.members)
		m.claim(feeEvents, first, false, true, p.sum(s.members))
		if found[id] != nil {
			common := p.common(s, found[id])
			m.of(feeEvents).right(common)
			m.at(m.truth[first].Institution, feeEvents).right(common)
		}
	}
	for _, g := range p.events {
		m.claim(feeEvents, g.members[0], true, false, p.sum(g.members))
	}
}
