package sync

import (
	"encoding/json"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/wire"
)

// keepOwners buys owners at most once in an interval and stores them.
func keepOwners(every time.Duration) func(*Options) {
	return func(o *Options) {
		o.Policy.Ownership, o.Policy.KeepOwners = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: every}, true
	}
}

// ownersOnly leaves everything but owners alone.
func ownersOnly(o *Options) {
	o.Policy.Transactions.Mode, o.Policy.Balance.Mode = plan.ModeOff, plan.ModeOff
	keepOwners(720 * time.Hour)(o)
}

// snapshots counts the snapshots of owners that are held whole.
func (w *world) snapshots() int { return len(w.file.State().Ownerships) }

// accountsWithOwners counts the accounts of whom an owner is held.
func (w *world) accountsWithOwners() int {
	accounts := map[string]bool{}
	for _, o := range w.file.Owners() {
		accounts[o.AccountID] = true
	}
	return len(accounts)
}

type shownOwner struct {
	ID, Ownership, Name, Email, Phone string
	Address                           string `json:"raw_address"`
}

func (w *world) trueOwners() (owners []shownOwner) {
	w.t.Helper()
	for _, raw := range w.server.Truth().Owners {
		var o shownOwner
		w.must(json.Unmarshal(raw, &o))
		owners = append(owners, o)
	}
	return owners
}

// wantOwners compares the newest snapshots with the simulator's ground truth, and looks for people in the log.
func (w *world) wantOwners() {
	w.t.Helper()
	held, whole := map[shownOwner]int{}, w.file.State().Ownerships
	for _, o := range w.file.Owners() {
		held[shownOwner{o.OwnerID, o.OwnershipID, o.Name, orEmpty(o.Email), orEmpty(o.Phone), orEmpty(o.RawAddress)}]++
	}
	for _, o := range w.trueOwners() {
		if held[o] != 1 || !whole[o.Ownership] {
			w.t.Errorf("%s of %s is held %d times, its snapshot is whole: %v", o.ID, o.Ownership, held[o],
				whole[o.Ownership])
		}
		for _, word := range []string{o.Name, o.Email, o.Phone, o.Address} {
			if word != "" && strings.Contains(w.log.String(), word) {
				w.t.Errorf("%q is in the log", word)
			}
		}
	}
}

// TestOwnersAreBoughtOncePerIntervalAndReadOnce: two months of nights in a world where
// refreshes fail, accounts break and holders share less than is wanted.
func TestOwnersAreBoughtOncePerIntervalAndReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 7, Accounts: 24, Holders: 12, HistoryDays: 3})
	w.change = ownersOnly
	reads := 0
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/owners") {
			reads++
		}
	}
	for range 5 {
		_, _, err := w.round()
		w.must(err)
		w.wantOwners()
		w.server.Advance(15 * 24 * time.Hour)
	}
	last := map[string]int64{}
	for _, charge := range w.server.Meter().Charges {
		if before, paid := last[charge.Account]; paid && charge.At-before < 720*3600 {
			t.Errorf("%s was paid for twice in %d hours", charge.Account, (charge.At-before)/3600)
		}
		last[charge.Account] = charge.At
	}
	paid := w.charges(plan.FeatureOwnership)
	if held := w.snapshots(); held != reads || held != paid || held < 40 {
		t.Errorf("%d snapshots held with %d reads, %d paid", held, reads, paid)
	}
	if counted := w.journal.SpentSince(time.Time{}); counted != int64(paid)*1_500_000 {
		t.Errorf("%d micro-USD counted for %d refreshes", counted, paid)
	}
}

// TestOwnersOfALinkAreReadWithoutBuying: a snapshot that was fetched when the account was
// linked costs a read, where owners are kept; where they are dropped nobody asks.
func TestOwnersOfALinkAreReadWithoutBuying(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 3, Calm: true})
	w.refreshFeatureByOthers(w.server.Accounts()[0], plan.FeatureOwnership)
	w.server.Advance(time.Hour)
	asked := 0
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/owners") || r.Method == http.MethodPost {
			asked++
		}
	}
	for _, test := range []struct {
		keep        bool
		asked, held int
	}{{false, 0, 0}, {true, 1, 1}, {true, 1, 1}} {
		w.change = func(o *Options) {
			ownersOnly(o)
			o.Policy.Ownership.Mode, o.Policy.KeepOwners = plan.ModeOff, test.keep
		}
		_, _, err := w.round()
		w.must(err)
		if held := w.accountsWithOwners(); asked != test.asked || held != test.held {
			t.Errorf("kept %v: asked %d times, %d accounts with owners", test.keep, asked, held)
		}
	}
	w.wantOwners()
}

func TestOwnersAreNotBoughtToBeThrownAway(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 1, Holders: 1})
	options := w.syncer().options
	options.Policy.Ownership.Mode = plan.ModeOnDemand
	if _, err := New(options); err == nil {
		t.Error("accepted")
	}
}

// TestOwnersOverManyPages: what goes wrong while a snapshot of three pages is read leaves it
// not whole, and the next clean round makes it whole.
func TestOwnersOverManyPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 3, Calm: true,
		OwnersPerAccount: 250,
	})
	w.change = func(o *Options) {
		ownersOnly(o)
		o.Policy.Ownership.Mode = plan.ModeOff
	}
	w.refreshFeatureByOthers(w.server.Accounts()[0], plan.FeatureOwnership)
	w.server.Advance(time.Hour)
	for n, fails := range []struct{ do, reason string }{
		{`"page": 2}, "do": {"set": {"name": null}}`, "1 owners refused, see meta.quarantine"},
		{`"page": 2}, "do": {"repeat_page": true}`, "owners could not be read"},
		{`"page": 2}, "do": {"set": {"ownership": "fcaowns_other"}}`, "1 owners refused, see meta.quarantine"},
		{`"page": 3}, "do": {"status": 200, "body": "{}"}`, "owners could not be read"},
		{`"page": 1}, "do": {"status": 403}`, "owners could not be read"},
	} {
		w.must(w.server.AddFault(fault(`{"when": {"path": "/owners", ` + fails.do + `}`)))
		report, _, err := w.round()
		w.must(err)
		if report.Complete || len(report.Accounts) != 1 || orEmpty(report.Accounts[0].Reason) != fails.reason {
			t.Errorf("%s: complete %v, %+v", fails.do, report.Complete, report.Accounts)
		}
		if whole := w.snapshots(); whole != 0 {
			t.Errorf("%s: %d snapshots are whole", fails.do, whole)
		}
		w.server.ClearFaults()
		held, refused := len(w.file.Owners()), w.file.Refused()
		if n == 0 && (held != 249 || len(refused) != 1 || refused[0].Object != "owner" || refused[0].Field != "name") {
			t.Errorf("%d owners held beside the refused %+v", held, refused)
		}
	}
	w.must(
		w.server.AddFault(
			fault(
				`{"when": {"path": "/owners", "page": 3, "times": 1}, "do": {"status": 400, "code": ` +
					`"resource_missing"}}`,
			),
		),
	)
	report, _, err := w.round()
	w.must(err)
	if !report.Complete || report.Owners != 250 || report.Pages != 5 { // two, and three again
		t.Errorf("%+v", report)
	}
	w.wantOwners()
}

// TestSnapshotThatIsReplacedWhileItIsRead: somebody refreshes ownership between the account
// list and the read, of several accounts at once. The new snapshots are read, after one more look
// at each account.
func TestSnapshotThatIsReplacedWhileItIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 8, Holders: 8, HistoryDays: 3, Calm: true})
	w.change = func(o *Options) {
		ownersOnly(o)
		o.Policy.Ownership.Mode = plan.ModeOff
	}
	for _, id := range w.server.Accounts() {
		w.refreshFeatureByOthers(id, plan.FeatureOwnership)
	}
	w.server.Advance(25 * time.Hour)
	replaced := map[string]bool{}
	w.between = func(r *http.Request) {
		if id := strings.Split(r.URL.Path, "/")[len(strings.Split(r.URL.Path, "/"))-2]; strings.HasSuffix(r.URL.Path,
			"/owners") && !replaced[id] {
			replaced[id] = true
			w.refreshFeatureByOthers(id, plan.FeatureOwnership)
			w.server.Advance(time.Minute)
		}
	}
	report, _, err := w.round()
	w.must(err)
	if !report.Complete || report.Owners == 0 {
		t.Errorf("%+v", report)
	}
	w.wantOwners()
}

// TestSnapshotsAreLookedUpWhileOthersAreRead: what is held is asked by some workers and noted by
// others.
func TestSnapshotsAreLookedUpWhileOthersAreRead(t *testing.T) {
	r := &round{syncer: &Syncer{options: Options{Policy: plan.Policy{KeepOwners: true}}}}
	a := reading{Reading: wire.Reading{
		Account: schema.Account{AccountID: "fca_1", Permissions: []string{"ownership"}}, OwnershipID: "fcaowns_1",
	}}
	var all stdsync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20_000 {
				(&ownersFetch{round: r, account: a}).markHeld(true)
				r.owesOwners(a)
			}
		})
	}
	all.Wait()
	if r.owesOwners(a) {
		t.Error("owners that were read are owed")
	}
}

// TestOwnersThatAreNotSharedAnyMoreAreNoSnapshot: a server that may not show the owners any more answers with a list of
// none. That is not taken for an account without owners.
func TestOwnersThatAreNotSharedAnyMoreAreNoSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 3, Calm: true})
	w.change = ownersOnly
	id, closed := w.server.Accounts()[0], false
	w.server.Advance(time.Hour)
	w.meddle(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/owners") }, -1,
		func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
			closed = true
			return answered(r, 200, nil, noRows), nil
		})
	w.meddle(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, id) }, -1,
		rewritten(func(body string) string {
			if !closed {
				return body
			}
			return strings.Replace(body, `"status":"active"`, `"status":"disconnected"`, 1)
		}))
	report, _, err := w.round()
	w.must(err)
	if !closed || report.Complete || w.snapshots() != 0 {
		t.Errorf("owners were asked for: %v, complete %v, %d snapshots", closed, report.Complete, w.snapshots())
	}
}
