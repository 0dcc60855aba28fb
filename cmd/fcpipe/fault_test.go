package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// faultsOfAnAPI are faults N1 to N17 and A1 to A21 with the exit code of a round that meets
// them. A7, A10, A19 and A20, which need rounds before, are tested in sync.
var faultsOfAnAPI = []struct {
	name, script string
	code         int
}{
	{"N1_NobodyListens", `{"do": {"drop_before": true, "drop_as": "refused"}}`, exitUnreachable},
	{"N2_Timeout", `{"when": {"path": "/transactions", "times": 2}, "do": {"drop_before": true, "drop_as": "timeout"}}`, 0},
	{"N3_ResetInTheBody", `{"when": {"path": "/transactions", "times": 2}, "do": {"reset_at": 700}}`, 0},
	{"N4_TwoDocuments", `{"when": {"path": "/transactions"}, "do": {"malform": "twice"}}`, exitPartial},
	{"N5_GzipBomb", `{"when": {"path": "/transactions"}, "do": {"gzip_bomb": true}}`, exitPartial},
	{"N6_RateBurst", `{"when": {"path": "/transactions", "times": 1}, "do": {"rate_burst": "2s", "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}}}`, 0},
	{"N7_RetryAfterTenYears", `{"when": {"path": "/transactions", "times": 1}, "do": {"status": 503, "headers": {"Retry-After": "315360000"}}}`, exitPartial},
	{"N8_ServerErrorNotToBeRepeated", `{"when": {"path": "/transactions", "times": 1}, "do": {"status": 500, "headers": {"Stripe-Should-Retry": "false"}}}`, exitPartial},
	{"N9_HTML", `{"when": {"path": "/transactions"}, "do": {"html": true, "status": 200}}`, exitPartial},
	{"N10_KeyInUse", `{"when": {"method": "POST", "times": 1}, "do": {"status": 409, "code": "idempotency_key_in_use"}}`, 0},
	{"N11_KeyRevoked", `{"when": {"path": "/transactions"}, "do": {"revoke_key": true}}`, exitKeyRefused},
	{"N12_Forbidden", `{"when": {"path": "/transactions", "account": "ACCOUNT"}, "do": {"status": 403}}`, exitPartial},
	{"N13_RowsGone", `{"when": {"path": "/transactions", "account": "ACCOUNT"}, "do": {"status": 404}}`, exitPartial},
	{"N14_Redirect", `{"when": {"path": "/transactions"}, "do": {"redirect": "https://elsewhere.example/"}}`, exitPartial},
	{"N15_GoAway", `{"when": {"path": "/transactions", "times": 2}, "do": {"drop_before": true, "drop_as": "goaway"}}`, 0},
	{"N16_ReplyLost", `{"when": {"method": "POST", "path": "/refresh"}, "do": {"commit_then_drop": true}}`, exitPartial},
	{"N17_StaleRead", `{"when": {"path": "/accounts$", "nth": 1}, "do": {"stale_read": "5m"}}`, 0},
	{"A1_PendsForEver", `{"when": {"account": "ACCOUNT", "feature": "transactions"}, "do": {"pend_for": "48h"}}`, 0},
	{"A2_RefreshFails", `{"when": {"account": "ACCOUNT", "feature": "transactions"}, "do": {"fail_refresh": true}}`, 0},
	{"A3_InactiveBetweenPages", `{"when": {"page": 2, "account": "ACCOUNT", "times": 1}, "do": {"account_status": "inactive"}}`, 0},
	{"A4_RowMovesBetweenPages", `{"when": {"page": 2, "times": 1}, "do": {"move_row": "top", "reveal": "new_refresh"}}`, 0},
	{"A5_PageRepeats", `{"when": {"param": "starting_after"}, "do": {"repeat_page": true}}`, exitPartial},
	{"A5_RowsTwice", `{"when": {"path": "/transactions"}, "do": {"dup_page": true}}`, 0},
	{"A6_EmptyPageGoesOn", `{"when": {"path": "/transactions"}, "do": {"empty_page_has_more": true}}`, exitPartial},
	{"A8_AnotherAmountAndCurrency", `{"when": {"page": 2, "times": 1}, "do": {"change_row": {"status": "posted", "amount": -7, "currency": "eur", "description": "X"}, "reveal": "new_refresh"}}`, 0},
	{"A9_IDReplaced", `{"when": {"page": 2, "times": 1}, "do": {"replace_row": true, "reveal": "new_refresh"}}`, 0},
	{"A11_FieldGone", `{"when": {"path": "/transactions"}, "do": {"unset": ["currency"]}}`, exitPartial},
	{"A12_Null", `{"when": {"path": "/transactions"}, "do": {"set": {"amount": null}}}`, exitPartial},
	{"A13_Exponent", `{"when": {"path": "/transactions"}, "do": {"set": {"amount": 1e3}}}`, exitPartial},
	{"A14_CurrencyOfNoText", `{"when": {"path": "/transactions"}, "do": {"set": {"currency": 840}}}`, exitPartial},
	{"A15_TimeBeyond", `{"when": {"path": "/transactions"}, "do": {"set": {"transacted_at": 99999999999999999}}}`, exitPartial},
	{"A16_HostileText", `{"when": {"path": "/transactions", "nth": 1}, "do": {"change_row": {"description": "'; DROP TABLE x; -- =cmd() ../../etc \u202e \u001b[31m \n"}, "reveal": "silently"}}`, 0},
	{"A17_EmptyID", `{"when": {"path": "/transactions"}, "do": {"set": {"id": ""}}}`, exitPartial},
	{"A18_AccountsTwice", `{"when": {"path": "/accounts$"}, "do": {"dup_page": true}}`, 0},
	{"A21_AnotherMode", `{"when": {"path": "/accounts$"}, "do": {"set": {"livemode": true}}}`, exitFailed},
}

// TestFaultsEndWithTheirExitCodeAndThenTheTruth: a round that meets the fault says so by its
// exit code, and two clean ones later file and lake are the truth.
func TestFaultsEndWithTheirExitCodeAndThenTheTruth(t *testing.T) {
	for _, test := range faultsOfAnAPI {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			state, config := filepath.Join(dir, "sim.state"), filepath.Join(dir, "config.yaml")
			world := simulator.New(simulator.Config{Seed: 12, Accounts: 2, Holders: 2, HistoryDays: 30, RowsPerAccount: 110, Calm: true, Linked: true})
			world.Advance(25 * time.Hour)
			arm(t, world, state, test.script)
			text := "stripe: {api_base: simulator:sim.state, requests_per_second: 1000}\ndata: {dir: data, memory_limit: 256MiB}\n"
			checker{t}.Check(os.WriteFile(config, []byte(text), 0o600))
			if _, stderr, err := command(t, "--config", config, "run"); exitCode(err) != test.code {
				t.Errorf("exit code %d, want %d: %s", exitCode(err), test.code, stderr)
			}
			if load(t, state).FaultsHappened() == 0 {
				t.Error("the fault never happened: it proves nothing")
			}
			layout := schema.Layout{Dir: filepath.Join(dir, "data")}
			if _, err := os.Stat(layout.Database()); err == nil {
				for _, difference := range differences(checker{t}, load(t, state).Truth(), layout) {
					if test.code == 0 || strings.Contains(difference, "not so") {
						t.Errorf("published with exit code %d: %s", test.code, difference)
					}
				}
			}
			arm(t, load(t, state), state, "")
			if _, stderr, err := command(t, "--config", config, "run"); exitCode(err) != 0 {
				t.Errorf("the clean round ended with %d: %s", exitCode(err), stderr)
			}
			for _, difference := range differences(checker{t}, load(t, state).Truth(), layout) {
				t.Error(difference)
			}
		})
	}
}

func load(t *testing.T, state string) *simulator.Server {
	t.Helper()
	world, err := simulator.Load(state)
	checker{t}.Check(err)
	return world
}

// arm replaces the faults of a world, lets some minutes pass and saves it.
func arm(t *testing.T, world *simulator.Server, state, script string) {
	t.Helper()
	world.ClearFaults()
	world.Advance(10 * time.Minute)
	if script != "" {
		faults, err := simulator.ParseFaults([]byte(strings.ReplaceAll(script, "ACCOUNT", world.Accounts()[0])))
		checker{t}.Check(err)
		checker{t}.Check(world.AddFaults(faults))
	}
	checker{t}.Check(world.Save(state))
}
