package tombstone

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema/journal"
)

// Details are what meta.erasures keeps of an erasure as JSON, beside its columns: enough to set its tombstones again
// where the journal is lost.
type Details struct {
	Kind       string           `json:"kind"`
	KeyID      string           `json:"key_id"`
	Tombstones []string         `json:"tombstones"`
	Forgotten  []string         `json:"forgotten,omitempty"`
	Counts     map[string]int64 `json:"counts"`
}

// DetailsOf is the JSON of a complete erasure's details: the same one whenever it is made.
func DetailsOf(e journal.Erasure) string {
	text, _ := json.Marshal(Details{ // of plain values: cannot fail
		Kind: e.Kind, KeyID: e.KeyID, Tombstones: e.Tombstones, Forgotten: e.Forgotten, Counts: e.Receipt.Counts,
	})
	return string(text)
}

// Row is a receipt as meta.erasures has it.
type Row struct {
	ErasureID, Subject, Reason string
	RequestedAt, CompletedAt   time.Time
	Details                    string // JSON
	PreviousHash, Hash         string
}

// RowOf is the row of a complete erasure.
func RowOf(e journal.Erasure) Row {
	return Row{
		ErasureID: e.ErasureID, Subject: e.Subject, Reason: e.Reason, RequestedAt: e.RequestedAt,
		CompletedAt: e.Receipt.CompletedAt, Details: DetailsOf(e), PreviousHash: e.Receipt.PreviousHash,
		Hash: e.Receipt.Hash,
	}
}

// Erasure is the record that a row was made of.
func (r Row) Erasure() (e journal.Erasure, err error) {
	var d Details
	if err := json.Unmarshal([]byte(r.Details), &d); err != nil {
		return e, fmt.Errorf("receipt %s: %w", r.ErasureID, err)
	}
	return journal.Erasure{
		ErasureID: r.ErasureID, Kind: d.Kind, Subject: r.Subject, Tombstones: d.Tombstones, Forgotten: d.Forgotten,
		KeyID: d.KeyID, Reason: r.Reason, RequestedAt: r.RequestedAt,
		Receipt: &journal.Receipt{
			CompletedAt: r.CompletedAt, Counts: d.Counts, PreviousHash: r.PreviousHash, Hash: r.Hash,
		},
	}, nil
}

// Sum is the hash that a receipt has: over every other value of its row, the hash of the one before included.
func (r Row) Sum() string {
	instant := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000Z") }
	parts := []string{
		r.ErasureID, r.Subject, instant(r.RequestedAt), instant(r.CompletedAt), r.Reason, r.Details, r.PreviousHash,
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// CheckChain says what is wrong with receipts in their order; nothing when none was changed, added or taken away but
// at the end.
func CheckChain(rows []Row) (problems []string) {
	previous := ""
	for _, r := range rows {
		if r.Sum() != r.Hash {
			problems = append(problems, "receipt "+r.ErasureID+" is not what was written: its hash differs")
		}
		if r.PreviousHash != previous {
			problems = append(problems, "before receipt "+r.ErasureID+" another one is missing or was changed")
		}
		previous = r.Hash
	}
	return problems
}
