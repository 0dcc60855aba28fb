package truth

import (
	"math"
	"strings"
)

// Label is how a row is labelled.
type Label struct{ Category, Treatment, Need, Gate string }

func (l Label) counts() bool { return l.Treatment != "exclude" && l.Treatment != "contra_flow" }

func (l Label) givesBack() bool {
	return l.Treatment == "contra_expense" || l.Treatment == "contra_revenue"
}

func (l Label) isIncome() bool { return l.Treatment == "income" || l.Treatment == "revenue" }

func (l Label) isPaid() bool { return l.Treatment == "expense" || l.Treatment == "debt_service" }

// shown is the category as underwriting may see it.
func (l Label) shown() string {
	switch l.Gate {
	case "collapse":
		group, _, _ := strings.Cut(l.Category, ".")
		return group
	case "block":
		return "withheld"
	}
	return l.Category
}

// accountFlows are the attributes of an account's rows in a span.
func (a *Account) accountFlows(w Window) Values {
	var in, out, ins, outs int64
	days := map[Day]bool{}
	for _, e := range a.Entries {
		if !w.has(e.Day) {
			continue
		}
		days[e.Day] = true
		if e.Minor > 0 {
			in, ins = in+e.Minor, ins+1
		} else {
			out, outs = out-e.Minor, outs+1
		}
	}
	return Values{
		"flow_in_gross_minor": whole(in), "flow_out_gross_minor": whole(out), "flow_in_count": whole(ins),
		"flow_out_count": whole(outs), "coverage_transaction_count": whole(ins + outs),
		"coverage_active_days": count(len(days)),
	}
}

// sums are of what a condition picks, in or out, in money or rows, of all accounts or of cash accounts alone: money
// into a card pays it.
var sums = map[string]struct {
	isOut, counts, ofCash bool
	picks                 func(Label) bool
}{
	"income_all_minor":                {picks: Label.isIncome},
	"income_payroll_minor":            {picks: is("income.payroll")},
	"income_benefit_minor":            {picks: begins("income.ben_")},
	"income_pension_minor":            {picks: is("income.pension")},
	"income_support_minor":            {picks: is("income.support")},
	"income_gig_minor":                {picks: is("income.gig")},
	"income_tax_refund_minor":         {picks: is("income.tax_refund")},
	"income_nonrecurring_minor":       {picks: func(l Label) bool { return l.Treatment == "income_nonrecurring" }},
	"flow_essential_out_minor":        {isOut: true, picks: func(l Label) bool { return l.isPaid() && l.Need == "E" }},
	"flow_discretionary_out_minor":    {isOut: true, picks: func(l Label) bool { return l.isPaid() && l.Need == "D" }},
	"flow_p2p_in_minor":               {picks: is("xfer.p2p_in")},
	"flow_p2p_out_minor":              {isOut: true, picks: is("xfer.p2p_out")},
	"flow_cash_out_minor":             {isOut: true, picks: is("xfer.cash_withdrawal")},
	"flow_gambling_out_minor":         {isOut: true, picks: is("fun.gambling")},
	"flow_gambling_in_minor":          {picks: is("fun.gambling")},
	"obligation_debt_service_minor":   {isOut: true, picks: isDebtService},
	"obligation_proceeds_count":       {counts: true, picks: begins("fin_in.")},
	"obligation_proceeds_minor":       {picks: begins("fin_in.")},
	"obligation_ewa_count":            {counts: true, picks: is("fin_in.ewa")},
	"obligation_ewa_minor":            {picks: is("fin_in.ewa")},
	"obligation_bnpl_count":           {isOut: true, counts: true, picks: is("fin_out.bnpl")},
	"obligation_bnpl_minor":           {isOut: true, picks: is("fin_out.bnpl")},
	"obligation_card_external_minor":  {isOut: true, picks: is("fin_out.card_external")},
	"obligation_collections_minor":    {isOut: true, picks: is("fin_out.collections")},
	"distress_fee_count":              {isOut: true, counts: true, picks: isOverdraftFee},
	"distress_fee_minor":              {isOut: true, picks: isOverdraftFee},
	"distress_late_fee_count":         {isOut: true, counts: true, picks: is("fee.late")},
	"distress_cash_advance_fee_count": {isOut: true, counts: true, picks: is("fee.cash_advance")},
	// what shares are made of
	"unknown in":      {picks: is("other.unknown")},
	"unknown out":     {isOut: true, picks: is("other.unknown")},
	"everything in":   {picks: func(Label) bool { return true }},
	"everything out":  {isOut: true, picks: func(Label) bool { return true }},
	"deposits":        {counts: true, picks: func(l Label) bool { return l.shown() != "income.payroll" }},
	"counted in":      {ofCash: true, picks: func(l Label) bool { return l.counts() && !l.givesBack() }},
	"counted out":     {isOut: true, picks: Label.counts},
	"given back (in)": {picks: Label.givesBack},
}

func isDebtService(l Label) bool { return l.Treatment == "debt_service" }

var isOverdraftFee = is("fee.nsf", "fee.overdraft", "fee.overdraft_extended")

func is(codes ...string) func(Label) bool {
	return func(l Label) bool {
		for _, code := range codes {
			if l.shown() == code {
				return true
			}
		}
		return false
	}
}

func begins(with string) func(Label) bool {
	return func(l Label) bool { return strings.HasPrefix(l.shown(), with) }
}

// share is null without a whole.
func share(part, all int64) Value {
	if all == 0 {
		return Value{}
	}
	return realNumber(float64(part) / float64(all))
}

// tally is what the named sums come to over rows that are picked.
type tally map[string]int64

func (t tally) add(minor int64, l Label, isCash bool) {
	if l.Treatment == "contra_flow" && isCash { // what came back of a row that is not known is less of the other side
		t["counted in"] += min(minor, 0)
		t["counted out"] -= max(minor, 0)
	}
	for name, s := range sums {
		if (minor < 0) != s.isOut || !s.picks(l) || s.ofCash && !isCash {
			continue
		}
		if s.counts {
			t[name]++
		} else {
			t[name] += max(minor, -minor)
		}
	}
	if minor > 0 && minor%10_000 == 0 && l.shown() != "income.payroll" {
		t["round deposits"]++
	}
}

func (t tally) out() int64 { return t["counted out"] - t["given back (in)"] }

// holderFlows are the attributes of what a holder's rows in a span are labelled as.
func (h *Holder) holderFlows(w Window, labelOf func(world *Entry) Label) Values {
	t := tally{}
	for _, a := range h.Accounts {
		for i := range a.Entries {
			if e := &a.Entries[i]; w.has(e.Day) {
				t.add(e.Minor, labelOf(e), a.IsCash())
			}
		}
	}
	unknown, everything := t["unknown in"]+t["unknown out"], t["everything in"]+t["everything out"]
	v := Values{
		"flow_in_net_minor": whole(t["counted in"]), "flow_out_net_minor": whole(t.out()),
		"flow_net_minor":          whole(t["counted in"] - t.out()),
		"flow_unknown_share":      share(unknown, everything),
		"flow_round_amount_share": share(t["round deposits"], t["deposits"]),
		"flow_cash_share":         share(t["flow_cash_out_minor"], t.out()),
	}
	for name := range sums {
		if strings.Contains(name, "_") {
			v[name] = whole(t[name])
		}
	}
	return v
}

// holderMonths are the attributes of complete calendar months.
func (h *Holder) holderMonths(w Window, labelOf func(*Entry) Label) Values {
	months := make([]tally, w.Last.month()-w.First.month()+1)
	for i := range months {
		months[i] = tally{}
	}
	for _, a := range h.Accounts {
		for i := range a.Entries {
			if e := &a.Entries[i]; w.has(e.Day) {
				months[e.Day.month()-w.First.month()].add(e.Minor, labelOf(e), a.IsCash())
			}
		}
	}
	var ins, outs, incomes []int64
	positive := 0
	for _, t := range months {
		ins, outs, incomes = append(ins, t["counted in"]), append(outs, t.out()), append(incomes, t["income_all_minor"])
		if t["counted in"] > t.out() {
			positive++
		}
	}
	return Values{
		"flow_in_month_avg_minor": whole(mean(ins)), "flow_out_month_avg_minor": whole(mean(outs)),
		"income_month_avg_minor": whole(mean(incomes)), "flow_net_positive_months_count": count(positive),
		"flow_in_month_cv": variation(ins), "flow_out_month_cv": variation(outs), "income_month_cv": variation(incomes),
	}
}

// variation is the sample deviation over the mean; nil where it is undefined.
func variation(values []int64) Value {
	if sum(values) <= 0 {
		return Value{}
	}
	sd, _ := spread(values)
	return realNumber(math.Abs(sd) / average(values))
}
