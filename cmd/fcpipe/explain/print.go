package explain

import (
	"fmt"
	"io"
	"strings"
)

// reasons say why a transaction does not count, by ledger.labels.spend_state.
var reasons = map[string]string{
	"not_posted":             "it is pending or void",
	"counted_elsewhere":      "another row counts in its place",
	"other_account":          "its account holds neither cash nor credit",
	"zero":                   "it moves no money",
	"no_holder":              "the holder of its account is not known",
	"own_transfer":           "it is a movement between the holder's own accounts",
	"card_payment":           "it pays a card of the holder, whose purchases count",
	"card_payment_elsewhere": "it is a card payment that came back",
	"other_inflow":           "it is money that comes in, and no refund",
	"reversed":               "it was given back, or gives back what the bank took",
	"user_excluded":          "your overrides say no",
	"review":                 "what it is for has to be decided, by a rule or an override",
}

// why says whether it counts as spending, and why.
func (t *Transaction) why() string {
	switch {
	case t.IncludeInSpend && t.Wanted != nil && *t.Wanted:
		return "counts as spending in " + t.SpendCategory + ": your overrides say so"
	case t.IncludeInSpend && t.AmountMinor >= 0:
		return "counts as less spending in " + t.SpendCategory
	case t.IncludeInSpend:
		return "counts as spending in " + t.SpendCategory
	}
	reason, known := reasons[t.SpendState]
	if !known {
		reason = "its category counts as " + t.SpendState
	}
	return "does not count as spending: " + reason
}

// Print writes it for people.
func (t *Transaction) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s %s on %s, %s", t.ID, t.Amount, strings.ToUpper(t.Currency), t.TransactedDate, t.Status)
	if t.Status == "posted" && t.PostedDate != t.TransactedDate {
		fmt.Fprintf(out, " on %s", t.PostedDate)
	}
	fmt.Fprintf(out, ", %s %s\n", t.InstitutionName, t.AccountID)
	if t.Versions > 1 {
		fmt.Fprintf(out, "  %d versions of it were seen; this is the newest\n", t.Versions)
	}
	t.printReading(out)
	fmt.Fprintln(out, "\nwhat was tried, in this order")
	for _, step := range t.Tried {
		mark := " "
		if step.Hit {
			mark = "→"
		}
		fmt.Fprintf(out, "%s %s: %s\n", mark, step.Rule, step.Result)
	}
	fmt.Fprintf(out, "\nwhat it is\n  %s, %s: by %s, version %s, %s\n", t.Category, t.CategoryLabel, t.RuleID,
		t.RuleVersion, t.RuleStrength)
	if t.MerchantName != nil {
		fmt.Fprintf(out, "  merchant: %s\n", *t.MerchantName)
	}
	fmt.Fprintf(out, "  %s\n", t.Why)
	if t.Note != nil {
		fmt.Fprintf(out, "  your note: %s\n", *t.Note)
	}
	t.print(out)
}

func (t *Transaction) printReading(out io.Writer) {
	fmt.Fprintf(out, "\nhow the text was read\n  text: %s\n", t.Description)
	for _, part := range [][2]string{
		{"normal form", t.Reading.Normal},
		{"phrasing", t.Reading.Template},
		{"processor", t.Reading.Processor},
		{"rail", t.Reading.Rail},
		{"counterparty", t.Reading.Counterparty},
		{"place", t.Reading.Place},
		{"reference", t.Reading.Reference},
		{"card or account", t.Reading.CardDigits},
		{"left of the name", t.Reading.Left},
		{"merchant key", t.Reading.Key},
		{"merchant of the tables", t.Reading.Name},
	} {
		if part[1] != "" && (part[0] != "normal form" || part[1] != t.Description) {
			fmt.Fprintf(out, "  %s: %s\n", part[0], part[1])
		}
	}
	if t.MerchantKey != t.Reading.Key {
		fmt.Fprintf(out, "  merchant key of the refund: %s\n", t.MerchantKey)
	}
}
