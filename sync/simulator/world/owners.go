package world

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fcpipe/sync/simulator/draw"
)

// Owner is a person an account belongs to, as one ownership snapshot shows them. An empty email, phone or address is
// one the bank does not know.
type Owner struct {
	ID, Ownership               string
	Name, Email, Phone, Address string
	RefreshedAt                 time.Time
}

// Owners are those of the newest snapshot: the holder, on some accounts a second person.
// Now and then an owner moves; the bank does not know the address and number of every owner.
func (w *World) Owners(a *Account, now time.Time) []Owner {
	n := a.snapshot(now)
	if n < 0 {
		return nil
	}
	count := cmp.Or(w.Config.OwnersPerAccount, 1)
	if w.Config.OwnersPerAccount == 0 && draw.Chance(draw.Of(w.Config.Seed, a.number, "joint", 0), 25) {
		count = 2
	}
	shown := make([]Owner, 0, count)
	for i := range count {
		shown = append(shown, w.ownerOf(a, n, i))
	}
	return shown
}

func (w *World) ownerOf(a *Account, snapshot, i int) Owner {
	person := a.number%w.Config.Holders + i*1_000_003
	x := draw.Of(w.Config.Seed, person, "owner details", 0)
	moved := 0
	for earlier := range snapshot {
		if draw.Chance(draw.Of(w.Config.Seed, person, "moves", int64(earlier)), 20) {
			moved++
		}
	}
	o := Owner{
		ID:        draw.ID("fcaown_", w.Config.Seed, a.Identity(), "owner", int64(snapshot)*1_000_000+int64(i)),
		Ownership: w.snapshotID(a, snapshot), Name: ownerName(w.Config.Seed, person),
		RefreshedAt: a.State.Refreshes["ownership"][snapshot].SettlesAt,
	}
	if !draw.Chance(x, 10) {
		o.Email = strings.ToLower(strings.ReplaceAll(o.Name, " ", ".")) + "@example.com"
	}
	if !draw.Chance(x>>8, 15) {
		o.Phone = fmt.Sprintf("+1555%07d", x>>16%10_000_000)
	}
	if !draw.Chance(x>>40, 5) {
		number := 1 + draw.Of(w.Config.Seed, person, "address", int64(moved))%9999
		o.Address = fmt.Sprintf("%d Specimen Street, Springfield, IL 62701", number)
	}
	return o
}

// ownerName is a person who does not exist.
func ownerName(seed uint64, person int) string {
	first := []string{"Ada", "Ben", "Cleo", "Dan", "Elif", "Femi", "Gus", "Hana"}
	last := []string{"Sample", "Example", "Specimen", "Placeholder"}
	return fmt.Sprintf("%s %s", first[draw.Of(seed, person, "owner", 0)%8], last[draw.Of(seed, person, "owner", 1)%4])
}
