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

// TestAppendInvariance: whatever comes later, on the same day or another one, with rows that change what was known or
// without, never changes a row of underwriting.attribute_history; a day is recorded once, whole, by what differs.
func TestAppendInvariance(t *testing.T) {
	s := storetest.NewDerivedStore(t)
	s.Zone = "UTC"
	var landed [2][]schema.Landed
	for i, l := range leaks {
		for round, tell := range []func(*world){l.first, l.later} {
			w := &world{holder: leakHolder(i), round: round}
			landed[round] = append(landed[round], w.rows(tell))
		}
	}
	s.Clock = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s.Round(landed[0]...)
	first := s.Query(fmt.Sprintf(historyRows, "2026-06-01"))
	s.Want(fmt.Sprintf(recordedNow, "2026-06-01"), "0")
	s.Want("SELECT count(*) > 100 FROM underwriting.attribute_history", "true")

	s.Round(landed[1][:4]...) // the same day: recorded already
	s.Want(fmt.Sprintf(historyRows, "2026-06-01"), first)
	s.Want("SELECT count(*) FROM meta.attribute_snapshots", "1")

	s.Clock = time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC)
	s.Round(landed[1]...)
	s.Want(fmt.Sprintf(historyRows, "2026-06-01"), first)
	s.Want(fmt.Sprintf(recordedNow, "2026-06-08"), "0")
	s.Want("SELECT string_agg(as_of_date::VARCHAR, ' ' ORDER BY snapshot_id) FROM meta.attribute_snapshots",
		"2026-06-01 2026-06-08")
	s.Want(`SELECT count(*) FILTER (snapshot_id = 2) < count(*) FILTER (snapshot_id = 1)
		FROM meta.attribute_changes`, "true")
	second := s.Query(fmt.Sprintf(historyRows, "2026-06-08"))

	rebuilt, err := s.RebuildModels(t.Context(), s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := rebuilt.Derive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := rebuilt.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Want(fmt.Sprintf(historyRows, "2026-06-08"), second)
	s.Want("SELECT count(*) FROM meta.attribute_snapshots", "2")
}

// TestASnapshotNamesTheLoanRequestsInForce: by the fingerprint that a replay of its instant has; of one with another
// fingerprint the replay is called rescored, and of one without it is not.
func TestASnapshotNamesTheLoanRequestsInForce(t *testing.T) {
	s := storetest.NewDerivedStore(t)
	s.Zone = "UTC"
	var instants [2]time.Time
	for round, set := range []rules.Set{{Requests: []rules.LoanRequest{{
		HolderID: leakHolder(0), Currency: "usd", Version: "0a1b2c3d", PaymentMinor: 25000, Cadence: "monthly",
	}}}, {}} {
		w := &world{holder: leakHolder(0), round: round}
		s.UserFiles, s.Clock = &set, time.Date(2026, 6, 1+7*round, 12, 0, 0, 0, time.UTC)
		instants[round] = s.Round(w.rows(leaks[0].first)).ObservedAt
	}
	s.Want("SELECT count(*) FILTER (length(loan_requests_hash) = 16) || ' ' || count(*) FILTER "+
		"(loan_requests_hash = 'none') FROM meta.attribute_snapshots", "1 1")
	wantRescored := func(at int, rescored bool) {
		t.Helper()
		p, err := replay.Open(t.Context(), replay.Question{
			Layout: s.Layout(), At: &instants[at], Tables: []string{"underwriting.attribute_values"},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if p.IsRescored == nil || *p.IsRescored != rescored {
			t.Errorf("of round %d: %v", at, p.IsRescored)
		}
		s.Want(fmt.Sprintf("SELECT coalesce(bool_or(loan_requests_hash <> '%s'), false) FROM "+
			"underwriting.attribute_history WHERE as_of_date = '%s'", p.LoanRequests, p.AsOfDate), fmt.Sprint(rescored))
	}
	wantRescored(0, false)
	wantRescored(1, false)
	s.Alter(s.Layout().Database(), "UPDATE meta.attribute_snapshots SET loan_requests_hash = NULL")
	wantRescored(0, false)
	s.Alter(s.Layout().Database(), "UPDATE meta.attribute_snapshots SET loan_requests_hash = 'another'")
	wantRescored(0, true)
}
