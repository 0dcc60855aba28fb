package sync

import (
	"iter"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

// entry is what a round knows of one account.
type entry struct {
	isRead        bool                         // by a list or by itself, in this round
	reading       reading                      // the newest that was accepted; zero when it was not read
	outcome       *journal.RunAccount          // nil: nothing was done, and nothing went wrong
	hadNewRows    bool                         // before anything was bought
	hadNothingNew bool                         // then, and no refresh was pending
	isRegressed   bool                         // its newest reading was older than what is held, and was not accepted
	isLanded      bool                         // as it is now
	isAbandoned   bool                         // it is not waited for any more
	awaitsReads   bool                         // it was not begun, for want of reads
	isCompleted   bool                         // its rows were read to the end in this round
	labels        map[string]schema.LabelState // how far its labels are, that landed in this round
	rowsCompleted []string                     // ids of those rows, for an audit in the same round
}

// roster is one entry for each account that was read, or that something is known of, and what lists showed that is
// no account. The zero value is empty. It has no lock of its own: that of the round guards it.
type roster struct {
	byID       map[string]*entry
	listed     []*entry                // those that were read, in the order of their first reading
	refused    []schema.QuarantinedRow // entries of lists, and parts of accounts
	partly     []reading               // what could be decoded of accounts that were refused
	ownersRead map[string]bool         // snapshots whose owners were read whole in this round
	rowsKept   int                     // rowsCompleted of all entries
}

// get is what is known of an account; the zero entry where nothing is.
func (r *roster) get(id string) entry {
	if e := r.byID[id]; e != nil {
		return *e
	}
	return entry{}
}

// entryOf is the entry of an account, which is made where there is none.
func (r *roster) entryOf(id string) *entry {
	if r.byID == nil {
		r.byID = map[string]*entry{}
	}
	if r.byID[id] == nil {
		r.byID[id] = &entry{}
	}
	return r.byID[id]
}

// put makes a reading the account's newest.
func (r *roster) put(a reading) {
	e := r.entryOf(a.AccountID)
	if !e.isRead {
		r.listed = append(r.listed, e)
	}
	e.isRead, e.reading = true, a
}

// readings are the accounts that were read, as they were read last.
func (r *roster) readings() iter.Seq[reading] {
	return func(yield func(reading) bool) {
		for _, e := range r.listed {
			if !yield(e.reading) {
				return
			}
		}
	}
}

// outcomes are those of accounts where anything was done or went wrong, in no order.
func (r *roster) outcomes() iter.Seq[*journal.RunAccount] {
	return func(yield func(*journal.RunAccount) bool) {
		for _, e := range r.byID {
			if e.outcome != nil && !yield(e.outcome) {
				return
			}
		}
	}
}

// noteOwners says whether the owners of a snapshot were read whole.
func (r *roster) noteOwners(ownership string, whole bool) {
	if r.ownersRead == nil {
		r.ownersRead = map[string]bool{}
	}
	r.ownersRead[ownership] = whole
}

// accounts are those that were read.
func (r *round) accounts() []schema.Account {
	accounts := make([]schema.Account, 0, len(r.roster.listed))
	for a := range r.roster.readings() {
		accounts = append(accounts, a.Account)
	}
	return accounts
}

// find is the newest reading of an account, if it was read in this round.
func (r *round) find(id string) (reading, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	e := r.roster.get(id)
	return e.reading, e.isRead
}

func (r *round) account(id string) reading {
	a, _ := r.find(id)
	return a
}

func (r *round) markLanded(a reading) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.roster.entryOf(a.AccountID).isLanded = true
}

// replace accepts a newer reading of an account, and reports whether it did. After an older one the account is not
// complete, unless a newer one follows.
func (r *round) replace(a reading) (accepted bool) {
	accepted = r.accept(a)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	e := r.roster.entryOf(a.AccountID)
	if !accepted && !e.isRegressed {
		r.syncer.options.Log.Warn("Stripe showed an older state of an account than the one held; it is ignored",
			"account", a.AccountID)
	}
	e.isRegressed = !accepted
	return accepted
}

// accept is replace without the record of a replica that lags. A purchase that is sent again under its key is answered
// as it was the first time, so its answer may be old.
func (r *round) accept(a reading) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	e := r.roster.get(a.AccountID)
	held := r.state.Accounts[a.AccountID].Account
	if e.isRead {
		held = e.reading.Account
	}
	a.refuseEarly(r.syncer.Now())
	a.keepKnown(held)
	since, lags := r.history.RegressedSince(a.AccountID)
	isBelieved := !e.isRead && lags && r.syncer.Now().Sub(since) >= longestLag
	if !isBelieved && isStale(a.Account, held, r.syncer.Now()) {
		return false
	}
	r.roster.put(a)
	return true
}

// noteRegressed makes accounts incomplete whose newest reading was not accepted, if no other reading of this round was,
// or a refresh of theirs is still pending.
func (r *round) noteRegressed() {
	for id, e := range r.roster.byID {
		if e.isRegressed && (!e.isRead || anyPending(e.reading.Account)) {
			r.incomplete(
				id,
				codeRegressed,
				"Stripe showed an older state than the one held, which is kept; it is asked again",
			)
		}
	}
}

// longestLag is how long an older state of an account is taken for that of a replica that lags. When every round was
// shown it for longer, it is what Stripe holds now.
const longestLag = 24 * time.Hour

// isStale reports whether a reading is older than what is held. A replica that lags shows earlier attempts than those
// held, no attempt, or as pending an attempt that has settled. A missing attempt is no sign of lag where the consent or
// the connection has changed too.
func isStale(read, held schema.Account, now time.Time) bool {
	changed, account := consentChanged(read, held), read
	for _, pair := range [][2]*schema.RefreshState{
		{read.BalanceRefresh, held.BalanceRefresh},
		{read.OwnershipRefresh, held.OwnershipRefresh},
		{read.TransactionRefresh, held.TransactionRefresh},
	} {
		switch read, held := pair[0], pair[1]; {
		case held == nil:
		case read == nil && !changed,
			read != nil && isBefore(account, *read, *held, now),
			read != nil && isUnsettled(*read, *held):
			return true
		}
	}
	return false
}

// consentChanged reports whether an account was connected otherwise, or shared otherwise, than held.
func consentChanged(read, held schema.Account) bool {
	isStated := read.Permissions != nil && held.Permissions != nil
	return read.Status != held.Status || isStated && !slices.Equal(read.Permissions, held.Permissions)
}

// isBefore reports whether an attempt is older than the held one. Impossible instants are not compared.
func isBefore(a schema.Account, read, held schema.RefreshState, now time.Time) bool {
	return read.AttemptedAt.Before(held.AttemptedAt) && believed(held.AttemptedAt, now) && existed(a, read.AttemptedAt)
}

// isUnsettled reports whether an attempt is read as pending that is known to have settled.
func isUnsettled(read, held schema.RefreshState) bool {
	return read.AttemptedAt.Equal(held.AttemptedAt) && read.Status == "pending" && held.Status != "pending"
}

func anyPending(a schema.Account) bool {
	return slices.ContainsFunc(
		[]*schema.RefreshState{a.BalanceRefresh, a.OwnershipRefresh, a.TransactionRefresh},
		plan.IsPending,
	)
}
