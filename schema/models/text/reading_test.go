package text_test

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"fcpipe/schema"
	"fcpipe/schema/models/text"
)

// TestPublicTexts reads what people have published of their accounts. For some the right merchant is not found, which
// leaves one merchant as two (split); none is taken for another one.
func TestPublicTexts(t *testing.T) {
	rows, err := text.Table(os.DirFS("testdata"), "public.csv")
	if err != nil || len(rows) < 150 {
		t.Fatal(len(rows), err)
	}
	atFirst, split := 0, 0
	for _, row := range rows {
		want := row["key"]
		if row["split"] != "" {
			want = row["split"]
			split++
		}
		if row["first_try"] == "yes" {
			atFirst++
		}
		if got := text.Read(row["text"]); got.Key != want {
			t.Errorf("%q is of %q, want %q", row["text"], got.Key, want)
		}
	}
	t.Logf("%d of %d were right before a rule was written for one of them, %d are split", atFirst, len(rows), split)
}

// TestBanksWriteOneMerchantInManyWays: how large banks, their processors and the clearing house write a purchase, a
// bill and pay, and names that begin like a bank's own words, which stay whole.
func TestBanksWriteOneMerchantInManyWays(t *testing.T) {
	rows, err := text.Table(os.DirFS("testdata"), "banks.csv")
	if err != nil || len(rows) < 150 {
		t.Fatal(len(rows), err)
	}
	for _, row := range rows {
		got := text.Read(row["text"])
		if got.Key != row["key"] {
			t.Errorf("%q is of %q, want %q", row["text"], got.Key, row["key"])
		}
		if row["in"] != "" && got.In.Category != row["in"] {
			t.Errorf("%q comes in as %v, want %s", row["text"], got.In, row["in"])
		}
		if row["out"] != "" && got.Out.Category != row["out"] {
			t.Errorf("%q goes out as %v, want %s", row["text"], got.Out, row["out"])
		}
	}
}

// TestNoKeyIsOfManyMerchants: what is left of a text may be words of banks, of trades or a place alone. Two such texts
// are of two merchants.
func TestNoKeyIsOfManyMerchants(t *testing.T) {
	for _, c := range [][2]string{
		{"PHARMACY AUSTIN TX", "PHARMACY DALLAS TX"},
		{"POS PURCHASE RESTAURANT AUSTIN TX", "POS PURCHASE RESTAURANT DALLAS TX"},
		{"LIQUOR STORE #12 AUSTIN TX", "LIQUOR STORE #12 DALLAS TX"},
		{"DEBIT CARD CHEWY.COM 873-800-0983 DE", "DEBIT CARD ALIEXPRESS.COM 857-076-2327 UT"},
		{"DIGITAL CARD PURCHASE - WOLDER.COM 873-800-0983 DE", "DIGITAL CARD PURCHASE - XQZ.COM 873-800-0983 DE"},
		{"DIRECT DEPOSIT - PAYROLL ACME LOGISTICS XXXXX5772", "DIRECT DEPOSIT - PAYROLL WOLDER LLC XXXXX5772"},
		{
			"DEBIT CARD PURCHASE-PIN 11-02-26 WINSTON-SALEM NC 1234 WOLDER.COM",
			"DEBIT CARD PURCHASE-PIN 11-02-26 WINSTON-SALEM NC 1234 XQZ.COM",
		},
		{"CITY OF AUSTIN", "CITY OF DALLAS"},
		{"USAA BILL PAY COMCAST", "USAA BILL PAY APPFOLIO"},
	} {
		if a, b := text.Read(c[0]).Key, text.Read(c[1]).Key; a == b {
			t.Errorf("%q and %q are both of %q", c[0], c[1], a)
		}
	}
}

// TestBrandsOfOneGroup: merchants of one family keep keys of their own.
func TestBrandsOfOneGroup(t *testing.T) {
	for _, c := range [][2]string{
		{"VERIZON WIRELESS PAYMENTS", "VERIZON DES:FIOS PYMT ID:1 INDN:JANE DOE CO ID:9783397101 WEB"},
		{"UBER *TRIP HELP.UBER.COM CA", "UBER *EATS HELP.UBER.COM CA"},
		{"MARSHALLS #0412 AUSTIN TX", "TJ MAXX #0628 AUSTIN TX"},
		{"COSTCO WHSE #0123 AUSTIN TX", "COSTCO GAS #0123 AUSTIN TX"},
		{"AMZN MKTP US*2K4AB1CD3", "AMAZON PRIME*2K4AB1CD3"},
	} {
		a, b := text.Read(c[0]), text.Read(c[1])
		if a.Family == "" || a.Family != b.Family || a.Key == b.Key {
			t.Errorf("%q is of %s (%s), %q of %s (%s)", c[0], a.Key, a.Family, c[1], b.Key, b.Family)
		}
	}
}

// TestNamesNeedASecondSign: TARGET alone may be anything; a shop's number, a card's phrasing, a place or a word of the
// trade make it the shop.
func TestNamesNeedASecondSign(t *testing.T) {
	for given, want := range map[string]string{
		"TARGET": "", "TARGET 00012345": "Target", "POS PURCHASE TARGET": "Target", "TARGET AUSTIN TX": "Target",
		"TARGET PRACTICE RANGE": "", "TARGET CORP PAYROLL PPD ID: 1410215170": "",
		"SHELL": "", "SHELL OIL 57444812": "Shell", "SHELL BEACH CAFE": "", "SHELL SERVICE STATION": "Shell",
		"GAP": "", "GAP OUTLET #12": "Gap", "GAP CREEK COFFEE": "", "SUBWAY 13036": "Subway", "SUBWAY TILE DEPOT": "",
		"CHASE FIELD PHOENIX AZ": "", "BEST BUY": "Best Buy", "BEST BUY AUTO SALES": "",
		"KROGER #412": "Kroger", "KROGER DIRECT DEP": "", "STARBUCKS COFFEE": "Starbucks", "STARBUCKS FIELD": "",
		"AMERICAN FAMILY CARE": "", "SPECTRUM BRANDS": "", "OPTIMUM NUTRITION": "", "THE HARTFORD STAGE": "",
		"MARSHALLS CREEK MARKET": "", "AMAZON RIVER CAFE": "", "KAISER BAKERY": "", "UNITED METHODIST CHURCH": "",
		"SPECTRUM AUTOPAY": "Spectrum", "FOREVER 21 #0123": "Forever 21", "PHILLIPS 66": "Phillips 66",
		"CASH APP*JIMMY JOHNS": "", "ZELLE TO WENDY": "", "DISCOVER YOGA": "", "AMEX LOUNGE": "",
	} {
		if got := text.Read(given); got.Name != want {
			t.Errorf("%q is of %q (%s), want %q", given, got.Name, got.Key, want)
		}
	}
}

// TestOneMerchantInEverySpelling: composed or not, wide or narrow, in small letters, with invisible characters, other
// spaces, quotes and control characters, a name is one merchant; marks of other scripts make other letters.
func TestOneMerchantInEverySpelling(t *testing.T) {
	for key, spellings := range map[string][]string{
		"CAFE MULLER": {
			"CAFÉ MÜLLER", "CAFE\u0301 MU\u0308LLER", "Café Müller", "cafe muller", "ＣＡＦＥ\u3000ＭＵＬＬＥＲ",
			"CAFÉ\u00a0MÜLLER", "CA\u200bFÉ MÜLLER", "\u200eCAFÉ MÜLLER\u200f", "\ufeffCAFÉ  MÜLLER ",
			"CAFÉ\tMÜLLER\r\n", "CAFÉ\x07 MÜLLER", "CAF\u00adÉ MÜLLER", "CAFÉ\u2009MÜLLER", "CAFÉ MÜLLER #0042",
			"SQ *CAFÉ MÜLLER",
		},
		"TRADER JOE'S": {
			"TRADER JOE'S #189", "TRADER JOE’S #189", "Trader Joe´s #12", "TRADER JOEʼS", "TRADER JOE`S",
		},
		"OFFICE FIND FLOW": {
			"OﬃCE ﬁND ﬂOW", "oﬀice ﬁnd ﬂow", "𝐎𝐅𝐅𝐈𝐂𝐄 𝘧𝘪𝘯𝘥 FLOW", "OF\u200dFICE FI\u2060ND\u202fFLOW",
			"OFFICE\u3164FIND\u2800FLOW", "OF\u034fFICE FIND\U000e0101 FLOW",
		},
		"TEE TIMES 12 A":   {"TEE∗TIMES 12⁄A", "TEE*TIMES 12/A"},
		"КОФЕЙНЯ ПУШКИН":   {"Кофейня Пушкин", "КОФЕИ\u0306НЯ ПУШКИН", "кофейня  пушкин"},
		"寿司 ガ":             {"寿司 ガ", "寿司 ｶﾞ", "寿司\u3000カ\u3099"},
		"STRASSENBACKEREI": {"Straßenbäckerei", "STRASSENBÄCKEREI", "STRAẞENBACKEREI"},
		"(NO TEXT)":        {"", " ", "\u200b", "\u00a0\t"},
		"CAFE 寿司":          {"CAFÉ 寿司"},
		"จะ":               {"จะ"},
	} {
		for _, spelling := range spellings {
			if got := text.Read(spelling).Key; got != key {
				t.Errorf("%q is of %q, want %q", spelling, got, key)
			}
		}
	}
}

// TestMerchantsHaveCategoriesOfTheTaxonomy: every line of the seeds names a code there is.
func TestMerchantsHaveCategoriesOfTheTaxonomy(t *testing.T) {
	codes := map[string]bool{}
	for _, line := range seeds(t, "taxonomy.csv") {
		codes[line["code"]] = true
	}
	for _, file := range []string{"merchants.csv", "online_merchants.csv", "tags.csv"} {
		for _, line := range seeds(t, file) {
			if !codes[line["category"]] {
				t.Errorf("%s: %q is no category: %v", file, line["category"], line)
			}
		}
	}
	for _, line := range lines(t, "words.csv") {
		if line["category"] != "" && !codes[line["category"]] {
			t.Errorf("words.csv: %q is no category", line["category"])
		}
	}
}

// TestTablesOfMerchantsAreWhole: each alias stands for a merchant, each merchant that was written by hand is among
// them, and what begins a line is there once, without quotes: lines are found by it.
func TestTablesOfMerchantsAreWhole(t *testing.T) {
	merchants := map[string]map[string]string{}
	for _, line := range seeds(t, "merchants.csv") {
		if key := line["key"]; merchants[key] != nil || key != text.Words(key) || line["family"] == "" {
			t.Errorf("merchants.csv: %q is there twice, is no key, or has no family", key)
		}
		merchants[line["key"]] = line
	}
	for _, line := range seeds(t, "online_merchants.csv") {
		if got := merchants[text.Key(line["name"])]; got["category"] != line["category"] {
			t.Errorf("%s is %s in merchants.csv: run make seeds", line["name"], got["category"])
		}
	}
	aliases, last := map[string]bool{}, ""
	for _, line := range seeds(t, "merchant_aliases.csv") {
		if line["alias"] < last {
			t.Errorf("merchant_aliases.csv: %q stands behind %q: what begins alike is looked for side by side",
				line["alias"], last)
		}
		last = line["alias"]
		if alias := line["alias"]; aliases[alias] || alias != text.Alias(alias) || merchants[line["key"]] == nil {
			t.Errorf("merchant_aliases.csv: %q is there twice, is no alias, or stands for no merchant", alias)
		}
		aliases[line["alias"]] = true
	}
	places := map[string]bool{}
	for _, line := range seeds(t, "places.csv") {
		place := line["town"] + "," + line["state"]
		if places[place] || len(line["state"]) != 2 || strings.ContainsAny(line["town"], `,"`) {
			t.Errorf("places.csv: %q is there twice, or is no town", place)
		}
		places[place] = true
	}
}

// TestEveryOnlineMerchantIsFoundByItsTexts: in a card's phrasing, which is the second sign.
func TestEveryOnlineMerchantIsFoundByItsTexts(t *testing.T) {
	for _, line := range seeds(t, "online_merchants.csv") {
		for written := range strings.SplitSeq(line["texts"], ";") {
			written = strings.TrimSuffix(written, "?")
			if got := text.Read("PURCHASE AUTHORIZED ON 11/02 " + written); got.Name != line["name"] {
				t.Errorf("%q is of %q, want %q", written, got.Name, line["name"])
			}
		}
	}
}

func seeds(t *testing.T, file string) []map[string]string {
	t.Helper()
	rows, err := text.Table(schema.SeedFiles, "seeds/"+file)
	if err != nil || len(rows) < 100 {
		t.Fatal(file, len(rows), err)
	}
	return rows
}

// FuzzRead: whatever bytes a bank sends, there is a key; it is made of the text or stands in the tables.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "☕", "\xff\xfe", "SQ *", "TST* * *", "POS DEBIT - VISA CHECK CARD 0123 - ", "ﬃ", "ẞ", "A\u0301\u0301",
		"NACHA DES:X ID:Y INDN:Z CO ID:1 PPD", "***1234", "#", "ACH DEBIT / ", strings.Repeat("PURCHASE ", 100),
		"PAYPAL *PAYPAL *PAYPAL *", "CHECKCARD 1102 1102", "ŉ", "İ", "ﷺ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		got := text.Read(given)
		if got.Key == "" {
			t.Errorf("%q has no key", given)
		}
		hasLetters := strings.IndexFunc(got.Folded, unicode.IsLetter) >= 0
		if hasLetters && strings.IndexFunc(got.Key, unicode.IsLetter) < 0 {
			t.Errorf("%q has letters, its key %q has none", given, got.Key)
		}
		if got.Name == "" && got.Key != text.NoText && len(got.Key) > len(got.Folded) {
			t.Errorf("the key %q is longer than %q", got.Key, got.Folded)
		}
		if again := text.Read(given); again != got {
			t.Errorf("%q was read as %v, then as %v", given, got, again)
		}
	})
}

// BenchmarkRead reads public texts, each with another number, so that none is read twice.
func BenchmarkRead(b *testing.B) {
	rows, err := text.Table(os.DirFS("testdata"), "public.csv")
	if err != nil {
		b.Fatal(err)
	}
	text.Read("")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		text.Read(rows[i%len(rows)]["text"])
	}
}
