package models_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

const big = 5_000_000_000_000_000_000 // fits 64 bits, twice it does not

// extremeAmounts are histories of a holder whose sums leave 64 bits, or nearly.
var extremeAmounts = map[string]struct {
	amounts, balances []int64
	status            string
}{
	"sum":           {[]int64{big, big}, nil, "posted"},
	"negative_sum":  {[]int64{-big, -big}, nil, "posted"},
	"least":         {[]int64{math.MinInt64}, nil, "posted"},
	"least_twice":   {[]int64{math.MinInt64, math.MinInt64}, nil, "posted"},
	"greatest":      {[]int64{math.MaxInt64, 1}, nil, "posted"},
	"least_void":    {[]int64{math.MinInt64}, nil, "void"},
	"pending":       {[]int64{math.MinInt64, math.MaxInt64}, nil, "pending"},
	"least_balance": {[]int64{-1}, []int64{math.MinInt64, math.MaxInt64}, "posted"},
	"both":          {[]int64{big, big}, []int64{math.MaxInt64, math.MinInt64}, "posted"},
}

// extremeHolders are the holders of extremeAmounts and one without, and the corrections of all.
var extremeHolders = tellExtremeAmounts()

func tellExtremeAmounts() *story {
	var h household
	var corrected []schema.Transaction
	plain := func(id string) {
		h.account("fca_"+id, "cus_"+id, date(6, 20, 10), nil)
		h.post("fca_"+id, date(4, 3, 9), 1000)
		h.post("fca_"+id, date(5, 3, 9), -10)
		h.observe("fca_"+id, date(6, 20, 9), 990)
	}
	plain("other")
	for name, c := range extremeAmounts {
		plain(name)
		for i, amount := range c.amounts {
			row := h.post("fca_"+name, date(5, 10+i, 9), amount)
			if strings.HasPrefix(name, "least") { // own transfers are added elsewhere
				row.Description = "ONLINE TRANSFER TO SAVINGS"
			}
			if row.Status = c.status; c.status == "void" {
				row.VoidAt = new(date(5, 20, 9))
			}
			mended := *row
			mended.Status, mended.AmountMinor, mended.VoidAt, mended.UpdatedAt = "posted", -5, nil, date(6, 20, 12)
			corrected = append(corrected, mended)
		}
		for i, amount := range c.balances {
			h.observe("fca_"+name, date(6, 10+i, 9), amount)
		}
	}
	return sharedHouseholds.tell(h.landed, schema.Landed{Transactions: corrected})
}

// The holder's own numbers are null with a reason, those of all others are published, and the correction heals them.
func TestAmountsWhoseSumsLeave64Bits(t *testing.T) {
	s := extremeHolders.published(t)
	s.Want("SELECT count(*) FROM main.transactions", fmt.Sprint(len(extremeHolders.first.Transactions)))
	s.Want(
		monthsOf+"'cus_other'",
		"2026-04 partial 1/1 starts_in_month - +1000 -0 1000; 2026-05 complete 1/1 known 1000 +0 -10 990; 2026-06 "+
			"partial 0/1 not_covered 990 +0 -0 -",
	)
	s.Want(
		"SELECT string_agg(holder_id, ' ' ORDER BY holder_id) FROM underwriting.cash_flow_month WHERE flow_state = "+
			"'out_of_range'",
		"cus_both cus_greatest cus_least cus_least_twice cus_negative_sum cus_sum",
	)
	wantTooLarge(t, s, "fca_both fca_greatest fca_least fca_least_balance fca_least_twice fca_negative_sum fca_sum")

	s = extremeHolders.continued(t)
	for name, c := range extremeAmounts {
		s.Want(
			"SELECT outflow_gross_minor FROM underwriting.cash_flow_month WHERE month = '2026-05' AND "+
				"holder_id = "+duck.Quote("cus_"+name),
			fmt.Sprint(10+5*len(c.amounts)),
		)
	}
	wantTooLarge(t, s, "fca_both fca_least_balance") // whose balances were not corrected
}

func wantTooLarge(t *testing.T, s *ownRows, want string) {
	t.Helper()
	got := ""
	for _, a := range s.attention() {
		if a.Code == reader.HasSumsTooLarge {
			got += " " + a.AccountID
		}
	}
	if got != " "+want {
		t.Errorf("status calls%s out of range, want %s", got, want)
	}
}
