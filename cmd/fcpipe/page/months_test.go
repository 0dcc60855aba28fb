package page

import "testing"

// TestMonthsWithoutAnAccountAreSummedAndSaySo: sums of what is held are of use where an account was never read; months
// of which days are missing are in none.
func TestMonthsWithoutAnAccountAreSummedAndSaySo(t *testing.T) {
	month := func(name, state string, in int64) Month {
		return Month{Currency: "usd", Month: name, FlowState: state, Partial: state == "partial", In: &in}
	}
	r := &Report{Months: []Month{
		month("2026-06", "partial", 7), month("2026-05", "unheld", 300), month("2026-04", "unheld", 200),
	}}
	m := r.MonthsOf("usd")
	if m.Complete != 2 || !m.LacksAccounts || *m.Total.In != 500 || *m.Average.In != 250 {
		t.Errorf("months come to %d, %v, %d", m.Complete, m.LacksAccounts, *m.Total.In)
	}
	if why := m.Rows[0].Why(); why != "without a linked account whose rows were never held" {
		t.Errorf("April: %q", why)
	}
	r.Months[1].FlowState, r.Months[2].FlowState = "complete", "complete"
	if r.MonthsOf("usd").LacksAccounts {
		t.Error("complete months lack an account")
	}
}
