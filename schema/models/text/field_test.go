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
