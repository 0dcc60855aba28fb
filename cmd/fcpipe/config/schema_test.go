package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// editor is what an editor makes of the schema that "config schema" prints.
type editor struct{ *jsonschema.Schema }

func schemaOf(t *testing.T) editor {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return editor{compiled}
}

// refuses is the schema's verdict.
func (e editor) refuses(t *testing.T, text []byte) error {
	t.Helper()
	tree := map[string]any{}
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return err
	}
	asJSON, err := json.Marshal(datesAsText(tree))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return e.Validate(value)
}

// datesAsText gives dates back the text that YAML 1.2, and every editor, leaves them.
func datesAsText(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			v[key] = datesAsText(below)
		}
	case []any:
		for i, below := range v {
			v[i] = datesAsText(below)
		}
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return value
}

// acceptedConfigurations are some of every kind, one a line; § is the end of a line in one.
const acceptedConfigurations = `
stripe: {api_base: "http://127.0.0.1:12111", requests_per_second: 0.5, concurrency: 1, accounts: [acct_1, acct_2]}
stripe: {reads_per_30_days: 0}
stripe: {api_base: "https://localhost"}
stripe: {api_base: "http://[::1]:80", concurrency: 64}
stripe: {api_base: "simulator:demo/simulator.state", requests_per_second: 100000}
sync: {holders: [cus_1, acct_1, "customer_account:acct_1"], wait: 0s, deadline: 1h30m, audit_every: 0s}
sync: {transactions: {mode: off}, balance: {mode: off}, ownership: {mode: off}}
sync: {transactions: {mode: on_demand, every: 36h}, balance: {mode: on_change, every: 1.5h}}
sync: {balance: {mode: on_change}}
sync: {ownership: {mode: on_demand}}§privacy: {owners: keep}
privacy: {retention: {transactions: 24mo, balances: 0mo}}
privacy: {retention: {balances: 999mo}}
privacy: {retention: null}
privacy: {lake: {descriptions: drop, owners: keep}}
privacy: {lake: {descriptions: token}, token_keys: [{version: 1, file: ~/token-1.key}]}
privacy: {lake: {owners: token}, token_keys: [{version: 2, env: TOKEN_KEY}, {version: 1, file: a.key}]}
privacy: {lake: null, token_keys: []}
privacy: {on_disconnect: {then: erase, after: 0d}}
privacy: {on_disconnect: {after: 365d}}
budget: {max_usd_per_run: 5, max_usd_per_month: 0.25}
budget: {max_usd_per_run: null, max_usd_per_month: ~}
budget:
prices: {balance: 0, ownership: 1.50, transactions_month: 999999999.999999, as_of: 2026-09-20}
prices: {as_of: "2024-02-29"}
data: {dir: /srv/fcpipe, keep_generations: 0, memory_limit: 256MiB, threads: 256, file_mode: "0640"}
data: {memory_limit: 262144KiB, file_mode: 0600}
data: {memory_limit: 2 GiB, file_mode: 640}
data: {file_mode: "0o660", keep_generations: 100}
export: {compression: none, grace: 90m}
stripe: {publishable_key: pk_test_1, preview_version: 2026-08-26.preview, js: "https://js.stripe.com/v3/"}
stripe: {js: "http://127.0.0.1:12111/stripe.js", api_base: "http://127.0.0.1:12111"}
collect: {business: A, purpose: B., storage: C., contact: d, prefetch: false}
collect: {max_accounts: 5, subcategories: [checking]}
collect: {serve: {listen: ":8787", origins: ["https://app.example.com", "http://localhost:3000"], tokens: ~/tokens}}
analytics: {timezone: UTC}
analytics: {timezone: Europe/Kyiv}
schedule: []
schedule: [{name: a, cron: "@daily"}, {name: b, cron: "0 2 * * *", timezone: Asia/Kolkata}]
log: {level: debug, format: json}
`

// refusedConfigurations are wrong in one place each.
const refusedConfigurations = `
strpe: {}
stripe: []
stripe: {concurency: 1}
stripe: {api_base: ""}
stripe: {api_base: "simulator:"}
stripe: {api_base: "http://127.0.0.256"}
stripe: {api_base: "https://api.stripe.com/"}
stripe: {api_base: "https://api.stripe.com.example.com"}
stripe: {api_base: "http://10.0.0.1"}
stripe: {api_base: 5}
stripe: {requests_per_second: 0}
stripe: {requests_per_second: -1}
stripe: {requests_per_second: 100001}
stripe: {requests_per_second: fast}
stripe: {concurrency: 0}
stripe: {concurrency: 65}
stripe: {concurrency: 1.5}
stripe: {concurrency: "8"}
stripe: {concurrency: true}
stripe: {concurrency: null}
stripe: {concurrency: [8]}
stripe: {reads_per_30_days: -1}
stripe: {reads_per_30_days: 0.5}
stripe: {reads_per_30_days: 1000000000000000}
stripe: {accounts: acct_1}
stripe: {accounts: null}
stripe: {accounts: [cus_1]}
stripe: {accounts: [acct_1, acct_1]}
stripe: {accounts: [null]}
privacy: {lake: {descriptions: hash}}
privacy: {lake: {descriptions: [keep]}}
privacy: {lake: {names: drop}}
privacy: {lake: {owners: token}}
privacy: {lake: {descriptions: token}, token_keys: []}
privacy: {token_keys: [{file: a.key}]}
privacy: {token_keys: [{version: 0, file: a.key}]}
privacy: {token_keys: [{version: 10000, file: a.key}]}
privacy: {token_keys: [{version: "1", file: a.key}]}
privacy: {token_keys: [{version: 1}]}
privacy: {token_keys: [{version: 1, file: a.key, env: A}]}
privacy: {token_keys: [{version: 1, file: ""}]}
privacy: {token_keys: [{version: 1, env: "A=B"}]}
privacy: {token_keys: [{version: 1, key: abcdef}]}
privacy: {token_keys: {version: 1, file: a.key}}
stripe: {publishable_key: sk_test_1}
stripe: {publishable_key: pk_1}
stripe: {publishable_key: null}
stripe: {js: "http://js.stripe.com/v3/"}
stripe: {js: "https://js.stripe.com.example.com/v3/"}
stripe: {preview_version: basil}
stripe: {preview_version: 2026-08-26.dahlia}
collect: {max_accounts: -1}
collect: {max_accounts: 101}
collect: {subcategories: []}
collect: {subcategories: [loan]}
collect: {countries: []}
collect: {countries: [us]}
collect: {prefetch: "yes"}
collect: {serve: {listen: 8787}}
collect: {serve: {listen: localhost}}
collect: {serve: {origins: ["*"]}}
collect: {serve: {origins: ["https://app.example.com/"]}}
sync: {holders: [me]}
sync: {holders: [5]}
sync: {transactions: {mode: on_change}}
sync: {transactions: {mode: "on"}}
sync: {transactions: {mode: null}}
sync: {transactions: on_demand}
sync: {balance: {mode: subscribe}}
sync: {balance: {mode: on_change}, transactions: {mode: "off"}}
sync: {ownership: {mode: subscribe}}
sync: {ownership: {mode: on_change}}
sync: {ownership: {mode: on_demand}}
sync: {ownership: {mode: on_demand}}§privacy: {owners: drop}
sync: {wait: 10}
sync: {wait: 0}
sync: {wait: ""}
sync: {wait: -5m}
sync: {wait: +5m}
sync: {wait: .5h}
sync: {wait: 1d}
sync: {wait: 5M}
sync: {wait: 30m1h}
sync: {wait: 100us}
sync: {wait: 9999999999h}
sync: {wait: null}
sync: {events: true}
sync: {events: null}
budget: {max_usd_per_run: -1}
budget: {max_usd_per_run: "5"}
budget: {max_usd_per_run: five}
budget: {max_usd_per_run: 1000000000}
budget: {max_usd_per_run: true}
prices: {balance: null}
prices: {as_of: 20260920}
prices: {as_of: 2026-13-01}
prices: {as_of: soon}
privacy: {owners: some}
privacy: {retention: 24mo}
privacy: {retention: {transactions: 24}}
privacy: {retention: {transactions: 24m}}
privacy: {retention: {transactions: 2y}}
privacy: {retention: {transactions: -1mo}}
privacy: {retention: {balances: 024mo}}
privacy: {retention: {owners: 24mo}}
privacy: {on_disconnect: erase}
privacy: {on_disconnect: {then: delete}}
privacy: {on_disconnect: {after: 30}}
privacy: {on_disconnect: {after: 30h}}
privacy: {on_disconnect: {after: -1d}}
privacy: {on_disconnect: {after: 010d}}
privacy: {owners: true}
data: {dir: ""}
data: {dir: null}
data: {dir: 5}
data: {keep_generations: -1}
data: {keep_generations: 101}
data: {threads: 257}
data: {memory_limit: 1}
data: {memory_limit: 1GB}
data: {memory_limit: 255MiB}
data: {memory_limit: 262143KiB}
data: {memory_limit: 0GiB}
data: {memory_limit: 01GiB}
data: {file_mode: "0666"}
data: {file_mode: "0620"}
data: {file_mode: "0400"}
data: {file_mode: 644}
data: {file_mode: null}
export: {compression: lz4}
export: {compression: null}
export: {grace: forever}
analytics: {timezone: localtime}
analytics: {timezone: ""}
analytics: {timezone: america/new_york}
schedule: {name: a}
schedule: null
schedule: [a]
schedule: [null]
schedule: [{cron: "0 2 * * *"}]
schedule: [{name: a}]
schedule: [{name: "", cron: "0 2 * * *"}]
schedule: [{name: 5, cron: "0 2 * * *"}]
schedule: [{name: a, cron: "0 2 * * *", timezone: Local}]
log: {level: warning}
log: {format: xml}
log: {level: INFO}
`

// TestSchemaAndProgramAgree holds both to the same configurations.
func TestSchemaAndProgramAgree(t *testing.T) {
	schema := schemaOf(t)
	for verdict, table := range map[string]string{
		"accepted": acceptedConfigurations, "refused": refusedConfigurations,
	} {
		for line := range strings.Lines(strings.TrimSpace(table)) {
			text := []byte(strings.ReplaceAll(strings.TrimSpace(line), "§", "\n"))
			_, program := parse(text)
			editor, refused := schema.refuses(t, text), verdict == "refused"
			if (program != nil) != refused || (editor != nil) != refused {
				t.Errorf("%s\n  ought to be %s\n  program: %v\n  schema: %v", text, verdict, program, editor)
			}
		}
	}
}

// doubtfulNotations are configurations and how their error begins.
var doubtfulNotations = [][2]string{
	{"stripe: {concurrency: 010}", `line 1: "010" is not a whole number in plain digits; write it as 8`},
	{"stripe: {concurrency: 0x10}", `line 1: "0x10" is not a whole number in plain digits`},
	{"stripe: {concurrency: 0o10}", `line 1: "0o10" is not a whole number in plain digits`},
	{"stripe: {concurrency: 0b11}", `line 1: "0b11" is not a whole number in plain digits`},
	{"stripe: {concurrency: +8}", `line 1: "+8" is not a whole number in plain digits`},
	{"stripe: {concurrency: 1_0}", `line 1: "1_0" is not a whole number in plain digits`},
	{"stripe: {concurrency: 1.5}", `line 1: "1.5" is not a whole number`},
	{"stripe: {concurrency: 8.0}", `line 1: "8.0" is not a whole number`},
	{"stripe: {concurrency: 1e1}", `line 1: "1e1" is not a whole number`},
	{"stripe: {concurrency: '8'}", `line 1: "8" is not a whole number; write it without quotes, such as 8`},
	{"stripe: {concurrency: 99999999999999999999}", `line 1: "99999999999999999999" is not a whole number`},
	{"stripe: {requests_per_second: 1e3}", `line 1: "1e3" is not a number in plain digits`},
	{"stripe: {requests_per_second: .5}", `line 1: ".5" is not a number in plain digits`},
	{"stripe: {requests_per_second: .inf}", `line 1: ".inf" is not a number`},
	{"stripe: {requests_per_second: .nan}", `line 1: ".nan" is not a number`},
	{"budget: {max_usd_per_month: 010}", `line 1: "010" is no amount of US dollars`},
	{"budget: {max_usd_per_month: 1_000}", `line 1: "1_000" is no amount of US dollars`},
	{"budget: {max_usd_per_month: .5}", `line 1: ".5" is no amount of US dollars`},
	{"data: {file_mode: 0x180}", `line 1: "0x180" is no mode for bank data`},
	{
		"sync:\n  wait: 5m\n  events: true",
		`line 3: sync.events was removed, every round lists the accounts; remove the line`,
	},
	{"sync: {events: false, events: false}", "line 1: sync.events is given twice, first on line 1"},
	{"analytics: {timezone: 5}", `line 1: "5" is not a text; write it in quotes`},
	{"data: {dir: yes}\nstripe: {concurrency: !!int '8'}", "line 2: tags (!!int) are not read here"},
	{"stripe: &s {concurrency: 8}", "line 1: anchors and aliases"},
	{"sync: {transactions: &e {every: 24h}, balance: *e}", "line 1: anchors and aliases"},
	{"data:\n  <<: {dir: /x}", `line 2: unknown key "data.<<"`},
	{"data: {? [a] : b}", "line 1: unknown key"},
	{"stripe: {concurrency: 8}\nstripe: {concurrency: 9}", "line 2: stripe is given twice, first on line 1"},
	{"data: {dir: a, \"dir\": b}", "line 1: data.dir is given twice, first on line 1"},
	{
		"data: {dir: a}\n---\ndata: {dir: b}",
		"line 2: a second YAML document begins here (---); write everything into one",
	},
	{"---\n---\ndata: {dir: b}", "line 2: a second YAML document begins here"},
	{"data: {dir: a}\n---\n: [", "line 2: "},
	{
		"schedule:\n",
		"line 1: schedule has no value; write [] for an empty list, or leave the key out for its default",
	},
	{"data:\n  dir:\n", "line 2: data.dir has no value; leave the key out for its default"},
	{"text", `line 1: "text" is not keys and values`},
	{"[a]", "line 1: a list is not keys and values"},
	{"data: {dir: {a: b}}", "line 1: a group of keys is not a text"},
	{"schedule:\n  - {name: n, cron: '0 2 * * *', tz: UTC}", `line 2: unknown key "schedule[0].tz"`},
}

// TestConfigIsWrittenInOneNotation refuses what YAML's libraries read in different ways: the
// value that is in force must be the one a person reads.
func TestConfigIsWrittenInOneNotation(t *testing.T) {
	for _, test := range doubtfulNotations {
		text, want := test[0], test[1]
		if _, err := parse([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	for _, text := range []string{
		"", "# a comment", "---", "---\n# nothing", "data:\n  # dir: x\n", "\ufeffdata: {dir: x}\r\n", "~",
		"data: {dir: x}\n...\n", "sync: {events: false}",
	} {
		if _, err := parse([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
