package synctest

import (
	"fmt"
	"strings"
	"time"

	"fcpipe/sync/simulator"
)

// steps are what a clock may be set to, beside the server's.
var steps = []time.Duration{
	-3 * time.Hour, -4 * time.Minute, -90 * time.Second, 0, 90 * time.Second, 4 * time.Minute,
	3 * time.Hour,
}

// happen lets time, people and banks act, and arms a fault.
func (h *History) happen() {
	ids := h.Server.Accounts()
	id := ids[h.Random.IntN(len(ids))]
	h.Server.Advance(time.Duration(1+h.Random.IntN(40)) * time.Hour)
	h.Server.ClearFaults()
	h.lagging = false
	rare := rareFaults(id)

	switch n := h.Random.IntN(14 + len(rare)); n {
	case 0:
		h.Note("relink " + id)
		if h.Server.Relink(id); h.Random.IntN(2) == 0 {
			h.Note("and again, by a connection that tells other texts and days")
			h.Server.RelinkOtherwise(h.Server.Accounts()[len(ids)])
		}
	case 1:
		h.Arm(script(`"method": "POST", "times": 2`, `"commit_then_drop": true`))
	case 2:
		h.Arm(script(`"method": "POST", "times": 6`, `"status": 500`))
	case 3:
		h.Arm(script(`"path": "/transactions", "skip": 1, "times": 3`, `"reset": true`))
	case 4:
		h.Arm(`{"when": {"path": "/transactions", "account": "` + id + `"}, "do": {"status": 403}}`)
	case 5:
		h.Arm(script(`"path": "/transactions", "times": 2`, `"truncate_at": 700`))
	case 6:
		h.Arm(script(`"skip": 2, "times": 4`,
			`"status": 429, "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}`))
	case 7:
		h.Arm(`{"when": {"account": "` + id + `"}, "do": {"fail_refresh": true}}`)
	case 8:
		h.Arm(script(`"path": "/transactions", "times": 2`, `"status": 200, "body": "{}"`))
	case 9:
		h.Arm(script(`"method": "POST", "times": 1`, `"status": 409`))
	case 10:
		if h.OwnClock {
			h.Ahead = steps[h.Random.IntN(len(steps))]
			h.Note(fmt.Sprintf("the clock is set to %v", h.Ahead))
		}
	case 11: // nothing happens
	case 12, 13: // two daily refreshes, and the second hides the first
		hides := []string{`"fail_refresh": true`, `"pend_for": "30h"`}[n-12]
		h.Arm(`{"when": {"feature": "transactions", "account": "` + id + `", "skip": 1}, "do": {` + hides + `}}`)
		h.Server.Advance(48 * time.Hour)
	default:
		h.Arm(rare[n-14])
	}
}

// rareFaults are what banks, networks and clocks do to rows and pages, some of them to one account.
func rareFaults(id string) []string {
	return []string{
		script(`"path": "/transactions", "times": 1`, `"insert_now": 3`),
		script(`"path": "/transactions", "param": "starting_after", "times": 1`,
			`"move_row": "top", "reveal": "new_refresh"`),
		`{"when": {"path": "/transactions", "account": "` + id + `", "times": 1}, "do": {"replace_row": true}}`,
		`{"when": {"path": "/transactions", "account": "` + id + `", "times": 1}, "do": {"change_status": "void"}}`,
		script(`"path": "/transactions", "times": 2`, `"dup_page": true`),
		script(`"path": "/transactions", "times": 1`, `"repeat_page": true`),
		script(`"path": "/transactions", "times": 3`, `"shuffle": true`),
		script(`"path": "/accounts", "times": 1`, `"stale_read": "90m"`),
		`{"when": {"feature": "transactions", "account": "` + id + `"}, "do": {"pend_for": "30h"}}`,
		script(`"path": "/transactions", "times": 1`, `"set": {"amount": 3.5}`),
		script(`"path": "/transactions", "times": 1`, `"malform": "cut"`),
		script(`"path": "/transactions", "probability": 0.3`, `"drop_before": true`),
		script(`"path": "/accounts", "times": 2`, `"nulls": 40, "rows": "all"`),
		script(`"path": "/transactions", "times": 2`, `"set": {"brand_new_field": {"a": [1.50, null]}}, "rows": "all"`),
		`{"when": {"account": "` + id + `"}, "do": {"unlisted": "kept"}}`,
		`{"when": {"account": "` + id + `"}, "do": {"unlisted": "missing"}}`,
	}
}

// script is a fault by the fields of its condition and of what it does.
func script(when, do string) string { return `{"when": {` + when + `}, "do": {` + do + `}}` }

// Arm arms a fault, written as the simulator's scripts are.
func (h *History) Arm(script string) {
	h.Note("fault " + script)
	h.lagging = strings.Contains(script, "stale_read") || strings.Contains(script, `"nulls"`)
	faults, err := simulator.ParseFaults([]byte(script))
	h.Must(err)
	h.Must(h.Server.AddFaults(faults))
}
