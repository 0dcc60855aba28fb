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
		"balance_negative,90d,>,2,,CF06,": `policy.csv:3: attribute "balance_negative": write an attribute ` +
			"that underwriting.attributes lists with of_holders; did you mean balance_negative_days?",
		"balance_negative_days,30d,>,2,,CF06,":        `window "30d": of balance_negative_days write one of 90d`,
		"balance_negative_days,90d,over,2,,CF06,":     `comparison "over": write one of < <= > >= = !=`,
		"balance_negative_days,90d,>,2.5,,CF06,":      `"2.5": balance_negative_days counts, so write a whole`,
		"balance_negative_days,90d,>,,,CF06,":         "fill threshold",
		"balance_negative_days,90d,>,2,,CF07,":        "the sentence of CF07 is about distress_event_count",
		"balance_negative_days,90d,>,2,,OWN,":         "is a code of your own: fill text",
		"balance_negative_days,90d,>,2,,O WN,x":       "write up to 32 letters",
		"balance_daily_avg_minor,90d,<,5,,CF09,":      "is money: fill currency",
		"balance_daily_avg_minor,90d,<,5,zzz,CF09,":   `currency "zzz": write an ISO 4217 code such as usd`,
		"balance_daily_avg_minor,90d,<,5,xxx,CF09,":   `currency "xxx": write an ISO 4217 code such as usd`,
		"balance_negative_days,90d,>,2,zzz,CF06,":     `currency "zzz": write an ISO 4217 code such as usd`,
		"balance_daily_avg_minor,90d,<,5.1,jpy,X,x":   `"5.1": write an amount of jpy`,
		"balance_negative_days,90d,>,2,,X,{days} bad": "in braces write n, w, m or rest alone",
		"balance_negative_days,90d,>,2,,X,{n of {w}":  "in braces write n, w, m or rest alone",
		"# a file that lost its lines":                "policy.csv:1: write at least one condition",
		"flow_unknown_share,90d,>,many,,X,x":          `"many": write a number such as 0.25`,
		// as spreadsheets write numbers, and beyond what can be held
		"flow_unknown_share,90d,>,\"0,25\",,X,x":                  `"0,25": write a number such as 0.25`,
		"balance_negative_days,90d,>,1\u00a0000,,X,x":             "threshold has a character that is not to be seen",
		"balance_negative_days,90d,>,99999999999999999999,,X,x":   "counts, so write a whole number",
		"balance_daily_avg_minor,90d,<,\"5,000\",usd,X,x":         `"5,000": write an amount of usd without sign and`,
		"balance_daily_avg_minor,90d,<,99999999999999999,usd,X,x": "write an amount of at most 18 digits",
		"coverage_basis,now,=,earlier,,X,x":                       "coverage_basis is a text: write an attribute",
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
