package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
)

// ErrLinkRefused is returned for a link that cannot be: the message says why and what to do.
var ErrLinkRefused = errors.New("link refused")

// LinkDecision is what a person decides of an account: that it is the bank account whose
// chain is named, or, without a chain, that it is a bank account of its own.
type LinkDecision struct {
	AccountID  string
	AccountKey string // "" separates
	Reason     string // kept as evidence; who decided is not
}

func (d LinkDecision) action() string {
	if d.AccountKey == "" {
		return "unlink"
	}
	return "link"
}

// LinkPlan is what a decision would change.
type LinkPlan struct {
	Decision LinkDecision
	Chain    string   // account_key that is joined or left
	Moved    []string // accounts that get another account_key; those joined through the account come along
	Changes  bool     // false: it is so already, or nothing was ever linked
	livemode bool
}

// linkable is an account as far as links are concerned.
type linkable struct {
	id, key, holderType, holderID string
	livemode                      bool
	createdAt                     time.Time
	currencies                    []string
	action, linkedTo              string // its newest link
}

// PlanLink checks a decision against the published file and changes nothing.
func (s *Store) PlanLink(ctx context.Context, d LinkDecision) (plan LinkPlan, err error) {
	reader, done, err := s.Published(ctx)
	if err != nil {
		return plan, err
	}
	defer func() { err = errors.Join(err, done()) }()
	accounts := map[string]linkable{}
	if err := statements.EachRow(ctx, reader.Database(), "decide_accounts", func(scan duck.Scan) error {
		var l linkable
		var holderType, holderID, currencies *string
		if err := scan(
			&l.id, &l.key, &holderType, &holderID, &l.livemode, &l.createdAt, &currencies, &l.action, &l.linkedTo,
		); err != nil {
			return err
		}
		if holderID != nil && holderType != nil {
			l.holderType, l.holderID = *holderType, *holderID
		}
		if currencies != nil {
			if err := json.Unmarshal([]byte(*currencies), &l.currencies); err != nil {
				return err
			}
		}
		accounts[l.id] = l
		return nil
	}); err != nil {
		return plan, err
	}
	for _, id := range []string{d.AccountID, d.AccountKey} {
		if _, known := accounts[id]; !known && (id != "" || d.AccountID == "") {
			return plan, refuse("no account %q is stored; main.accounts lists them", id)
		}
	}
	plan = LinkPlan{Decision: d, livemode: accounts[d.AccountID].livemode}
	if d.AccountKey == "" {
		return plan.separate(accounts)
	}
	return plan.join(accounts)
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrLinkRefused}, args...)...)
}

// join plans that an account, with all that joined it before, gets another account_key.
func (p LinkPlan) join(accounts map[string]linkable) (LinkPlan, error) {
	account, first := accounts[p.Decision.AccountID], accounts[p.Decision.AccountKey]
	p.Chain = first.id
	switch {
	case account.id == first.id:
		return p, refuse("an account is not linked to itself")
	case account.key == first.key:
		p.Chain = first.key
		return p, nil
	case first.key != first.id:
		return p, refuse("%s is itself linked to %s: link to that", first.id, first.key)
	case !earlier(first, account):
		return p, refuse(
			"%s is the earlier of the two, and the first account names the chain: link %s to it", account.id, first.id,
		)
	case account.key != account.id:
		return p, refuse("%s is linked to %s: unlink it first", account.id, account.key)
	case account.holderType != first.holderType || account.holderID != first.holderID:
		return p, refuse("%s and %s have different holders", account.id, first.id)
	case account.livemode != first.livemode:
		return p, refuse("one of them is live, the other test data")
	}
	mine, theirs := chainCurrencies(accounts, account.id), chainCurrencies(accounts, first.id)
	if len(mine) > 0 && len(theirs) > 0 &&
		!slices.ContainsFunc(mine, func(c string) bool { return slices.Contains(theirs, c) }) {
		return p, refuse("they have no currency in common: %v and %v", mine, theirs)
	}
	for _, other := range accounts {
		if other.key == account.id {
			p.Moved = append(p.Moved, other.id)
		}
	}
	slices.Sort(p.Moved)
	p.Changes = true
	return p, nil
}

// possibleChain is the first chain that an account which was never linked could join, "" when there is none: rows may
// look alike whatever the names of two accounts, and a person may say that they are two.
func possibleChain(accounts map[string]linkable, account linkable) (chain string) {
	for _, other := range accounts {
		asked := LinkPlan{Decision: LinkDecision{AccountID: account.id, AccountKey: other.id}}
		plan, err := asked.join(accounts)
		if err == nil && plan.Changes && (chain == "" || earlier(other, accounts[chain])) {
			chain = other.id
		}
	}
	return chain
}

func earlier(a, b linkable) bool {
	if a.createdAt.Equal(b.createdAt) {
		return a.id < b.id
	}
	return a.createdAt.Before(b.createdAt)
}

func chainCurrencies(accounts map[string]linkable, key string) (currencies []string) {
	for _, a := range accounts {
		if a.key == key {
			currencies = append(currencies, a.currencies...)
		}
	}
	slices.Sort(currencies)
	return slices.Compact(currencies)
}

// separate plans that an account leaves its chain with all that were joined to it before, or
// that it stays alone where a link was proposed.
func (p LinkPlan) separate(accounts map[string]linkable) (LinkPlan, error) {
	account := accounts[p.Decision.AccountID]
	if account.key == account.id {
		for _, other := range accounts {
			if other.key == account.id && other.id != account.id {
				return p, refuse(
					"%s is the first of its chain: unlink the later account, such as %s", account.id, other.id,
				)
			}
		}
		p.Chain, p.Changes = account.linkedTo, account.action == "ambiguous"
		if p.Chain == "" {
			p.Chain = possibleChain(accounts, account)
			p.Changes = p.Chain != ""
		}
		return p, nil
	}
	p.Chain, p.Changes, p.Moved = account.key, true, []string{account.id}
	for again := true; again; {
		again = false
		for _, other := range accounts {
			if other.key == account.key && other.action == "link" && slices.Contains(p.Moved, other.linkedTo) &&
				!slices.Contains(p.Moved, other.id) {
				p.Moved, again = append(p.Moved, other.id), true
			}
		}
	}
	slices.Sort(p.Moved)
	return p, nil
}

// ApplyLink makes the next generation with a decision in it. The caller holds the lock since
// before PlanLink, and derives and publishes the generation, or discards it.
func (s *Store) ApplyLink(
	ctx context.Context, plan LinkPlan, run journal.RunRecord, reportZone string,
) (g *Generation, err error) {
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.run = MergeRun{
		Run: journal.FinishedRun{RunRecord: run}, Seen: []string{}, Livemode: plan.livemode, ReportZone: reportZone,
	}
	if err := g.applyLink(ctx, plan); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", plan.Decision.action(), err), g.Discard())
	}
	s.hook("merge.committed")
	return g, nil
}

func (g *Generation) applyLink(ctx context.Context, plan LinkPlan) error {
	transaction, err := g.database.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	m := &merger{Tx: transaction, report: &g.report, run: g.run, now: g.store.now(), erased: g.store.erased}
	if err := m.decide(ctx, plan); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if err := m.copyJournal(ctx, g.store.journal); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	if g.expected, err = readBack(ctx, transaction, g.report.ObservedAt); err != nil {
		return errors.Join(err, transaction.Rollback())
	}
	return transaction.Commit()
}

// decide records the decision and gives the accounts their key, as one more version of them.
func (m *merger) decide(ctx context.Context, plan LinkPlan) error {
	if err := m.apply(ctx, false); err != nil {
		return err
	}
	evidence, err := json.Marshal(
		map[string]any{"decided_by": "person", "reason": plan.Decision.Reason, "accounts": plan.Moved},
	)
	if err != nil {
		return err
	}
	if err := m.exec(
		ctx,
		"decide_record",
		append(
			m.roundArgs(), sql.Named("account_id", plan.Decision.AccountID), sql.Named("account_key", plan.Chain),
			sql.Named("action", plan.Decision.action()), sql.Named("evidence", string(evidence)),
		)...); err != nil ||
		len(plan.Moved) == 0 {
		return err
	}
	key := plan.Chain
	if plan.Decision.AccountKey == "" {
		key = plan.Decision.AccountID
	}
	if err := m.exec(ctx, "decide_move", sql.Named("account_key", key), sql.Named("moved", plan.Moved)); err != nil {
		return err
	}
	return m.exec(ctx, "decide_versions", append(m.roundArgs(), sql.Named("moved", plan.Moved))...)
}
