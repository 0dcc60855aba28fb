package explain

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"fcpipe/schema"
)

// inputs say what attributes read, by what they need.
var inputs = map[string]string{
	"balances": "end-of-day balances, see ledger.daily_balances and ledger.holder_daily_balances",
	"flows":    "posted transactions and their categories, see ledger.transactions and ledger.labels",
	"credit":   "what the bank states of a credit account, see ledger.stated_balances",
	"links":    "the accounts that are linked, see ledger.accounts",
	"coverage": "posted transactions, and the days whose rows are held, see ledger.coverage",
}

// partNames say what a line is a part of, where that is not the value itself.
var partNames = map[string]string{"over": "what it is a share of", "read": "read among others"}

// Print writes it for people.
func (a Attribute) Print(out io.Writer) {
	subject := "holder " + a.HolderID
	if a.AccountKey != "" {
		subject = fmt.Sprintf("account %s of %s", a.AccountKey, subject)
	}
	fmt.Fprintf(out, "%s: %s\n  %s\n  formula: %s\n  source: %s; use: %s\n  reads: %s\n",
		a.Name, a.Label, a.Definition, a.Formula, a.Source, a.Gate, inputs[a.Needs])
	fmt.Fprintf(out, "  of %s, as of %s (newest data %s, taxonomy %s)\n\n", subject, a.AsOfDate, a.Watermark,
		a.Taxonomy)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "span\tfrom\tthrough\tvalue\tstate\twhy")
	for _, v := range a.Values {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Window, said(v.FirstDay), said(v.LastDay), a.value(v), v.State,
			said(v.Reason))
	}
	_ = table.Flush()
	a.printLines(out)
}

// value writes a value as people do; a hyphen where it is missing.
func (a Attribute) value(v AttributeValue) string {
	switch {
	case v.Integer != nil && a.Unit == "minor":
		return schema.Amount(*v.Integer, v.Currency) + " " + strings.ToUpper(v.Currency)
	case v.Integer != nil && a.Unit == "days":
		return strconv.FormatInt(*v.Integer, 10) + " days"
	case v.Integer != nil:
		return strconv.FormatInt(*v.Integer, 10)
	case v.Double != nil:
		return strconv.FormatFloat(*v.Double, 'g', -1, 64)
	case v.Date != nil:
		return *v.Date
	case v.Text != nil:
		return *v.Text
	case v.LowerBoundDays != nil:
		return fmt.Sprintf("more than %d days", *v.LowerBoundDays)
	}
	return "-"
}

func (a Attribute) printLines(out io.Writer) {
	if len(a.Lines) == 0 {
		fmt.Fprintf(out, "\nNothing counts over %s.\n", a.Window)
		return
	}
	fmt.Fprintf(out, "\nComputed over %s from\n", a.Window)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	balances := a.Lines[0].Evidence == "balance"
	if balances {
		fmt.Fprintln(table, "day\tbalance\tknown\tproof\taccount")
	} else {
		fmt.Fprintln(table, "day\tamount\tcounts\tcategory\trule\ttransaction\tversion\taccount\tpart")
	}
	for _, l := range a.Lines {
		money := schema.Amount(l.AmountMinor, l.Currency) + " " + strings.ToUpper(l.Currency)
		if balances {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", l.Day, money, said(l.RuleID), said(l.Proof), l.AccountKey)
			continue
		}
		version := ""
		if l.Version != nil {
			version = strconv.FormatInt(*l.Version, 10)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s %s\t%s\t%s\t%s\t%s\n", l.Day, money, l.Counted, said(l.Category),
			said(l.RuleID), said(l.RuleVersion), said(l.TransactionID), version, l.AccountKey, partNames[l.Part])
	}
	_ = table.Flush()
}

func said(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
