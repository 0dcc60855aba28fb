package simulator

import "time"

// purchase is what a row is for.
type purchase struct {
	text   string
	amount int64 // minor units, negative is money out
	direct bool  // posts at once, as ACH does; others are pending first
}

// merchant is somewhere people spend: a text as banks print it, and a price range.
type merchant struct {
	text      string
	low, high int64
}

var merchants = []merchant{
	{"SQ *BLUE OWL COFFEE", 350, 1200},
	{"TST* CORNER BISTRO 0042 AUSTIN TX", 1400, 6500},
	{"WHOLE FOODS MKT 10234", 1800, 16500},
	{"POS PURCHASE KROGER #412", 900, 14000},
	{"SHELL OIL 57444812", 2500, 7500},
	{"AMZN MKTP US*2K4AB1CD3", 700, 12000},
	{"PAYPAL *SPOTIFYUSA 402-935-7733 CA", 1199, 1199},
	{"NETFLIX.COM 866-579-7172 CA", 1549, 1549},
	{"UBER TRIP HELP.UBER.COM", 800, 4200},
	{"TARGET 00012345", 1100, 13000},
	{"CVS/PHARMACY #08123", 500, 6000},
	{"PURCHASE AUTHORIZED ON 05/12 TRADER JOE'S #189", 1500, 9000},
	{"SP *GREENHOUSE GOODS", 2200, 8800},
	{"DOORDASH*THAI BASIL", 1800, 5400},
}

// describe draws what a row is: regular things on their days, otherwise spending.
func (s *Server) describe(a *account, date time.Time, number int64) purchase {
	x := draw(s.config.Seed, a.number, "purchase", number)
	first := number%100 == 0
	switch {
	case a.subcategory == "savings":
		if chance(x, 70) {
			return purchase{"ONLINE TRANSFER FROM CHECKING", between(x>>8, 20, 400) * 100, true}
		}
		return purchase{"ONLINE TRANSFER TO CHECKING", -between(x>>8, 20, 300) * 100, true}
	case first && a.subcategory == "checking":
		if regular, found := s.regular(a, date, x); found {
			return regular
		}
	case first && a.subcategory == "credit_card" && date.Day() == 20:
		return purchase{"AUTOPAY PAYMENT THANK YOU", between(x>>8, 200, 1500) * 100, true}
	}
	if a.subcategory == "checking" && chance(x>>40, 1) {
		return purchase{"OVERDRAFT FEE CHARGED", -3500, true}
	}
	m := merchants[(x>>16)%uint64(len(merchants))]
	if chance(x>>48, 3) {
		return purchase{m.text + " REFUND", between(x>>8, m.low, m.high), true}
	}
	return purchase{m.text, -between(x>>8, m.low, m.high), false}
}

// regular is what happens on fixed days: wages every second Friday, rent, bills, transfers.
func (s *Server) regular(a *account, date time.Time, x uint64) (purchase, bool) {
	person := draw(s.config.Seed, a.number, "person", 0)
	week := date.Unix() / (7 * 86400)
	switch {
	case date.Weekday() == time.Friday && (week+a.payWeek(person))%2 == 0:
		return purchase{"ACME LOGISTICS DES:PAYROLL ID:XXXXX INDN:EMPLOYEE PPD", between(person>>8, 90_000, 320_000), true}, true
	case date.Day() == 1:
		return purchase{"OAKWOOD PROPERTIES RENT WEB ID: 9000123", -between(person>>16, 90_000, 210_000), true}, true
	case date.Day() == 8:
		return purchase{"CITY POWER & LIGHT BILL PAY", -between(x>>8, 6_000, 18_000), true}, true
	case date.Day() == 12:
		return purchase{"VERIZON WIRELESS AUTOPAY 800-922-0204", -between(person>>24, 4_500, 14_000), true}, true
	case date.Day() == 20:
		return purchase{"CREDIT CARD AUTOPAY PAYMENT", -between(x>>8, 200, 1500) * 100, true}, true
	case date.Day() == 25:
		return purchase{"ONLINE TRANSFER TO SAVINGS", -between(x>>8, 20, 400) * 100, true}, true
	}
	return purchase{}, false
}

func (a *account) payWeek(person uint64) int64 { return int64(person % 2) }
