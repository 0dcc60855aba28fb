package world

import (
	"fmt"
	"time"

	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/household"
	"fcpipe/sync/simulator/statement"
)

// Validate refuses a world with styles that do not exist.
func (c Config) Validate() error {
	if c.Styles == "" {
		return nil
	}
	_, err := statement.Named(c.Styles)
	return err
}

// styled is what a world with styles has: the styles, the small shops of its cities, and the households that were asked
// for.
type styled struct {
	set        *statement.Set
	shops      []*statement.Merchant
	households map[int]*home // by the number of their main account
}

// home is a household, with the place of each account in it.
type home struct {
	*household.Household

	places map[int]int // by number of the account
}

// smallShops is how many there are in a world, over all its cities.
const smallShops = 1500

// hiddenOpening is the balance of a main account that is not shared, when it is first drawn.
const hiddenOpening = 250_000

func newStyled(c Config) *styled {
	if c.Styles == "" {
		return nil
	}
	set, err := statement.Named(c.Styles)
	if err != nil {
		panic(err) // Validate is asked before a world is made of a configuration
	}
	return &styled{set: set, shops: set.Shops(c.Seed, smallShops), households: map[int]*home{}}
}

// dress gives an account a bank of the styles: mostly that of the holder's main account.
func (a *Account) dress(c Config, n int) {
	set, err := statement.Named(c.Styles)
	if err != nil {
		panic(err) // Validate is asked first
	}
	holder := n % c.Holders
	bank := func(number int) string {
		isCard := number >= c.Holders && a.Category == "credit"
		banks := set.Banks(isCard)
		return banks[draw.Of(c.Seed, number, "bank", 0)%uint64(len(banks))]
	}
	a.Institution = bank(n)
	if main := bank(holder); n != holder && draw.Chance(draw.Of(c.Seed, n, "same bank", 0), 55) {
		if style := set.Style(main); a.Category == "cash" || style.Card {
			a.Institution = main
		}
	}
	a.dates = instants
	switch x := draw.Of(c.Seed, 0, "dates of "+a.Institution, 0) % 10; {
	case x < 2:
		a.dates = postedDates
	case x < 4:
		a.dates = datesOnly
	}
}

// homeKey is the number a household goes by: that of its main account.
func (w *World) homeKey(a *Account) int {
	if a.number >= w.Config.Accounts {
		return a.number
	}
	return w.person(a)
}

// homeOf is the household of an account. One that is linked later has its own.
func (w *World) homeOf(a *Account) *home {
	first := w.homeKey(a)
	if h := w.styled.households[first]; h != nil {
		return h
	}
	h := &home{places: map[int]int{}}
	var accounts []household.Account
	start := a.historyStart()
	for n := first; n < max(w.Config.Accounts, first+1); n += w.Config.Holders {
		other := w.Accounts[n]
		shared := household.Account{
			Style: w.styled.set.Style(other.Institution), Kind: other.Subcategory, Last4: other.Last4,
			Opening: other.opening,
		}
		if len(accounts) == 0 && shared.Kind != "checking" { // wages go somewhere that is not shared
			accounts = append(accounts, household.Account{
				Style: w.styled.set.Style("elsewhere"), Kind: "checking", Last4: "0000", Opening: hiddenOpening,
			})
		}
		h.places[n] = len(accounts)
		accounts = append(accounts, shared)
		if from := other.historyStart(); from.Before(start) {
			start = from
		}
	}
	h.Household = household.New(w.styled.set, w.Config.Seed, first, start, accounts, w.styled.shops)
	w.styled.households[first] = h
	return h
}

// entriesOn are the rows of a day of an account in a world with styles.
func (w *World) entriesOn(a *Account, date time.Time) []household.Entry {
	h := w.homeOf(a)
	return h.On(h.places[a.number], date)
}

// rowOf draws how an entry settles.
func (w *World) rowOf(a *Account, date time.Time, number int64, e *household.Entry) Row {
	what := purchase{e.Text, e.Amount, e.Direct}
	r, x := w.happens(a, date, number, &what)
	r.entry = e
	if e.Direct {
		r.Versions = a.direct(r.at, what.text, e.Amount)
		return a.withDates(r)
	}
	posts := a.postedOf(r.at.Add(time.Duration(draw.Between(draw.Mix(x+1), 20, 70)) * time.Hour))
	pending := Version{since: r.at, Status: "pending", Amount: e.Authorised, Description: what.text, At: r.at}
	posted := Version{
		since: posts, Status: "posted", Amount: e.Amount, Description: what.text, At: r.at, PostedAt: posts,
	}
	if e.Void {
		posted.Status, posted.Amount, posted.PostedAt, posted.VoidAt = "void", e.Authorised, unset, posts
	}
	r.Versions = []Version{pending, posted}
	if !e.Void && draw.Mix(x+2)%100 < 3 { // the bank hears of it only days later
		late := a.postedOf(r.at.Add(time.Duration(draw.Between(draw.Mix(x+5), 4, 9)) * 24 * time.Hour))
		posted.since, posted.PostedAt = late, late
		r.Versions = []Version{posted}
	}
	return a.withDates(r)
}

func householdKey(first, number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d", first, number)
}

// recurring is how many texts recur at each institution, where a world says how many texts do not.
const recurring = 1000

// styledSpending draws a purchase of an account with a fixed number of rows, as its bank prints it. It has no known
// meaning.
func (w *World) styledSpending(a *Account, date time.Time, x uint64) purchase {
	drawn, buyer, card := x, a.number, a.Last4
	if own := w.Config.OwnTextPercent; own > 0 && !draw.Chance(draw.Mix(x+9), own) {
		drawn = draw.Mix(draw.Mix(x+10) % recurring)
		date, buyer, card = w.Config.Start, 0, "0000"
	}
	m, text := w.styled.printed(a, date, drawn, buyer, card)
	return purchase{text, -draw.Between(x>>16, m.Low, m.High), false}
}

// printed is where something is bought, and the text of it: a function of the draw, who buys, and the bank.
func (s *styled) printed(
	a *Account, date time.Time, x uint64, buyer int, card string,
) (*statement.Merchant, string) {
	way, m := statement.Street, s.shops[draw.Mix(x+1)%uint64(len(s.shops))]
	if x%4 == 0 {
		way = statement.Online
	}
	if !draw.Chance(x>>8, 25) {
		m = s.set.Pick(way, draw.Mix(x+2))
	}
	cities := s.set.Cities()
	city := cities[draw.Mix(uint64(buyer))%uint64(len(cities))]
	told := statement.Fields{Date: date, Card4: card}
	m.Forms[draw.Mix(x+3)%uint64(len(m.Forms))].Tell(m, statement.Place{
		City: city.Name, State: city.State, Date: date, Store: draw.Of(0, buyer, m.Name, int64(x>>60)),
	}, draw.Mix(x+4), &told)
	style := s.set.Style(a.Institution)
	return m, style.Text(statement.Purchase, a.Category == "credit", draw.Mix(x+5), &told)
}
