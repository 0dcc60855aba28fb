package sync

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"fcpipe/schema"
	"fcpipe/sync/wire"
)

// bodies are hashes of rows: a row without an id is known by nothing else.
type bodies map[[sha256.Size]byte]bool

// add reports whether a row is new.
func (b bodies) add(raw []byte) bool {
	sum := sha256.Sum256(raw)
	known := b[sum]
	b[sum] = true
	return !known
}

// refusals are the rows of one account that were refused. Read again, a row is refused again: it counts once, and
// goes to quarantine once.
type refusals struct {
	current bodies // since the list began (again)
	landed  bodies
}

func newRefusals() refusals { return refusals{bodies{}, bodies{}} }

// restart drops what was refused before the list began again: those rows may be gone, or right now.
func (r refusals) restart() { clear(r.current) }

// add counts a row, and reports whether it is to go to quarantine.
func (r refusals) add(raw []byte) bool {
	r.current.add(raw)
	return r.landed.add(raw)
}

// count is how many rows of the list are refused.
func (r refusals) count() int { return len(r.current) }

// Why something that was decoded is refused.
const (
	reasonAccount  = "of another account than the one that was asked for"
	reasonSnapshot = "of another snapshot than the one that was asked for"
	reasonMode     = "of another mode than the key's"
	reasonEarly    = "before the account was created"
)

// refuse says why a row goes to quarantine. Its body goes into a file of its own, and is copied for it.
func refuse(row schema.QuarantinedRow, err error) schema.QuarantinedRow {
	row.Raw, row.Reason = bytes.Clone(row.Raw), "not of the expected type"
	if field, isField := errors.AsType[*wire.FieldError](err); isField {
		row.Field, row.Reason = field.Field, field.Reason
	}
	return row
}
