package schema

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// Amounts that fit 64 bits and whose sums do not: the holder's own numbers are null with a reason, everybody else's are
// published, and the correction heals them.
func TestAmountsWhoseSumsLeave64Bits(t *testing.T) {
	const big = 5_000_000_000_000_000_000
	for name, c := range map[string]struct {
		amounts  []int64
		balances []int64
		status   string
	}{
		"sum":           {[]int64{big, big}, nil, "posted"},
		"negative sum":  {[]int64{-big, -big}, nil, "posted"},
		"least":         {[]int64{math.MinInt64}, nil, "posted"},
		"least twice":   {[]int64{math.MinInt64, math.MinInt64}, nil, "posted"},
		"greatest":      {[]int64{math.MaxInt64, 1}, nil, "posted"},
		"least void":    {[]int64{math.MinInt64}, nil, "void"},
		"pending":       {[]int64{math.MinInt64, math.MaxInt64}, nil, "pending"},
		"least balance": {[]int64{-1}, []int64{math.MinInt64, math.MaxInt64}, "posted"},
		"both":          {[]int64{big, big}, []int64{math.MaxInt64, math.MinInt64}, "posted"},
	} {
		t.Run(name, func(t *testing.T) {
			var h household
			for _, id := range []string{"1", "2"} {
				h.account("fca_"+id, "cus_"+id, date(6, 20, 10), nil)
				h.post("fca_"+id, date(4, 3, 9), 1000)
				h.post("fca_"+id, date(5, 3, 9), -10)
				h.observe("fca_"+id, date(6, 20, 9), 990)
			}
			first := len(h.landed.Transactions)
			for i, amount := range c.amounts {
				row := h.post("fca_1", date(5, 10+i, 9), amount)
				if row.Status = c.status; c.status == "void" {
					row.VoidAt = new(date(5, 20, 9))
				}
			}
			for i, amount := range c.balances {
				h.observe("fca_1", date(6, 10+i, 9), amount)
			}
			s := h.publish(t)
			s.want(monthsOf+"'cus_2'", "2026-04 partial 1/1 starts_in_month - +1000 -0 1000; 2026-05 complete 1/1 known 1000 +0 -10 990; 2026-06 partial 0/1 not_covered 990 +0 -0 -")
			s.want("SELECT count(*) FROM main.transactions", strconv.Itoa(4+len(c.amounts)))
			corrected := h.landed.Transactions[first:]
			for i := range corrected {
				corrected[i].Status, corrected[i].AmountMinor, corrected[i].VoidAt = "posted", -5, nil
				corrected[i].UpdatedAt = date(6, 21, 9).Add(time.Duration(i))
			}
			s.clock = date(6, 22, 9)
			s.round(Landed{Transactions: corrected})
			s.want("SELECT outflow_gross_minor FROM underwriting.cash_flow_month WHERE holder_id = 'cus_1' AND month = '2026-05'", strconv.Itoa(10+5*len(c.amounts)))
			for _, a := range attentionOf(t, s) {
				if a.Code == HasSumsTooLarge && c.balances == nil {
					t.Errorf("after the correction status says %+v", a)
				}
			}
		})
	}
}
