package text_test

import (
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema/models/text"
)

// TestNamesThatFillTheFieldAreOfTheirMerchant: the clearing house has sixteen letters for the name of a company. A
// lender, a landlord or an insurer whose name is longer is the same with what is left of it.
func TestNamesThatFillTheFieldAreOfTheirMerchant(t *testing.T) {
	tried := 0
	for _, line := range seeds(t, "online_merchants.csv") {
		if group, _, _ := strings.Cut(line["category"], "."); group != "fin_out" && group != "housing" {
			continue
		}
		for written := range strings.SplitSeq(line["texts"], ";") {
			if len(written) <= 16 || written[15] == ' ' || written[14] == ' ' || strings.HasSuffix(written, "?") {
				continue
			}
			tried++
			printed := fmt.Sprintf("%.16s DES:PAYMENT ID:1234567 INDN:JANE DOE CO ID:1234567890 PPD", written)
			got, want := text.Read(printed), text.Read(written)
			isOther := got.Key != want.Key && strings.HasPrefix(got.Out.Category, "fin_out.") && got.Name != ""
			if isOther || got.Name == "" {
				t.Errorf("%q is of %q and %q, want %q and %q", printed, got.Key, got.Out.Category, want.Key,
					want.Out.Category)
			}
		}
	}
	if tried < 100 {
		t.Error(tried)
	}
}

// TestNamesThatFillTheFieldOfACardAreNoOtherMerchants: processors have 22 letters for a name. What is left of one that
// is cut off inside a word is its own, or of none: of no merchant that sells something else.
func TestNamesThatFillTheFieldOfACardAreNoOtherMerchants(t *testing.T) {
	tried, found := 0, 0
	for _, line := range seeds(t, "merchant_aliases.csv") {
		if len(line["alias"]) <= 22 || line["alias"][22] == ' ' || line["alias"][21] == ' ' {
			continue
		}
		tried++
		printed := "POS PURCHASE " + line["alias"][:22] + " AUSTIN TX"
		switch got := text.Read(printed); {
		case got.Key == line["key"]:
			found++
		case got.Name != "" && group(got.Category) != group(text.Read(line["alias"]).Category):
			t.Errorf("%q is of %q, want %q", printed, got.Key, line["key"])
		}
	}
	if 10*found < 8*tried || tried < 500 {
		t.Errorf("%d of %d are found", found, tried)
	}
}

// group is that of a category: food of food.coffee.
func group(category string) string {
	name, _, _ := strings.Cut(category, ".")
	return name
}
