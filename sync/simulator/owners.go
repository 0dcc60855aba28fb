package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// snapshot is the number of the newest refresh of ownership that has succeeded; -1 before any.
func (a *account) snapshot(now time.Time) int {
	history := a.State.Refreshes["ownership"]
	for i, r := range slices.Backward(history) {
		if r.status(now) == "succeeded" {
			return i
		}
	}
	return -1
}

// ownershipOf is the id of the newest ownership snapshot; "" before any. A snapshot never
// changes: every refresh that succeeds makes a new one.
func (s *Server) ownershipOf(a *account, now time.Time) string {
	n := a.snapshot(now)
	if n < 0 {
		return ""
	}
	return identifier("fcaowns_", s.config.Seed, a.identity(), "ownership", int64(n))
}

// listOwners lists the owners of an account's newest ownership snapshot.
func (s *Server) listOwners(c *call) (any, *apiError) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, missing("financial_connections.account", c.path[2])
	}
	wanted := c.params.Get("ownership")
	switch {
	case wanted == "":
		return nil, invalid("parameter_missing", "ownership", "Missing required param: ownership.")
	case !a.permits("ownership"):
		return nil, forbidden("The account holder did not grant the permission ownership.")
	case a.status(s.now) == "disconnected":
		return nil, forbidden("The account is disconnected.")
	case s.ownershipOf(a, s.now) != wanted:
		return nil, &apiError{http.StatusNotFound, "invalid_request_error", "resource_missing", "ownership", "No such financial_connections.account_ownership: '" + wanted + "'"}
	}
	return c.listObjects("/v1/financial_connections/accounts/"+a.id+"/owners", s.owners(a, s.now))
}

// owners are those of the newest snapshot: the holder, on some accounts somebody else too.
// Now and then somebody moves; the bank does not know everybody's address and number.
func (s *Server) owners(a *account, now time.Time) []object {
	n := a.snapshot(now)
	if n < 0 {
		return nil
	}
	count := cmp.Or(s.config.OwnersPerAccount, 1)
	if s.config.OwnersPerAccount == 0 && chance(draw(s.config.Seed, a.number, "joint", 0), 25) {
		count = 2
	}
	shown := make([]object, 0, count)
	for i := range count {
		shown = append(shown, s.owner(a, n, i))
	}
	return shown
}

func (s *Server) owner(a *account, snapshot, i int) object {
	person := a.number%s.config.Holders + i*1_000_003
	x := draw(s.config.Seed, person, "owner details", 0)
	moved := 0
	for earlier := range snapshot {
		if chance(draw(s.config.Seed, person, "moves", int64(earlier)), 20) {
			moved++
		}
	}
	name := ownerName(s.config.Seed, person)
	var email, phone, address any
	if !chance(x, 10) {
		email = strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com"
	}
	if !chance(x>>8, 15) {
		phone = fmt.Sprintf("+1555%07d", x>>16%10_000_000)
	}
	if !chance(x>>40, 5) {
		address = fmt.Sprintf("%d Specimen Street, Springfield, IL 62701", 1+draw(s.config.Seed, person, "address", int64(moved))%9999)
	}
	return object{
		"id":     identifier("fcaown_", s.config.Seed, a.identity(), "owner", int64(snapshot)*1_000_000+int64(i)),
		"object": "financial_connections.account_owner", "ownership": identifier("fcaowns_", s.config.Seed, a.identity(), "ownership", int64(snapshot)),
		"name": name, "email": email, "phone": phone, "raw_address": address,
		"refreshed_at": a.State.Refreshes["ownership"][snapshot].SettlesAt.Unix(),
	}
}

// ownerName is somebody who does not exist.
func ownerName(seed uint64, person int) string {
	first := []string{"Ada", "Ben", "Cleo", "Dan", "Elif", "Femi", "Gus", "Hana"}
	last := []string{"Sample", "Example", "Specimen", "Placeholder"}
	return fmt.Sprintf("%s %s", first[draw(seed, person, "owner", 0)%8], last[draw(seed, person, "owner", 1)%4])
}
