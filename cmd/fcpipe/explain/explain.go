package explain

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models/text"
	"fcpipe/schema/reader"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

var (
	// ErrUnknown means that no transaction of the id is held.
	ErrUnknown = errors.New("no such transaction is held")
	// ErrOtherModels means that the published file was made by a version of fcpipe without rules of the user.
	ErrOtherModels = errors.New("the published file was derived by another version of fcpipe")
)

// Transaction is a transaction and why it is counted as it is.
type Transaction struct {
	ID              string  `json:"transaction_id"`
	AccountID       string  `json:"account_id"`
	AccountKey      string  `json:"account_key"`
	InstitutionName string  `json:"institution_name"`
	HolderID        *string `json:"holder_id"`
	Description     string  `json:"description"`
	AmountMinor     int64   `json:"amount_minor"`
	Currency        string  `json:"currency"`
	Amount          string  `json:"amount"` // as people write it
	Status          string  `json:"status"`
	TransactedDate  string  `json:"transacted_date"`
	PostedDate      string  `json:"posted_date"`
	Versions        int64   `json:"versions"`

	Reading Reading `json:"reading"`
	Tried   []Step  `json:"tried"`
	Note    *string `json:"note"`
	Belongs

	MerchantKey    string  `json:"merchant_key"`
	MerchantName   *string `json:"merchant_name"`
	Category       string  `json:"category"`
	CategoryLabel  string  `json:"category_label"`
	RuleID         string  `json:"rule_id"`
	RuleVersion    string  `json:"rule_version"`
	RuleStrength   string  `json:"rule_strength"`
	Treatment      string  `json:"treatment"`
	SpendingClass  string  `json:"spending_class"`
	SpendCategory  string  `json:"spend_category"`
	IncludeInSpend bool    `json:"include_in_spend"`
	SpendState     string  `json:"spend_state"`
	Why            string  `json:"why"` // it counts as spending, or does not

	OwnKind     *string `json:"own_kind"` // transfer, named_transfer, card or payment, by its text
	SaysRefund  bool    `json:"says_refund"`
	IsIncome    bool    `json:"is_income"`
	IsRefund    *bool   `json:"is_refund"`
	SellerKey   *string `json:"seller_key"`
	CounterID   *string `json:"counter_id"`
	UserRuleID  *string `json:"user_rule_id"`
	LabelRuleID *string `json:"label_rule_id"`
	Hint        *string `json:"hint_category"`
	Wanted      *bool   `json:"wanted"` // by an override: whether it counts
}

// Reading is how the text was read; what it does not say is "".
type Reading struct {
	Normal       string `json:"normal"`
	Template     string `json:"template"`
	Processor    string `json:"processor"`
	Rail         string `json:"rail"`
	Counterparty string `json:"counterparty"`
	Place        string `json:"place"`
	Reference    string `json:"reference"`
	CardDigits   string `json:"card_digits"`
	Left         string `json:"left"` // of the name, when all else is cut off
	Key          string `json:"merchant_key"`
	Name         string `json:"merchant_name"`
}

// Step is a group of rules, or a rule, that was tried.
type Step struct {
	Rule   string `json:"rule"`
	Hit    bool   `json:"hit"`
	Result string `json:"result"`
}

// Of explains a transaction of the published file.
func Of(ctx context.Context, opened *reader.Reader, id string) (t Transaction, err error) {
	database := opened.Database()
	if err := checkHas(ctx, database, "current"); err != nil {
		return t, err
	}
	err = readRow(ctx, database, "transaction", &t, sql.Named("id", id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("%w: %q", ErrUnknown, id)
	}
	if err != nil {
		return t, err
	}
	t.Amount = schema.Amount(t.AmountMinor, t.Currency)
	read := text.Read(t.Description)
	t.Reading = Reading{
		Normal: read.Normal, Template: read.Template, Processor: read.Processor, Rail: read.Rail,
		Counterparty: read.Counterparty, Place: read.Place, Reference: read.Reference, CardDigits: read.CardDigits,
		Left: read.Merchant, Key: read.Key, Name: read.Name,
	}
	if t.Belongs, err = belongs(ctx, database, id); err != nil {
		return t, err
	}
	t.Why = t.why()
	return t, t.try(ctx, database, read)
}
