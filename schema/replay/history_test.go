package replay_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/replay"
	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// historyRows are the rows of the history up to a snapshot, in one order.
const historyRows = "SELECT count(*) || ' ' || md5(string_agg(h::VARCHAR, ';' ORDER BY h::VARCHAR)) " +
	"FROM underwriting.attribute_history h WHERE as_of_date <= '%s'"

// recordedNow is whether the history of today is what the attributes say.
const recordedNow = `SELECT count(*) FROM (
	(SELECT holder_id, account_key, currency, attribute, window_name, value_integer, value_double, value_date,
		value_text, value_state
		FROM underwriting.attribute_values) EXCEPT ALL
	(SELECT holder_id, account_key, currency, attribute, window_name, value_integer, value_double, value_date,
		value_text, value_state
		FROM underwriting.attribute_history WHERE as_of_date = '%s'))`

// recordedTwice is a store that lived through both rounds of every leak, a week apart. A loan request was in force at
// the first one.
func recordedTwice(t *testing.T) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, "recorded twice", func() *storetest.Store { return recordTwice(t) })
}

func recordTwice(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.NewEmptyStore(t)
	s.Zone = "UTC"
	var landed [2][]schema.Landed
	var overrides []rules.Override
	for i, l := range leaks {
		for round, tell := range []func(*world){l.first, l.later} {
			w := &world{holder: leakHolder(i), round: round}
			landed[round] = append(landed[round], w.rows(tell))
			overrides = append(overrides, w.overrides...)
		}
	}
	s.UserFiles = &rules.Set{Requests: []rules.LoanRequest{{
		HolderID: leakHolder(0), Currency: "usd", Version: "0a1b2c3d", PaymentMinor: 25000, Cadence: "monthly",
	}}}
	s.Clock = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s.Round(landed[0]...)
	first := s.Query(fmt.Sprintf(historyRows, "2026-06-01"))
	s.Want(fmt.Sprintf(recordedNow, "2026-06-01"), "0")
	s.Want("SELECT count(*) > 100 FROM underwriting.attribute_history", "true")

	// the same day, which is recorded already: rows that change what was known, and all tables are made again
	s.Derives = false
	s.Round(landed[1][:4]...)
	s.Derives = true
	deriveAgain(s)
	s.Want(fmt.Sprintf(historyRows, "2026-06-01"), first)
	s.Want("SELECT count(*) FROM meta.attribute_snapshots", "1")

	s.UserFiles, s.Clock = &rules.Set{Overrides: overrides}, time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC)
	s.Round(landed[1]...)
	s.Want(fmt.Sprintf(historyRows, "2026-06-01"), first)
	s.Want(fmt.Sprintf(recordedNow, "2026-06-08"), "0")
	s.Want("SELECT string_agg(as_of_date::VARCHAR, ' ' ORDER BY snapshot_id) FROM meta.attribute_snapshots",
		"2026-06-01 2026-06-08")
	s.Want(`SELECT count(*) FILTER (snapshot_id = 2) < count(*) FILTER (snapshot_id = 1)
		FROM meta.attribute_changes`, "true")
	return s
}

// TestAppendInvariance: whatever comes later, on the same day or another one, with rows that change what was known or
// without, never changes a row of underwriting.attribute_history; a day is recorded once, whole, by what differs.
func TestAppendInvariance(t *testing.T) {
	s := recordedTwice(t) // by rounds that came later; in make proof by one more derivation
	if *storetest.Proof {
		second := s.Query(fmt.Sprintf(historyRows, "2026-06-08"))
		deriveAgain(s)
		s.Want(fmt.Sprintf(historyRows, "2026-06-08"), second)
	}
	s.Want("SELECT count(*) FROM meta.attribute_snapshots", "2")
}

// deriveAgain makes every derived table again and publishes them.
func deriveAgain(s *storetest.Store) {
	s.T.Helper()
	rebuilt, err := s.RebuildModels(s.T.Context(), "UTC")
	if err != nil {
		s.T.Fatal(err)
	}
	if err := rebuilt.Derive(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
	if err := rebuilt.Publish(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
}

// TestASnapshotNamesTheLoanRequestsInForce: by the fingerprint that a replay of its instant begins with; of one with
// another fingerprint the replay is called rescored, and of one without it is not.
func TestASnapshotNamesTheLoanRequestsInForce(t *testing.T) {
	s := recordedTwice(t)
	instants := []time.Time{s.Clock.AddDate(0, 0, -7), s.Clock}
	s.Want("SELECT count(*) FILTER (length(loan_requests_hash) = 16) || ' ' || count(*) FILTER "+
		"(loan_requests_hash = 'none') FROM meta.attribute_snapshots", "1 1")
	question := func(at int) replay.Question {
		return replay.Question{
			Layout: s.Layout(), At: &instants[at], Tables: []string{"underwriting.attribute_values"},
		}
	}
	wantRescored := func(at int, known replay.Known, rescored bool) {
		t.Helper()
		if known.IsRescored == nil || *known.IsRescored != rescored {
			t.Errorf("of round %d: %v", at, known.IsRescored)
		}
		s.Want(fmt.Sprintf("SELECT coalesce(bool_or(loan_requests_hash <> '%s'), false) FROM underwriting."+
			"attribute_history WHERE as_of_date = '%s'", known.LoanRequests, instants[at].Format(time.DateOnly)),
			fmt.Sprint(rescored))
	}
	resolved := func(at int) replay.Known {
		t.Helper()
		known, err := replay.Resolve(t.Context(), question(at))
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	wantRescored(0, resolved(0), false)
	wantRescored(1, resolved(1), false)
	s.Alter(s.Layout().Database(), "UPDATE meta.attribute_snapshots SET loan_requests_hash = NULL")
	wantRescored(0, resolved(0), false)
	s.Alter(s.Layout().Database(), "UPDATE meta.attribute_snapshots SET loan_requests_hash = 'another'")
	wantRescored(0, resolved(0), true)
}
