package main

import (
	"strings"

	"fcpipe/sync/simulator/world"
)

// pairCount counts pairs of rows without naming them: of so many rows, and so many dollars, the squares.
type pairCount struct{ rows, dollars, squares int64 }

func (c *pairCount) add(minor int64) {
	dollars := (max(minor, -minor) + 99) / 100
	c.rows++
	c.dollars += dollars
	c.squares += dollars * dollars
}

// pairs is how many pairs the rows make; and their money, each pair the product of its two amounts.
func (c *pairCount) pairs() (count, money int64) {
	return c.rows * (c.rows - 1) / 2, (c.dollars*c.dollars - c.squares) / 2
}

type groups[K comparable] map[K]*pairCount

func (g groups[K]) add(key K, minor int64) {
	if g[key] == nil {
		g[key] = &pairCount{}
	}
	g[key].add(minor)
}

func (g groups[K]) pairs() (count, money int64) {
	for _, c := range g {
		n, m := c.pairs()
		count, money = count+n, money+m
	}
	return count, money
}

// grouping counts the pairs of rows that have one key, one merchant, or both. Two names of one family, such as a shop
// and its subscription, are a pair that is neither right nor wrong.
type grouping struct {
	keys                groups[string]
	merchants           groups[string]
	both, keysAndFamily groups[[2]string]
}

func newGrouping() *grouping {
	return &grouping{groups[string]{}, groups[string]{}, groups[[2]string]{}, groups[[2]string]{}}
}

func (g *grouping) add(key, merchant string, minor int64) {
	g.keys.add(key, minor)
	g.merchants.add(merchant, minor)
	g.both.add([2]string{key, merchant}, minor)
	g.keysAndFamily.add([2]string{key, familyOf(merchant)}, minor)
}

// familyOf is what stands before the slash of a merchant's name.
func familyOf(merchant string) string {
	family, _, _ := strings.Cut(merchant, "/")
	return family
}

func (g *grouping) score() (s score) {
	s.Right, s.RightMinor = g.both.pairs()
	s.True, s.TrueMinor = g.merchants.pairs()
	joined, joinedMoney := g.keys.pairs()
	related, relatedMoney := g.keysAndFamily.pairs()
	s.Given, s.GivenMinor = joined-related+s.Right, joinedMoney-relatedMoney+s.RightMinor
	return s
}

// merchants measures which rows are of one merchant: of those who are paid, and give back; and apart of payers.
func (m *measured) merchants(p *product) {
	all, byStyle := map[string]*grouping{}, map[string]*grouping{}
	names := map[[2]string]bool{}
	group := func(of map[string]*grouping, name string) *grouping {
		if of[name] == nil {
			of[name] = newGrouping()
		}
		return of[name]
	}
	for id, t := range m.truth {
		if t.Merchant == "" {
			continue
		}
		r := p.rows[id]
		if isPayer(t) {
			group(all, payers).add(r.merchantKey, t.Merchant, r.amount)
			continue
		}
		group(all, merchants).add(r.merchantKey, t.Merchant, r.amount)
		group(byStyle, t.Institution).add(r.merchantKey, t.Merchant, r.amount)
		names[[2]string{r.merchantKey, t.Merchant}] = true
	}
	for name, g := range all {
		m.of(name).add(g.score())
	}
	for style, g := range byStyle {
		m.at(style, merchants).add(g.score())
	}
	m.pure(names)
	m.noteKeys(p)
}

// pure counts the keys that hold one merchant alone, or one family.
func (m *measured) pure(pairs map[[2]string]bool) {
	families := map[string]map[string]bool{}
	for pair := range pairs {
		if families[pair[0]] == nil {
			families[pair[0]] = map[string]bool{}
		}
		families[pair[0]][familyOf(pair[1])] = true
	}
	for _, of := range families {
		m.of(keys).Given++
		if len(of) == 1 {
			m.of(keys).Right++
		}
	}
}

// isPayer tells who pays from who is paid.
func isPayer(t world.Meaning) bool {
	return strings.HasPrefix(t.Label, "income.") || strings.HasPrefix(t.Label, "fin_in.")
}
