package landingtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// roundsOfSequence is how many rounds a random sequence has.
const roundsOfSequence = 8

// Same lands random sequences in a store and in a Memory, with crashes, rounds that publish nothing and files that
// are brought back, and holds the one to the other after every step: what is published, what landed, and what a
// merge counted.
func Same(t *testing.T, open Open, sequences int) {
	t.Helper()
	for seed := range sequences {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 16))
			g := &sequence{scene: &scene{TB: t, clock: begun}, random: random, accounts: 3}
			g.store = open(t, func() time.Time { return g.clock })
			g.memory = InMemory(t, func() time.Time { return g.clock })
			for n := range roundsOfSequence {
				g.round(n)
			}
		})
	}
}

// sequence is one random life of a store beside a Memory.
type sequence struct {
	*scene
	memory   Store
	random   *rand.Rand
	accounts int
	restore  []func()
}

func (g *sequence) round(n int) {
	for range 1 + g.random.IntN(4) {
		rows := g.rows()
		g.both(func(s Store) error { return s.Land(g.Context(), rows) })
		if g.random.IntN(3) == 0 {
			g.both(func(s Store) error { return s.Seal(g.Context()) })
		}
	}
	if g.random.IntN(4) == 0 {
		g.store.Crash(g)
		g.memory.Crash(g)
	}
	g.both(func(s Store) error { return s.Seal(g.Context()) })
	g.equal(n, "landed", describe(g.store.Overlaid(g)), describe(g.memory.Overlaid(g)))
	g.clock = g.clock.Add(time.Duration(g.random.IntN(30)-2) * time.Hour)
	g.merge(n)
	g.equal(n, "contents", asJSON(g.store.Contents(g)), asJSON(g.memory.Contents(g)))
	g.equal(n, "published", describe(g.store.State(g)), describe(g.memory.State(g)))
	switch {
	case g.random.IntN(3) == 0:
		g.restore = []func(){g.store.Backup(g), g.memory.Backup(g)}
	case len(g.restore) > 0 && g.random.IntN(3) == 0:
		for _, restore := range g.restore {
			restore()
		}
	}
}

func (g *sequence) both(do func(Store) error) {
	g.Helper()
	for _, s := range []Store{g.store, g.memory} {
		if err := do(s); err != nil {
			g.Fatal(err)
		}
	}
}

func (g *sequence) merge(n int) {
	g.Helper()
	round := Round{Audited: map[string][]string{"fca_1": {"fctxn_1"}}}
	if g.random.IntN(2) == 0 {
		round.Seen = []string{"fca_0", "fca_1"}
	}
	merged, published, err := g.store.Merge(g, round)
	inMemory, publishedInMemory, errInMemory := g.memory.Merge(g, round)
	if err != nil || errInMemory != nil {
		g.Fatal(err, errInMemory)
	}
	g.equal(n, "merged", asJSON(merged)+fmt.Sprint(published), asJSON(inMemory)+fmt.Sprint(publishedInMemory))
}

func (g *sequence) equal(n int, what, of, inMemory string) {
	if of == inMemory {
		return
	}
	store, memory := strings.Split(of, "\n"), strings.Split(inMemory, "\n")
	for i := range min(len(store), len(memory)) {
		if store[i] != memory[i] {
			g.Fatalf("round %d, %s, line %d:\n  store  %s\n  memory %s\n%s\n%s", n, what, i, store[i], memory[i], of,
				inMemory)
		}
	}
	g.Fatalf("round %d, %s:\n%s\nin memory:\n%s", n, what, of, inMemory)
}

// describe is a state as text, without what differs in an empty store and without the order of what has none.
func describe(s schema.State) string {
	accounts := map[string]schema.AccountState{}
	for id, a := range s.Accounts {
		a.Balances, a.Refreshes = slices.Clone(a.Balances), slices.Clone(a.Refreshes)
		slices.SortFunc(a.Balances, func(a, b schema.Balance) int { return cmp.Compare(a.Currency, b.Currency) })
		slices.SortFunc(a.Refreshes, func(a, b schema.RefreshAttempt) int { return cmp.Compare(a.Feature, b.Feature) })
		if len(a.Failures) == 0 {
			a.Failures = nil
		}
		accounts[id] = a
	}
	s.Exists, s.Livemode, s.Tallies, s.Watermark = false, nil, nil, time.Time{}
	if len(s.Ownerships) == 0 {
		s.Ownerships = nil
	}
	return asJSON(struct {
		Accounts   map[string]schema.AccountState
		Ownerships map[string]bool
	}{accounts, s.Ownerships})
}

func asJSON(value any) string {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// rows are what one call may land: mostly of one account, with itself.
func (g *sequence) rows() schema.Landed {
	id := fmt.Sprintf("fca_%d", g.random.IntN(g.accounts))
	rows := schema.Landed{Accounts: []schema.Account{anAccount(id, func(a *schema.Account) {
		a.Status = pick(g, "active", "active", "inactive")
		a.TransactionRefresh.RefreshID = named(g.refresh())
	})}}
	for range g.random.IntN(4) {
		rows.Transactions = append(rows.Transactions, g.transaction(id))
	}
	switch g.random.IntN(6) {
	case 0, 1:
		rows = with(rows, complete(id, pick(g, "", "", g.refresh()), g.refresh()))
	case 2:
		rows = with(rows, refused(id, pick(g, "transaction", "owner", "balance"), g.random.IntN(2)))
	case 3:
		o := anOwner("fcaowns_"+id, fmt.Sprint("fcaown_", g.random.IntN(2)), id)
		o.Phone = pick(g, nil, new("555"))
		rows = with(rows, schema.Landed{Owners: []schema.Owner{o}})
	case 4:
		rows = with(rows, whole("fcaowns_"+id, id, 1))
	}
	for range g.random.IntN(3) {
		rows = with(rows, g.attempt(id))
	}
	if g.random.IntN(2) == 0 {
		rows.Balances = append(rows.Balances, schema.Balance{
			AccountID: id, Currency: pick(g, "usd", "eur"), BalanceType: "cash", CurrentMinor: new(g.random.Int64N(3)),
			AsOf: g.instant(),
		})
	}
	return rows
}

// transaction is a row of few ids, amounts and instants, so that states meet again; rarely of another account's id.
func (g *sequence) transaction(account string) schema.Transaction {
	of := account
	if g.random.IntN(20) == 0 {
		of = "fca_0"
	}
	updated := pick(g, 0, time.Hour, 2*time.Hour, 24*365*time.Hour)
	t := aRow(fmt.Sprintf("fctxn_%s_%d", of, g.random.IntN(5)), account, g.random.Int64N(3), updated)
	if g.random.IntN(4) == 0 {
		t.Extra, t.PostedAt = new(`{"mood": 1}`), nil
	}
	return t
}

func (g *sequence) attempt(account string) schema.Landed {
	return attempt(account, pick(g, "pending", "failed", "succeeded"), g.instant(), func(r *schema.RefreshAttempt) {
		r.Feature = pick(g, "balance", "transactions")
		r.RequestedBy = pick(g, "us", "other")
		if r.Status != "pending" {
			r.SettledAt = new(r.RequestedAt.Add(time.Duration(g.random.IntN(4)) * time.Hour))
		}
		r.RequestID = pick(g, nil, new("req_1"))
	})
}

func (g *sequence) refresh() string { return fmt.Sprintf("fctxnref_%d", 1+g.random.IntN(3)) }

func (g *sequence) instant() time.Time { return begun.Add(time.Duration(g.random.IntN(4)) * time.Hour) }

func pick[T any](g *sequence, values ...T) T { return values[g.random.IntN(len(values))] }
