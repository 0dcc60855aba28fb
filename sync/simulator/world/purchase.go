package world

import (
	"strings"
	"time"

	"fcpipe/sync/simulator/draw"
)

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
	{"ROUND UP BURGERS 0031 TULSA OK", 700, 2600},
	{"THANK YOU BERRY MUCH BAKERY", 450, 1900},
	{"UBER TRIP HELP.UBER.COM", 800, 4200},
	{"TARGET 00012345", 1100, 13000},
	{"CVS/PHARMACY #08123", 500, 6000},
	{"PURCHASE AUTHORIZED ON 05/12 TRADER JOE'S #189", 1500, 9000},
	{"SP *GREENHOUSE GOODS", 2200, 8800},
	{"DOORDASH*THAI BASIL", 1800, 5400},
}

// subscriptions are paid once a month, each by some people.
var subscriptions = []struct {
	merchant
	percent uint64
}{
	{merchant{"NETFLIX.COM 866-579-7172 CA", 1549, 1549}, 70},
	{merchant{"PAYPAL *SPOTIFYUSA 402-935-7733 CA", 1199, 1199}, 60},
	{merchant{"PLANET FIT CLUB FEES 603-555-0123", 2499, 2499}, 30},
}

// describe draws a row of an account with a fixed number of rows a day: regular things on their
// days, otherwise spending.
func (w *World) describe(a *Account, date time.Time, number int64) purchase {
	x := draw.Of(w.Config.Seed, a.number, "purchase", number)
	first := number%100 == 0
	switch {
	case a.Subcategory == "savings":
		if draw.Chance(x, 70) {
			return purchase{"ONLINE TRANSFER FROM CHECKING", draw.Between(x>>8, 20, 400) * 100, true}
		}
		return purchase{"ONLINE TRANSFER TO CHECKING", -draw.Between(x>>8, 20, 300) * 100, true}
	case first && a.Subcategory == "checking" && date.Weekday() == time.Friday:
		person := draw.Of(w.Config.Seed, a.number, "person", 0)
		return purchase{payrollText, draw.Between(person>>8, 90_000, 320_000), true}
	case first && a.Subcategory == "credit_card" && date.Day() == dueDay:
		return purchase{"AUTOPAY PAYMENT THANK YOU", draw.Between(x>>8, 200, 1500) * 100, true}
	}
	if w.styled != nil {
		return w.styledSpending(a, date, x)
	}
	return spending(x)
}

// spending draws a purchase somewhere.
func spending(x uint64) purchase {
	m := merchants[(x>>16)%uint64(len(merchants))]
	return purchase{m.text, -draw.Between(x>>8, m.low, m.high), false}
}

// refundText is how a bank prints that a merchant gave money back.
func refundText(x uint64, merchant string) string {
	switch x % 6 {
	case 0:
		return merchant + " REFUND"
	case 1:
		return "REFUND " + merchant
	case 2:
		return merchant + " RETURN"
	case 3:
		return "MERCHANDISE RETURN " + merchant
	case 4:
		return "REVERSAL " + merchant
	}
	return merchant + " REVERSAL"
}

// otherText is how another connection to the same bank prints a text.
func otherText(x uint64, printed string) string {
	switch x % 4 {
	case 0:
		return "POS " + printed
	case 1:
		return printed + " 0042"
	case 2:
		return "Purchase - " + strings.ToLower(printed)
	}
	return strings.Join(strings.Fields(strings.NewReplacer("*", " ", "#", " ").Replace(printed)), " ")
}
