package explain

import (
	"context"
	"database/sql"
	"encoding/json"

	"fcpipe/schema/duck"
)

// Belongs is what a transaction belongs to; what it does not belong to is empty.
type Belongs struct {
	Transfers []Transfer     `json:"transfers"`
	Refunds   []Refund       `json:"refunds"`
	Reversals []Reversal     `json:"reversals"`
	Distress  []Distress     `json:"distress_events"`
	Streams   []Stream       `json:"streams"`
	Parts     []Part         `json:"part_of"`
	Stripe    []StripeLabels `json:"stripe_labels"` // one at most
}

// Row is another transaction.
type Row struct {
	TransactionID string `json:"transaction_id"`
	AccountKey    string `json:"account_key"`
	Date          string `json:"transacted_date"`
	AmountMinor   int64  `json:"amount_minor"`
	Currency      string `json:"currency"`
}

// Transfer is a pair of ledger.transfers of which the transaction is a leg.
type Transfer struct {
	ID       string   `json:"transfer_id"`
	Kind     string   `json:"kind"`
	Status   string   `json:"status"`
	Score    int64    `json:"score"`
	Evidence []string `json:"evidence"`
	LagDays  int64    `json:"lag_days"`
	Leg      string   `json:"leg"` // out or in
	Other    Row      `json:"other"`
}

// Refund is a link of ledger.refund_links: the transaction gives back, or is the purchase.
type Refund struct {
	Role       string `json:"role"` // refund or purchase
	Kind       string `json:"kind"`
	Candidates int64  `json:"candidate_count"`
	LagDays    *int64 `json:"lag_days"`
	Other      *Row   `json:"other"` // null where no purchase is known
}

// Reversal is a pair of ledger.reversals.
type Reversal struct {
	Role    string `json:"role"` // reversal or reversed
	Kind    string `json:"kind"`
	LagDays int64  `json:"lag_days"`
	Other   Row    `json:"other"`
}

// Distress is an event of ledger.distress_events.
type Distress struct {
	Event      string   `json:"event"`
	FirstDay   string   `json:"first_day"`
	LastDay    string   `json:"last_day"`
	Signals    []string `json:"signals"`
	Rows       int64    `json:"row_count"`
	Fees       int64    `json:"fee_count"`
	IsReversed bool     `json:"is_reversed"`
}

// Stream is what recurs and the transaction is a payment of.
type Stream struct {
	ID       string `json:"stream_id"`
	Kind     string `json:"kind"`
	Cadence  string `json:"cadence"`
	Status   string `json:"status"`
	Payments int64  `json:"payment_count"`
	NextDue  string `json:"next_due_date"` // "" when it has ended
}

// Part is another row that stands for the transaction, or that it stands for.
type Part struct {
	What string `json:"what"`
	Row
}

// StripeLabels is what Stripe says that the transaction is.
type StripeLabels struct {
	Merchant           *string `json:"stripe_merchant_name"`
	MerchantConfidence *string `json:"stripe_merchant_confidence"`
	Category           *string `json:"stripe_category"`
	CategoryConfidence *string `json:"stripe_category_confidence"`
	Movement           *string `json:"stripe_movement"`
	MovementConfidence *string `json:"stripe_movement_confidence"`
}

// belongs reads what a transaction belongs to.
func belongs(ctx context.Context, database duck.Queryer, id string) (b Belongs, err error) {
	for name, into := range map[string]func([]byte) error{
		"transfers": appender(&b.Transfers), "refunds": appender(&b.Refunds), "reversals": appender(&b.Reversals),
		"distress": appender(&b.Distress), "streams": appender(&b.Streams), "parts": appender(&b.Parts),
		"stripe_labels": appender(&b.Stripe),
	} {
		if err := statements.EachRow(ctx, database, name, func(scan duck.Scan) error {
			var row string
			if err := scan(&row); err != nil {
				return err
			}
			return into([]byte(row))
		}, sql.Named("id", id)); err != nil {
			return b, err
		}
	}
	return b, nil
}

// appender appends rows, each a JSON object, to a list that is no null in JSON.
func appender[T any](list *[]T) func([]byte) error {
	*list = []T{}
	return func(row []byte) error {
		var one T
		err := json.Unmarshal(row, &one)
		*list = append(*list, one)
		return err
	}
}
