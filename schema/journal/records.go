package journal

import (
	"slices"
	"time"
)

// Record kinds of the journal.
const (
	recordIdentity    = "identity"
	recordIntent      = "intent"
	recordResult      = "result"
	recordCharge      = "charge" // one, as earlier versions wrote them
	recordCharges     = "charges"
	recordReads       = "reads"
	recordRunStarted  = "run_started"
	recordRunFinished = "run_finished"
	recordAudit       = "audit"
	recordSettlement  = "settlement"
	recordConsents    = "consents"
	recordConsentEnd  = "consent_end"

	recordDisconnection = "disconnection"
	recordErasure       = "erasure"
	recordAllowance     = "allowance"
)

// Record is one line of the journal: a kind and the one value of that kind. A kind that this version does not
// know is skipped: "limits" and "events" of earlier versions, or what a later one wrote.
type Record struct {
	Kind     string         `json:"kind"`
	Identity *Identity      `json:"identity,omitempty"`
	Intent   *Intent        `json:"intent,omitempty"`
	Result   *RefreshResult `json:"result,omitempty"`
	Charge   *Charge        `json:"charge,omitempty"`
	Charges  []Charge       `json:"charges,omitempty"`
	Reads    *Reads         `json:"reads,omitempty"`
	Run      *FinishedRun   `json:"run,omitempty"`
	Audit    *Audit         `json:"audit,omitempty"`

	Settlement *Settlement `json:"settlement,omitempty"`
	Consents   []Consent   `json:"consents,omitempty"`
	ConsentEnd *ConsentEnd `json:"consent_end,omitempty"`

	Disconnection *Disconnection `json:"disconnection,omitempty"`
	Erasure       *Erasure       `json:"erasure,omitempty"`
	Allowance     *Allowance     `json:"allowance,omitempty"`
}

// Identity says which Stripe account a key belongs to.
type Identity struct {
	Fingerprint     string  `json:"fingerprint"` // first 16 hex digits of the key's SHA-256
	StripeAccountID *string `json:"stripe_account_id"`
	Livemode        bool    `json:"livemode"`
}

// Intent is a purchase about to be asked for. It is durable before its POST leaves.
type Intent struct {
	Key       string    `json:"key"`       // idempotency key
	Operation string    `json:"operation"` // refresh or subscribe
	AccountID string    `json:"account_id"`
	Feature   string    `json:"feature"`
	Window    string    `json:"window"`    // server time divided by the interval
	LastSeen  string    `json:"last_seen"` // refresh id, else instant of the last attempt; "" when there was none
	Attempt   int       `json:"attempt"`
	At        time.Time `json:"at"`
	RunID     string    `json:"run_id"`
}

// Outcomes of an intent.
const (
	ResultStarted  = "started"  // Stripe started the refresh
	ResultRejected = "rejected" // Stripe refused; nothing was bought
	ResultAdopted  = "adopted"  // found started after a crash
	ResultUnknown  = "unknown"  // never learned; closed when its key expired
)

// RefreshResult closes an intent.
type RefreshResult struct {
	Key         string     `json:"key"`
	Outcome     string     `json:"outcome"`
	RequestID   string     `json:"request_id,omitempty"`
	RefreshID   string     `json:"refresh_id,omitempty"`
	AttemptedAt *time.Time `json:"attempted_at,omitempty"`
	At          time.Time  `json:"at"`
}

// Charge is something Stripe bills, once per ChargeKey.
type Charge struct {
	ChargeKey       string    `json:"charge_key"`
	Kind            string    `json:"kind"` // balance, ownership, transactions_month
	AmountMicroUSD  int64     `json:"amount_micro_usd"`
	AccountID       *string   `json:"account_id,omitempty"`
	HolderID        *string   `json:"holder_id,omitempty"`
	InstitutionName *string   `json:"institution_name,omitempty"`
	Month           *string   `json:"month,omitempty"` // UTC, YYYY-MM
	ChargedAt       time.Time `json:"charged_at"`
	RunID           string    `json:"run_id"`
}

// Reads counts GET requests a run had sent by At and that no earlier record counted.
type Reads struct {
	At    time.Time `json:"at"`
	Count int64     `json:"count"`
	RunID string    `json:"run_id"`
	// Connect account they were made on behalf of, which has an allowance of its own; "" is the key's own
	Connected string `json:"connected,omitempty"`
}

// Audit is one account listed whole and compared with what was stored; a row of meta.audits.
type Audit struct {
	AccountID string    `json:"account_id"`
	AuditedAt time.Time `json:"audited_at"`
	Listed    int64     `json:"listed"`
	Missing   int64     `json:"missing"`   // rows that were not held
	Different int64     `json:"different"` // rows held in another state
	RunID     string    `json:"run_id"`
	// Rows that were fetched as new in the same round: they are no differences. Not kept.
	Fetched []string `json:"-"`
}

// RunRecord is one run; the columns of meta.runs.
type RunRecord struct {
	RunID               string     `json:"run_id"`
	StartedAt           time.Time  `json:"started_at"`
	FinishedAt          *time.Time `json:"finished_at"`
	Outcome             string     `json:"outcome"` // complete, partial, failed, interrupted, running
	Reason              *string    `json:"reason"`
	ExitCode            *int       `json:"exit_code"`
	AccountsListed      int64      `json:"accounts_listed"`
	AccountsFetched     int64      `json:"accounts_fetched"`
	AccountsFailed      int64      `json:"accounts_failed"`
	TransactionsNew     int64      `json:"transactions_new"`
	TransactionsChanged int64      `json:"transactions_changed"`
	Reads               int64      `json:"reads"`
	Writes              int64      `json:"writes"`
	CostMicroUSD        int64      `json:"cost_micro_usd"`
	ProgramVersion      string     `json:"program_version"`
	// Part says what it was where it was no ordinary round; "" of those. It is in the journal alone
	Part string `json:"part,omitempty"`
}

// Runs that are no ordinary rounds: what they did not look at may be in any state.
const (
	PartLinked = "linked" // a round of the accounts of one holder, who has just linked some
	PartTask   = "task"   // no round: it links, disconnects, erases, forgets or exports all
)

// OrdinaryRounds are those of runs that looked at all that the configuration selects.
func OrdinaryRounds(runs []FinishedRun) []FinishedRun {
	return slices.DeleteFunc(slices.Clone(runs), func(run FinishedRun) bool { return run.Part != "" })
}

// RunAccount is what a run did with one account; the columns of meta.run_accounts.
type RunAccount struct {
	AccountID    string  `json:"account_id"`
	Outcome      string  `json:"outcome"` // complete, incomplete, failed
	Reason       *string `json:"reason"`
	Pages        int64   `json:"pages"`
	Transactions int64   `json:"transactions"`
	ErrorCode    *string `json:"error_code"`
	RequestID    *string `json:"request_id"`
}

// FinishedRun is a run with its accounts, as the journal keeps it.
type FinishedRun struct {
	RunRecord
	Accounts []RunAccount `json:"accounts,omitempty"`
	Limits   []Limit      `json:"limits,omitempty"` // what left due work undone; in the journal alone
}

// Limit is a limit of the configuration that left due work of accounts undone.
type Limit struct {
	Limit    string `json:"limit"`             // the key of the configuration
	Feature  string `json:"feature,omitempty"` // what was not bought; "" of a limit of reads
	Accounts int64  `json:"accounts"`
}

// Settlement is a person's word that it is right that Stripe does not list an account any more, or,
// undone, that it is not.
type Settlement struct {
	AccountID string    `json:"account_id"`
	Reason    string    `json:"reason"`
	Undone    bool      `json:"undone,omitempty"`
	At        time.Time `json:"at"`
}

// Amend replaces what a run says of accounts by what its merge found out.
func (r *FinishedRun) Amend(accounts []RunAccount) {
	said := append([]RunAccount(nil), r.Accounts...)
	for _, found := range accounts {
		known := false
		for i := range said {
			if said[i].AccountID == found.AccountID {
				said[i].Outcome, said[i].Reason, said[i].ErrorCode = found.Outcome, found.Reason, found.ErrorCode
				known = true
			}
		}
		if !known {
			said = append(said, found)
		}
	}
	if r.Accounts = said; len(accounts) > 0 && r.Outcome == "complete" {
		r.Outcome = "partial"
	}
}
