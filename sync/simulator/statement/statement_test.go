package statement

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func named(t *testing.T, name string) *Set {
	t.Helper()
	s, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fields are of a line that tells everything.
func fields() *Fields {
	return &Fields{
		Merchant: "SQ *BLUE OWL COFFEE AND BAKERY 0042", City: "San Antonio", State: "TX",
		Date:  time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC),
		Card4: "1234", Other4: "9876", Other: "savings", Bank: "Other Bank", Company: "DUKEENERGY", Entry: "BILL PAY",
		CompanyID: "1234567890", Class: "PPD", Holder: "SAMPLE ADA", Person: "Ben Example", Check: 1042, Item: 12_345,
	}
}

// kindsOf are the kinds a style words, with whether they are of a card.
func kindsOf(s *Style) (kinds []Kind, ofCard []bool) {
	if s.Cash {
		kinds = append(kinds, cashKinds...)
	}
	ofCard = make([]bool, len(kinds))
	if s.Card {
		for _, kind := range cardKinds {
			kinds, ofCard = append(kinds, kind), append(ofCard, true)
		}
	}
	return kinds, ofCard
}

// TestEveryStyleWordsEverything: no line is empty, has a slot that nothing filled, or differs when it is drawn again.
func TestEveryStyleWordsEverything(t *testing.T) {
	left := regexp.MustCompile(`[{}]|%!`)
	for name := range sets {
		for _, style := range named(t, name).Styles {
			kinds, ofCard := kindsOf(style)
			for i, kind := range kinds {
				for x := range uint64(12) {
					text := style.Text(kind, ofCard[i], x, fields())
					if text == "" || left.MatchString(text) || text != strings.TrimSpace(text) {
						t.Errorf("%s, %s: %q", style.Name, kind, text)
					}
					if again := style.Text(kind, ofCard[i], x, fields()); again != text {
						t.Errorf("%s, %s: %q, then %q", style.Name, kind, text, again)
					}
				}
			}
		}
	}
}

// TestStylesDiffer: purchases and transfers of no two banks read the same.
func TestStylesDiffer(t *testing.T) {
	for _, kind := range []Kind{Purchase, Debit, TransferOut, Overdraft} {
		seen, same := map[string]string{}, 0
		for name := range sets {
			for _, style := range named(t, name).Styles {
				if !style.Cash {
					continue
				}
				text := style.Text(kind, false, 7, fields())
				if other, known := seen[text]; known {
					t.Logf("%s: %s and %s both print %q", kind, other, style.Name, text)
					same++
				}
				seen[text] = style.Name
			}
		}
		if 4*same > len(seen) {
			t.Errorf("%s: %d texts of %d banks are another's", kind, same, len(seen)+same)
		}
	}
}

// TestListsAreUsable: every merchant has a label of the taxonomy and a name on a statement; every way is there.
func TestListsAreUsable(t *testing.T) {
	text, err := os.ReadFile("testdata/taxonomy.txt")
	if err != nil {
		t.Fatal(err)
	}
	codes := strings.Fields(string(text))
	for name := range sets {
		s := named(t, name)
		merchants := slices.Concat(s.Merchants, s.Shops(1, 200))
		for _, m := range merchants {
			if !slices.Contains(codes, m.Label) {
				t.Errorf("%s: %s has the label %s, which the taxonomy lacks", name, m.Name, m.Label)
			}
			hasPrice := len(m.Prices) > 0 || m.High > m.Low && m.Low > 0 || m.Way == Wages
			if !hasPrice || m.Weight <= 0 {
				t.Errorf("%s: %s costs %d to %d, weight %d", name, m.Name, m.Low, m.High, m.Weight)
			}
			for i := range m.Forms {
				var told Fields
				m.Forms[i].Tell(m, Place{City: "Austin", State: "TX", Store: 5, Person: "Ben Example"}, 9, &told)
				if told.Merchant == "" && (told.Company == "" || told.Entry == "") ||
					strings.ContainsAny(told.Merchant+told.Company, "{}") {
					t.Errorf("%s: %s tells %+v", name, m.Name, told)
				}
			}
		}
		for _, way := range ways {
			if s.Pick(way, 3) == nil {
				t.Errorf("%s: no merchant is paid by %s", name, way)
			}
		}
		t.Logf("%s: %d styles, %d merchants", name, len(s.Styles), len(s.Merchants))
	}
}

// TestEvaluationIsHeldOut: it has eight styles at least, none of the others', few of their merchants, no shop.
func TestEvaluationIsHeldOut(t *testing.T) {
	others, held := named(t, "default"), named(t, "evaluation")
	if len(held.Styles) < 8 || len(held.Styles)+len(others.Styles) < 30 {
		t.Errorf("%d styles, %d of them for evaluation", len(held.Styles)+len(others.Styles), len(held.Styles))
	}
	for _, style := range held.Styles {
		if others.byName[style.Name] != nil {
			t.Errorf("%s has a style in both sets", style.Name)
		}
	}
	known, common := map[string]bool{}, map[string]bool{}
	for _, m := range slices.Concat(others.Merchants, others.Shops(1, 500)) {
		known[m.Name] = true
	}
	for _, m := range slices.Concat(held.Merchants, held.Shops(1, 500)) {
		if known[m.Name] {
			common[m.Name] = true
			if m.Town >= 0 {
				t.Errorf("shop %s is in both sets", m.Name)
			}
		}
	}
	if len(common)*8 > len(held.Merchants) {
		t.Errorf("%d of %d merchants are in both sets: %v", len(common), len(held.Merchants), common)
	}
}

// TestAShopKeepsItsNumber: a store's number is the same at every visit, a reference is another each time.
func TestAShopKeepsItsNumber(t *testing.T) {
	store, err := readForm("WM SUPERCENTER #{4}")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := readForm("AMZN Mktp US*{a9}@Amzn.com/bill WA")
	if err != nil {
		t.Fatal(err)
	}
	m := &Merchant{Name: "A", Way: Street}
	tell := func(f Form, store, x uint64) string {
		var told Fields
		f.Tell(m, Place{City: "Austin", State: "TX", Store: store}, x, &told)
		return told.Merchant
	}
	if tell(store, 1, 1) != tell(store, 1, 2) || tell(store, 1, 1) == tell(store, 2, 1) {
		t.Errorf("%s, %s, elsewhere %s", tell(store, 1, 1), tell(store, 1, 2), tell(store, 2, 1))
	}
	if tell(reference, 1, 1) == tell(reference, 1, 2) {
		t.Errorf("%s twice", tell(reference, 1, 1))
	}
}

// TestFilesThatAreWrong are refused with the line that is wrong.
func TestFilesThatAreWrong(t *testing.T) {
	whole := "== A\naccounts card\ncase upper\nach A>B>C\ncard A>B>C\n"
	for text, want := range map[string]string{
		"accounts cash":                     "line 1: ",
		whole + "purchase = {merchant}":     "{merchant} is no slot",
		whole + "purchase = {m":             "{m} is no slot",
		whole + "transfer_out = {kind:a|b}": "{kind:a|b} is no slot",
		whole + "sale = {m}":                `"sale" is no kind`,
		whole + "colour red":                `"colour" is no option`,
		whole + "case red":                  `case "red"`,
		whole + "purchase = {m}":            "has no recurring for cards",
		"== A\naccounts cash":               "needs accounts, case, ach and card",
	} {
		if _, err := readStyles(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"A,b,shop,1,1,2,F":     "is no way",
		"A,b,street,x,1,2,F":   "line 2, A",
		"A,b,sub,1,1.5,2,F":    "two digits of cents",
		"A,b,street,1,1,2,{z}": "is no piece",
	} {
		if _, err := readMerchants("head,,,,,,\n" + text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Named("none"); err == nil {
		t.Error("a set that does not exist has styles")
	}
}

func BenchmarkText(b *testing.B) {
	s, err := Named("default")
	if err != nil {
		b.Fatal(err)
	}
	f := fields()
	for n := 0; b.Loop(); n++ {
		s.Styles[n%len(s.Styles)].Text(Purchase, s.Styles[n%len(s.Styles)].Card && !s.Styles[n%len(s.Styles)].Cash,
			uint64(n), f)
	}
}
