package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"fcpipe/cmd/evaluate/truth"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator/world"
)

// TestAWrongNumberThatIsOKIsCounted: what a file states of one account is right, but for a day and two values; the
// wrong value that says so is no fault.
func TestAWrongNumberThatIsOKIsCounted(t *testing.T) {
	now := time.Date(2026, 6, 20, 15, 0, 0, 0, time.UTC)
	today := truth.DayOf(now, truth.Zone)
	w := truth.Of([]world.Book{{
		Account: "fca_1", Holder: "cus_1", Category: "cash", Mess: world.LostRows, Opening: 100,
		From:      now.AddDate(-1, 0, -40),
		Movements: []world.Movement{{ID: "fctxn_1", Minor: -30, At: now.AddDate(0, 0, -200), Label: "food.groceries"}},
	}}, now)
	s := &stated{
		watermark: now, firsts: map[string]truth.Day{"fca_1": today - 100}, labels: map[string]truth.Label{},
		codes: map[string]truth.Label{"food.groceries": {Category: "food.groceries", Treatment: "expense"}},
		days: []dayBalance{
			{"fca_1", "usd", "proved", today - 3, 70},
			{"fca_1", "usd", "proved", today - 2, 71},
			{"fca_1", "usd", "broken", today - 1, 71},
		},
	}
	value := func(account, attribute, window, state string, whole int64) {
		s.values = append(s.values, asked{
			Key:      truth.Key{Holder: "cus_1", Account: account, Attribute: attribute, Window: window},
			currency: "usd", state: state, value: truth.Value{IsSet: true, Whole: whole},
		})
	}
	value("fca_1", "balance_daily_min_minor", "30d", "OK", 70)
	value("fca_1", "balance_daily_min_minor", "60d", "OK", 71)
	value("fca_1", "balance_daily_min_minor", "90d", "PARTIAL", 71)
	value("fca_1", "flow_out_gross_minor", "365d", "OK", 0)
	value("", "flow_out_net_minor", "365d", "OK", 30)
	value("", "distress_event_count", "365d", "OK", 3)
	found := s.judge(w)
	k := found.of(world.LostRows)
	if want := (tally{All: 3, OK: 2, Wrong: 2, WrongOK: 1}); k.Days != want {
		t.Errorf("days %+v, want %+v", k.Days, want)
	}
	if want := (tally{All: 3, OK: 2, Wrong: 2, WrongOK: 1}); k.Balances != want {
		t.Errorf("balances %+v, want %+v", k.Balances, want)
	}
	if want := (tally{All: 1, OK: 1, Wrong: 1, Unprovable: 1}); k.Flows != want {
		t.Errorf("flows %+v, want %+v", k.Flows, want)
	}
	if want := (tally{All: 1, OK: 1}); k.Labelled != want || k.Labels != want {
		t.Errorf("by labels %+v %+v, want %+v", k.Labelled, k.Labels, want)
	}
	if found.OtherNames["distress_event_count"] != 1 || found.Coverable != 3 || found.CoveredOK != 2 {
		t.Errorf("%+v: one value has no truth, two of three in the history are OK", found)
	}
	both := &stateTable{Seeds: []uint64{7}, Clean: newStates(), Messy: newStates()}
	both.Messy.add(found)
	if lines := markdown(both.lines()); !strings.Contains(lines, "| lost rows | 3 | 66.7 % | 66.7 % | 1 | 4 |") {
		t.Error(lines)
	}
}

// TestStatesOfATinyWorld lives through two worlds of three holders: where feeds are right nothing is wrong and OK, and
// most of what the history covers is OK.
func TestStatesOfATinyWorld(t *testing.T) {
	storetest.ForProof(t)
	const day = 24 * time.Hour
	o := options{
		styles: "default", holders: 3, stateHolders: 3, stateSeeds: []uint64{7}, directory: t.TempDir(), threads: 1,
		stateRounds: []time.Duration{0, 40 * day, day, day},
	}
	found, err := o.measureAllStates(t.Context(), io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	k := found.Clean.of(noMess)
	if k.Days.All < 1000 || k.Days.OK == 0 || k.Days.WrongOK+k.Balances.WrongOK+k.Flows.WrongOK+k.Labelled.WrongOK > 0 {
		t.Errorf("where feeds are right: %+v", k)
	}
	if 100*found.Clean.CoveredOK < 95*found.Clean.Coverable || found.Clean.Coverable < 100 {
		t.Errorf("%d of %d values are OK", found.Clean.CoveredOK, found.Clean.Coverable)
	}
	if k := found.Messy.of(world.TurnedSigns); k.Days.Wrong == 0 || k.Flows.Wrong == 0 || k.Flows.WrongOK > 0 {
		t.Errorf("turned signs: %+v", k)
	}
}
