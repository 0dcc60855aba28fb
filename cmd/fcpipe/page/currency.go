package page

// inOne is what is of one currency.
type inOne interface{ currency() string }

func (m Month) currency() string          { return m.Currency }
func (d Day) currency() string            { return d.Currency }
func (p Payday) currency() string         { return p.Currency }
func (s Stream) currency() string         { return s.Currency }
func (e Event) currency() string          { return e.Currency }
func (t Row) currency() string            { return t.Currency }
func (s Spent) currency() string          { return s.Currency }
func (p Projection) currency() string     { return p.Currency }
func (c Characteristic) currency() string { return c.Currency }
func (m BusinessMonth) currency() string  { return m.Currency }

// inCurrency are those of a currency, in their order.
func inCurrency[T inOne](all []T, currency string) (found []T) {
	for _, one := range all {
		if one.currency() == currency {
			found = append(found, one)
		}
	}
	return found
}

// LargeOf are the largest rows of a currency that came in, or went out.
func (r *Report) LargeOf(currency string, in bool) (found []Row) {
	for _, t := range inCurrency(r.Large, currency) {
		if (t.Minor > 0) == in {
			found = append(found, t)
		}
	}
	return found
}

// EventsOf are the events of a currency.
func (r *Report) EventsOf(currency string) []Event { return inCurrency(r.Distress, currency) }

// PaydaysOf are the due dates of income in a currency.
func (r *Report) PaydaysOf(currency string) []Payday { return inCurrency(r.Paydays, currency) }

// SpendingOf is the spending in a currency.
func (r *Report) SpendingOf(currency string) []Spent { return inCurrency(r.Spending, currency) }

// section is a table of what recurs.
type section struct {
	ID, Title, About, Empty string
	Streams                 []Stream
}

// Sections are the tables of what recurs in a currency.
func (r *Report) Sections(currency string) []section {
	return []section{
		{
			"income", "Income that recurs",
			"Net deposits, after tax and deductions. Benefits, pensions and support count in full.",
			"No income that recurs was found in what is held.", inCurrency(r.Income, currency),
		},
		{
			"obligations", "Rent, loans, cards elsewhere and bills",
			"What has to be paid regularly. Debts that are paid from accounts which are not shared cannot be seen.",
			"No payment of this kind that recurs was found in what is held.", inCurrency(r.Obligations, currency),
		},
		{"recurring", "Other payments that recur", "", "", inCurrency(r.Recurring, currency)},
	}
}

// In is the report in one of its currencies, for a part of the page.
func (r *Report) In(currency string) any {
	return struct {
		Report   *Report
		Currency string
		BothWays []bool
	}{r, currency, []bool{true, false}}
}

// In is the table in a currency.
func (s section) In(currency string) any {
	return struct {
		Section  section
		Currency string
	}{s, currency}
}
