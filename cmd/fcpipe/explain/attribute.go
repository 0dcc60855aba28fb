package explain

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

var (
	// ErrNoAttribute means that no attribute has the name.
	ErrNoAttribute = errors.New("no such attribute")
	// ErrNotOf means that the attribute is not computed for what is asked.
	ErrNotOf = errors.New("the attribute is not computed")
)

// AttributeQuestion names one attribute of a holder, or of one of its accounts.
type AttributeQuestion struct {
	Name, Holder string
	Account      string // "" is the holder as a whole
	Window       string // "" is 90d, or the first one the attribute has
}

// Attribute is an attribute of a holder over each of its spans, and what one of these was computed from.
type Attribute struct {
	Name       string   `json:"attribute"`
	Label      string   `json:"label"`
	Unit       string   `json:"unit"`
	Windows    []string `json:"windows"`
	OfAccounts bool     `json:"of_accounts"`
	OfHolders  bool     `json:"of_holders"`
	Needs      string   `json:"needs"`
	Gate       string   `json:"gate"`
	Definition string   `json:"definition"`
	Formula    string   `json:"formula"`
	Source     string   `json:"source"`

	HolderID   string           `json:"holder_id"`
	AccountKey string           `json:"account_key"` // "" of the holder as a whole
	AsOfDate   string           `json:"as_of_date"`
	Watermark  string           `json:"watermark"`
	Taxonomy   string           `json:"taxonomy_version"`
	Values     []AttributeValue `json:"values"`
	Window     string           `json:"lines_of_window"`
	Lines      []Line           `json:"lines"`
}

// AttributeValue is the value over a span, see underwriting.attribute_values.
type AttributeValue struct {
	Currency         string   `json:"currency"`
	Window           string   `json:"window_name"`
	FirstDay         *string  `json:"first_day"` // null of now
	LastDay          *string  `json:"last_day"`
	Integer          *int64   `json:"value_integer"`
	Double           *float64 `json:"value_double"`
	Date             *string  `json:"value_date"`
	Text             *string  `json:"value_text"`
	State            string   `json:"value_state"`
	Reason           *string  `json:"state_reason"`
	CoveredDays      *int64   `json:"covered_days"`
	LowerBoundDays   *int64   `json:"lower_bound_days"`
	TransactionCount *int64   `json:"transaction_count"`
	CoverageStart    *string  `json:"coverage_start"`
	CoverageEnd      *string  `json:"coverage_end"`
}

// Line is a transaction that a value counts, or a day whose balance it is computed from, see underwriting.lineage.
type Line struct {
	Currency      string  `json:"currency"`
	Evidence      string  `json:"evidence"` // transaction or balance
	Part          string  `json:"part"`     // value, over or read
	AccountKey    string  `json:"of_account_key"`
	TransactionID *string `json:"transaction_id"`
	Version       *int64  `json:"version"`
	Day           string  `json:"day"`
	Counted       int64   `json:"counted"`
	AmountMinor   int64   `json:"amount_minor"`
	Category      *string `json:"category"`
	Treatment     *string `json:"treatment"`
	RuleID        *string `json:"rule_id"` // of a balance how it is known
	RuleVersion   *string `json:"rule_version"`
	Proof         *string `json:"proof"`
}

// OfAttribute explains an attribute of a file or of a replay. ErrNoAttribute, ErrNotOf and ErrOtherModels say why not.
func OfAttribute(ctx context.Context, database duck.Queryer, q AttributeQuestion) (a Attribute, err error) {
	if err := checkHas(ctx, database, "has_lineage"); err != nil {
		return a, err
	}
	err = readRow(ctx, database, "attribute", &a, sql.Named("attribute", q.Name))
	if errors.Is(err, sql.ErrNoRows) {
		return a, noAttribute(ctx, database, q.Name)
	}
	if err != nil {
		return a, err
	}
	if err := readRow(ctx, database, "attribute_as_of", &a); err != nil {
		return a, err
	}
	a.HolderID, a.AccountKey = q.Holder, q.Account
	if err := a.read(ctx, database, q); err != nil {
		return a, err
	}
	return a, nil
}

// read reads the values, and the lines of one span.
func (a *Attribute) read(ctx context.Context, database duck.Queryer, q AttributeQuestion) (err error) {
	if a.Window, err = a.window(q.Window); err != nil {
		return err
	}
	arguments := []any{
		sql.Named("holder", q.Holder), sql.Named("account", q.Account), sql.Named("attribute", q.Name),
	}
	if err := readJSON(ctx, database, "attribute_values", &a.Values, arguments...); err != nil {
		return err
	}
	if len(a.Values) == 0 {
		return a.notOf(ctx, database, q)
	}
	return readJSON(ctx, database, "attribute_lines", &a.Lines, append(arguments, sql.Named("window", a.Window))...)
}

// window is the span whose lines are shown.
func (a *Attribute) window(wanted string) (string, error) {
	switch {
	case wanted == "" && slices.Contains(a.Windows, "90d"):
		return "90d", nil
	case wanted == "" && len(a.Windows) > 0:
		return a.Windows[0], nil
	case !slices.Contains(a.Windows, wanted):
		return "", fmt.Errorf("%w over %q; --window takes %s", ErrNotOf, wanted, strings.Join(a.Windows, ", "))
	}
	return wanted, nil
}

// noAttribute names the attributes that a name may be meant for.
func noAttribute(ctx context.Context, database duck.Queryer, name string) error {
	var near []string
	group, _, _ := strings.Cut(name, "_")
	if err := statements.EachRow(ctx, database, "attribute_names", func(scan duck.Scan) error {
		var known string
		err := scan(&known)
		if strings.Contains(known, name) || strings.Contains(name, known) || strings.HasPrefix(known, group+"_") {
			near = append(near, known)
		}
		return err
	}); err != nil {
		return err
	}
	if len(near) == 0 {
		return fmt.Errorf("%w: %q", ErrNoAttribute, name)
	}
	return fmt.Errorf("%w: %q; there are %s", ErrNoAttribute, name, strings.Join(near, ", "))
}

// notOf says of what the attribute is computed.
func (a *Attribute) notOf(ctx context.Context, database duck.Queryer, q AttributeQuestion) error {
	var accounts []string
	if err := statements.EachRow(ctx, database, "attribute_accounts", func(scan duck.Scan) error {
		var key string
		err := scan(&key)
		if key != "" {
			accounts = append(accounts, key)
		}
		return err
	}, sql.Named("holder", q.Holder)); err != nil {
		return err
	}
	switch {
	case q.Account == "" && !a.OfHolders:
		return fmt.Errorf("%w for holders; name an account with --account: %s", ErrNotOf, strings.Join(accounts, ", "))
	case q.Account != "" && !a.OfAccounts:
		return fmt.Errorf("%w for accounts: leave out --account", ErrNotOf)
	case q.Account != "":
		return fmt.Errorf("%w for account %q of this holder, whose accounts are %s", ErrNotOf, q.Account,
			strings.Join(accounts, ", "))
	}
	return fmt.Errorf("%w for %q: no account of this holder is held", ErrNotOf, q.Holder)
}

// checkHas asks a statement whether a file has what is read next; ErrOtherModels where it has not.
func checkHas(ctx context.Context, database duck.Queryer, name string) error {
	var has bool
	if err := database.QueryRowContext(ctx, statements.Get(name)).Scan(&has); err != nil {
		return err
	}
	if !has {
		return ErrOtherModels
	}
	return nil
}

// readRow reads the one row of a statement, a JSON object; sql.ErrNoRows where there is no row.
func readRow(ctx context.Context, database duck.Queryer, name string, into any, arguments ...any) error {
	var row string
	if err := database.QueryRowContext(ctx, statements.Get(name), arguments...).Scan(&row); err != nil {
		return err
	}
	return json.Unmarshal([]byte(row), into)
}

// readJSON reads rows, each a JSON object, into a list that is no null in JSON.
func readJSON[T any](
	ctx context.Context, database duck.Queryer, name string, list *[]T, arguments ...any,
) error {
	add := appender(list)
	return statements.EachRow(ctx, database, name, func(scan duck.Scan) error {
		var row string
		if err := scan(&row); err != nil {
			return err
		}
		return add([]byte(row))
	}, arguments...)
}
