package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// TestTokensJoinAndGroup: a text has one token in every dataset, null stays null, and what names no person stays.
func TestTokensJoinAndGroup(t *testing.T) {
	storetest.ForProof(t)
	if !hasPersonalTables(t) {
		return
	}
	w := ofCanaries.world(t)
	w.privacy = policyOf(Token, Token, "first")
	w.exported()
	const merchants = "SELECT count(*) FROM lake:expenses/merchant_month"
	for _, question := range [][2]string{
		// as everybody makes it:
		// printf %s TEXT | openssl dgst -sha256 -hmac KEY -binary | head -c 24 | basenc --base64url
		{
			"SELECT description FROM lake:transactions WHERE transaction_id = 'fctxn_1'",
			"tok1_Ii9_E5NEH4JmxMLwdVFoLF93E1Df0EN1",
		},
		{"SELECT count(DISTINCT description) FROM lake:transactions WHERE description LIKE 'tok1_%'", "15"},
		{"SELECT count(*) FROM lake:transactions SEMI JOIN lake:changes/transactions USING (description)", "34"},
		{merchants + " SEMI JOIN lake:ledger/transactions USING (merchant_key)", w.ask(merchants)},
		{
			"SELECT merchant_key FROM lake:ledger/transactions WHERE transaction_id = 'fctxn_untold'",
			"(NO TEXT)",
		},
		{"SELECT description FROM lake:transactions WHERE transaction_id = 'fctxn_untold'", ""},
		{"SELECT count(*) FROM lake:accounts WHERE display_name IS NULL AND extra IS NULL", "1"},
		{"SELECT count(DISTINCT extra ->> '$.counterparty.name') FROM lake:transactions", "1"},
		{"SELECT extra ->> '$.nickname' LIKE 'tok1_%' FROM lake:accounts WHERE account_id = 'fca_1'", "true"},
		{"SELECT extra -> '$.n' FROM lake:accounts WHERE account_id = 'fca_1'", "3"},
	} {
		query, want := question[0], question[1]
		if got := w.ask(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	token := policyOf(Token, Keep, "both").Tokens("SQ *" + bankCanary + " SHOP B")
	if len(token) != 2 || !strings.HasPrefix(token[0], "tok2_") || w.ask("SELECT count(*) FROM lake:transactions "+
		"WHERE description = '"+token[1]+"'") != "1" {
		t.Errorf("a text is not found by its token: %v", token)
	}
}

// TestTokensTellNothingOfTheTexts: not by the order of rows, which is not that of the alphabet, and not by the
// fingerprints in the manifest, by which a text that was guessed could be proved.
func TestTokensTellNothingOfTheTexts(t *testing.T) {
	if !hasPersonalTables(t) {
		return
	}
	w, _ := ofCanaries.exported(t)
	plain, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	merchants := w.ask("SELECT string_agg(merchant_key, ',') FROM lake:expenses/merchant_month")
	w.full, w.privacy = true, policyOf(Token, Keep, "first")
	w.exported()
	ring := newTokenizer(1, firstKey)
	names := strings.Split(merchants, ",")
	for i, name := range names {
		names[i] = string(ring.token([]byte(name)))
	}
	shown := strings.Split(w.ask("SELECT string_agg(merchant_key, ',') FROM lake:expenses/merchant_month"), ",")
	if len(names) < 5 || slices.Equal(names, shown) || len(shown) != len(names) {
		t.Errorf("rows are in the order of the texts: %v", shown)
	}
	hidden, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range hidden.Files {
		d, _ := hidden.dataset(file.Dataset)
		same := slices.ContainsFunc(plain.Files, func(f File) bool { return f.Fingerprint == file.Fingerprint })
		if file.Rows > 0 && same != (len(d.Tokens) == 0) {
			t.Errorf("%s: the fingerprint is that of the texts: %v", file.Path, same)
		}
	}
	if d, _ := hidden.dataset("expenses/merchant_month"); len(d.Key) == 0 || len(d.SortedBy) != 4 {
		t.Errorf("key %v, sorted by %v", d.Key, d.SortedBy)
	}
}

// TestKeysAreChangedByAFullExport: a newer key is used from then on; until then the one that made the tokens is.
func TestKeysAreChangedByAFullExport(t *testing.T) {
	w := ofCanaries.world(t)
	w.privacy = policyOf(Token, Keep, "first")
	w.exported()
	first := fmt.Sprint(w.files())
	w.privacy = policyOf(Token, Keep, "both")
	if report := w.exported(); !report.Unchanged || report.NewerKey != 2 || fmt.Sprint(w.files()) != first {
		t.Errorf("a newer key changed the lake: %+v", report)
	}
	row := transaction("fctxn_new", -3, day(5, 3))
	w.round(schema.Landed{Accounts: []schema.Account{account("fca_1")}, Transactions: []schema.Transaction{row}})
	if report := w.exported(); report.FilesWritten == 0 || len(w.columnsWith("tok2_")) > 0 {
		t.Errorf("tokens of two keys: %+v", report)
	}
	w.wantWhole()
	for ring, why := range map[string]string{
		"second": "key 1", "swapped": "a version of its own", "none": "need a key",
	} {
		w.privacy = policyOf(Token, Keep, ring)
		if _, err := w.try(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", ring, err)
		}
	}
	w.privacy = policyOf(Token, Keep, "second")
	if problems := w.problems(); len(problems) != 1 || !problems[0].Behind {
		t.Errorf("without the key: %v", problems)
	}
	w.full = true
	report := w.exported()
	if report.Superseded == 0 || report.NewerKey != 0 || len(w.columnsWith("tok1_")) > 0 ||
		len(w.columnsWith("tok2_")) == 0 {
		t.Errorf("%+v", report)
	}
	w.wantWhole()
}

// TestTheSameKeyMakesTheSameLake, byte for byte, and another key another one.
func TestTheSameKeyMakesTheSameLake(t *testing.T) {
	w := ofCanaries.world(t)
	var lakes []string
	for _, ring := range []string{"first", "first", "swapped"} {
		w.privacy = policyOf(Token, Token, ring)
		if err := os.RemoveAll(w.layout.Lake()); err != nil {
			t.Fatal(err)
		}
		lakes = append(lakes, w.exported().ExportID)
	}
	if lakes[0] != lakes[1] || lakes[1] == lakes[2] {
		t.Errorf("%v", lakes)
	}
}

// TestTextsInJSONBecomeTokens: the texts alone, so that the document is read as before.
func TestTextsInJSONBecomeTokens(t *testing.T) {
	ring := newTokenizer(1, firstKey)
	token := func(text string) string { return `"` + string(ring.token([]byte(text))) + `"` }
	for _, pair := range [][2]string{
		{`{}`, `{}`},
		{`"a"`, token("a")},
		{`{"a" : "b", "c":[1.50,"d",null]}`, `{"a" : ` + token("b") + `, "c":[1.50,` + token("d") + `,null]}`},
		{`["a\"b\\", "\u0041", ""]`, `[` + token(`a"b\`) + `, ` + token("A") + `, ""]`},
	} {
		document, want := pair[0], pair[1]
		if got := string(ring.tokensInJSON([]byte(document))); got != want || !json.Valid([]byte(got)) {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
	for range 3 { // more than is held
		for i := range 40 {
			text := bytes.Repeat([]byte{byte('a' + i%20)}, 1<<20)
			if first := ring.token(text); !bytes.Equal(first, ring.token(text)) || ring.held > mostHeld+len(text) {
				t.Fatal("a token changes, or too much is held")
			}
		}
	}
	if !reader.IsPublic([]byte("(NO TEXT)")) || reader.IsPublic([]byte("NO TEXT")) {
		t.Error("what is public")
	}
}
