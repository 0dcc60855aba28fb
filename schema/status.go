package schema

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Status is what a published file says of itself.
type Status struct {
	Watermark    *time.Time
	Accounts     []StatusCount
	Transactions int64
	Versions     int64
	Balances     int64
	Attention    []Attention
	Institutions map[string]string // of accounts in Failing
}

// StatusCount is the accounts of one status.
type StatusCount struct {
	Status         string
	Accounts       int64
	OldestComplete *time.Time // nil when none of them was ever complete
	NewestComplete *time.Time
}

// Reasons why an account needs a person: a closed list, in the order they are shown.
const (
	NeedsRelinkSoon = "relink_required"    // still active; its bank asks for it
	NeedsRelink     = "inactive"           // the bank connection broke
	IsDisconnected  = "disconnected"       // by its holder
	LacksPermission = "permission_missing" // for a feature the configuration wants
	IsMissing       = "missing"            // Stripe answers 404
	IsFailing       = "failing"            // for twice its interval, what makes a round partial; ownership for two days
	HasRefusedRows  = "rows_refused"       // in meta.quarantine, and not complete since
	FailsSignCheck  = "sign_check_failed"  // quality.sign_check
	HasLinkToDecide = "link_to_decide"     // may be an earlier account linked again
)

var attentionOrder = []string{
	IsMissing, FailsSignCheck, HasRefusedRows, IsFailing, HasLinkToDecide, NeedsRelinkSoon, NeedsRelink, LacksPermission, IsDisconnected,
}

// Attention is an account that needs a person, and why.
type Attention struct {
	AccountID       string
	InstitutionName string
	Code            string     // of the closed list
	Reason          string     // in words
	Since           *time.Time // nil when it was so from the start, or is not known
}

// Failure is an account that did not end complete in any round since an instant.
type Failure struct {
	Reason string    `json:"reason"`
	Code   string    `json:"code"` // of the last round
	Since  time.Time `json:"since"`
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
	Failing      map[string]Failure // by account; the file does not know of runs that changed nothing
}

// Status reads it.
func (r *Reader) Status(ctx context.Context, question StatusQuestion) (Status, error) {
	var s Status
	info, err := r.Info(ctx)
	if err != nil {
		return s, err
	}
	s.Watermark = info.Watermark
	if err := r.database.QueryRowContext(ctx, statement("status_sizes")).Scan(&s.Transactions, &s.Versions, &s.Balances); err != nil {
		return s, err
	}
	if err := eachRow(ctx, r.database, "status_accounts", func(scan scanner) error {
		var c StatusCount
		err := scan(&c.Status, &c.Accounts, &c.OldestComplete, &c.NewestComplete)
		s.Accounts = append(s.Accounts, c)
		return err
	}); err != nil {
		return s, err
	}
	s.Institutions = map[string]string{}
	if err := eachRow(ctx, r.database, "status_institutions", func(scan scanner) error {
		var id, name string
		err := scan(&id, &name)
		s.Institutions[id] = name
		return err
	}, slices.Sorted(maps.Keys(question.Failing))); err != nil {
		return s, err
	}
	return s, r.attention(ctx, question, &s.Attention)
}

func (r *Reader) attention(ctx context.Context, question StatusQuestion, found *[]Attention) error {
	take := func(scan scanner) error {
		var a Attention
		err := scan(&a.AccountID, &a.InstitutionName, &a.Code, &a.Reason, &a.Since)
		*found = append(*found, a)
		return err
	}
	failing, err := json.Marshal(question.Failing)
	if err != nil {
		return err
	}
	if question.Failing == nil {
		failing = []byte("{}")
	}
	if err := eachRow(ctx, r.database, "status_attention", take,
		sql.Named("now", question.Now), sql.Named("stale", question.Stale), sql.Named("stale_balance", question.StaleBalance),
		sql.Named("transactions", question.Transactions), sql.Named("balances", question.Balances),
		sql.Named("stale_owners", question.StaleOwners), sql.Named("owners", question.Owners), sql.Named("failing", string(failing))); err != nil {
		return err
	}
	var tables int // none in a file that an earlier fcpipe derived
	if err := r.database.QueryRowContext(ctx, statement("status_has_sign_check")).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		if err := eachRow(ctx, r.database, "status_signs", take); err != nil {
			return err
		}
	}
	slices.SortFunc(*found, func(a, b Attention) int {
		return cmp.Or(cmp.Compare(slices.Index(attentionOrder, a.Code), slices.Index(attentionOrder, b.Code)), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Reason, b.Reason))
	})
	return nil
}
