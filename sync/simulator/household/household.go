package household

import (
	"time"

	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/statement"
)

// Account is one of a household's.
type Account struct {
	Style   *statement.Style
	Kind    string // checking, savings or credit_card
	Last4   string
	Opening int64
}

// Meaning is what an entry truly is. Numbers are those of the household, from 1; 0 without one.
type Meaning struct {
	Label       string // code of the taxonomy
	Merchant    string // who was paid or paid: a shop or a company, no person
	Transfer    int    // number of the transfer between own accounts, the same on both legs
	CardPayment int    // number of the payment to an own card that is shared, the same on both legs
	Stream      int    // number of the stream of regular payments
	FeeEvent    int    // number of the event of distress: fees, returned items and what is presented again
	RefundOf    int    // entries: of the purchase that is given back
	ReversalOf  int    // of the fee
	ReturnOf    int    // of the debit that came back
	RetryOf     int    // of the debit that is presented again
}

// Entry is a line of an account.
type Entry struct {
	Meaning

	Number     int // of the household, from 1
	Text       string
	Authorised int64 // while it is pending
	Amount     int64
	Direct     bool // posts at once
	Void       bool // an authorisation that comes to nothing
}

// Stream is a series of regular payments.
type Stream struct {
	Kind     string // payroll, benefit, gig, subscription, bill, loan, mortgage, rent, card, instalments, saving
	Cadence  string // WEEKLY, BIWEEKLY, SEMI_MONTHLY or MONTHLY; "" is irregular
	Merchant string
}

// Household is people with their accounts. Make one with New. It is not safe for concurrent use.
type Household struct {
	Streams []Stream // number 1 is the first

	set      *statement.Set
	seed     uint64
	person   int
	home     statement.City
	holder   string // family name first
	self     string // first name first
	accounts []Account
	balance  []int64
	limit    int64 // of cards
	covered  int64 // so far below zero the bank pays what is due
	tight    bool  // they spend all there is
	protects bool  // savings cover an overdraft

	start   time.Time
	days    [][][]Entry // by day and account
	later   map[int][]func()
	x       uint64
	drawn   uint64
	numbers struct{ entry, transfer, payment, event, check int }

	plan
	habits
	distress
}

// New makes a household whose first day is start. Its first account is the main one, to which wages come. Shops are
// those of its world.
func New(
	set *statement.Set, seed uint64, person int, start time.Time, accounts []Account, shops []*statement.Merchant,
) *Household {
	h := &Household{
		set: set, seed: seed, person: person, start: start, accounts: accounts, later: map[int][]func(){},
		x: draw.Of(seed, person, "household", 0), balance: make([]int64, len(accounts)),
	}
	for i, a := range accounts {
		h.balance[i] = a.Opening
	}
	h.numbers.check = int(h.between(101, 4000))
	town := int(h.next() % uint64(len(set.Cities())))
	h.home = set.Cities()[town]
	first, last := set.Person(h.next())
	h.holder, h.self = last+" "+first, first+" "+last
	h.limit = h.between(300_000, 1_100_000)
	h.tight, h.protects = h.chance(35), h.chance(25)
	h.covered = h.between(1, 12) * 5_000
	h.settle()
	h.choose(shops, town)
	return h
}

// On are the entries of an account on a day, in order.
func (h *Household) On(account int, date time.Time) []Entry {
	day := int(date.Sub(h.start) / (24 * time.Hour))
	if day < 0 {
		return nil
	}
	for len(h.days) <= day {
		h.days = append(h.days, make([][]Entry, len(h.accounts)))
		h.live()
	}
	return h.days[day][account]
}

// live draws the next day: what arrives first, then what is due, then what people do.
func (h *Household) live() {
	for _, arrives := range h.later[h.today()] {
		arrives()
	}
	delete(h.later, h.today())
	h.earn()
	h.pay()
	h.move()
	h.payCards()
	h.shop()
	h.help()
	h.charge()
}

func (h *Household) today() int { return len(h.days) - 1 }

func (h *Household) date() time.Time { return h.start.AddDate(0, 0, h.today()) }

// after has something happen some days from today, on a business day.
func (h *Household) after(days int, happens func()) {
	days = max(days, 1)
	for !isBusiness(h.date().AddDate(0, 0, days)) {
		days++
	}
	h.later[h.today()+days] = append(h.later[h.today()+days], happens)
}

func (h *Household) next() uint64 {
	h.drawn++
	return draw.Mix(h.x + h.drawn*0x9e3779b97f4a7c15)
}

func (h *Household) between(low, high int64) int64 { return draw.Between(h.next(), low, high) }

func (h *Household) chance(percent uint64) bool { return draw.Chance(h.next(), percent) }

// perMille is chance for what is rare.
func (h *Household) perMille(n uint64) bool { return h.next()%1000 < n }

func (h *Household) isCard(account int) bool { return h.accounts[account].Kind == "credit_card" }

// of are the household's accounts of a kind, the main one left out.
func (h *Household) of(kind string) (found []int) {
	for i, a := range h.accounts {
		if i > 0 && a.Kind == kind {
			found = append(found, i)
		}
	}
	return found
}

// stream begins a series of payments.
func (h *Household) stream(kind, cadence, merchant string) int {
	h.Streams = append(h.Streams, Stream{kind, cadence, merchant})
	return len(h.Streams)
}
