package collect

import (
	"fmt"
	"slices"
	"strings"
)

// Permission is one kind of data that a holder can share.
type Permission struct {
	Name string // as Stripe names it
	Sees string // what it lets us see, said to the holder
}

// Permissions are those there are, in the order in which people are told of them.
var Permissions = []Permission{
	{"balances", "How much is in the account, and how much of it can be spent"},
	{"transactions", "What was paid in and out: dates, amounts and descriptions, up to 180 days back and from now on"},
	{"ownership", "Who owns the account: names, and postal addresses, e-mail addresses and phone numbers at the bank"},
	{paymentMethod, "The account and routing number, so that the account can be paid from or to"},
}

// paymentMethod is the permission that no data is read by.
const paymentMethod = "payment_method"

// FindPermission returns the permission of a name.
func FindPermission(name string) (Permission, bool) {
	at := slices.IndexFunc(Permissions, func(p Permission) bool { return p.Name == name })
	if at < 0 {
		return Permission{}, false
	}
	return Permissions[at], true
}

// PermissionNames are the names of Permissions.
func PermissionNames() []string {
	var names []string
	for _, p := range Permissions {
		names = append(names, p.Name)
	}
	return names
}

// Choice is how permissions of a session are chosen.
type Choice struct {
	Used  []string // that the configuration reads
	Asked []string // that were asked for, instead of Used; nil is Used
	Added []string // beside them
	Named []string // that a person named although nothing may read them
}

// Choose returns the permissions of a session, in the order of Permissions. ErrUnusedPermission names one that nothing
// reads and no person named; ErrNoPermission one that there is not.
func (c Choice) Choose() ([]string, error) {
	wanted := slices.Concat(c.Asked, c.Named)
	if len(wanted) == 0 {
		wanted = slices.Clone(c.Used)
	}
	wanted = append(wanted, c.Added...)
	for _, name := range wanted {
		switch _, known := FindPermission(name); {
		case !known:
			return nil, fmt.Errorf("%w: %q; there are %s", ErrNoPermission, name, strings.Join(PermissionNames(), ", "))
		case !slices.Contains(c.Used, name) && !slices.Contains(c.Named, name):
			return nil, fmt.Errorf("%w: %s", ErrUnusedPermission, name)
		}
	}
	chosen := slices.DeleteFunc(PermissionNames(), func(name string) bool { return !slices.Contains(wanted, name) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%w: this configuration reads nothing", ErrUnusedPermission)
	}
	return chosen, nil
}

// Prefetch are the features of permissions that may be prefetched, among those that are wanted. They have the names of
// their permissions.
func Prefetch(permissions, wanted []string) []string {
	var features []string
	for _, name := range permissions {
		if name != paymentMethod && slices.Contains(wanted, name) {
			features = append(features, name)
		}
	}
	return features
}
