package schema

// Labels are what Stripe says a transaction is. They are a preview: most rows have none, and they come when Stripe has
// made them, which changes nothing else of the row. The sets of labels are not published, so every text is kept as it
// came. A part that is nil was not stated.
type Labels struct {
	TransactionID      string
	AccountID          string
	MerchantName       *string
	MerchantConfidence *string // low, medium, high, very_high
	MoneyMovement      Label
	PersonalFinance    Label
	Extra              *string // JSON object of other taxonomies, and of fields fcpipe has no column for
}

// Label is what a transaction is in one taxonomy.
type Label struct {
	Primary    *string
	Detailed   *string
	Confidence *string // low, medium, high, very_high
}

// Empty reports whether Stripe stated nothing.
func (l Labels) Empty() bool {
	none := Label{}
	return l.MerchantName == nil && l.MerchantConfidence == nil && l.MoneyMovement == none &&
		l.PersonalFinance == none && l.Extra == nil
}

// TaxonomyMerchant stands for the names of merchants among the taxonomies.
const TaxonomyMerchant = "merchant"

// StatusLabelled is the status of a taxonomy in which Stripe has labelled what it has of an account.
const StatusLabelled = "completed"

// LabelState is how far the labels of an account are in one taxonomy: what Stripe says, and up to where they are held.
type LabelState struct {
	AccountID string
	Taxonomy  string // money_movement, personal_finance, …, or TaxonomyMerchant
	Status    string // pending, completed
	// AfterRefreshID is the refresh after which rows were listed; nil where all were. The state counts only where
	// labels are held up to there.
	AfterRefreshID *string
	// ThroughRefreshID is the newest refresh whose rows were read when they had their labels; nil is none
	ThroughRefreshID *string
}

// Continues reports whether labels are held up to where those of a state begin.
func (l LabelState) Continues(held LabelState) bool {
	after, through := l.AfterRefreshID, held.ThroughRefreshID
	return after == nil || through != nil && *after == *through
}
