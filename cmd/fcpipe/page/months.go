package page

import (
	"cmp"
	"slices"
	"time"
)

// Months are the months of a currency, oldest first, and what the complete ones come to.
type Months struct {
	Rows           []Month
	Complete       int64 // months that are complete, but for accounts that were never held
	LacksAccounts  bool  // whether there are such accounts
	Total, Average Month
	Largest        int64 // of all flows, which bars are measured by
}

// MonthsOf are the months of a currency; nil without any.
func (r *Report) MonthsOf(currency string) *Months {
	m := &Months{Rows: inCurrency(r.Months, currency)}
	if len(m.Rows) == 0 {
		return nil
	}
	slices.Reverse(m.Rows)
	var complete []Month
	for _, month := range m.Rows {
		for _, flow := range []*int64{month.In, month.Out} {
			if flow != nil {
				m.Largest = max(m.Largest, *flow)
			}
		}
		if !month.Partial && (month.FlowState == "complete" || month.FlowState == "unheld") {
			complete = append(complete, month)
			m.LacksAccounts = m.LacksAccounts || month.FlowState == "unheld"
		}
	}
	m.Complete = int64(len(complete))
	m.Total, m.Average = summed(complete, sum), summed(complete, mean)
	m.Average.NegativeDays, m.Average.Fees = nil, nil
	return m
}

// summed is a row of sums, or of means, of what adds up; balances have a mean alone.
func summed(months []Month, of func([]*int64) *int64) (m Month) {
	if len(months) == 0 {
		return m
	}
	column := func(value func(Month) *int64) *int64 {
		var all []*int64
		for _, month := range months {
			all = append(all, value(month))
		}
		return of(all)
	}
	m.In = column(func(m Month) *int64 { return m.In })
	m.Out = column(func(m Month) *int64 { return m.Out })
	m.Qualified = column(func(m Month) *int64 { return m.Qualified })
	m.Unqualified = column(func(m Month) *int64 { return m.Unqualified })
	m.Spending = column(func(m Month) *int64 { return m.Spending })
	m.DebtService = column(func(m Month) *int64 { return m.DebtService })
	m.NegativeDays = column(func(m Month) *int64 { return m.NegativeDays })
	m.Fees = column(func(m Month) *int64 { return m.Fees })
	m.Average = column(func(m Month) *int64 { return m.Average })
	return m
}

// Why says why a month is not complete; nothing of one that is.
func (m Month) Why() string {
	switch {
	case m.FlowState == "complete" && m.Partial:
		return "not over, or begins before the first day held"
	case m.FlowState == "complete":
		return ""
	}
	return map[string]string{
		"partial": "rows of some days may be missing", "not_covered": "no rows are held",
		"unheld":     "without a linked account whose rows were never held",
		"not_shared": "transactions are not shared", "no_cash_account": "no cash account is shared",
		"out_of_range": "sums leave 64 bits", "unreconciled": "balances say that rows are wrong or missing",
	}[m.FlowState]
}

// BalanceNote says what balances of a month lack; nothing where they are known.
func (m Month) BalanceNote() string {
	return map[string]string{
		"starts_in_month": "an account begins in it", "not_covered": "closing not known",
		"not_observed": "no balance is known", "voided": "without rows that were voided later",
		"unreconciled": "balances and rows disagree", "no_cash_account": "no cash account",
		"out_of_range": "balances leave 64 bits", "unheld": "without a linked account that has none",
	}[m.BalanceState]
}

// bar is the history of an account on the line of days that all accounts share, in percent.
type bar struct{ Left, Width string }

// CoverageBar is the days that are held of an account, out of those from the earliest day of any account on.
func (r *Report) CoverageBar(a Account) *bar {
	first := r.FirstDay()
	if a.CoverageEnd == "" || a.CoverageStart == "" || first == "" {
		return nil
	}
	all := daysBetween(first, r.AsOfDate)
	left, held := daysBetween(first, a.CoverageStart), daysBetween(a.CoverageStart, a.CoverageEnd)+1
	if all <= 0 || held <= 0 {
		return nil
	}
	return &bar{width(&left, all), width(&held, all)}
}

// FirstDay is the first day held of any account; empty without any.
func (r *Report) FirstDay() string {
	first := ""
	for _, a := range r.Accounts {
		if a.CoverageStart != "" && (first == "" || cmp.Less(a.CoverageStart, first)) {
			first = a.CoverageStart
		}
	}
	return first
}

// ReadUpTo is the day up to which every account that lives is read; empty without any.
func (r *Report) ReadUpTo() string {
	last := ""
	for _, a := range r.Accounts {
		if a.ClosedDate == "" && a.CoverageEnd != "" && (last == "" || cmp.Less(a.CoverageEnd, last)) {
			last = a.CoverageEnd
		}
	}
	return last
}

func daysBetween(from, to string) int64 {
	return int64(dateOf(to).Sub(dateOf(from)) / (24 * time.Hour))
}

// SpentColumns are the months of the table of spending.
func (r *Report) SpentColumns() []string {
	if len(r.Spending) == 0 {
		return nil
	}
	return r.Spending[0].Months
}
