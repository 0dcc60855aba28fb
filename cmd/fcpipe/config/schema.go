package config

import _ "embed" // the schema and the example

// Schema is the JSON Schema of the configuration, for editors. A test generates it from Config
// and compares; "make golden" rewrites it.
//
//go:embed schema.json
var Schema []byte

// Example is config.example.yaml, which shows every key with its default and a comment. A test keeps the two the same.
//
//go:embed example.yaml
var Example string

// The patterns and values that both parse and the JSON Schema hold a configuration to.
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
