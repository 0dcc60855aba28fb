package models_test

import (
	"fmt"
	"testing"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/models/text"
)

// TestDescriptionsSayWhatIsReadOfTheirTexts: the columns of ledger.descriptions are the fields of a reading, under
// their own names, and null where a reading leaves a field empty.
func TestDescriptionsSayWhatIsReadOfTheirTexts(t *testing.T) {
	s := newShelf(t)
	s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
	s.rows("fca_cash", []shelfRow{
		{amount: -500, text: "PURCHASE AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX P00123 CARD 9921"},
		{amount: -600, text: "Zelle payment to JANE DOE Conf# a1b2c3d4e"},
		{amount: -700, text: "SQ *CAFÉ NOWHERE"},
		{amount: -800, text: "ONLINE TRANSFER TO SAV ...9876"},
		{amount: -900, text: ""},
	})
	s.derive("ledger.descriptions")
	const columns = "concat_ws(' | ', normal, merchant_key, coalesce(merchant_name, '-'), coalesce(category, '-'), " +
		"coalesce(rail, '-'), coalesce(processor, '-'), coalesce(template, '-'), coalesce(counterparty, '-'), " +
		"coalesce(place, '-'), coalesce(reference, '-'), coalesce(card_digits, '-'), coalesce(own_kind, '-'))"
	got := s.strings("SELECT " + columns + " FROM ledger.descriptions ORDER BY description")
	want := []string{
		" | (NO TEXT) | - | - | - | - | - | - | - | - | - | -",
		"ONLINE TRANSFER TO SAV ...9876 | ONLINE TRANSFER TO SAV 9876 | - | - | internal | - | own_account | - | - | " +
			"- | 9876 | transfer",
		"PURCHASE AUTHORIZED ON 11/02 SAFEWAY #1234 AUSTIN TX P00123 CARD 9921 | SAFEWAY | Safeway | " +
			"food.groceries | card | - | purchase_authorized | - | AUSTIN TX | #1234 | 9921 | -",
		"SQ *CAFÉ NOWHERE | CAFE NOWHERE | - | - | card | square | - | - | - | - | - | -",
		"ZELLE PAYMENT TO JANE DOE CONF# A1B2C3D4E | ZELLE PAYMENT TO JANE DOE | - | - | zelle | - | " +
			"zelle_to_conf | JANE DOE | - | - | - | -",
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("got  %q\nwant %q", got[min(i, len(got)-1)], want[i])
		}
	}
}

// TestAChangedRuleReadsTextsAgain: only a query that calls the function depends on the rules of texts.
func TestAChangedRuleReadsTextsAgain(t *testing.T) {
	if got := models.FunctionsOf("SELECT read_description(x) FROM y"); got != text.Fingerprint() || got == "" {
		t.Errorf("%q", got)
	}
	if got := models.FunctionsOf("SELECT merchant_key FROM ledger.descriptions"); got != "" {
		t.Errorf("%q", got)
	}
}

// BenchmarkReadDescriptions reads new texts through DuckDB, as a round does; prints texts a second.
func BenchmarkReadDescriptions(b *testing.B) {
	const texts = 20_000
	database, err := duck.Open(b.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer database.Close()
	connection, err := database.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close()
	if err := models.RegisterFunctions(connection); err != nil {
		b.Fatal(err)
	}
	read := fmt.Sprintf("SELECT count(DISTINCT r.merchant_key) FROM (SELECT read_description("+
		"'PURCHASE AUTHORIZED ON 11/02 CORNER DELI ' || chr(65 + (i %% 26)::INTEGER) || ' #' || i || "+
		"' AUSTIN TX CARD 9921') AS r FROM range(%d) t(i))", texts)
	for b.Loop() {
		var keys int
		if err := connection.QueryRowContext(b.Context(), read).Scan(&keys); err != nil || keys != 26 {
			b.Fatal(keys, err)
		}
	}
	b.ReportMetric(float64(texts)*float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
