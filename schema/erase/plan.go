package erase

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// Subject is what an erasure names.
type Subject struct {
	Kind string // journal.SubjectAccount or journal.SubjectHolder
	ID   string
}

// ErrNothingHeld is returned for an account, or a holder, of which nothing is held and nothing is known.
var ErrNothingHeld = errors.New("nothing is held")

// ErrOlderFile is returned for a published file of an earlier version: what it holds is found in this program's tables.
var ErrOlderFile = errors.New("the published file was made by an earlier version of fcpipe")

// Plan is what an erasure would remove. Find makes one.
type Plan struct {
	Subject   Subject
	Accounts  []string         // sorted: those of the holder, or the account with all that were linked to it
	Holder    string           // forgotten with them; "" where the holder has other accounts, or none is known
	Connected []string         // accounts of these that are not disconnected: Stripe goes on reading and billing them
	Rows      map[string]int64 // rows held, by table of the published file; of landing, all tables together
}

// heldAccount is an account there is anything of.
type heldAccount struct {
	holder, chain string
	isConnected   bool
}

// Find says what is held of a subject, and changes nothing. ErrNothingHeld means that the subject has no row.
func Find(ctx context.Context, s *store.Store, subject Subject) (*Plan, error) {
	if err := CheckVersion(ctx, s); err != nil {
		return nil, err
	}
	held, err := findAccounts(ctx, s)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Subject: subject, Rows: map[string]int64{}}
	chains := map[string]bool{}
	for id, account := range held {
		if subject.Kind == journal.SubjectAccount && id == subject.ID {
			chains[account.chain], plan.Holder = true, account.holder
		}
	}
	for id, account := range held {
		if subject.Kind == journal.SubjectHolder && account.holder == subject.ID ||
			subject.Kind == journal.SubjectAccount && (id == subject.ID || chains[account.chain]) {
			plan.Accounts = append(plan.Accounts, id)
			if account.isConnected {
				plan.Connected = append(plan.Connected, id)
			}
		}
	}
	if len(plan.Accounts) == 0 {
		return nil, fmt.Errorf("%w of %s %q", ErrNothingHeld, subject.Kind, subject.ID)
	}
	slices.Sort(plan.Accounts)
	slices.Sort(plan.Connected)
	if subject.Kind == journal.SubjectHolder {
		plan.Holder = subject.ID
	} else if plan.hasOthers(held) {
		plan.Holder = ""
	}
	return plan, plan.count(ctx, s)
}

// CheckVersion fails with ErrOlderFile where the published file lacks a migration.
func CheckVersion(ctx context.Context, s *store.Store) error {
	steps, err := duck.LoadMigrations(duck.MigrationFiles)
	if err != nil {
		return err
	}
	return inPublished(ctx, s, func(r *reader.Reader) error {
		applied, err := duck.AppliedMigrations(ctx, r.Database(), steps)
		if err == nil && applied < len(steps) {
			err = ErrOlderFile
		}
		return err
	})
}

// hasOthers reports whether the holder has accounts that are not part of the plan.
func (p *Plan) hasOthers(held map[string]heldAccount) bool {
	for id, account := range held {
		if p.Holder != "" && account.holder == p.Holder && !slices.Contains(p.Accounts, id) {
			return true
		}
	}
	return false
}

// findAccounts are all there is anything of: in the published file, and in landing.
func findAccounts(ctx context.Context, s *store.Store) (map[string]heldAccount, error) {
	held := map[string]heldAccount{}
	err := inPublished(ctx, s, func(r *reader.Reader) error {
		return statements.EachRow(ctx, r.Database(), "held_accounts", func(scan duck.Scan) error {
			var id string
			var a heldAccount
			err := scan(&id, &a.holder, &a.chain, &a.isConnected)
			held[id] = a
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return held, inLanding(ctx, s, func(segment *sql.DB) error {
		return statements.EachRow(ctx, segment, "accounts_of_segment", func(scan duck.Scan) error {
			var id, holder string
			err := scan(&id, &holder)
			if a, known := held[id]; !known {
				held[id] = heldAccount{holder: holder, chain: id, isConnected: true}
			} else if a.holder == "" {
				a.holder = holder
				held[id] = a
			}
			return err
		})
	})
}

// inPublished calls work with the published file, if there is one.
func inPublished(ctx context.Context, s *store.Store, work func(*reader.Reader) error) (err error) {
	published, done, err := s.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	return work(published)
}

// inLanding calls work with each landing segment that can be read, oldest first.
func inLanding(ctx context.Context, s *store.Store, work func(*sql.DB) error) error {
	segments, err := landing.ReadableSegments(ctx, s.Layout().Landing(), s.Settings())
	if err != nil {
		return err
	}
	for _, path := range segments {
		if err := inSegment(ctx, s, path, work); err != nil {
			return fmt.Errorf("landing segment %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func inSegment(ctx context.Context, s *store.Store, path string, work func(*sql.DB) error) (err error) {
	segment, err := duck.Open(ctx, path, duck.ReadOnly, s.Settings(), filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, segment.Close()) }()
	return work(segment)
}

// count says how many rows are held of the accounts.
func (p *Plan) count(ctx context.Context, s *store.Store) error {
	accounts := sql.Named("accounts", p.Accounts)
	if err := inPublished(ctx, s, func(r *reader.Reader) error {
		return statements.EachRow(ctx, r.Database(), "count_rows", func(scan duck.Scan) error {
			var table string
			var rows int64
			err := scan(&table, &rows)
			p.Rows[table] = rows
			return err
		}, accounts)
	}); err != nil {
		return err
	}
	return inLanding(ctx, s, func(segment *sql.DB) error {
		var rows int64
		err := segment.QueryRowContext(ctx, statements.Get("landed_counts"), accounts).Scan(&rows)
		p.Rows["landing"] += rows
		return err
	})
}

// forgotten are the ids that stay as keyed hashes alone.
func (p *Plan) forgotten() []string {
	ids := slices.Clone(p.Accounts)
	if p.Holder != "" {
		ids = append(ids, p.Holder)
	}
	return ids
}

// Erased says how an earlier erasure of a subject stands: complete since an instant, or not complete.
func Erased(s *store.Store, subject Subject) (e journal.Erasure, known bool) {
	hash := s.Erased().Hash(subject.ID)
	for _, e := range slices.Backward(s.Journal().Erasures()) {
		if hash != "" && (e.Subject == hash || slices.Contains(e.Tombstones, hash)) {
			return e, true
		}
	}
	return e, false
}

// counts copies what was counted.
func (p *Plan) counts() map[string]int64 { return maps.Clone(p.Rows) }

// instant is how the journal and the file keep one alike.
func instant(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }
