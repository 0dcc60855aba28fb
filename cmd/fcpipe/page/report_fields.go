package page

import (
	"errors"
	"time"
)

// ErrNoHolder means that the file has no account of the holder.
var ErrNoHolder = errors.New("no account of this holder is held")

// schemaVersion is of the JSON: it rises when a field changes its meaning or goes. New fields may come any time.
const schemaVersion = 1

// Report is what is known of a holder, and how far each number may be relied on. Amounts are in minor units.
type Report struct {
	SchemaVersion int       `json:"schema_version"`
	HolderType    string    `json:"holder_type"`
	HolderID      string    `json:"holder_id"`
	AsOf          time.Time `json:"as_of"`      // instant of the newest data
	AsOfDate      string    `json:"as_of_date"` // its date in the report zone; spans end the day before
	Zone          string    `json:"report_zone"`
	Models        string    `json:"models"`         // fingerprint of the definitions the tables were derived by
	Past          *Past     `json:"past,omitempty"` // only of an earlier instant; AsOf is the newest data by then
	Problems      []Problem `json:"problems"`
	Accounts      []Account `json:"accounts"`
	Stated        []Stated  `json:"stated_balances"` // of accounts that are not cash
	Values        []Value   `json:"values"`          // of the holder, then of accounts
	Months        []Month   `json:"months"`          // newest first
	Days          []Day     `json:"days"`            // by currency, oldest first
	Paydays       []Payday  `json:"paydays"`
	Income        []Stream  `json:"income"`
	Obligations   []Stream  `json:"obligations"`
	Recurring     []Stream  `json:"recurring"` // other payments that recur
	Distress      []Event   `json:"distress_events"`
	Large         []Row     `json:"large_rows"`
	Spending      []Spent   `json:"spending"`
	Flags         []Flag    `json:"flags"`

	Requests        []LoanRequest    `json:"loan_requests"` // one of each currency at most
	Affordability   []Projection     `json:"affordability"`
	Characteristics []Characteristic `json:"deposit_characteristics"`
	Business        []BusinessMonth  `json:"business_months"` // newest first; empty without a business

	Changes []Change `json:"changes"`          // of the last 90 days, newest first
	Policy  string   `json:"policy,omitempty"` // name of the policy's file; "" without one
	Reasons []Reason `json:"reasons"`          // what the conditions of the policy say
	Rows    []Row    `json:"rows"`             // those that events cite
	Notice  string   `json:"notice"`
}

// Problem is why numbers must not be relied on as they are.
type Problem struct {
	Code     string `json:"code"`     // never_read, out_of_date, gap, gate_failed, …
	Severity string `json:"severity"` // stop: do not rely on numbers it touches; care
	Words    string `json:"words"`
}

// Account is an account and how far its rows are held.
type Account struct {
	Key           string `json:"account_key"`
	Institution   string `json:"institution_name"`
	Last4         string `json:"last4"`
	Category      string `json:"category"`
	Subcategory   string `json:"subcategory"`
	Status        string `json:"status"`
	CoverageStart string `json:"coverage_start"` // empty when nothing is held, as the next two
	CoverageEnd   string `json:"coverage_end"`
	CoverageBasis string `json:"coverage_basis"`
	CoverageSpans int64  `json:"coverage_spans"`
	FailedGates   string `json:"failed_gates"` // with commas; empty when all passed
	Warnings      string `json:"warnings"`     // gates that could not be tried, and a feed that runs dry
	PendingCount  int64  `json:"pending_count"`
	ClosedDate    string `json:"closed_date"` // empty while it lives
	Shares        *bool  `json:"shares_transactions"`
}

// Stated is the newest balance of an account that is not cash, as the bank states it.
type Stated struct {
	AccountKey string `json:"account_key"`
	Currency   string `json:"currency"`
	Minor      int64  `json:"current_minor"` // negative is owed by the holder
	Day        string `json:"balance_date"`
}

// Value is an attribute over a span, see underwriting.attribute_values. At most one value is set.
type Value struct {
	AccountKey string   `json:"account_key"` // empty of the holder
	Currency   string   `json:"currency"`
	Attribute  string   `json:"attribute"`
	Label      string   `json:"label"`
	Unit       string   `json:"unit"`
	Definition string   `json:"definition"`
	Gate       string   `json:"gate"`
	Window     string   `json:"window"`
	Integer    *int64   `json:"value_integer"`
	Double     *float64 `json:"value_double"`
	Date       string   `json:"value_date,omitempty"`
	Text       string   `json:"value_text,omitempty"` // a word of a short list
	State      string   `json:"value_state"`
	Reason     string   `json:"state_reason,omitempty"`
	Covered    *int64   `json:"covered_days"`
	LowerBound *int64   `json:"lower_bound_days"` // it has not happened in so many days; nil for all others
	Count      *int64   `json:"transaction_count"`
}

// Month is a calendar month of the holder's cash accounts, see underwriting.cash_flow_month. Income, debt service and
// spending are those of expenses.income_statement_month, which goes by the day of the purchase, counts cards too, and
// leaves out money of which no text says what it is.
type Month struct {
	Currency     string `json:"currency"`
	Month        string `json:"month"`
	FlowState    string `json:"flow_state"`
	Partial      bool   `json:"is_partial"`
	In           *int64 `json:"inflow_gross_minor"`
	Out          *int64 `json:"outflow_gross_minor"`
	Opening      *int64 `json:"opening_balance_minor"`
	Closing      *int64 `json:"closing_balance_minor"`
	Average      *int64 `json:"average_balance_minor"`
	Minimum      *int64 `json:"minimum_balance_minor"`
	NegativeDays *int64 `json:"negative_days"`
	Fees         *int64 `json:"nsf_overdraft_fee_count"`
	BalanceState string `json:"balance_state"`
	Covered      *int64 `json:"covered_flow_per_mille"` // nil when not known
	Income       *int64 `json:"income_minor"`
	Spending     *int64 `json:"spending_minor"`
	DebtService  *int64 `json:"debt_service_minor"`
	Qualified    *int64 `json:"qualified_income_minor"` // tiers T1 and T2 of underwriting.income_month
	Unqualified  *int64 `json:"other_income_minor"`     // its tiers T3 and T4
}

// Day is the balance of all cash accounts at the end of a day.
type Day struct {
	Currency string `json:"currency"`
	Day      string `json:"day"`
	Minor    int64  `json:"end_of_day_minor"`
	Proved   bool   `json:"is_proved"` // between two observed balances, in every account
	Broken   bool   `json:"is_broken"` // balances and rows disagree in an account
}

// Payday is a due date of income, and what came of it.
type Payday struct {
	Currency string `json:"currency"`
	Day      string `json:"day"` // of the payment, else the due date
	Due      string `json:"due_date"`
	State    string `json:"state"` // on_time, early, late, missed or due
	Payer    string `json:"payer"`
	Minor    int64  `json:"amount_minor"` // paid, or expected
	Row      string `json:"transaction_id,omitempty"`
}

// Stream is what recurs. Its name is empty where what it pays for must not be named.
type Stream struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Cadence  string `json:"cadence"`
	Status   string `json:"status"`
	Tier     string `json:"tier"` // of income T1 to T4, of an obligation: pattern where only its pattern says so
	Payments int64  `json:"payment_count"`
	Missed   int64  `json:"missed_count"`
	Median   int64  `json:"median_minor"`
	Lowest   *int64 `json:"minimum_minor"` // nil of what has no schedule, as the next two
	Highest  *int64 `json:"maximum_minor"`
	Monthly  *int64 `json:"monthly_minor"`
	First    string `json:"first_date"`
	Last     string `json:"last_date"`
	Next     string `json:"next_due_date"` // empty when ended
	IsNew    bool   `json:"is_new"`        // its first payment is of the last 90 days, and rows of before are held
	Gate     string `json:"gate"`          // open, protected, collapse or block
	ID       string `json:"stream_id"`
}

// Event is want of money on an account, see ledger.distress_events.
type Event struct {
	AccountKey string   `json:"account_key"`
	Currency   string   `json:"currency"`
	First      string   `json:"first_day"`
	Last       string   `json:"last_day"`
	Signals    []string `json:"signals"`
	FeeCount   int64    `json:"fee_count"`
	FeeMinor   *int64   `json:"fee_minor"`
	Returned   int64    `json:"returned_count"`
	Again      int64    `json:"representment_count"`
	BackMinor  *int64   `json:"reversed_minor"`
	IsReversed bool     `json:"is_reversed"`
	RowIDs     []string `json:"transaction_ids"`
}

// Row is a transaction. Its text is empty where its category must not be named.
type Row struct {
	ID         string `json:"transaction_id"`
	AccountKey string `json:"account_key"`
	Currency   string `json:"currency"`
	Day        string `json:"posted_date"`
	Minor      int64  `json:"amount_minor"`
	Text       string `json:"text"`
}

// Spent is what was spent in a category in each of the last complete months, oldest first.
type Spent struct {
	Currency string   `json:"currency"`
	Category string   `json:"category"`
	Need     string   `json:"need"`
	Months   []string `json:"months"`
	Minor    []*int64 `json:"net_minor"`
}

// Change is what became true of a holder on a day, see underwriting.monitoring_events.
type Change struct {
	Day        string `json:"event_date"`
	Kind       string `json:"kind"`
	Currency   string `json:"currency"`
	AccountKey string `json:"account_key"` // empty of the holder
	Minor      *int64 `json:"amount_minor"`
}

// Flag is what a person should look at before relying on the numbers.
type Flag struct {
	Code     string `json:"code"`
	Words    string `json:"words"`
	Currency string `json:"currency"`
	Count    int64  `json:"transaction_count"`
	Minor    *int64 `json:"amount_minor"`
	First    string `json:"first_day"`
	Last     string `json:"last_day"`
}

// notice stands in every report.
const notice = "This describes what banks shared. It is no credit score, no recommendation and no consumer report."

// emptyReport has lists without anything in them: in JSON they are lists, too.
func emptyReport() Report {
	return Report{
		SchemaVersion: schemaVersion, Notice: notice, Problems: []Problem{}, Accounts: []Account{},
		Stated: []Stated{}, Values: []Value{}, Months: []Month{}, Days: []Day{}, Paydays: []Payday{},
		Income: []Stream{}, Obligations: []Stream{}, Recurring: []Stream{}, Distress: []Event{}, Large: []Row{},
		Spending: []Spent{}, Flags: []Flag{}, Changes: []Change{}, Reasons: []Reason{}, Rows: []Row{},
		Affordability: []Projection{}, Characteristics: []Characteristic{}, Business: []BusinessMonth{},
		Requests: []LoanRequest{},
	}
}
