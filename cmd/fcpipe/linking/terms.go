package linking

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/sync/collect"
)

// Wanted is what a command line asks for beside the configuration.
type Wanted struct {
	Named       []string // permissions that a person named, whether anything reads them or not
	Added       []string // to what is shared already
	Shared      []string // already
	NoPrefetch  bool
	MaxAccounts int // 0 is the configuration's
	ReturnURL   string
}

// ErrUnusedAddition is returned for a permission that is to be added, and that nothing reads. It comes with
// collect.ErrUnusedPermission.
var ErrUnusedAddition = errors.New("--add")

// Terms are what a session asks for. mayBuy says whether a round may buy refreshes. The error names a permission that
// does not exist, or that nothing reads.
func Terms(cfg config.Config, w Wanted, mayBuy bool) (collect.Terms, error) {
	choice := collect.Choice{Used: cfg.Used(), Named: w.Named}
	if len(w.Added) > 0 { // what is shared already goes on, whether it is still read or not
		choice.Named = append(append([]string{}, w.Named...), w.Shared...)
		choice.Added = w.Added
	}
	permissions, err := choice.Choose()
	if errors.Is(err, collect.ErrUnusedPermission) && len(w.Added) > 0 {
		err = fmt.Errorf("%w: %w", ErrUnusedAddition, err)
	}
	if err != nil {
		return collect.Terms{}, err
	}
	wanted := cfg.Prefetched(mayBuy)
	if w.NoPrefetch {
		wanted = nil
	}
	return collect.Terms{
		Permissions: permissions, Prefetch: collect.Prefetch(permissions, wanted),
		Subcategories: cfg.Collect.Subcategories, Countries: cfg.Collect.Countries,
		MaxAccounts: cmp.Or(w.MaxAccounts, cfg.Collect.MaxAccounts), ReturnURL: w.ReturnURL,
	}, nil
}

// Notice is what holders are told. Real people are told the operator's own words: a live key needs all of them.
func Notice(cfg config.Config, livemode bool, permissions, shared []string) (collect.Notice, error) {
	c := cfg.Collect
	var missing []string
	for _, text := range []struct{ key, value string }{
		{"business", c.Business}, {"purpose", c.Purpose}, {"storage", c.Storage}, {"contact", c.Contact},
	} {
		if strings.TrimSpace(text.value) == "" {
			missing = append(missing, "collect."+text.key)
		}
	}
	if livemode && len(missing) > 0 {
		return collect.Notice{}, errors.New(strings.Join(missing, ", ") +
			": not set; holders have to be told who asks, what for, where the data is kept and how to end it")
	}
	return collect.Notice{
		Business: cmp.Or(c.Business, "Test of fcpipe"), Purpose: cmp.Or(c.Purpose, "To try how linking works."),
		Storage:  cmp.Or(c.Storage, "On the computer of whoever tries it."),
		Contact:  strings.TrimRight(cmp.Or(c.Contact, "ask whoever gave you this page"), ". "),
		Duration: durationOf(cfg), Permissions: permissions, Shared: shared,
	}, nil
}

// durationOf is how long rounds keep what they read.
func durationOf(cfg config.Config) collect.Duration {
	kept, ended := cfg.Retention(), cfg.Privacy.OnDisconnect
	return collect.Duration{
		TransactionMonths: kept.TransactionMonths, BalanceMonths: kept.BalanceMonths,
		IsErased: ended.Then == "erase", ErasedAfterDays: int(ended.After),
	}
}
