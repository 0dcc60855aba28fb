package journal

import (
	"slices"
	"time"
)

// Kinds of what an erasure names.
const (
	SubjectAccount = "account"
	SubjectHolder  = "holder"
)

// Erasure is the erasing of what is held of one account or holder: recorded before anything is erased, which makes it a
// tombstone, and again with its Receipt once nothing is left. It names ids by their keyed hashes alone.
type Erasure struct {
	ErasureID   string    `json:"erasure_id"`
	Kind        string    `json:"kind"`                // account or holder
	Subject     string    `json:"subject"`             // keyed hash of what was named
	Tombstones  []string  `json:"tombstones"`          // of ids that are not fetched again
	Forgotten   []string  `json:"forgotten,omitempty"` // of a holder whose only account it is: hashed, not refused
	KeyID       string    `json:"key_id"`              // of the key that hashed them
	Reason      string    `json:"reason"`              // request, or on_disconnect
	RequestedAt time.Time `json:"requested_at"`
	Receipt     *Receipt  `json:"receipt,omitempty"` // nil until it is complete
}

// Receipt says what an erasure removed, without personal data; a row of meta.erasures. Each names the hash of the one
// before it, so that none can be changed, or be missing, unnoticed.
type Receipt struct {
	CompletedAt  time.Time        `json:"completed_at"`
	Counts       map[string]int64 `json:"counts"` // rows by table, and files by where they lay
	PreviousHash string           `json:"previous_hash"`
	Hash         string           `json:"hash"`
}

// Allowance lets ids be fetched again that were erased.
type Allowance struct {
	Subject string    `json:"subject"` // keyed hash of an account or a holder
	At      time.Time `json:"at"`
}

// RecordErasure makes durable that an erasure begins or, with its receipt, that it is complete.
func (j *Journal) RecordErasure(e Erasure) error {
	return j.append(Record{Kind: recordErasure, Erasure: &e})
}

// RecordAllowance makes durable that an erased account, or the accounts of an erased holder, may be fetched again.
func (j *Journal) RecordAllowance(a Allowance) error {
	return j.append(Record{Kind: recordAllowance, Allowance: &a})
}

// erasures are what the records of erasing add up to.
type erasures struct {
	all []Erasure      // in the order of their first records; the newest record of each
	at  map[string]int // where in all, by id
	// by keyed hash, since when: ids that are not fetched, and all that stay as their hashes alone
	blocked, forgotten map[string]time.Time
	allowed            map[string]bool // ids that are fetched again, though their holder may be blocked
}

func newErasures() erasures {
	return erasures{
		at: map[string]int{}, blocked: map[string]time.Time{}, forgotten: map[string]time.Time{},
		allowed: map[string]bool{},
	}
}

func (x *erasures) add(e Erasure) {
	at, known := x.at[e.ErasureID]
	if known {
		x.all[at] = e
		for _, hash := range e.Forgotten { // nothing has it any more; such a holder may link another account
			delete(x.forgotten, hash)
		}
		return
	}
	x.at[e.ErasureID] = len(x.all)
	x.all = append(x.all, e)
	for _, hash := range e.Tombstones {
		x.blocked[hash], x.forgotten[hash] = e.RequestedAt, e.RequestedAt
		delete(x.allowed, hash)
	}
	for _, hash := range e.Forgotten {
		x.forgotten[hash] = e.RequestedAt
	}
}

// allow lifts every tombstone that was set with a subject.
func (x *erasures) allow(a Allowance) {
	x.allowed[a.Subject] = true
	delete(x.blocked, a.Subject)
	delete(x.forgotten, a.Subject)
	for _, e := range x.all {
		if e.Subject != a.Subject {
			continue
		}
		for _, hash := range append(e.Tombstones, e.Forgotten...) {
			delete(x.blocked, hash)
			delete(x.forgotten, hash)
		}
	}
}

// Erasures returns every erasure in the order in which they were asked for.
func (j *Journal) Erasures() []Erasure {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.Clone(j.index.erasures.all)
}

// Receipts returns the erasures that are complete, in the order of their chain.
func (j *Journal) Receipts() []Erasure {
	complete := slices.DeleteFunc(j.Erasures(), func(e Erasure) bool { return e.Receipt == nil })
	slices.SortStableFunc(complete, func(a, b Erasure) int {
		return a.Receipt.CompletedAt.Compare(b.Receipt.CompletedAt)
	})
	return complete
}

// BlockedSince returns since when an account is erased and not allowed again, by its keyed hash, or, with that of a
// holder, since when that holder is.
func (j *Journal) BlockedSince(account, holder string) (since time.Time, isBlocked bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	x := j.index.erasures
	if holder == "" {
		since, isBlocked = x.blocked[account]
		return since, isBlocked
	}
	since, isBlocked = x.blocked[holder]
	return since, isBlocked && !x.allowed[account]
}

// ForgottenSince returns since when an id, by its keyed hash, stays as that hash alone.
func (j *Journal) ForgottenSince(hash string) (since time.Time, is bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	since, is = j.index.erasures.forgotten[hash]
	return since, is
}

// ConsentedSince reports whether a consent for an account, or by a holder ("" is none), was given here after an
// instant.
func (j *Journal) ConsentedSince(account, holder string, since time.Time) bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.ContainsFunc(j.index.consents, func(c Consent) bool {
		return (c.AccountID == account || holder != "" && c.HolderID == holder) && c.GivenAt.After(since)
	})
}

// HasTombstones reports whether anything is erased and not allowed again.
func (j *Journal) HasTombstones() bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return len(j.index.erasures.forgotten) > 0
}
