package store_test

import (
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestFailuresAreCountedStoredAndLanded: attempts that failed since one succeeded, each once,
// whether they are in the file, in landing, or in both.
func TestFailuresAreCountedStoredAndLanded(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.New(t)
	asked := func(feature string, hour int, status string) schema.RefreshAttempt {
		return schema.RefreshAttempt{
			Feature: feature, AccountID: "fca_1", RequestedAt: s.Clock.Add(time.Duration(hour-1000) * time.Hour),
			RequestedBy: "us", Status: status,
		}
	}
	at := s.Clock
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}, Refreshes: []schema.RefreshAttempt{
		asked("ownership", 1, "failed"),
		asked("ownership", 2, "succeeded"),
		asked("ownership", 3, "failed"),
		asked("ownership", 4, "failed"),
		asked("balance", 1, "failed"),
		asked("transactions", 1, "succeeded"),
	}})
	s.Clock = at // what follows has the same instants
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer landing.Close()
	for _, step := range []struct {
		what   string
		landed []schema.RefreshAttempt
		want   [3]int
	}{
		{"stored", nil, [3]int{2, 1, 0}},
		{"known, and newer", []schema.RefreshAttempt{
			asked("ownership", 4, "failed"), asked("balance", 2, "pending"),
			asked("transactions", 2, "failed"),
		}, [3]int{2, 1, 1}},
		{"settled", []schema.RefreshAttempt{
			asked("ownership", 5, "succeeded"), asked("balance", 2, "failed"),
			asked("transactions", 2, "failed"),
		}, [3]int{0, 2, 1}},
	} {
		if step.landed != nil {
			if err := landing.Land(t.Context(), schema.Landed{Refreshes: step.landed}); err != nil {
				t.Fatal(err)
			}
			if err := landing.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		state, err := s.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Overlay(t.Context(), landing, &state); err != nil {
			t.Fatal(err)
		}
		failures := state.Accounts["fca_1"].Failures
		if got := [3]int{failures["ownership"], failures["balance"], failures["transactions"]}; got != step.want {
			t.Errorf("%s: %v failures, want %v", step.what, got, step.want)
		}
	}
}
