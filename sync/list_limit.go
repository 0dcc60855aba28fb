package sync

import (
	"errors"
	"fmt"
)

// maxListBytes bounds a list of accounts, and so the memory it takes.
const maxListBytes = 512 << 20

// errListTooLong ends a list of accounts that does not come to an end.
var errListTooLong = errors.New("the list of accounts is too long")

// reserveListPage returns why a list of accounts may not take one page more: for its bytes, or the allowance. The
// first page of a list is openSource's to allow.
func (s *Syncer) reserveListPage(src *source, so *listing) error {
	allowed, used := s.options.Policy.ReadsPer30Days, src.readsUsed+src.client.Reads()
	switch {
	case so.bytes >= maxListBytes:
		return fmt.Errorf("%w: more than %d MiB in %d pages; sync.holders names those that matter", errListTooLong, maxListBytes>>20, so.pages)
	case so.pages > 0 && allowed > 0 && !src.looks && used >= allowed:
		return fmt.Errorf("%w: %d of %d in the last 30 days", ErrReadAllowance, used, allowed)
	}
	return nil
}

// listTooLong is the error of a list of accounts that takes more pages than it may.
func (s *Syncer) listTooLong() error {
	policy := s.options.Policy
	return fmt.Errorf("%w: more than %d pages, %s; sync.holders names those that matter",
		errListTooLong, policy.ListPageLimit(), policy.ListLimitSource())
}
