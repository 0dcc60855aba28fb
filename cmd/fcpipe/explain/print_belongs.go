package explain

import (
	"fmt"
	"io"
	"strings"

	"fcpipe/schema"
)

// print writes what it belongs to for people, and what Stripe says of it.
func (b Belongs) print(out io.Writer) {
	if lines := b.lines(); len(lines) > 0 {
		fmt.Fprintln(out, "\nwhat it is part of")
		for _, line := range lines {
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
	for _, labels := range b.Stripe {
		fmt.Fprintln(out, "\nwhat Stripe says it is, which changes nothing here")
		printLabel(out, "merchant", labels.Merchant, labels.MerchantConfidence)
		printLabel(out, "category", labels.Category, labels.CategoryConfidence)
		printLabel(out, "movement", labels.Movement, labels.MovementConfidence)
	}
}

func printLabel(out io.Writer, name string, label, confidence *string) {
	switch {
	case label != nil && confidence != nil:
		fmt.Fprintf(out, "  %s: %s, confidence %s\n", name, *label, *confidence)
	case label != nil:
		fmt.Fprintf(out, "  %s: %s\n", name, *label)
	}
}

func (b Belongs) lines() (lines []string) {
	for _, t := range b.Transfers {
		lines = append(lines, t.describe())
	}
	for _, r := range b.Refunds {
		lines = append(lines, r.describe())
	}
	for _, r := range b.Reversals {
		lines = append(lines, fmt.Sprintf("%s: it %s %s", r.Kind, gives(r.Role == "reversal", r.LagDays), r.Other))
	}
	for _, d := range b.Distress {
		line := fmt.Sprintf("distress event %s, %s to %s: %s; %s, %s", d.Event, d.FirstDay, d.LastDay,
			strings.Join(d.Signals, ", "), count(d.Rows, "row"), count(d.Fees, "fee"))
		if d.IsReversed {
			line += ", all given back"
		}
		lines = append(lines, line)
	}
	for _, p := range b.Parts {
		lines = append(lines, fmt.Sprintf("%s: %s", p.What, p.Row))
	}
	for _, s := range b.Streams {
		line := fmt.Sprintf("stream %s: %s, %s, %s, %d payments", s.ID, s.Kind, s.Cadence, s.Status, s.Payments)
		if s.NextDue != "" {
			line += ", the next is due " + s.NextDue
		}
		lines = append(lines, line)
	}
	return lines
}

// transferStates say what a status of a pair means.
var transferStates = map[string]string{
	"AUTO":      "counts as a transfer",
	"SUGGESTED": "counts as none until overrides.csv confirms it",
	"CONFIRMED": "counts as a transfer, as overrides.csv confirms",
	"REJECTED":  "counts as none, as overrides.csv says",
}

func (t Transfer) describe() string {
	return fmt.Sprintf("%s %s, which %s: it is the leg %s, the other is %s; score %d: %s", t.Kind, t.Status,
		transferStates[t.Status], t.Leg, t.Other, t.Score, strings.Join(t.Evidence, ", "))
}

func (r Refund) describe() string {
	switch {
	case r.Other == nil && r.Candidates == 0:
		return "refund UNLINKED: no purchase is known that it may give back"
	case r.Other == nil:
		return fmt.Sprintf("refund UNLINKED: it may give back a part of any of %d purchases", r.Candidates)
	}
	line := fmt.Sprintf("refund %s: it %s %s", r.Kind, gives(r.Role == "refund", *r.LagDays), r.Other)
	if r.Role == "refund" && r.Candidates > 1 {
		line += fmt.Sprintf(", one of %d purchases it may be of", r.Candidates)
	}
	return line
}

// String is a row for people.
func (r Row) String() string {
	return fmt.Sprintf("%s, %s %s on %s, %s", r.TransactionID, schema.Amount(r.AmountMinor, r.Currency),
		strings.ToUpper(r.Currency), r.Date, r.AccountKey)
}

// gives says who gives back what, and how many days lie between.
func gives(isBack bool, days int64) string {
	if isBack {
		return fmt.Sprintf("gives back, %s after it,", count(days, "day"))
	}
	return fmt.Sprintf("was given back, %s later, by", count(days, "day"))
}

func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
