package rules

import (
	"strings"
	"testing"
)

// TestAPolicyThatCannotBeUsed is one error with its line.
func TestAPolicyThatCannotBeUsed(t *testing.T) {
	known := []Attribute{
		{Name: "balance_negative_days", Unit: "days", Windows: []string{"90d"}},
		{Name: "balance_daily_avg_minor", Unit: "minor", Windows: []string{"90d"}},
		{Name: "flow_unknown_share", Unit: "ratio", Windows: []string{"90d"}},
		{Name: "coverage_basis", Unit: "text", Windows: []string{"now"}},
	}
	head := "attribute,window,comparison,threshold,currency,reason_code,text\n# a note\n"
	for line, want := range map[string]string{
		strings.Repeat("balance_negative_days,90d,>,2,,CF06,\n", 2): "policy.csv:4: says what line 3 says",
		"balance_negative,90d,>,2,,CF06,": `policy.csv:3: attribute "balance_negative" is none of a holder; ` +
			"underwriting.attributes lists them; did you mean balance_negative_days?",
		"balance_negative_days,30d,>,2,,CF06,":        `has no window "30d", but 90d`,
		"balance_negative_days,90d,over,2,,CF06,":     `comparison "over" is none of`,
		"balance_negative_days,90d,>,2.5,,CF06,":      `"2.5" is no whole number`,
		"balance_negative_days,90d,>,,,CF06,":         "threshold is empty",
		"balance_negative_days,90d,>,2,,CF07,":        "the sentence of CF07 is about distress_event_count",
		"balance_negative_days,90d,>,2,,OWN,":         "is none of CF01 to CF25; write a text",
		"balance_negative_days,90d,>,2,,O WN,x":       "a code has letters",
		"balance_daily_avg_minor,90d,<,5,,CF09,":      "is money: say of which currency",
		"balance_daily_avg_minor,90d,<,5.1,jpy,X,x":   "is no amount of jpy",
		"balance_negative_days,90d,>,2,,X,{days} bad": "what stands in braces is {n}",
		"balance_negative_days,90d,>,2,,X,{n of {w}":  "what stands in braces is {n}",
		"# a file that lost its lines":                "policy.csv:1: has no condition",
		"flow_unknown_share,90d,>,many,,X,x":          `"many" is no number`,
		"coverage_basis,now,=,earlier,,X,x":           "coverage_basis is a text, and conditions are about numbers",
	} {
		if _, err := ReadPolicy("policy.csv", []byte(head+line+"\n"), known); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %s", line, err, want)
		}
	}
}

// TestAPolicyIsReadInItsOrder: thresholds in the unit of their number, sentences of the code or of the line's own.
func TestAPolicyIsReadInItsOrder(t *testing.T) {
	known := []Attribute{
		{Name: "balance_daily_avg_minor", Unit: "minor", Windows: []string{"90d"}},
		{Name: "balance_negative_days", Unit: "days", Windows: []string{"90d"}},
		{Name: "flow_unknown_share", Unit: "ratio", Windows: []string{"90d"}},
	}
	read, err := ReadPolicy("policy.csv", []byte("reason_code,attribute,window,comparison,threshold,currency,text\n"+
		"cf09,balance_daily_avg_minor,90d,<,-1250.5,USD,\n\nCF06,balance_negative_days,90d,>=,3,,\n"+
		"OWN,flow_unknown_share,90d,!=,.25,,Of one's own\n"), known)
	if err != nil || len(read) != 3 {
		t.Fatal(read, err)
	}
	first, second, third := read[0], read[1], read[2]
	if *first.Integer != -125_050 || first.Code != "CF09" || first.Currency != "usd" || first.Line != 2 ||
		first.Text != "Average balance is low compared with outflow" {
		t.Errorf("%+v", first)
	}
	if *second.Integer != 3 || second.Position != 2 || second.Line != 4 ||
		second.Text != "Balance was below zero on {n} of {w} days" {
		t.Errorf("%+v", second)
	}
	if *third.Double != 0.25 || third.Text != "Of one's own" {
		t.Errorf("%+v", third)
	}
}
