package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"fcpipe/sync/simulator/world"
)

// refreshOwnership asks for a refresh and lets it settle; it returns the snapshot's id.
func refreshOwnership(t *testing.T, s *Server, id string) (ownership string) {
	t.Helper()
	response := ask(t, s, "POST", accountsPath+"/"+id+"/refresh", "features[]=ownership", nil)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("refresh of ownership: %d", response.StatusCode)
	}
	s.Advance(time.Minute)
	var shown struct{ Ownership string }
	ask(t, s, "GET", accountsPath+"/"+id, "", &shown)
	return shown.Ownership
}

// TestOwnersAreOfOneSnapshot: nothing before a refresh; each that succeeds makes another
// snapshot, which is charged; the owners of another one are not listed.
// ownersStatus is what asking for the owners of an account is answered.
func ownersStatus(t *testing.T, s *Server, id, form string) int {
	t.Helper()
	return ask(t, s, "GET", accountsPath+"/"+id+"/owners", form, nil).StatusCode
}

func TestOwnersAreOfOneSnapshot(t *testing.T) {
	s := New(Config{Seed: 3, Accounts: 2, Holders: 2, Calm: true, OwnersPerAccount: 7})
	id := s.Accounts()[0]
	if got := ownersStatus(t, s, id, "ownership=fcaowns_x"); got != http.StatusNotFound {
		t.Errorf("before any refresh: %d", got)
	}
	first := refreshOwnership(t, s, id)
	if again := refreshOwnership(t, s, id); again != first {
		t.Errorf("a refresh before its time made %s of %s", again, first)
	}
	s.Advance(25 * time.Hour)
	second := refreshOwnership(t, s, id)
	if first == "" || second == first {
		t.Fatalf("snapshots %q and %q", first, second)
	}
	for form, want := range map[string]int{
		"ownership=" + second: 200, "ownership=" + first: 404, "": 400, "ownership=" + second + "&limit=101": 400,
		"ownership=" + second + "&starting_after=fcaown_x": 400, "ownership=" + second + "&account=x": 400,
	} {
		if got := ownersStatus(t, s, id, form); got != want {
			t.Errorf("%s: %d, want %d", form, got, want)
		}
	}
	var ids []string
	for after := ""; ; {
		var page struct {
			Data    []struct{ ID, Ownership, Name string }
			HasMore bool `json:"has_more"`
		}
		ask(t, s, "GET", accountsPath+"/"+id+"/owners", "limit=3&ownership="+second+after, &page)
		for _, o := range page.Data {
			if o.Ownership != second || o.Name == "" || slices.Contains(ids, o.ID) {
				t.Errorf("%+v", o)
			}
			ids = append(ids, o.ID)
		}
		if !page.HasMore {
			break
		}
		after = "&starting_after=" + ids[len(ids)-1]
	}
	if truth := s.Truth().Owners; len(ids) != 7 || len(truth) != 7 {
		t.Errorf("%d owners listed, %d in the truth", len(ids), len(truth))
	}
	charged := 0
	for _, charge := range s.Meter().Charges {
		if charge.Kind == "ownership" && charge.Account == id {
			charged++
		}
	}
	if charged != 2 {
		t.Errorf("%d refreshes charged, want 2", charged)
	}
}

// TestOwnersNeedPermission: nothing is refreshed or told where the holder did not share it,
// or shares nothing any more.
func TestOwnersNeedPermission(t *testing.T) {
	s := New(Config{Seed: 3, Accounts: 30, Holders: 15})
	at := slices.IndexFunc(s.world.Accounts, func(a *world.Account) bool { return !a.Permits("ownership") })
	id := s.world.Accounts[at].ID
	response := ask(t, s, "POST", accountsPath+"/"+id+"/refresh", "features[]=ownership", nil)
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("refresh: %d", response.StatusCode)
	}
	if got := ownersStatus(t, s, id, "ownership=fcaowns_x"); got != http.StatusForbidden {
		t.Errorf("owners: %d", got)
	}
	id = s.Accounts()[0]
	ownership := refreshOwnership(t, s, id)
	ask(t, s, "POST", accountsPath+"/"+id+"/disconnect", "", nil)
	if got := ownersStatus(t, s, id, "ownership="+ownership); got != http.StatusForbidden {
		t.Errorf("owners of a disconnected account: %d", got)
	}
}

// TestOwnersAreDrawn: the same world tells the same owners, in any order of asking.
func TestOwnersAreDrawn(t *testing.T) {
	var worlds []string
	for _, backwards := range []bool{false, true} {
		s := New(Config{Seed: 8, Accounts: 6, Holders: 3, Calm: true})
		ids := s.Accounts()
		if backwards {
			slices.Reverse(ids)
		}
		for range 2 {
			for _, id := range ids {
				ask(t, s, "POST", accountsPath+"/"+id+"/refresh", "features[]=ownership", nil)
			}
			s.Advance(25 * time.Hour)
		}
		var owners []string
		for _, raw := range s.Truth().Owners {
			var o map[string]any
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
			delete(o, "refreshed_at") // asking takes time
			text, _ := json.Marshal(o)
			owners = append(owners, string(text))
		}
		joined, _ := json.Marshal(owners)
		worlds = append(worlds, string(joined))
	}
	if worlds[0] != worlds[1] || len(worlds[0]) < 600 {
		t.Errorf("%s\n%s", worlds[0], worlds[1])
	}
}
