package replay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/replay"
	"fcpipe/schema/storetest"
)

// attributeRows is every row of the attributes, in the order they are stored in.
const attributeRows = "SELECT count(*) || ' ' || md5(string_agg(v::VARCHAR, ';')) FROM underwriting.attribute_values v"

// TestThreadAndOrderIndependence: the same rows, shuffled and on another number of threads, give the same attributes in
// the same order.
func TestThreadAndOrderIndependence(t *testing.T) {
	storetest.ForProof(t)
	s, instants := told(t)
	q := replay.Question{
		Layout: s.Layout(), At: &instants[0], Tables: []string{"underwriting.attribute_values"},
		Settings: duck.Settings{Threads: 1},
	}
	want := answer(t, q, attributeRows)
	if strings.HasPrefix(want, "0 ") {
		t.Fatal(want)
	}
	shuffled := schema.Layout{Dir: t.TempDir()}
	storetest.WriteFile(t, shuffled.Database(), string(storetest.ReadFile(t, s.Layout().Database())))
	var steps []string
	for _, table := range []string{"main.transaction_versions", "main.account_versions", "main.balances"} {
		steps = append(steps,
			fmt.Sprintf("CREATE TEMP TABLE t AS SELECT * FROM %s x ORDER BY hash(x::VARCHAR)", table),
			"DELETE FROM "+table, fmt.Sprintf("INSERT INTO %s FROM t", table), "DROP TABLE t")
	}
	storetest.Change(t, shuffled.Database(), append(steps, "CHECKPOINT"))
	q.Layout, q.Settings.Threads = shuffled, 16
	if got := answer(t, q, attributeRows); got != want {
		t.Errorf("shuffled, on 16 threads: %s, want %s", got, want)
	}
}

// TestInstantsThatAreNotHeldAreRefused: after the watermark, past a retention, of an unknown
// holder; Check refuses the same.
func TestInstantsThatAreNotHeldAreRefused(t *testing.T) {
	s, instants := told(t)
	late := instants[1].Add(time.Microsecond)
	refuse := func(q replay.Question, want error, words string) {
		t.Helper()
		q.Layout = s.Layout()
		p, err := replay.Open(t.Context(), q)
		if p != nil {
			_ = p.Close()
		}
		for _, refused := range []error{err, replay.Check(t.Context(), q)} {
			if !errors.Is(refused, want) || !strings.Contains(refused.Error(), words) {
				t.Errorf("%+v: %v, want %v with %q", q, refused, want, words)
			}
		}
	}
	refuse(replay.Question{At: &late}, reader.ErrNotHeld, "knows nothing after 2026-06-08T13:00:00Z, its watermark")
	refuse(replay.Question{Day: "2026-06-09"}, reader.ErrNotHeld, "its watermark")
	refuse(replay.Question{Holder: "cus_nobody"}, replay.ErrUnknown, "cus_nobody")
	storetest.Change(t, s.Layout().Database(), []string{
		"UPDATE meta.store SET transactions_since = '2026-06-02 00:00:00+00'", "CHECKPOINT",
	})
	s.Broken = true
	refuse(replay.Question{At: &instants[0]}, reader.ErrNotHeld, "retention removed the transactions before 2026-06-02")
}

// TestBeforeAnythingWasObservedIsBackfilled: what is dated later is left out, and the answer says what it is.
func TestBeforeAnythingWasObservedIsBackfilled(t *testing.T) {
	s, _ := told(t)
	for day, want := range map[string]int{"2026-05-19": 0, "2026-05-20": 1} { // the shoes were bought on the 20th
		p, err := replay.Open(t.Context(), replay.Question{
			Layout: s.Layout(), Holder: leakHolder(1), Day: day, Tables: []string{"ledger.accounts"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if !p.IsBackfilled || p.AsOfDate != day {
			t.Errorf("%+v", p.Known)
		}
		var rows int
		err = p.Database().QueryRowContext(t.Context(), "SELECT count(*) FROM main.transactions").Scan(&rows)
		if err = errors.Join(err, p.Close()); err != nil || rows != want {
			t.Errorf("%s: %d rows, want %d, %v", day, rows, want, err)
		}
	}
}
