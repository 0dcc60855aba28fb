package wire

import (
	"maps"
	"strings"
	"testing"

	"fcpipe/schema"
)

// withLabels is a transaction with the fields of a preview.
func withLabels(fields string) []byte {
	return changed(wholeTransaction, `{"id"`, `{`+fields+`,"id"`)
}

const wholeLabels = `"classifications":[
{"type":"money_movement","money_movement":
  {"primary_label":"out","detailed_label":"card_purchase","confidence_level":"very_high"}},
{"type":"personal_finance","personal_finance":
  {"primary_label":"food","detailed_label":"food_coffee","confidence_level":"low","basis":[1]}},
{"type":"carbon","carbon":{"grams":12}}],
"enrichments":{"merchant":{"name":"Blue Caf\u00e9","confidence_level":"high","logo":null},"place":{"city":"X"}}`

// TestLabelsAreNoPartOfTheRow: they are read beside it, texts as they came, and the row is the one without them.
func TestLabelsAreNoPartOfTheRow(t *testing.T) {
	plain, err := DecodeTransaction([]byte(wholeTransaction))
	if err != nil || !plain.Labels.Empty() {
		t.Fatalf("without labels: %v %v", plain.Labels, err)
	}
	row, err := DecodeTransaction(withLabels(wholeLabels))
	if err != nil || len(row.Refused) > 0 {
		t.Fatalf("%v, %v", err, row.Refused)
	}
	if row.Extra != nil || row.AmountMinor != plain.AmountMinor {
		t.Errorf("the row became another one: %s", deref(row.Extra))
	}
	l := row.Labels
	got := strings.Join([]string{
		l.TransactionID, l.AccountID, deref(l.MerchantName), deref(l.MerchantConfidence), text(l.MoneyMovement),
		text(l.PersonalFinance), deref(l.Extra),
	}, " | ")
	want := `fctxn_1 | fca_1 | Blue Café | high | out/card_purchase/very_high | food/food_coffee/low | ` +
		`{"carbon":{"carbon":{"grams":12}},"enrichments":{"merchant":{"logo":null},"place":{"city":"X"}},` +
		`"personal_finance":{"personal_finance":{"basis":[1]}}}`
	if got != want {
		t.Errorf("labels\n%s, want\n%s", got, want)
	}
}

func text(l schema.Label) string {
	return deref(l.Primary) + "/" + deref(l.Detailed) + "/" + deref(l.Confidence)
}

// TestLabelsMayBeMissing: nothing of a preview has to come.
func TestLabelsMayBeMissing(t *testing.T) {
	for _, fields := range []string{
		`"classifications":null,"enrichments":null`, `"classifications":[],"enrichments":{}`,
		`"classifications":[{"type":"money_movement"}],"enrichments":{"merchant":null}`,
		`"classifications":[{"type":"personal_finance","personal_finance":null}]`,
		`"classifications":[{"type":"money_movement","money_movement":{"primary_label":null}}],` +
			`"enrichments":{"merchant":{}}`,
	} {
		row, err := DecodeTransaction(withLabels(fields))
		if err != nil || len(row.Refused) > 0 || !row.Labels.Empty() || row.Extra != nil {
			t.Errorf("%s: %v, refused %v, %+v", fields, err, row.Refused, row.Labels)
		}
	}
}

// TestABadLabelIsRefusedAlone: the row and its other labels are taken.
func TestABadLabelIsRefusedAlone(t *testing.T) {
	merchant := `,"enrichments":{"merchant":{"name":"M"}}`
	list := func(element string) string { return `"classifications":[` + element + `]` + merchant }
	const wrongType, primary = ": not of the expected type", "classifications.personal_finance.primary_label"
	for _, test := range []struct{ fields, want string }{
		{`"classifications":{}` + merchant, "classifications" + wrongType},
		{list(`5`), wrongType},
		{list(`{"a":1}`), "classifications.type: required, but missing"},
		{list(`{"type":""}`), "classifications.type: required, but missing"},
		{list(`{"type":"x","type":"x"}`), ": a field comes twice"},
		{list(`{"type":"x"},{"type":"x"}`), "classifications.type: a field comes twice"},
		{list(`{"type":"money_movement","money_movement":""}`), wrongType},
		{list(`{"type":"personal_finance","personal_finance":{"primary_label":7}}`), primary + wrongType},
		{`"classifications":[{"type":"a"}],"enrichments":5`, "enrichments" + wrongType},
		{`"enrichments":{"merchant":{"name":["M"]}}`, "enrichments.merchant.name" + wrongType},
	} {
		fields, want := test.fields, test.want
		row, err := DecodeTransaction(withLabels(fields))
		if err != nil || row.Description == "" || len(row.Refused) != 1 || row.Refused[0].Err.Error() != want {
			t.Errorf("%s: %v, refused %v, want %s", fields, err, row.Refused, want)
			continue
		}
		if refused := row.Refused[0]; len(refused.Raw) == 0 || row.Extra != nil {
			t.Errorf("%s: %s refused without its body, extra %s", fields, refused.Part, deref(row.Extra))
		}
		if strings.HasSuffix(fields, merchant) && deref(row.Labels.MerchantName) != "M" {
			t.Errorf("%s: the merchant is lost", fields)
		}
	}
	if _, err := DecodeTransaction(withLabels(`"enrichments":{},"enrichments":null`)); err == nil {
		t.Error("a field that comes twice was taken")
	}
}

// TestAnAccountTellsHowFarItsLabelsAre: by taxonomy, whatever it is called; what it does not say is not there.
func TestAnAccountTellsHowFarItsLabelsAre(t *testing.T) {
	states := `{"money_movement":{"status":"completed"},"new":{"status":"x","more":1},"a":{"status":null},"b":null},` +
		`"enrichment_state":{"merchant":{"status":"pending"}}`
	a, err := DecodeAccount(accountWith(PartClassification, states))
	want := map[string]string{"money_movement": "completed", "new": "x", "merchant": "pending"}
	if err != nil || len(a.Refused) > 0 || !maps.Equal(a.LabelStates, want) {
		t.Errorf("%v, refused %v: %v, want %v", err, a.Refused, a.LabelStates, want)
	}
	if deref(a.Extra) != `{"classification_state":{"new":{"more":1}}}` {
		t.Errorf("kept %s", deref(a.Extra))
	}
	for _, bad := range []string{"5", `{"money_movement":"completed"}`, `{"money_movement":{"status":1}}`} {
		a, err := DecodeAccount(accountWith(PartClassification, bad))
		if err != nil || !a.Lacks(PartClassification) || a.LabelStates != nil {
			t.Errorf("%s: %v, refused %v, %v", bad, err, a.Refused, a.LabelStates)
		}
	}
	if a, err := DecodeAccount([]byte(wholeAccount)); err != nil || a.LabelStates != nil {
		t.Errorf("without a preview: %v %v", a.LabelStates, err)
	}
}
