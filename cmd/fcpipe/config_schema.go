package main

import (
	"github.com/invopop/jsonschema"

	"fcpipe/schema"
)

// What check and the schema both say.
const (
	holderPattern  = `^(cus_|acct_|customer_account:acct_)[A-Za-z0-9]+$`
	connectPattern = `^acct_[A-Za-z0-9]+$`
	datePattern    = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
	octet          = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
	apiBasePattern = `^(https://api\.stripe\.com|https?://(localhost|127\.` + octet + `\.` + octet + `\.` + octet + `|\[::1\])(:[0-9]{1,5})?|simulator:.+)$`
)

var (
	transactionsModes = []string{"subscribe", "on_demand", "off"}
	balanceModes      = []string{"on_demand", "on_change", "off"}
	ownershipModes    = []string{"on_demand", "off"}
)

// configSchema is made from the struct, and holds what check holds wherever a schema can say it:
// a test tries both on the same configurations.
func configSchema() *jsonschema.Schema {
	reflector := jsonschema.Reflector{FieldNameTag: "yaml", DoNotReference: true, RequiredFromJSONSchemaTags: true}
	root := reflector.Reflect(Config{})
	root.Title = "Configuration of fcpipe"
	stripe, sync, data := property(root, "stripe"), property(root, "sync"), property(root, "data")
	property(stripe, "api_base").Pattern = apiBasePattern
	accounts := property(stripe, "accounts")
	accounts.Items.Pattern, accounts.UniqueItems = connectPattern, true
	property(sync, "holders").Items.Pattern = holderPattern
	property(sync, "transactions", "mode").Enum = anyOf(transactionsModes)
	property(sync, "balance", "mode").Enum = anyOf(balanceModes)
	property(sync, "ownership", "mode").Enum = anyOf(ownershipModes)
	property(root, "prices", "as_of").Pattern = datePattern
	property(data, "dir").MinLength = new(uint64(1))
	zones := anyOf(schema.Zones())
	property(root, "analytics", "timezone").Enum = zones
	entry := property(root, "schedule").Items
	entry.Required = []string{"name", "cron"}
	property(entry, "name").MinLength, property(entry, "cron").MinLength = new(uint64(1)), new(uint64(1))
	property(entry, "timezone").Enum = append(anyOf([]string{""}), zones...)
	root.AllOf = []*jsonschema.Schema{
		{If: says("on_change", "sync", "balance", "mode"), Then: &jsonschema.Schema{Not: says("off", "sync", "transactions", "mode")}},
		{If: says("on_demand", "sync", "ownership", "mode"), Then: says("keep", "privacy", "owners")},
	}
	emptySections(root)
	return root
}

// property is what a schema says of a key, or of one below it.
func property(of *jsonschema.Schema, path ...string) *jsonschema.Schema {
	for _, name := range path {
		next, known := of.Properties.Get(name)
		if !known {
			panic("the configuration has no key " + name)
		}
		of = next
	}
	return of
}

// says holds where a key is written and has a value.
func says(value string, path ...string) *jsonschema.Schema {
	if len(path) == 0 {
		return &jsonschema.Schema{Const: value}
	}
	here := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: path[:1]}
	here.Properties.Set(path[0], says(value, path[1:]...))
	return here
}

// emptySections lets a section stand there with nothing in it, as when all its keys are comments.
func emptySections(of *jsonschema.Schema) {
	for pair := of.Properties.Oldest(); pair != nil; pair = pair.Next() {
		if section := pair.Value; section.Type == "object" {
			emptySections(section)
			pair.Value = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{section, {Type: "null"}}, Description: section.Description}
		}
	}
}

func anyOf(names []string) []any {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = name
	}
	return values
}
