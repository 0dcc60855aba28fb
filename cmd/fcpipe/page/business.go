package page

import (
	"context"
	"math"
)

// BusinessMonth is a month of a holder whose accounts show a business, see underwriting.business_revenue_month.
type BusinessMonth struct {
	Currency     string `json:"currency"`
	Month        string `json:"month"`
	Revenue      *int64 `json:"revenue_minor"`
	Processor    *int64 `json:"processor_minor"`
	Marketplace  *int64 `json:"marketplace_minor"`
	Invoice      *int64 `json:"invoice_minor"`
	Cash         *int64 `json:"cash_minor"`
	Check        *int64 `json:"check_minor"`
	Wire         *int64 `json:"wire_minor"`
	Person       *int64 `json:"person_minor"`
	Refunded     *int64 `json:"refunded_minor"`
	DepositDays  int64  `json:"deposit_days"`
	Payroll      *int64 `json:"payroll_minor"`
	PayrollCount int64  `json:"payroll_count"`
	Operating    *int64 `json:"operating_out_minor"`
	DebtService  *int64 `json:"debt_service_minor"`
	OwnerIn      *int64 `json:"owner_in_minor"`
	OwnerOut     *int64 `json:"owner_out_minor"`
	State        string `json:"value_state"`
}

func readBusiness(ctx context.Context, b batch) error {
	return each(ctx, b, "business_months", func(m *BusinessMonth) []any {
		return []any{
			&m.Currency, &m.Month, &m.Revenue, &m.Processor, &m.Marketplace, &m.Invoice, &m.Cash, &m.Check, &m.Wire,
			&m.Person, &m.Refunded, &m.DepositDays, &m.Payroll, &m.PayrollCount, &m.Operating, &m.DebtService,
			&m.OwnerIn, &m.OwnerOut, &m.State,
		}
	}, func(r *Report, m BusinessMonth) { r.Business = append(r.Business, m) })
}

// BusinessOf are the months of a business in a currency, newest first; a holder without a business has no such month.
func (r *Report) BusinessOf(currency string) []BusinessMonth { return inCurrency(r.Business, currency) }

// Settled is what came in by card processors and marketplaces.
func (m BusinessMonth) Settled() *int64 { return sum([]*int64{m.Processor, m.Marketplace}) }

// Paid is what came in by other ways than a processor or a marketplace.
func (m BusinessMonth) Paid() *int64 {
	return sum([]*int64{m.Invoice, m.Cash, m.Check, m.Wire, m.Person})
}

// Other is the rest of its revenue, of which no text says how it came: with it the columns add up to the revenue.
func (m BusinessMonth) Other() *int64 {
	settled, paid := m.Settled(), m.Paid()
	if settled == nil || paid == nil || *settled == math.MinInt64 || *paid == math.MinInt64 {
		return nil
	}
	return sum([]*int64{m.Revenue, m.Refunded, new(-*settled), new(-*paid)})
}

// StateWords are its state in words.
func (m BusinessMonth) StateWords() state { return stateOf(m.State) }

// businessHeadlines are the numbers of a business that stand first.
var businessHeadlines = []headline{
	{{"business_revenue_avg_minor", "3m"}},
	{{"business_revenue_cv", "6m"}},
	{{"business_revenue_trend_ratio", "6m"}},
	{{"business_operating_margin_ratio", "3m"}},
	{{"business_debt_cover_ratio", "90d"}},
	{{"business_payer_top1_share", "90d"}},
	{{"business_payer_named_share", "90d"}},
	{{"business_commingling_share", "90d"}},
	{{"business_advance_open_count", "90d"}},
	{{"business_advance_holdback_ratio", "90d"}},
}

// BusinessHeadlines are the first numbers of a business.
func (r *Report) BusinessHeadlines(currency string) []Value {
	return r.headlinesOf(businessHeadlines, currency)
}
