package erase

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
)

// Landing rewrites the segments of landing without the accounts' rows, and removes their refused payloads.
func (e *Erasure) Landing(ctx context.Context) error {
	layout := e.store.Layout()
	refused, err := e.hasRefused(ctx)
	if err != nil {
		return err
	}
	if err := landing.Rewrite(ctx, layout.Landing(), e.store.Settings(), e.Accounts, func(file string) error {
		return e.note(&e.noted.Landing, file)
	}, e.store.Hook); err != nil {
		return err
	}
	e.store.Hook("erase.landing")
	if err := e.payloads(refused); err != nil {
		return err
	}
	e.store.Hook("erase.quarantine")
	return nil
}

// hasRefused reports whether rows of the accounts were refused.
func (e *Erasure) hasRefused(ctx context.Context) (refused bool, err error) {
	accounts := sql.Named("accounts", e.Accounts)
	err = inPublished(ctx, e.store, func(r *reader.Reader) error {
		return r.Database().QueryRowContext(ctx, statements.Get("unnamed_quarantine"), accounts).Scan(&refused)
	})
	if err != nil || refused {
		return refused, err
	}
	return refused, inLanding(ctx, e.store, func(segment *sql.DB) error {
		var here bool
		err := segment.QueryRowContext(ctx, statements.Get("landed_quarantine"), accounts).Scan(&here)
		refused = refused || here
		return err
	})
}

// payloads removes refused payloads that name the accounts or hold anything of theirs. Where rows of theirs were
// refused, those that name no account at all are removed too: they may be theirs.
func (e *Erasure) payloads(refused bool) error {
	directory := e.store.Layout().Quarantine()
	paths, err := durable.FilesMatching(directory, "*.json")
	if err != nil {
		return err
	}
	search := newSearch(e.needles())
	var theirs []string
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		named := accountOf(raw)
		isTheirs := e.isForgotten(named) || len(search.in(raw)) > 0 || named == "" && refused
		if name := filepath.Base(path); name == landing.TempPayload || isTheirs {
			theirs = append(theirs, name)
		}
	}
	if err := e.note(&e.noted.Quarantine, theirs...); err != nil {
		return err
	}
	for _, name := range theirs {
		if err := os.Remove(filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	return durable.SyncDirectory(directory)
}

// accountOf is the account that a refused payload names; "" where it names none.
func accountOf(raw []byte) string {
	var object struct {
		ID        json.RawMessage `json:"id"`
		Object    json.RawMessage `json:"object"`
		Account   json.RawMessage `json:"account"`
		AccountID json.RawMessage `json:"account_id"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return ""
	}
	candidates := []json.RawMessage{object.Account, object.AccountID}
	if string(object.Object) == `"financial_connections.account"` {
		candidates = append(candidates, object.ID)
	}
	for _, candidate := range candidates {
		var id string
		if len(candidate) > 0 && json.Unmarshal(candidate, &id) == nil && id != "" {
			return id
		}
	}
	return ""
}

// State rewrites the journal without the ids, and removes what repairs archived and what killed processes left.
func (e *Erasure) State() error {
	e.intents = map[string]bool{}
	if err := e.store.Journal().Rewrite(e.rewrite, e.noteJournal); err != nil {
		return err
	}
	e.store.Hook("erase.journal")
	layout := e.store.Layout()
	for _, directory := range []string{layout.Damaged(), layout.Spill()} {
		if err := removeBelow(directory); err != nil {
			return err
		}
	}
	if err := e.store.RemovePrevious(); err != nil { // of a publish that was killed before it had
		return err
	}
	e.store.Hook("erase.state")
	return durable.SyncDirectory(layout.State())
}

func removeBelow(directory string) error {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(directory, entry.Name())); err != nil {
			return err
		}
	}
	return durable.SyncDirectory(directory)
}

// named are the keys of a journal's records that hold a request or a session, which lead to a person at Stripe.
var named = map[string]bool{"request_id": true, "session_id": true, "stripe_consent_id": true}

// rewrite replaces ids in a record of the journal, and reports whether there were any. What led to them at Stripe goes
// with them. A result names the key of its intent, which comes before it, and no account.
func (e *Erasure) rewrite(record map[string]any) bool {
	if intent, is := record["intent"].(map[string]any); is {
		if id, _ := intent["account_id"].(string); e.isForgotten(id) {
			key, _ := intent["key"].(string)
			e.intents[key] = true
		}
	}
	changed := e.rewriteValue(record)
	if result, is := record["result"].(map[string]any); is {
		key, _ := result["key"].(string)
		if _, has := result["request_id"]; has && e.intents[key] {
			delete(result, "request_id")
			changed = true
		}
	}
	return changed
}

// rewriteValue alters what is below a value of JSON. Objects that name an id lose what leads to it at Stripe.
func (e *Erasure) rewriteValue(value any) (changed bool) {
	switch v := value.(type) {
	case []any:
		for i, below := range v {
			if text, is := below.(string); is {
				by := e.withoutIDs(text)
				changed, v[i] = changed || by != text, by
			} else {
				changed = e.rewriteValue(below) || changed
			}
		}
	case map[string]any:
		own := false
		for key, below := range v {
			if text, is := below.(string); is {
				by := e.withoutIDs(text)
				own, v[key] = own || by != text, by
			} else {
				changed = e.rewriteValue(below) || changed
			}
		}
		if own {
			for key := range named {
				delete(v, key)
			}
		}
		changed = changed || own
	}
	return changed
}
