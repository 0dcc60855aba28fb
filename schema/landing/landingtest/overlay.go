package landingtest

import (
	"slices"

	"fcpipe/schema"
)

// overlay puts a segment on top of a state: what a run that was killed had finished is not read again.
func overlay(state *schema.State, segment []schema.Landed) {
	for _, rows := range segment {
		for _, a := range rows.Accounts {
			overlayAccount(state, a)
		}
	}
	if state.Ownerships == nil {
		state.Ownerships = map[string]bool{}
	}
	for _, rows := range segment {
		for _, b := range rows.Balances {
			putBalance(state, b)
		}
		for _, o := range rows.Ownerships {
			state.Ownerships[o.OwnershipID] = true
		}
		for _, r := range rows.Refreshes {
			overlayAttempt(state, r)
		}
	}
	for _, rows := range segment {
		for _, l := range rows.LabelStates {
			state.PutLabels(l)
		}
		for _, c := range rows.Completions {
			overlayCompletion(state, c)
		}
	}
}

func overlayAccount(state *schema.State, read schema.Account) {
	a, known := state.Accounts[read.AccountID]
	if !known {
		a = schema.AccountState{
			AccountKey: read.AccountID, FirstSeenAt: read.CreatedAt, Failures: map[string]int{},
		}
	}
	a.Account, a.Landed = read, true
	state.Accounts[read.AccountID] = a
}

// overlayAttempt takes an attempt that is newer than the latest one, or that one as it became: one that has settled
// is never pending again.
func overlayAttempt(state *schema.State, r schema.RefreshAttempt) {
	a, known := state.Accounts[r.AccountID]
	if !known {
		return
	}
	latest := a.Refresh(r.Feature)
	isSame := r.RequestedAt.Equal(latest.RequestedAt)
	if isSame && r.Status == "pending" && latest.Status != "pending" || !isSame && !since(r).After(since(latest)) {
		return
	}
	if r.Status == "succeeded" {
		delete(a.Failures, r.Feature)
	}
	if r.Status == "failed" && (latest.Status != "failed" || !isSame) {
		a.Failures[r.Feature]++
	}
	putAttempt(state, a, r)
}

// putAttempt makes an attempt the latest of its feature.
func putAttempt(state *schema.State, a schema.AccountState, r schema.RefreshAttempt) {
	isEarlier := func(earlier schema.RefreshAttempt) bool { return earlier.Feature == r.Feature }
	a.Refreshes = append(slices.DeleteFunc(slices.Clone(a.Refreshes), isEarlier), r)
	state.Accounts[r.AccountID] = a
}

// putBalance makes a balance the current one of its currency, unless that is newer.
func putBalance(state *schema.State, b schema.Balance) {
	a, known := state.Accounts[b.AccountID]
	if current, _ := a.Balance(b.Currency); !known || current.AsOf.After(b.AsOf) {
		return
	}
	isEarlier := func(earlier schema.Balance) bool { return earlier.Currency == b.Currency }
	a.Balances = append(slices.DeleteFunc(slices.Clone(a.Balances), isEarlier), b)
	state.Accounts[b.AccountID] = a
}

// overlayCompletion moves the cursor of an account as a merge would.
func overlayCompletion(state *schema.State, c schema.Completion) {
	if a, known := state.Accounts[c.AccountID]; known && counts(c, a.CursorRefreshID) {
		a.CursorRefreshID, a.CompleteThroughAt = c.CursorRefreshID, c.CompleteThroughAt
		state.Accounts[c.AccountID] = a
	}
}

// counts reports whether a completion leads on from a cursor: its rows were listed after that one, or all were listed.
// Elsewhere rows are missing between the two.
func counts(c schema.Completion, held *string) bool {
	return c.CursorRefreshID != nil && (c.AfterRefreshID == nil || held != nil && *held == *c.AfterRefreshID)
}
