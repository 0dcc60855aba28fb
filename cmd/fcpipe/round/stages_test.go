package round

import (
	"encoding/json"
	"testing"
	"time"
)

// TestStagesAddUp: every second of a round is in one stage, and those in which several accounts land rows are counted
// once.
func TestStagesAddUp(t *testing.T) {
	now := time.Unix(0, 0)
	w := NewStopwatch(func() time.Time { return now })
	pass := func(seconds int) { now = now.Add(time.Duration(seconds) * time.Second) }
	pass(100) // before the first stage
	for _, step := range []func(){
		func() { w.Enter("plan") }, func() { w.Enter("plan") }, func() { w.Enter("refresh") },
		func() { w.Enter("wait") }, func() { w.Enter("fetch") }, func() { w.lands(1) }, func() { w.lands(1) },
		func() { w.lands(-1) }, func() { w.lands(-1) }, func() { w.Enter("owners") }, func() { w.lands(1) },
		func() { w.Enter("merge") }, func() { w.lands(-1) }, func() { w.Enter("derive") },
		func() { w.derived("ledger.texts") }, func() { w.derived("underwriting.windows") },
		func() { w.derived("ledger.labels") }, func() { w.Enter("publish") }, func() { w.Enter("") },
		func() { w.Enter("export") },
	} {
		step()
		pass(1)
	}
	w.Enter("")
	pass(100)
	want := StageTimes{
		PlanSeconds: 2, RefreshSeconds: 1, WaitSeconds: 1, FetchSeconds: 3, LandSeconds: 5,
		MergeSeconds: 1, DeriveSeconds: 4, PublishSeconds: 1, ExportSeconds: 1,
		LedgerSeconds: 2, UnderwritingSeconds: 1,
	}
	if got := w.times(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	w.restart()
	if got := w.times(); got != (StageTimes{}) {
		t.Errorf("another round begins with %+v", got)
	}
}

// TestAReportIsOneFlatObject, as programs that run rounds read it.
func TestAReportIsOneFlatObject(t *testing.T) {
	text, err := json.Marshal(Report{StageTimes: StageTimes{MergeSeconds: 1.5}})
	if err != nil {
		t.Fatal(err)
	}
	var flat map[string]any
	if err := json.Unmarshal(text, &flat); err != nil {
		t.Fatal(err)
	}
	for name, value := range flat {
		if _, isObject := value.(map[string]any); isObject {
			t.Errorf("%s is an object", name)
		}
	}
	if flat["merge_seconds"] != 1.5 || flat["export_seconds"] != 0.0 {
		t.Errorf("%v", flat)
	}
}
