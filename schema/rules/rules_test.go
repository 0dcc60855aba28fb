package rules_test

import (
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/models/text"
	"fcpipe/schema/rules"
)

// refusal is a file that is refused, and what the error says of it.
type refusal struct{ file, want string }

const head = "id,merchant,words,pattern,account,holder,direction,currency,min_amount,max_amount,category,name," +
	"treatment\n"

// TestRulesAreRefusedWithTheirLine: one error names the file, the line and what to do.
func TestRulesAreRefusedWithTheirLine(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	for _, c := range []refusal{
		{"word,category\nKROGER,food.groceries", `rules.csv:1: unknown column "word"; the first line names columns`},
		{"words,words,category\nA,B,food.groceries", "rules.csv:1: column words is there twice"},
		{"words,category\nKROGER,food.grocery", `rules.csv:2: unknown category "food.grocery"`},
		{"words,category\nKROGER,groceries", "did you mean food.groceries?"},
		{"pattern,category\nA(,food.groceries", "rules.csv:2: pattern: error parsing regexp: missing closing )"},
		{"pattern,category\nA)(B,food.groceries", "rules.csv:2: pattern: error parsing regexp"},
		{"pattern,category\n.*,food.groceries", "matches every text"},
		{"pattern,category\n(?=A)B,food.groceries", "rules.csv:2: pattern: error parsing regexp: invalid or"},
		{"words,category\nKROGER,food.groceries\n\n# a note\nkroger,food.coffee", "rules.csv:5: has the conditions " +
			"of line 2, which decides"},
		{"id,words,category\na,KROGER,food.groceries\na,SHELL,transport.fuel", "rules.csv:3: has the id a of line 2"},
		{"id,words,category\n-a,KROGER,food.groceries", "rules.csv:2: id \"-a\""},
		{"words,category\nKROGER,food.groceries,more", "rules.csv:2: has 3 cells, and the first line no name for the"},
		{"words,category,\nKROGER,food.groceries,more", "rules.csv:2: has 3 cells, and the first line no name for the"},
		{"words;category\nKROGER;food.groceries", `rules.csv:1: names "words;category"; separate columns by commas`},
		{"words,category\rKROGER,food.groceries\r", `rules.csv:1: names "category\rKROGER"; separate columns by`},
		{"id,words,category\na\u200b,KROGER,food.groceries", "id has a character that is not to be seen, U+200B"},
		{"words,category\nCAF\xc9,food.coffee", "rules.csv:2: is no UTF-8; save it as CSV in UTF-8"},
		{"\xff\xfew\x00o\x00", "rules.csv:1: is UTF-16"},
		{"words,category\nA\x00B,food.coffee", "rules.csv:2: has a zero byte"},
		{"words,category\n" + long + ",food.coffee", "rules.csv:2: words has 1048576 characters, more than 500"},
		{"words,category\n\"KROGER,food.groceries\nSHELL,transport.fuel\n", "rules.csv:"},
		{"words,category\nKRO\"GER,food.groceries", "rules.csv:2: bare \""},
		{"words,category\n\"A\nB\",food.groceries", "rules.csv:2: words has a line break"},
		{"words,category\n***,food.groceries", "words have no letter or digit; write a pattern"},
		{"merchant,category\n***,food.groceries", "has no letter or digit"},
		{"account,category\nfca_1,food.groceries", "matches every text; fill merchant, words or pattern"},
		{"words,account,category\nA,acct_1,food.groceries", `account "acct_1": want the id of an account`},
		{"words,holder,category\nA,jane,food.groceries", `holder "jane": want the id of a holder`},
		{"words,direction,category\nA,up,food.groceries", `direction "up" is not in or out`},
		{"words,direction,category\nA,in,food.groceries", "is for money that goes out, the line for"},
		{"words,min_amount,category\nA,5,food.groceries", "min_amount needs a currency"},
		{"words,currency,min_amount,category\nA,usd,\"1,000\",food.groceries", `"1,000": write an amount of usd`},
		{"words,currency,min_amount,category\nA,usd,-5,food.groceries", `"-5": write an amount`},
		{"words,currency,min_amount,category\nA,usd,1.005,food.groceries", `"1.005": write an amount of usd`},
		{"words,currency,min_amount,category\nA,jpy,1.5,food.groceries", "such as 25"},
		{"words,currency,min_amount,category\nA,usd,99999999999999999999,food.groceries", "of at most 18 digits"},
		{"words,currency,min_amount,max_amount,category\nA,usd,5,4,food.groceries", "no transaction fits"},
		{"words,currency,category\nA,zzz,food.groceries", `currency "zzz": write an ISO 4217 code such as usd`},
		{"words,currency,category\nA,dollars,food.groceries", `currency "dollars": write an ISO 4217 code such as usd`},
		{"words\nA", "says nothing of what it matches; fill category, name or treatment"},
		{"words,category,treatment\nA,food.groceries,income", `treatment "income" is not one of contra_revenue, `},
		{"words,category,treatment\nA,xfer.own_out,expense", `is not one of exclude, which this category allows`},
	} {
		_, err := rules.ReadRules("rules.csv", []byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.80q: %v, want %q", c.file, err, c.want)
		}
	}
}

// TestOverridesAreRefusedWithTheirLine: the same of overrides.csv.
func TestOverridesAreRefusedWithTheirLine(t *testing.T) {
	for _, c := range []refusal{
		{"transaction,category\nfctxn_1,food.coffee", `overrides.csv:1: unknown column "transaction"`},
		{"transaction_id,category\nfctxn_1,food.tea", `overrides.csv:2: unknown category "food.tea"`},
		{"transaction_id,category\nfctxn_1,", "decides nothing; fill category, name, note or include"},
		{"transaction_id,category\n,food.coffee", "names no transaction"},
		{"transaction_id,include\nfctxn_1,maybe", `include "maybe" is not yes or no`},
		{"transaction_id,include\nfctxn_1,no\nfctxn_1,yes", "overrides.csv:3: line 2 decides of fctxn_1 already"},
		{"out_id,in_id,decision\nfctxn_1,fctxn_2,", "a pair needs out_id, in_id and decision"},
		{"out_id,in_id,decision\nfctxn_1,fctxn_2,yes", `decision "yes" is not confirmed or rejected`},
		{"out_id,in_id,decision\nfctxn_1,fctxn_1,confirmed", "are the same transaction"},
		{"out_id,in_id,decision,category\nfctxn_1,fctxn_2,confirmed,food.coffee", "belongs into a line of its own"},
		{"out_id,in_id,decision\na,b,rejected\na,b,confirmed", "line 2 decides of a and b already"},
		{"out_id,in_id,decision\na,b,confirmed\na,c,confirmed", "line 2 confirms a with another transaction"},
	} {
		_, _, err := rules.ReadOverrides("overrides.csv", []byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", c.file, err, c.want)
		}
	}
}

// TestAFileWithoutItsFirstLineIsRefused: an empty one would take back what it said; one without lines says nothing, and
// so does none.
func TestAFileWithoutItsFirstLineIsRefused(t *testing.T) {
	read := map[string]func(content []byte) error{
		"rules.csv":     func(c []byte) error { _, err := rules.ReadRules("rules.csv", c); return err },
		"overrides.csv": func(c []byte) error { _, _, err := rules.ReadOverrides("overrides.csv", c); return err },
		"loans.csv":     func(c []byte) error { _, err := rules.ReadLoanRequests("loans.csv", c); return err },
		"policy.csv":    func(c []byte) error { _, err := rules.ReadPolicy("policy.csv", c, nil); return err },
	}
	for file, heads := range map[string]string{
		"rules.csv": "id,words,category", "overrides.csv": "transaction_id,note", "loans.csv": "holder,payment",
		"policy.csv": "attribute,window",
	} {
		for _, content := range []string{"", "\n\r\n", "\xEF\xBB\xBF", "# a note\n"} {
			err := read[file]([]byte(content))
			if err == nil || !strings.HasPrefix(err.Error(), file+":1: is empty; the first line names columns, of ") {
				t.Errorf("%s with %q: %v", file, content, err)
			}
		}
		for _, content := range []string{heads, heads + ",,\r\n,,,,,\r\n\r\n", "\xEF\xBB\xBF" + heads + "\n\n"} {
			if err := read[file]([]byte(content)); (err == nil) != (file != "policy.csv") {
				t.Errorf("%s with %q: %v", file, content, err)
			}
		}
		if err := read[file](nil); (err == nil) != (file != "policy.csv") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestFilesOfSpreadsheetsAreTaken: a byte order mark, CRLF, columns in any order and case, rows of commas.
func TestFilesOfSpreadsheetsAreTaken(t *testing.T) {
	read, err := rules.ReadRules("rules.csv", []byte("\xEF\xBB\xBFCategory,WORDS,max_amount,currency\r\n"+
		"# a note, with a comma\r\nfood.Coffee,  Café Zoë ,12.50,USD\r\n,,,\r\n\r\nhousing.rent,LANDLORD,,\r\n"))
	if err != nil || len(read) != 2 {
		t.Fatal(read, err)
	}
	coffee, rent := read[0], read[1]
	if *coffee.Words != "CAFE ZOE" || *coffee.Category != "food.coffee" || *coffee.MaxMinor != 1250 ||
		*coffee.Currency != "usd" || coffee.Line != 3 || rent.Line != 6 || rent.Position != 2 || rent.MaxMinor != nil {
		t.Errorf("%+v\n%+v", coffee, rent)
	}
	_, again, _ := strings.Cut("x"+head, "x")
	moved, err := rules.ReadRules("rules.csv", []byte(again+",,Landlord,,,,,,,,housing.rent,,\n"))
	if err != nil || moved[0].ID != rent.ID || moved[0].Version != rent.Version {
		t.Errorf("the same line elsewhere is another rule: %+v, %+v, %v", moved, rent, err)
	}
	empty, err := rules.ReadRules("rules.csv", nil)
	if err != nil || len(empty) != 0 {
		t.Error(empty, err)
	}
}

// TestRulesFitTexts: strings as banks write them, and the rules they fit.
func TestRulesFitTexts(t *testing.T) {
	read, err := rules.ReadRules("rules.csv", []byte("id,merchant,words,pattern,category\n"+
		"words,,zelle to maria,,housing.rent\n"+
		"merchant,Whole Foods Market,,,food.groceries\n"+
		"pattern,,,^CHECK #?10[0-9]{2}$,giving.religious\n"+
		"both,Uber,,\\btrip\\b,transport.rideshare\n"+
		"any,,,coffee|kaffee|コーヒー,food.coffee\n"+
		"star,,SQ CORNER,,food.coffee\n"+
		"mark,,,café,food.coffee\n"))
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := rules.Compile(read)
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string][]string{
		"Zelle payment to Maria Lopez Conf# abc123":                           {},
		"ZELLE TO MARIA LOPEZ ON 06/02 REF # WFCT0ABC":                        {"words"},
		"ZELLE TO MARIANNE":                                                   {},
		"PURCHASE AUTHORIZED ON 06/01 WHOLEFDS MKT 10234 AUSTIN TX CARD 1234": {"merchant"},
		"CHECK 1021":                  {"pattern"},
		"Check #1021":                 {"pattern"},
		"CHECK 102100":                {},
		"AMZN MKTP US*2K4":            {},
		"UBER *TRIP HELP.UBER.COM CA": {"both"}, "UBER *EATS HELP.UBER.COM CA": {},
		"STARBUCKS COFFEE 0123": {"any"},
		"喫茶 コーヒー 渋谷":            {"any"},
		"SQ *CORNER CAFÉ":       {"star", "mark"},
		"SQ *CORNER CAFE":       {"star"},
		"SQ *CORNERSTONE":       {},
		"":                      {},
	} {
		r := text.Read(said)
		got := matcher.Match(rules.Text{Normal: r.Normal, Merchants: []string{r.Key, r.Name}})
		if !slices.Equal(got, want) {
			t.Errorf("%q (%s, %s) fits %v, want %v", said, r.Key, r.Name, got, want)
		}
	}
}

// FuzzFiles: whatever bytes a file has, it is read or refused by one line, and what is read can be compiled.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("words,category\nKROGER,food.groceries\n"))
	f.Add([]byte("pattern,name\n\"a|b\",Shop\n"))
	f.Add([]byte("\xEF\xBB\xBFtransaction_id,note\nfctxn_1,x\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		read, err := rules.ReadRules("rules.csv", content)
		if err == nil {
			_, err = rules.Compile(read)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "rules.csv:") {
			t.Errorf("%q: %v", content, err)
		}
		if _, _, err := rules.ReadOverrides("o.csv", content); err != nil && !strings.HasPrefix(err.Error(), "o.csv:") {
			t.Errorf("%q: %v", content, err)
		}
	})
}
