package main

import _ "embed" // the schema

// configSchema is the JSON Schema of the configuration, for editors. A test generates it from Config
// and compares; "make golden" rewrites it.
//
//go:embed config.schema.json
var configSchema []byte

// The patterns and values that both parseConfig and the JSON Schema hold a configuration to.
const (
	holderPattern  = `^(cus_|acct_|customer_account:acct_)[A-Za-z0-9]+$`
	connectPattern = `^acct_[A-Za-z0-9]+$`
	datePattern    = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
	octet          = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
	apiBasePattern = `^(https://api\.stripe\.com|https?://(localhost|127\.` + octet + `\.` + octet + `\.` + octet +
		`|\[::1\])(:[0-9]{1,5})?|simulator:.+)$`
)

var (
	transactionsModes = []string{"subscribe", "on_demand", "off"}
	balanceModes      = []string{"on_demand", "on_change", "off"}
	ownershipModes    = []string{"on_demand", "off"}
)
