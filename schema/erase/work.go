package erase

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// Erasure is one that is under way: its tombstone is durable. Begin and Resume make one.
type Erasure struct {
	Plan
	Record journal.Erasure // its tombstone
	Found  Found           // what is removed, and looked for at the end

	store  *store.Store
	counts map[string]int64
	noted  noted
	ids    map[string]bool // all that are forgotten, once they were asked for

	intents map[string]bool // keys of their purchases, while the journal is rewritten
}

// Found is what is held of the accounts in words that can be found in bytes.
type Found struct {
	IDs   []string // of refreshes, owners, sessions; the accounts and the holder are in the plan
	Rows  []string // ids of transactions: these alone stay, in the feed's rows of deletions
	Texts []string // that no other account has
}

// work is the file of an erasure that is under way.
type work struct {
	ErasureID string           `json:"erasure_id"`
	Subject   Subject          `json:"subject"`
	Accounts  []string         `json:"accounts"`
	Holder    string           `json:"holder,omitempty"`
	Connected []string         `json:"connected,omitempty"`
	Rows      map[string]int64 `json:"rows"`
	Found     Found            `json:"found"`
	Noted     noted            `json:"noted"`
}

// Begin makes the tombstone of a plan durable, then what has to be done. One of the same subject that is not complete
// goes on. The caller holds the lock of the data directory.
func Begin(ctx context.Context, s *store.Store, plan *Plan, reason string, now time.Time) (*Erasure, error) {
	erased := s.Erased()
	if err := erased.Prepare(); err != nil {
		return nil, fmt.Errorf("erasure key: %w", err)
	}
	e := &Erasure{Plan: *plan, store: s, counts: plan.counts()}
	before, known := Erased(s, plan.Subject)
	if e.Record = before; !known || before.Receipt != nil {
		e.Record = journal.Erasure{
			ErasureID: uuid.NewString(), Kind: plan.Subject.Kind, Subject: erased.Hash(plan.Subject.ID),
			KeyID: erased.KeyID(), Reason: reason, RequestedAt: instant(now),
		}
		e.tombstones()
		if err := s.Journal().RecordErasure(e.Record); err != nil {
			return nil, err
		}
	}
	s.Hook("erase.tombstone")
	if err := e.find(ctx); err != nil {
		return nil, err
	}
	if err := e.write(); err != nil {
		return nil, err
	}
	s.Hook("erase.planned")
	return e, nil
}

// tombstones are the keyed hashes of the plan's ids.
func (e *Erasure) tombstones() {
	erased := e.store.Erased()
	for _, id := range e.Accounts {
		e.Record.Tombstones = append(e.Record.Tombstones, erased.Hash(id))
	}
	switch {
	case e.Subject.Kind == journal.SubjectHolder:
		e.Record.Tombstones = append(e.Record.Tombstones, e.Record.Subject)
	case e.Holder != "":
		e.Record.Forgotten = []string{erased.Hash(e.Holder)}
	}
	slices.Sort(e.Record.Tombstones)
}

// Resume returns the erasure that was begun and not completed; nil when every one is complete. The caller holds the
// lock.
func Resume(ctx context.Context, s *store.Store) (*Erasure, error) {
	e, err := read(s)
	if err == nil && e == nil {
		return planAgain(ctx, s)
	}
	if err != nil || e.Subject.Kind == journal.SubjectHolder {
		return e, err
	}
	held, err := findAccounts(ctx, s)
	if e.hasOthers(held) { // the holder has linked one since
		e.Holder = ""
	}
	return e, err
}

// planAgain plans an erasure again that was killed after its tombstone was durable and before its work file was. Whom
// it names is found among what is held; nil where nothing is held of them, which leaves nothing to erase.
func planAgain(ctx context.Context, s *store.Store) (*Erasure, error) {
	subjects := map[string]journal.Erasure{} // by their keyed hashes
	for _, e := range s.Journal().Erasures() {
		if e.Receipt == nil {
			subjects[e.Subject] = e
		}
	}
	if len(subjects) == 0 {
		return nil, nil
	}
	held, err := findAccounts(ctx, s)
	if err != nil {
		return nil, err
	}
	for id, account := range held {
		for _, subject := range []Subject{{journal.SubjectAccount, id}, {journal.SubjectHolder, account.holder}} {
			record, is := subjects[s.Erased().Hash(subject.ID)]
			if !is || record.Kind != subject.Kind {
				continue
			}
			plan, err := Find(ctx, s, subject)
			if err != nil {
				return nil, err
			}
			return Begin(ctx, s, plan, record.Reason, record.RequestedAt)
		}
	}
	return nil, nil
}

// read reads the work file.
func read(s *store.Store) (*Erasure, error) {
	text, err := os.ReadFile(s.Layout().Erasing())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var w work
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Layout().Erasing(), err)
	}
	e := &Erasure{
		Plan: Plan{
			Subject: w.Subject, Accounts: w.Accounts, Holder: w.Holder, Connected: w.Connected, Rows: w.Rows,
		},
		Found: w.Found, store: s, noted: w.Noted,
	}
	e.counts = e.Plan.counts()
	for _, record := range s.Journal().Erasures() {
		if record.ErasureID == w.ErasureID {
			e.Record = record
		}
	}
	if e.Record.ErasureID == "" {
		return nil, fmt.Errorf("%s: the journal does not know its erasure", s.Layout().Erasing())
	}
	return e, nil
}

// write makes the work file durable.
func (e *Erasure) write() error {
	text, err := json.Marshal(work{
		ErasureID: e.Record.ErasureID, Subject: e.Subject, Accounts: e.Accounts, Holder: e.Holder,
		Connected: e.Connected, Rows: e.Rows, Found: e.Found, Noted: e.noted,
	})
	if err != nil {
		return err
	}
	path := e.store.Layout().Erasing()
	if err := os.WriteFile(path+".tmp", text, 0o600); err != nil {
		return err
	}
	if err := durable.SyncFile(path + ".tmp"); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return durable.SyncDirectory(filepath.Dir(path))
}

// find collects what has to be found: in the published file, then in landing.
func (e *Erasure) find(ctx context.Context) error {
	if err := inPublished(ctx, e.store, func(r *reader.Reader) error {
		return errors.Join(
			e.collect(ctx, r.Database(), "find_ids", &e.Found.IDs),
			e.collect(ctx, r.Database(), "find_rows", &e.Found.Rows),
			e.collect(ctx, r.Database(), "find_texts", &e.Found.Texts),
		)
	}); err != nil {
		return err
	}
	err := inLanding(ctx, e.store, func(segment *sql.DB) error {
		err := errors.Join(
			e.collect(ctx, segment, "landed_ids", &e.Found.IDs), e.collect(ctx, segment, "landed_rows", &e.Found.Rows),
			e.collect(ctx, segment, "landed_texts", &e.Found.Texts),
		)
		owners, problem := duck.HasTable(ctx, segment, "ownerships")
		labels, labelsProblem := duck.HasTable(ctx, segment, "label_states")
		if err = errors.Join(err, problem, labelsProblem); err != nil {
			return err
		}
		if owners {
			err = errors.Join(
				e.collect(ctx, segment, "landed_owners", &e.Found.Texts),
				e.collect(ctx, segment, "landed_owner_ids", &e.Found.IDs),
			)
		}
		if labels {
			err = errors.Join(
				err, e.collect(ctx, segment, "landed_labels", &e.Found.Texts),
				e.collect(ctx, segment, "landed_label_ids", &e.Found.IDs),
			)
		}
		return err
	})
	for _, found := range []*[]string{&e.Found.IDs, &e.Found.Rows, &e.Found.Texts} {
		slices.Sort(*found)
		*found = slices.Compact(*found)
	}
	return err
}

// collect adds the texts that a statement gives of the accounts.
func (e *Erasure) collect(ctx context.Context, database duck.Queryer, name string, into *[]string) error {
	return statements.EachRow(ctx, database, name, func(scan duck.Scan) error {
		var text *string
		err := scan(&text)
		if text != nil && *text != "" {
			*into = append(*into, *text)
		}
		return err
	}, sql.Named("accounts", e.Accounts))
}

// isForgotten reports whether an id is one of the accounts', of their holder, or of anything they had.
func (e *Erasure) isForgotten(id string) bool {
	if e.ids == nil {
		e.ids = map[string]bool{}
		for _, ids := range [][]string{e.forgotten(), e.Found.IDs, e.Found.Rows} {
			for _, id := range ids {
				e.ids[id] = true
			}
		}
	}
	return e.ids[id]
}
