package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// Where the round that meets a fault starts from.
const (
	linked = "linked" // nothing was ever read
	held   = "held"   // everything is held as it was a day ago
)

// apiFault is something that an API may do, and the exit code of a round that meets it.
type apiFault struct {
	name, from, script string
	code               int
}

// faultsOfAnAPI are faults N1 to N17 and A1 to A21 with the exit code of a round that meets them.
// The tests of package sync let each happen in three acts; here it is whole rounds of the program
// that meet them, all with -proof, else those of oneOfEachExit.
var faultsOfAnAPI = []apiFault{
	{"N1_NobodyListens", linked, `{"do": {"drop_before": true, "drop_as": "refused"}}`, exitUnreachable},
	{
		"N2_Timeout", linked,
		`{"when": {"path": "/transactions", "times": 2}, "do": {"drop_before": true, "drop_as": "timeout"}}`, 0,
	},
	{"N3_ResetInTheBody", linked, `{"when": {"path": "/transactions", "times": 2}, "do": {"reset_at": 700}}`, 0},
	{"N4_TwoDocuments", linked, `{"when": {"path": "/transactions"}, "do": {"malform": "twice"}}`, exitPartial},
	{"N5_GzipBomb", linked, `{"when": {"path": "/transactions"}, "do": {"gzip_bomb": true}}`, exitPartial},
	{
		"N6_RateBurst", linked,
		`{"when": {"path": "/transactions", "times": 1}, ` +
			`"do": {"rate_burst": "2s", "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}}}`, 0,
	},
	{
		"N7_RetryAfterTenYears", linked,
		`{"when": {"path": "/transactions", "times": 1}, ` +
			`"do": {"status": 503, "headers": {"Retry-After": "315360000"}}}`, exitPartial,
	},
	{
		"N8_ServerErrorNotToBeRepeated", linked,
		`{"when": {"path": "/transactions", "times": 1}, ` +
			`"do": {"status": 500, "headers": {"Stripe-Should-Retry": "false"}}}`, exitPartial,
	},
	{"N9_HTML", linked, `{"when": {"path": "/transactions"}, "do": {"html": true, "status": 200}}`, exitPartial},
	{
		"N10_KeyInUse", linked,
		`{"when": {"method": "POST", "times": 1}, "do": {"status": 409, "code": "idempotency_key_in_use"}}`, 0,
	},
	{"N11_KeyRevoked", linked, `{"when": {"path": "/transactions"}, "do": {"revoke_key": true}}`, exitKeyRefused},
	{
		"N12_Forbidden", linked, `{"when": {"path": "/transactions", "account": "ACCOUNT"}, "do": {"status": 403}}`,
		exitPartial,
	},
	{
		"N13_RowsGone", linked, `{"when": {"path": "/transactions", "account": "ACCOUNT"}, "do": {"status": 404}}`,
		exitPartial,
	},
	{
		"N14_Redirect", linked, `{"when": {"path": "/transactions"}, "do": {"redirect": "https://elsewhere.example/"}}`,
		exitPartial,
	},
	{
		"N15_GoAway", linked,
		`{"when": {"path": "/transactions", "times": 2}, "do": {"drop_before": true, "drop_as": "goaway"}}`, 0,
	},
	{
		"N16_ReplyLost", linked, `{"when": {"method": "POST", "path": "/refresh"}, "do": {"commit_then_drop": true}}`,
		exitPartial,
	},
	{"N17_StaleRead", linked, `{"when": {"path": "/accounts$", "nth": 1}, "do": {"stale_read": "5m"}}`, 0},
	{
		"A1_PendsForEver", linked,
		`{"when": {"account": "ACCOUNT", "feature": "transactions"}, "do": {"pend_for": "48h"}}`, 0,
	},
	{
		"A2_RefreshFails", linked,
		`{"when": {"account": "ACCOUNT", "feature": "transactions"}, "do": {"fail_refresh": true}}`, 0,
	},
	{
		"A3_InactiveBetweenPages", linked,
		`{"when": {"page": 2, "account": "ACCOUNT", "times": 1}, "do": {"account_status": "inactive"}}`, 0,
	},
	{
		"A4_RowMovesBetweenPages", linked,
		`{"when": {"page": 2, "times": 1}, "do": {"move_row": "top", "reveal": "new_refresh"}}`, 0,
	},
	{"A5_PageRepeats", linked, `{"when": {"param": "starting_after"}, "do": {"repeat_page": true}}`, exitPartial},
	{"A5_RowsTwice", linked, `{"when": {"path": "/transactions"}, "do": {"dup_page": true}}`, 0},
	{
		"A6_EmptyPageGoesOn", linked, `{"when": {"path": "/transactions"}, "do": {"empty_page_has_more": true}}`,
		exitPartial,
	},
	{
		"A7_OlderStateArrivesLater", held,
		`{"when": {"path": "/transactions", "skip": 2}, "do": {"stale_read": "26h"}}`,
		0,
	},
	{
		"A8_AnotherAmountAndCurrency", linked,
		`{"when": {"page": 2, "times": 1}, ` +
			`"do": {"change_row": {"status": "posted", "amount": -7, "currency": "eur", "description": "X"}, ` +
			`"reveal": "new_refresh"}}`, 0,
	},
	{
		"A9_IDReplaced", linked,
		`{"when": {"page": 2, "times": 1}, "do": {"replace_row": true, "reveal": "new_refresh"}}`,
		0,
	},
	{
		"A10_CursorUnknown", held,
		`{"when": {"param": "transaction_refresh[after]"}, ` +
			`"do": {"status": 400, "code": "resource_missing", "param": "transaction_refresh[after]"}}`, 0,
	},
	{"A11_FieldGone", linked, `{"when": {"path": "/transactions"}, "do": {"unset": ["currency"]}}`, exitPartial},
	{"A12_Null", linked, `{"when": {"path": "/transactions"}, "do": {"set": {"amount": null}}}`, exitPartial},
	{"A13_Exponent", linked, `{"when": {"path": "/transactions"}, "do": {"set": {"amount": 1e3}}}`, exitPartial},
	{
		"A14_CurrencyOfNoText", linked, `{"when": {"path": "/transactions"}, "do": {"set": {"currency": 840}}}`,
		exitPartial,
	},
	{
		"A15_TimeBeyond", linked,
		`{"when": {"path": "/transactions"}, "do": {"set": {"transacted_at": 99999999999999999}}}`, exitPartial,
	},
	{
		"A16_HostileText", held,
		`{"when": {"path": "/transactions", "nth": 1}, ` +
			`"do": {"change_row": {"description": "'; DROP TABLE x; -- =cmd() ../../etc \u202e \u001b[31m \n"}, ` +
			`"reveal": "silently"}}`, 0,
	},
	{
		"A16_HostileError", linked,
		`{"when": {"path": "/transactions"}, ` +
			`"do": {"status": 400, "code": "'; DROP TABLE x; -- =cmd() \u202e \u001b[31m \u009b31m \u007f \n"}}`,
		exitPartial,
	},
	{"A17_EmptyID", linked, `{"when": {"path": "/transactions"}, "do": {"set": {"id": ""}}}`, exitPartial},
	{"A18_AccountsTwice", linked, `{"when": {"path": "/accounts$"}, "do": {"dup_page": true}}`, 0},
	{
		"A19_OlderBalance", held,
		`{"when": {"path": "/accounts$"}, ` +
			`"do": {"set": {"balance.as_of": 1000000, "balance.current.usd": 77}, "rows": "all"}}`, 0,
	},
	{
		"A20_HistoryShrinks", held,
		`{"when": {"path": "/transactions", "account": "ACCOUNT", "times": 1}, "do": {"shrink_history": "240h"}}`, 0,
	},
	{"A21_AnotherMode", linked, `{"when": {"path": "/accounts$"}, "do": {"set": {"livemode": true}}}`, exitPartial},
}

// oneOfEachExit are a fault for each exit code, from both starts, and the two that print what banks wrote.
var oneOfEachExit = []string{
	"N1_NobodyListens", "N11_KeyRevoked", "A16_HostileText", "A16_HostileError",
}

func TestEveryFaultOfTheAPIHasAnExitCode(t *testing.T) {
	missing := map[string]bool{}
	for n := range 17 {
		missing[fmt.Sprintf("N%d", n+1)] = true
	}
	for n := range 21 {
		missing[fmt.Sprintf("A%d", n+1)] = true
	}
	codes, met := map[int]bool{}, 0
	for _, test := range faultsOfAnAPI {
		codes[test.code] = true
	}
	for _, test := range faultsOfAnAPI {
		id, _, _ := strings.Cut(test.name, "_")
		delete(missing, id)
		if slices.Contains(oneOfEachExit, test.name) {
			delete(codes, test.code)
			met++
		}
	}
	if met != len(oneOfEachExit) || len(codes) > 0 {
		t.Errorf("of %d faults each test run meets %d, without exit codes %v", len(oneOfEachExit), met,
			slices.Sorted(maps.Keys(codes)))
	}
	if len(missing) > 0 {
		t.Errorf("faults without an exit code: %v", slices.Sorted(maps.Keys(missing)))
	}
}

// TestFaultsEndWithTheirExitCodeAndThenTheTruth: a round that meets the fault says so by its
// exit code, and one clean one later the file is the truth.
func TestFaultsEndWithTheirExitCodeAndThenTheTruth(t *testing.T) {
	t.Parallel()
	starts := startsOfFaults(t)
	for _, nights := range faultsInARow() {
		t.Run(nights[0].name, func(t *testing.T) {
			t.Parallel()
			w := copyOf(t, starts[nights[0].from])
			if nights[0].from == held {
				w.arm(25*time.Hour, "")
			}
			for _, fault := range nights {
				w.meet(fault)
			}
			if nights[len(nights)-1].code == 0 && !*proof {
				return // the file is the truth without another round, and was held to it
			}
			w.arm(10*time.Minute, "")
			w.run(0)
			for _, difference := range w.differences() {
				t.Error(difference)
			}
		})
	}
}

// faultsInARow are the faults that one directory meets, a round each: with -proof each fault has its own directory,
// else those that begin alike share one.
func faultsInARow() (rows [][]apiFault) {
	chosen := map[string][]apiFault{}
	for _, fault := range faultsOfAnAPI {
		switch {
		case *proof:
			rows = append(rows, []apiFault{fault})
		case slices.Contains(oneOfEachExit, fault.name):
			chosen[fault.from] = append(chosen[fault.from], fault)
		}
	}
	return slices.AppendSeq(rows, maps.Values(chosen))
}

// meet runs a round that meets the fault. It ends with the fault's exit code and publishes nothing wrong.
func (w faultWorld) meet(fault apiFault) {
	w.t.Helper()
	w.arm(10*time.Minute, fault.script)
	w.run(fault.code)
	if strings.Contains(fault.script, `\u001b`) {
		w.wantNothingObeyedAnywhere()
	}
	if load(w.t, w.state()).FaultsHappened() == 0 {
		w.t.Errorf("%s never happened: it proves nothing", fault.name)
	}
	for _, difference := range w.differences() {
		if fault.code == 0 || strings.Contains(difference, "a wrong ") {
			w.t.Errorf("%s: published with exit code %d: %s", fault.name, fault.code, difference)
		}
	}
}

// wantNothingObeyedAnywhere looks at every command that shows what Stripe and banks wrote.
func (w faultWorld) wantNothingObeyedAnywhere() {
	w.t.Helper()
	for _, words := range [][]string{
		{"status"},
		{"status", "--json"},
		{"plan"},
		{"query", "select * from meta.run_accounts"},
		{"query", "--format", "ndjson", "select * from meta.run_accounts"},
	} {
		w.wantNothingObeyed(command(w.t, append([]string{"--config", w.config()}, words...)...))
	}
}

// TestAStolenIDIsRefusedAndSaid: an account's row comes under the id of another account's. That one keeps its
// row, the round is partial and names who sent it, and with -proof a clean one later all is well.
func TestAStolenIDIsRefusedAndSaid(t *testing.T) {
	t.Parallel()
	w := copyOf(t, startsOfFaults(t)[held])
	world := load(t, w.state())
	var row struct{ ID, Account string }
	checker{t}.Check(json.Unmarshal(world.Truth().Transactions[0], &row))
	other := world.Accounts()[0]
	if other == row.Account {
		other = world.Accounts()[1]
	}
	stolen := strings.ReplaceAll(string(world.Truth().Transactions[0]), row.Account, other)
	page, err := json.Marshal(`{"object": "list", "has_more": false, "url": "/x", "data": [` + stolen + `]}`)
	checker{t}.Check(err)
	w.arm(25*time.Hour,
		`{"when": {"path": "/transactions", "account": "`+other+`", "times": 1}, `+
			`"do": {"status": 200, "body": `+string(page)+`}}`)
	w.run(exitPartial)
	stdout, _, err := command(t, "--config", w.config(), "query", "--format", "csv",
		"select account_id, reason from meta.quarantine")
	checker{t}.Check(err)
	if want := other + "," + row.ID + " is a row of account " + row.Account; !strings.Contains(stdout, want) {
		t.Errorf("refused is %q, want %q", stdout, want)
	}
	stdout, _, err = command(t, "--config", w.config(), "status")
	checker{t}.Check(err)
	if !strings.Contains(stdout, other) || !strings.Contains(stdout, "refused, see meta.quarantine") {
		t.Errorf("status does not say so: %s", stdout)
	}
	for _, difference := range w.differences() {
		if strings.Contains(difference, "a wrong ") {
			t.Error(difference)
		}
	}
	if !*proof { // else TestOneOddFieldStopsNobodyElse has a clean round after rows that were refused
		return
	}
	w.arm(10*time.Minute, "")
	w.run(0)
	for _, difference := range w.differences() {
		t.Error(difference)
	}
}
