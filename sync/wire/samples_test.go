package wire

import "strings"

// Whole objects, with every field that fcpipe reads.
const (
	wholeTransaction = `{"id":"fctxn_1","object":"financial_connections.transaction",
"account":"fca_1","amount":-1000,"currency":"usd","description":"CAF\u00c9 \"A\"","livemode":false,"status":"posted",
"status_transitions":{"posted_at":1700000000,"void_at":null},
"transacted_at":1699990000,"transaction_refresh":"fctxnref_1","updated":1700000001}`
	wholeAccount = `{"id":"fca_1","object":"financial_connections.account","category":"cash","created":1,
"institution_name":"B","livemode":false,"status":"active","subcategory":"checking",
"balance":{"as_of":5,"type":"cash","current":{"usd":-3,"eur":4},"cash":{"available":null}},
"permissions":null,"subscriptions":[],"account_holder":{"type":"customer","customer":{"id":"cus_1"}},
"balance_refresh":{"last_attempted_at":3,"next_refresh_available_at":null,"status":"pending"},
"transaction_refresh":{"id":"fctxnref_1","last_attempted_at":3,"next_refresh_available_at":7,"status":"succeeded"},
"ownership":"fcaowns_1","status_details":{"active":{"action":"none"}}}`
	wholeOwner = `{"id":"fcaown_1","object":"financial_connections.account_owner","name":"Ada",
"ownership":"fcaowns_1","email":null,"phone":"+1","raw_address":"1 St","refreshed_at":5}`
	wholeList = `{"object":"list","data":[{"id":"a"},5,null,"x",[]],"has_more":true,"url":"/v1/x"}`
)

// changed is a whole object with one text in it replaced.
func changed(whole, from, to string) []byte { return []byte(strings.Replace(whole, from, to, 1)) }

// accountWith is an account that has only what it must have, and one more field.
func accountWith(field, value string) []byte {
	return []byte(`{"id":"fca_1","object":"financial_connections.account","category":"cash","created":1,` +
		`"institution_name":"B","livemode":false,"status":"active","subcategory":"checking",` +
		`"` + field + `":` + value + `}`)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
