package reader

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// Status is what a published file says of itself.
type Status struct {
	Watermark    *time.Time
	Derived      models.Derived
	Accounts     []StatusCount
	Transactions int64
	Versions     int64
	Balances     int64
	Removed      Removed
	Attention    []Attention
	Ended        []Attention            // nothing to do: closed, disconnected, linked again
	Names        map[string]AccountName // of every account above, and of those in Failing
}

// AccountName is what a person knows an account by. It is personal: no log holds it.
type AccountName struct {
	InstitutionName      string
	Last4                *string
	HolderType, HolderID *string
	status               string // active, inactive, disconnected
}

// StatusCount is the accounts of one status.
type StatusCount struct {
	Status         string
	Accounts       int64
	OldestComplete *time.Time // of those that were ever complete
	NewestComplete *time.Time
	NeverComplete  int64 // share transactions and were never read to the end of a refresh
	NotShared      int64 // do not share transactions
}

// Reasons why an account needs attention: a closed list, in the order they are shown.
const (
	NeedsRelinkSoon = "relink_required"    // still active; its bank asks for it
	NeedsRelink     = "inactive"           // the bank connection broke
	LacksPermission = "permission_missing" // for a feature the configuration wants
	IsMissing       = "missing"            // Stripe does not list it any more, or answers 404
	IsFailing       = "failing"            // for twice its interval, what makes a round partial; ownership for two days
	HasRefusedRows  = "rows_refused"       // in meta.quarantine, and not complete since
	FailsSignCheck  = "sign_check_failed"  // quality.sign_check
	HasSumsTooLarge = "out_of_range"       // a sum of its rows or a balance leaves 64 bits
	IsMisdated      = "implausible_dates"  // rows, or the newest balance, that no bank can have dated so
	HasLinkToDecide = "link_to_decide"     // may be an earlier account linked again
)

// Reasons why an account is at its end, and needs no person.
const (
	IsDisconnected = "disconnected" // by its holder, or by fcpipe
	IsClosed       = "closed"       // at its bank, which gives it back no more
	IsRelinked     = "relinked"     // a newer id of its chain goes on in its place
)

var attentionOrder = []string{
	IsMissing,
	FailsSignCheck,
	HasSumsTooLarge,
	IsMisdated,
	HasRefusedRows,
	IsFailing,
	HasLinkToDecide,
	NeedsRelinkSoon,
	NeedsRelink,
	LacksPermission,
	IsDisconnected,
	IsClosed,
	IsRelinked,
}

// ended reports whether an account is at its end by a reason.
func ended(a Attention) bool {
	return slices.Contains([]string{IsDisconnected, IsClosed, IsRelinked}, a.Code)
}

// Attention is an account that needs a person, or is at its end, and why.
type Attention struct {
	AccountID string
	Code      string     // of the closed list
	Reason    string     // in words
	Since     *time.Time // nil when it was so from the start, or is not known
}

// Failure is an account that did not end complete in any round since an instant.
type Failure struct {
	Reason string
	Code   string // of the last round
	Since  time.Time
}

// StatusQuestion says what counts as needing a person.
type StatusQuestion struct {
	Now          time.Time
	Stale        time.Time          // an account last complete, or failing since, before it needs a person
	StaleBalance time.Time          // the same of its balance
	StaleOwners  time.Time          // an account whose ownership refreshes fail since before it needs a person
	Transactions bool               // are wanted
	Balances     bool               // are wanted
	Owners       bool               // are wanted
	Budget       string             // the limit of money that leaves refreshes of transactions undone; "" none
	Reads        string             // the limit of reads that rows wait for; "" none
	OnDemand     bool               // each refresh of transactions is bought, none comes by a subscription
	Failing      map[string]Failure // by account; the file does not know of runs that changed nothing
}

// Status reads what the file says of itself, and which accounts need a person by what the question says.
func (r *Reader) Status(ctx context.Context, question StatusQuestion) (Status, error) {
	var s Status
	info, err := r.Info(ctx)
	if err != nil {
		return s, err
	}
	s.Watermark = info.Watermark
	if s.Derived, err = models.DerivedWith(ctx, r.database); err != nil {
		return s, err
	}
	if err := r.database.QueryRowContext(ctx, statements.Get("status_sizes")).Scan(
		&s.Transactions, &s.Versions, &s.Balances,
	); err != nil {
		return s, err
	}
	if s.Removed, err = r.removed(ctx); err != nil {
		return s, err
	}
	if err := statements.EachRow(ctx, r.database, "status_accounts", func(scan duck.Scan) error {
		var c StatusCount
		err := scan(&c.Status, &c.Accounts, &c.OldestComplete, &c.NewestComplete, &c.NeverComplete, &c.NotShared)
		s.Accounts = append(s.Accounts, c)
		return err
	}); err != nil {
		return s, err
	}
	var found []Attention
	if err := r.attention(ctx, question, &found); err != nil {
		return s, err
	}
	named := slices.Collect(maps.Keys(question.Failing))
	for _, a := range found {
		if named = append(named, a.AccountID); ended(a) {
			s.Ended = append(s.Ended, a)
		} else {
			s.Attention = append(s.Attention, a)
		}
	}
	s.Names, err = r.names(ctx, named)
	return s, err
}

// names looks accounts up; one that was never stored has none.
func (r *Reader) names(ctx context.Context, ids []string) (map[string]AccountName, error) {
	names := map[string]AccountName{}
	return names, statements.EachRow(ctx, r.database, "status_names", func(scan duck.Scan) error {
		var id string
		var name AccountName
		err := scan(&id, &name.InstitutionName, &name.Last4, &name.HolderType, &name.HolderID, &name.status)
		names[id] = name
		return err
	}, ids)
}

func (r *Reader) attention(ctx context.Context, question StatusQuestion, found *[]Attention) error {
	collect := func(scan duck.Scan) error {
		var a Attention
		err := scan(&a.AccountID, &a.Code, &a.Reason, &a.Since)
		*found = append(*found, a)
		return err
	}
	if err := statements.EachRow(
		ctx, r.database, "status_attention", collect, sql.Named("now", question.Now),
		sql.Named("stale", question.Stale), sql.Named("stale_balance", question.StaleBalance),
		sql.Named("transactions", question.Transactions), sql.Named("balances", question.Balances),
		sql.Named("stale_owners", question.StaleOwners), sql.Named("owners", question.Owners),
		sql.Named("budget", question.Budget), sql.Named("reads", question.Reads),
		sql.Named("on_demand", question.OnDemand),
	); err != nil {
		return err
	}
	for _, derived := range []struct{ isThere, question string }{
		{"status_has_signs", "status_signs"},
		{"status_has_relinks", "status_relinks"},
		{"status_has_values", "status_values"},
	} {
		var tables int // none in a file that an earlier fcpipe derived
		if err := r.database.QueryRowContext(ctx, statements.Get(derived.isThere)).Scan(&tables); err != nil {
			return err
		}
		if tables > 0 {
			if err := statements.EachRow(ctx, r.database, derived.question, collect); err != nil {
				return err
			}
		}
	}
	names, err := r.names(ctx, slices.Collect(maps.Keys(question.Failing)))
	if err != nil {
		return err
	}
	*found = question.withFailing(*found, names)
	slices.SortFunc(*found, func(a, b Attention) int {
		return cmp.Or(
			cmp.Compare(slices.Index(attentionOrder, a.Code), slices.Index(attentionOrder, b.Code)),
			cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Reason, b.Reason),
		)
	})
	return nil
}
