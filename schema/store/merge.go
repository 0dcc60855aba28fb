package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/rules"
	"fcpipe/schema/rules/stored"
	"fcpipe/schema/tombstone"
)

// MergeRun is the round whose landed rows are merged.
type MergeRun struct {
	Run             journal.FinishedRun // as far as it is known before publishing
	Seen            []string            // ids Stripe listed in this round
	StripeAccountID *string
	Livemode        bool
	Audits          []journal.Audit // accounts whose every row landed again in this round
	ReportZone      string          // IANA zone of civil dates in derived tables
	Retention       schema.Retention
	UserFiles       *rules.Set // what the user's own files say; nil leaves what is stored of them
}

// MergeReport is what a merge changed. Every count is of rows, and has a name in JSON, for programs that run rounds.
type MergeReport struct {
	ObservedAt       time.Time `json:"-"`
	AccountsNew      int64     `json:"accounts_new"`
	AccountsChanged  int64     `json:"accounts_changed"`
	AccountsInactive int64     `json:"accounts_gone_inactive"` // active before
	// joined an earlier one of the same bank account
	AccountsLinked int64 `json:"accounts_linked_again"`
	// may be an earlier account; a person has to decide
	LinksAmbiguous        int64 `json:"links_to_decide"`
	TransactionsNew       int64 `json:"transactions_new"`
	TransactionsChanged   int64 `json:"transactions_changed"`
	SupersededOnArrival   int64 `json:"-"`
	PendingPosted         int64 `json:"pending_posted"`
	PostedWithOtherAmount int64 `json:"posted_with_other_amount"` // of PendingPosted
	Voided                int64 `json:"voided"`
	// new, but dated over two days before the account was last complete
	Late             int64 `json:"late"`
	BalancesNew      int64 `json:"balances_new"`
	RefreshesChanged int64 `json:"-"`
	RefreshesFailed  int64 `json:"refreshes_failed"` // of RefreshesChanged
	ConsentsChanged  int64 `json:"consents_changed"` // given, changed, ended or returned
	OwnersNew        int64 `json:"owners_new"`
	OwnershipsNew    int64 `json:"-"` // snapshots of owners that are held whole now
	// transactions that Stripe labelled, or labelled otherwise than before
	LabelsNew          int64 `json:"labels_new"`
	LabelsChanged      int64 `json:"labels_changed"`
	LabelStatesChanged int64 `json:"-"`
	Quarantined        int64 `json:"quarantined"`
	// past their retention; a transaction counts once, whatever versions it had
	TransactionsRemoved int64 `json:"transactions_removed"`
	BalancesRemoved     int64 `json:"balances_removed"`
	// landed past their retention, and not stored
	TransactionsDropped int64 `json:"transactions_dropped"`
	BalancesDropped     int64 `json:"balances_dropped"`
	// lines of the user's own rules and overrides that came or ended, and files whose content differs
	RulesChanged int64 `json:"rules_changed"`
	// lines of overrides that differ from before and name a transaction that is not held
	OverridesNotHeld int64 `json:"overrides_not_held"`
	// rows that carry the id of another account's row; they are refused
	ForeignRows int64                `json:"-"`
	Incomplete  []journal.RunAccount `json:"-"` // accounts that got them
	Audits      []journal.Audit      `json:"-"` // those of the run, with what differed
}

// Changes counts the rows that are new or differ: with none, nothing is published.
func (r MergeReport) Changes() int64 {
	return r.AccountsNew + r.AccountsChanged + r.TransactionsNew + r.TransactionsChanged + r.SupersededOnArrival +
		r.BalancesNew + r.RefreshesChanged + r.Quarantined + r.AccountsLinked + r.LinksAmbiguous +
		r.OwnersNew + r.OwnershipsNew + r.LabelsNew + r.LabelsChanged + r.LabelStatesChanged + r.ConsentsChanged +
		r.TransactionsRemoved + r.BalancesRemoved + r.RulesChanged
}

// Merge brings everything landed into the next generation, in one transaction. It returns a nil Generation, and removes
// what landed, when nothing differs from what is published. schema.ErrInvariant means that a rule of the data would
// break. The caller derives and publishes the generation, or discards it.
func (s *Store) Merge(ctx context.Context, landing *landing.Landing, run MergeRun) (*Generation, MergeReport, error) {
	segments := landing.Segments()
	if len(segments) == 0 {
		if lacks, err := s.lacks(ctx, run); err != nil || !lacks.anything() {
			return nil, MergeReport{}, err
		}
	}
	generation, migrated, err := s.newGeneration(ctx)
	if err != nil {
		return nil, MergeReport{}, err
	}
	generation.landing, generation.merged, generation.run = landing, segments, run
	lacks, err := generation.lacks(ctx) // asked of the copy: opening the published file costs more
	if err != nil {
		return nil, MergeReport{}, errors.Join(err, generation.Discard())
	}
	generation.given = lacks.given
	s.hook("merge.copied")
	if err := generation.merge(ctx); err != nil {
		return nil, MergeReport{}, errors.Join(fmt.Errorf("merge: %w", err), generation.Discard())
	}
	s.hook("merge.committed")
	if generation.report.Changes() == 0 && !migrated && !lacks.rebuild {
		return nil, generation.report, errors.Join(generation.Discard(), landing.Remove(segments))
	}
	return generation, generation.report, nil
}

// merge stages the segments on one connection, then applies them in one transaction.
func (g *Generation) merge(ctx context.Context) (err error) {
	connection, err := g.database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if g.gone != connection {
			err = errors.Join(err, connection.Close())
		}
	}()
	landed, err := stage(ctx, connection, g.merged)
	if err != nil {
		return err
	}
	if len(g.merged) > 0 {
		if err := g.store.dropStagedErased(ctx, connection); err != nil {
			return err
		}
	}
	g.store.hook("merge.staged")
	transaction, err := connection.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// first of what is deferred: a panic in between would wait for ever to close the connection
	defer func() { _ = transaction.Rollback() }()
	m := &merger{
		Tx: transaction, report: &g.report, run: g.run, now: g.store.now(), hook: g.store.hook,
		quarantine: g.store.layout.Quarantine(), erased: g.store.erased, staged: landed,
	}
	if err := m.apply(ctx, len(g.merged) > 0); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := m.mergeConsents(ctx, g.store.journal, g.given); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := m.retain(ctx); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := m.putUserFiles(ctx); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := m.copyJournal(ctx, g.store.journal); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if g.expected, err = readBack(ctx, transaction, g.report.ObservedAt); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := transaction.Commit(); err != nil {
		return err
	}
	return g.keepGone(ctx, connection, m.gone)
}

// putUserFiles stores what the user's own files say, where that differs.
func (m *merger) putUserFiles(ctx context.Context) error {
	if m.run.UserFiles == nil {
		return nil
	}
	put, err := stored.Put(ctx, m.Tx, *m.run.UserFiles, stored.Round{
		ObservedAt: m.report.ObservedAt, RunID: m.run.Run.RunID, IsErased: m.erased.IsErased,
		NewRows: m.report.TransactionsNew > 0,
	})
	m.report.RulesChanged, m.report.OverridesNotHeld = put.Changed, put.NotHeld
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	return nil
}

// merger is the merge's transaction.
type merger struct {
	*sql.Tx
	report *MergeReport
	run    MergeRun
	now    time.Time
	hook   func(string)
	// where payloads of refused rows lie
	quarantine string
	erased     *tombstone.Register
	staged     staged
	from, to   *time.Time // between which the transactions that landed lie, with a margin

	stored, horizons horizons // as the file was last cut at; as this merge cuts it
	gone             removed
}

// apply fixes the round's one instant and merges every kind of row.
func (m *merger) apply(ctx context.Context, staged bool) error {
	var livemode *bool
	var watermark *time.Time
	if err := m.QueryRowContext(ctx, "SELECT livemode, watermark FROM meta.store").Scan(
		&livemode, &watermark,
	); err != nil {
		return err
	}
	if staged {
		if err := m.check(ctx, livemode); err != nil {
			return err
		}
	}
	m.report.ObservedAt = m.now.UTC().Truncate(time.Microsecond)
	if watermark != nil && !m.report.ObservedAt.After(*watermark) {
		m.report.ObservedAt = watermark.UTC().Add(time.Microsecond)
	}
	if err := m.findHorizons(ctx); err != nil {
		return err
	}
	if staged {
		if err := m.mergeLanded(ctx); err != nil {
			return err
		}
	}
	if err := m.exec(
		ctx, "merge_accounts_seen", sql.Named("observed_at", m.report.ObservedAt), sql.Named("seen", m.run.Seen),
	); err != nil {
		return err
	}
	return m.exec(
		ctx, "store_update", sql.Named("livemode", m.run.Livemode),
		sql.Named("stripe_account_id", duck.Nullable(m.run.StripeAccountID)),
		sql.Named("watermark", m.report.ObservedAt),
	)
}

// mergeLanded merges every kind of row that landed. Transactions go first, accounts before what belongs to them.
func (m *merger) mergeLanded(ctx context.Context) error {
	for _, merge := range []func(context.Context) error{
		m.mergeTransactions, m.mergeAccounts, m.mergeReadings, m.mergeOwners, m.mergeLabels,
	} {
		if err := merge(ctx); err != nil {
			return err
		}
	}
	return nil
}

// check refuses rows of another mode and rows without an account, and notes of which time the transactions are.
func (m *merger) check(ctx context.Context, stored *bool) error {
	var live, test bool
	if err := m.QueryRowContext(ctx, statements.Get("merge_landed")).Scan(&live, &test, &m.from, &m.to); err != nil {
		return err
	}
	isOther := func(livemode bool) bool { return livemode && test || !livemode && live }
	if isOther(m.run.Livemode) || stored != nil && isOther(*stored) {
		return fmt.Errorf("%w: live and test data do not mix", schema.ErrInvariant)
	}
	var orphan string
	if err := m.QueryRowContext(ctx, statements.Get("merge_orphans")).Scan(&orphan); err != nil {
		return err
	}
	if orphan != "" {
		return fmt.Errorf("%w: rows of account %s landed without the account", schema.ErrInvariant, orphan)
	}
	return nil
}

// roundArgs are the two values that every row of a round carries: observed_at, then run_id.
func (m *merger) roundArgs() []any {
	return []any{sql.Named("observed_at", m.report.ObservedAt), sql.Named("run_id", m.run.Run.RunID)}
}

func (m *merger) exec(ctx context.Context, name string, args ...any) error {
	if _, err := m.ExecContext(ctx, statements.Get(name), args...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// step is a statement with its arguments.
type step struct {
	name string
	args []any
}

// execAll runs steps in their order, up to the first that fails.
func (m *merger) execAll(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if err := m.exec(ctx, s.name, s.args...); err != nil {
			return err
		}
	}
	return nil
}
