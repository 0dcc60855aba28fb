package plan

import (
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// ChargeTransactionsMonth is the kind of charge for a month of transactions; the other kinds are features.
const ChargeTransactionsMonth = "transactions_month"

// Charge is something Stripe bills, once for each Key.
type Charge struct {
	Key             string
	Kind            string // FeatureBalance, FeatureOwnership or ChargeTransactionsMonth
	AmountMicroUSD  int64
	AccountID       *string // of charges for a refresh
	HolderID        *string // of charges for a month; nil when it is not stated
	InstitutionName *string // of charges for a month; nil when it is not stated
	Month           *string // of charges for a month: UTC, YYYY-MM
	At              time.Time
}

// Billable is an account that Stripe may bill.
type Billable struct {
	schema.Account                 // with instants that can be relied on
	Shown          schema.Account  // as Stripe shows it: the instants that name charges
	Ours           map[string]bool // features whose latest refresh we asked for
}

// billedByRefresh are the features that Stripe bills for each refresh.
var billedByRefresh = []string{FeatureBalance, FeatureOwnership}

// Settled are the charges Stripe bills for an account as it is now: balances and owners that we asked
// for, and transactions by the month. They may have been counted before.
func (p Prices) Settled(a Billable) (charges []Charge) {
	if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" {
		charges = append(charges, p.month(a.Account, t.AttemptedAt))
	}
	for _, feature := range billedByRefresh {
		if refresh := RefreshOf(
			a.Account,
			feature,
		); refresh != nil && refresh.Status == "succeeded" &&
			a.Ours[feature] {
			charges = append(charges, p.refreshCharge(a, feature))
		}
	}
	return charges
}

// Accruing are the charges that will come of an account as it is now: of refreshes that are pending, and of
// the months of subscriptions, which Stripe renews without being asked.
func (p Prices) Accruing(a Billable, now time.Time) (charges []Charge) {
	for _, feature := range billedByRefresh {
		if IsPending(RefreshOf(a.Account, feature)) && a.Ours[feature] {
			charges = append(charges, p.refreshCharge(a, feature))
		}
	}
	if t := a.TransactionRefresh; IsPending(t) {
		charges = append(charges, p.month(a.Account, t.AttemptedAt))
	}
	if Unusable(a.Account, FeatureTransactions) == "" && slices.Contains(a.Subscriptions, FeatureTransactions) {
		charges = append(charges, p.month(a.Account, now))
	}
	return charges
}

// Possible is the charge of a purchase that may have been made: no answer came. Its key is the purchase's own,
// for features that are billed for each refresh.
func (p Prices) Possible(a schema.Account, feature, purchase string, now time.Time) Charge {
	if feature == FeatureTransactions {
		return p.month(a, now)
	}
	return Charge{Key: purchase, Kind: feature, AmountMicroUSD: p.Refresh(feature), AccountID: &a.AccountID, At: now}
}

// Started is the charge of a refresh that was started at an instant, should it succeed.
func (p Prices) Started(a schema.Account, feature string, at time.Time) Charge {
	return p.Possible(a, feature, refreshChargeKey(feature, a.AccountID, at), at)
}

func (p Prices) month(a schema.Account, at time.Time) Charge {
	month := Month(at)
	return Charge{
		Key: MonthChargeKey(a, at), Kind: ChargeTransactionsMonth, AmountMicroUSD: p.TransactionsMonth,
		HolderID: a.HolderID, InstitutionName: nonEmpty(a.InstitutionName), Month: &month, At: at,
	}
}

func (p Prices) refreshCharge(a Billable, feature string) Charge {
	return Charge{
		Key:            refreshChargeKey(feature, a.AccountID, RefreshOf(a.Shown, feature).AttemptedAt),
		Kind:           feature,
		AmountMicroUSD: p.Refresh(feature),
		AccountID:      &a.AccountID,
		At:             RefreshOf(a.Account, feature).AttemptedAt,
	}
}

// MonthChargeKey names what Stripe bills for transactions: once for each institution, holder and UTC
// month. An account whose holder is not stated is billed as that of a holder of its own; an institution
// that is not stated is one of its own.
func MonthChargeKey(a schema.Account, at time.Time) string {
	holder := a.AccountID
	if a.HolderID != nil {
		holder = *a.HolderID
	}
	return strings.Join([]string{ChargeTransactionsMonth, holder, a.InstitutionName, Month(at)}, "|")
}

// refreshChargeKey names what Stripe bills for balances and owners: every refresh that succeeds.
func refreshChargeKey(feature, accountID string, attemptedAt time.Time) string {
	return strings.Join([]string{feature, accountID, attemptedAt.UTC().Format(time.RFC3339)}, "|")
}

// Month is the UTC month of an instant, YYYY-MM.
func Month(at time.Time) string { return at.UTC().Format("2006-01") }

// StartOfMonth is the first instant of the UTC month of an instant.
func StartOfMonth(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
