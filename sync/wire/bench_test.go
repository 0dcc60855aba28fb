package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// prettyPage is a page of 100 transactions, indented as Stripe sends it.
func prettyPage(b *testing.B) []byte {
	b.Helper()
	var rows []string
	longer := strings.NewReplacer("fca_1", "fca_1PabcdefghijklmnopqrsTU",
		"fctxnref_1", "fctxnref_1PabcdefghijklmnopqrsTU")
	for i := range 100 {
		row := strings.Replace(wholeTransaction, "fctxn_1", fmt.Sprintf("fctxn_1Pabcdefghijklmnopq%05d", i), 1)
		rows = append(rows, longer.Replace(row))
	}
	var page bytes.Buffer
	text := `{"object":"list","data":[` + strings.Join(rows, ",") + `],"has_more":false,` +
		`"url":"/v1/financial_connections/transactions"}`
	if err := json.Indent(&page, []byte(text), "", "  "); err != nil {
		b.Fatal(err)
	}
	return page.Bytes()
}

// BenchmarkDecode decodes one page of 100 rows: the list, and every transaction.
func BenchmarkDecode(b *testing.B) {
	for name, change := range map[string][2]string{
		"known":   {},
		"unknown": {`"livemode"`, `"enrichments": {"merchant": {"name": "Nero", "confidence": "high"}}, "livemode"`},
	} {
		body := prettyPage(b)
		if change[0] != "" {
			body = bytes.ReplaceAll(body, []byte(change[0]), []byte(change[1]))
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			var pages TransactionList
			for b.Loop() {
				rows, _, err := pages.Open(body)
				if err != nil || len(rows) != 100 {
					b.Fatal(err)
				}
				for _, raw := range rows {
					if _, err := pages.Decode(raw); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// ordinaryAccount is an account as nearly all are.
const ordinaryAccount = `{"account_holder":{"customer":"cus_ABmfQ6k8NcBWXr","type":"customer"},
"balance":{"as_of":1780322191,"cash":{"available":{"usd":538098}},"current":{"usd":538098},"type":"cash"},
"balance_refresh":{"last_attempted_at":1780322191,"next_refresh_available_at":1780325791,"status":"succeeded"},
"category":"cash","created":1780322191,"display_name":"Everyday Checking","id":"fca_GI4MWGJt3l2YEZWhQ6OuzKCd",
"institution_name":"Summit Federal","last4":"0257","livemode":false,"object":"financial_connections.account",
"ownership":null,"ownership_refresh":null,"permissions":["balances","ownership","payment_method","transactions"],
"status":"active","subcategory":"checking","subscriptions":[],"supported_payment_method_types":["us_bank_account"],
"transaction_refresh":{"id":"fctxnref_xIyvUD2jZy7J7EnrUXjvkRxd","last_attempted_at":1780412400,
"next_refresh_available_at":1780434000,"status":"succeeded"}}`

// BenchmarkDecodeAccount decodes one account.
func BenchmarkDecodeAccount(b *testing.B) {
	raw := []byte(ordinaryAccount)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeAccount(raw); err != nil {
			b.Fatal(err)
		}
	}
}
