package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestExampleConfigIsTheDefaults loads the example, as written by "config init" too.
func TestExampleConfigIsTheDefaults(t *testing.T) {
	text, err := os.ReadFile("../../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != Example {
		t.Error("example.yaml is not config.example.yaml: copy it")
	}
	config, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(config, want) {
		t.Errorf("the example is %+v\nthe defaults are %+v", config, want)
	}
	for _, name := range keysOf(reflect.TypeFor[Config]()) {
		if !strings.Contains(Example, name+":") {
			t.Errorf("the example does not show %s", name)
		}
	}
	if err := schemaOf(t).refuses(t, text); err != nil {
		t.Errorf("the schema refuses it: %v", err)
	}
}

func keysOf(shape reflect.Type) []string {
	var names []string
	for field := range shape.Fields() {
		if name := field.Tag.Get("yaml"); name != "" {
			names = append(names, name)
			if field.Type.Kind() == reflect.Struct {
				names = append(names, keysOf(field.Type)...)
			}
		}
	}
	return names
}

func TestConfigRoundTripsThroughItsOwnOutput(t *testing.T) {
	config := Default()
	config.Budget.MaxPerMonth = new(USD(12_345_600))
	text, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parse(text)
	again.Stripe.readsWritten = config.Stripe.readsWritten // what it prints is written
	if err != nil || !reflect.DeepEqual(config, again) {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestConfigKnowsWhoSaidHowManyReads tells the operator's allowance from the default of the same size.
func TestConfigKnowsWhoSaidHowManyReads(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "~": false, "stripe:": false, "stripe: {concurrency: 8}": false, "log: {level: info}": false,
		"stripe: {reads_per_30_days: 10000}":                                    true,
		"log: {level: info}\nstripe:\n  concurrency: 8\n  reads_per_30_days: 0": true,
	} {
		if config, err := parse([]byte(text)); err != nil || config.Stripe.readsWritten != want {
			t.Errorf("%q: written %t, %v", text, config.Stripe.readsWritten, err)
		}
	}
}

func TestConfigErrorsNameTheLineAndTheKey(t *testing.T) {
	for _, test := range [][2]string{
		{"strip: {}", `line 1: unknown key "strip"; did you mean "stripe"?`},
		{"data:\n  memory_limit: 1", `line 2: "1" is no size; write it with a unit, such as 512MiB or 1GiB`},
		{"sync:\n  wait: soon", `line 2: "soon" is no duration; write it with a unit, such as 30s, 10m or 24h`},
		{
			"sync: {balance: {mode: subscribe}}",
			`sync.balance.mode: "subscribe" is not on_demand, on_change or off; Stripe has no subscription for ` +
				`balances`,
		},
		{
			"sync: {transactions: {mode: \"off\"}, balance: {mode: on_change}}",
			`sync.balance.mode: on_change waits for refreshes of transactions, and sync.transactions.mode is off; ` +
				`choose on_demand`,
		},
		{
			"sync: {ownership: {mode: on_demand}}",
			`sync.ownership.mode: on_demand buys owners (1.50 USD each refresh) that privacy.owners: drop throws ` +
				`away; set privacy.owners: keep, or sync.ownership.mode: off`,
		},
		{
			"sync: {ownership: {mode: subscribe}}",
			`sync.ownership.mode: "subscribe" is not on_demand or off; Stripe has no subscription for ownership`,
		},
		{"sync: {ownership: {every: 1h}}", `sync.ownership.every: at least 24h`},
		{"sync: {balance: {every: 30s}}", `sync.…every: at least 1m`},
		{"sync: {audit_every: 1m}", `sync.audit_every: at least 1h, or 0s for never`},
		{"sync: {deadline: 1s}", `sync.deadline: at least 1m`},
		{"privacy: {owners: some}", `privacy.owners: "some" is not drop or keep`},
		{"privacy: {lake: {owners: hash}}", `privacy.lake.owners: "hash" is not keep, token or drop`},
		{"privacy:\n  lake: {texts: drop}", `line 2: unknown key "privacy.lake.texts"`},
		{
			"privacy: {lake: {descriptions: token}}",
			`privacy.lake.descriptions: token needs a key, and privacy.token_keys has none; make one: (umask 077; ` +
				`openssl rand -base64 32 > token-1.key), and write token_keys: [{version: 1, file: token-1.key}]`,
		},
		{
			"privacy: {token_keys: [{version: 1, file: a}, {version: 1, env: B}]}",
			`privacy.token_keys[1].version: 1 is given twice; a new key has a version of its own`,
		},
		{
			"privacy: {token_keys: [{version: 1}]}",
			`privacy.token_keys[0]: name the file that has the key, or the environment variable (env): one of them`,
		},
		{"prices: {balance: 1e3}", `line 1: "1e3" is no amount of US dollars; write 25 or 0.10`},
		{
			"data: {file_mode: \"0666\"}",
			`line 1: "0666" is no mode for bank data; write "0600" or, for a group of analysts, "0640"`,
		},
		{
			"analytics: {timezone: Mars/Olympus}",
			`analytics.timezone: "Mars/Olympus" is no time zone; write UTC or a name such as America/New_York`,
		},
		{
			"stripe: {api_base: \"https://example.com\"}",
			`stripe.api_base: "https://example.com" is neither https://api.stripe.com nor on loopback, such as ` +
				`http://127.0.0.1:12111`,
		},
		{
			"stripe: {api_base: \"https://sk_test_0123456789@api.stripe.com\"}",
			`stripe.api_base holds a key; the Stripe key is never in this file: set STRIPE_API_KEY_FILE`,
		},
		{"sync: {holders: cus_1}", `line 1: "cus_1" is not a list`},
		{"stripe: 5", `line 1: "5" is not keys and values`},
		{"sync: {holders: [me]}", `sync.holders: "me" is no holder; write cus_…, acct_… or customer_account:acct_…`},
	} {
		text, want := test[0], test[1]
		if _, err := parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestUSDIsExact(t *testing.T) {
	for text, want := range map[string]USD{
		"0.10": 100_000, "0.3": 300_000, "25": 25_000_000, "0.000001": 1, "123456789.999999": 123_456_789_999_999,
	} {
		var got USD
		if err := got.UnmarshalYAML(&yaml.Node{Value: text}); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	if got := USD(1_500_000).String(); got != "1.50" {
		t.Errorf("shows %s", got)
	}
}
