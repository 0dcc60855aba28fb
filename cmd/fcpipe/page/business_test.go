package page

import (
	"strings"
	"testing"

	"fcpipe/schema"
)

const shop = "cus_shop"

// addShop adds a business of seven months: settlements of cards, customers, payroll, rent, inventory, the owner's own
// money, an advance on receipts, refunds, and an account that shares nothing.
func (b *builder) addShop() {
	b.account("fca_shop", shop)
	b.read("fca_shop", 0)
	b.account("fca_reserve", shop, func(a *schema.Account) {
		a.Last4, a.Subcategory, a.Permissions = new("9911"), "savings", []string{"payment_method"}
	})
	balance := int64(2_000_000)
	b.balance("fca_shop", "usd", balance, 211)
	add := func(minor int64, daysAgo int, text string) {
		b.row("fca_shop", "usd", minor, daysAgo, text)
		balance += minor
	}
	for day := 210; day >= 1; day-- {
		if day%7 < 5 {
			add(61_000+int64(day%11)*1_700, day, "STRIPE TRANSFER ST-A1B2C3 CCD")
		}
		switch day % 30 {
		case 28:
			add(480_000, day, "BRIGHTCO SUPPLY EDI PYMNTS CCD")
		case 25:
			add(-310_000, day, "COMMERCIAL RENT WESTSIDE PROPERTIES ACH")
		case 20, 6:
			add(-395_000, day, "GUSTO PAYROLL NET CCD ID: 1")
		case 17:
			add(-412_000, day, "SYSCO CORPORATION PURCHASE CCD")
		case 12:
			add(-150_000, day, "OWNER DRAW")
		case 3:
			add(-6_400, day, "STRIPE REFUND TO CUSTOMER CCD")
		}
		if day == 75 {
			add(1_500_000, day, "ONDECK CAPITAL ADVANCE CCD ID: 1")
		}
		if day < 75 && day%7 == 1 {
			add(-64_000, day, "ACH DEBIT ONDECK CAPITAL CCD ID: 1")
		}
		if day%30 == 1 {
			b.balance("fca_shop", "usd", balance, day-1)
		}
	}
}

// TestTheBusinessOfAShopOnItsPage: months and numbers of real rows, each with its state, and the account that shares
// nothing is said beside all of them.
func TestTheBusinessOfAShopOnItsPage(t *testing.T) {
	t.Parallel()
	r, err := Of(t.Context(), readWorld(t), Holder{ID: shop})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Business) < 6 || len(r.BusinessHeadlines("usd")) != len(businessHeadlines) {
		t.Fatalf("%d months and %d numbers", len(r.Business), len(r.BusinessHeadlines("usd")))
	}
	for _, m := range r.Business {
		if m.Revenue == nil || *m.Revenue <= 0 || m.State != "PARTIAL" {
			t.Errorf("%+v", m)
		}
		if parts := sum([]*int64{m.Settled(), m.Paid(), m.Other(), new(-*m.Refunded)}); *parts != *m.Revenue {
			t.Errorf("%s: columns add up to %d, revenue is %d", m.Month, *parts, *m.Revenue)
		}
	}
	if other := r.Business[1].Other(); *other != 480_000 {
		t.Errorf("other receipts of %s are %d", r.Business[1].Month, *other)
	}
	const missing = "without 1 linked account (savings)"
	for _, v := range r.BusinessHeadlines("usd") {
		if v.State == "OK" || v.State == "PARTIAL" && !strings.Contains(v.Reason, missing) {
			t.Errorf("%s is %s: %s", v.Attribute, v.State, v.Reason)
		}
	}
	never := r.valueOf("", "usd", "balance_days_since_negative", "now")
	if never.LowerBound == nil || !strings.HasPrefix(never.Note(), missing) {
		t.Errorf("what never happened says %q", never.Note())
	}
}
