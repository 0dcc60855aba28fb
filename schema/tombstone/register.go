package tombstone

import (
	"fmt"
	"strings"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

// Register tells which ids are erased, as the journal has it now. Safe for concurrent use.
type Register struct {
	path string // of the key
	log  *journal.Journal

	mutex  sync.Mutex
	key    key               // nil until one was made
	hashes map[string]string // those that were asked for, by id
}

// Open reads the key of a data directory. ErrKey means that the journal has tombstones that the key did not make, or
// that it is gone.
func Open(layout schema.Layout, log *journal.Journal) (*Register, error) {
	r := &Register{path: layout.ErasureKey(), log: log, hashes: map[string]string{}}
	var err error
	if r.key, err = readKey(r.path); err != nil {
		return nil, err
	}
	for _, e := range log.Erasures() {
		if r.key == nil || e.KeyID != r.key.id() {
			return nil, fmt.Errorf("%w: %s; restore it from the backup that the journal is from", ErrKey, r.path)
		}
	}
	return r, nil
}

// Prepare makes the key unless it exists: before the first tombstone.
func (r *Register) Prepare() (err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.key == nil {
		r.key, err = makeKey(r.path)
	}
	return err
}

// KeyID names the key without giving it away; "" without one.
func (r *Register) KeyID() string {
	if r.key == nil {
		return ""
	}
	return r.key.id()
}

// Hash is the keyed hash of an id, which stands for it once it is erased. "" stays "".
func (r *Register) Hash(id string) string {
	if id == "" || r.key == nil {
		return ""
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	hash, known := r.hashes[id]
	if !known {
		hash = r.key.hash(id)
		r.hashes[id] = hash
	}
	return hash
}

// Any reports whether any id is erased and not allowed again. Where none is, no id needs to be asked for.
func (r *Register) Any() bool { return r.log.HasTombstones() }

// IsErased reports whether an account may not be fetched or stored: it, or its holder, was erased, and neither was
// allowed again, nor has its holder given a new consent since. holder is "" where the account has none.
func (r *Register) IsErased(account, holder string) bool {
	if !r.Any() {
		return false
	}
	since, isBlocked := r.log.BlockedSince(r.Hash(account), "")
	if isBlocked && !r.log.ConsentedSince(account, "", since) {
		return true
	}
	if holder == "" {
		return false
	}
	since, isBlocked = r.log.BlockedSince(r.Hash(account), r.Hash(holder))
	return isBlocked && !r.log.ConsentedSince(account, holder, since)
}

// IsForgotten reports whether an id is named by its keyed hash alone: one that is erased, or that of the holder of an
// erased account who has no other.
func (r *Register) IsForgotten(id string) bool {
	since, is := r.log.ForgottenSince(r.Hash(id))
	return is && !r.log.ConsentedSince(id, id, since)
}

// Scrub replaces every id in a text that is forgotten by its keyed hash. A part of a text is taken for an id where it
// consists of letters, digits and underscores and has one of these.
func (r *Register) Scrub(text string) string {
	if !r.Any() {
		return text
	}
	return Replace(text, func(id string) (string, bool) { return r.Hash(id), r.IsForgotten(id) })
}

// Replace replaces what replacement says of the whole text, or of the ids in it: parts of letters, digits and
// underscores that have one of these.
func Replace(text string, replacement func(id string) (string, bool)) string {
	if by, is := replacement(text); is {
		return by
	}
	var out strings.Builder
	for rest := text; rest != ""; {
		end := strings.IndexFunc(rest, func(r rune) bool { return !isOfID(r) })
		switch {
		case end < 0:
			end = len(rest)
		case end == 0:
			end = len(rest) - len(strings.TrimLeftFunc(rest, func(r rune) bool { return !isOfID(r) }))
			out.WriteString(rest[:end])
			rest = rest[end:]
			continue
		}
		part := rest[:end]
		if strings.Contains(part, "_") {
			if by, is := replacement(part); is {
				part = by
			}
		}
		out.WriteString(part)
		rest = rest[end:]
	}
	return out.String()
}

func isOfID(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
