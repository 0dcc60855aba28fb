package plan

// Reasons of decisions: a closed list.
const (
	ReasonDue            = "due"
	ReasonFirst          = "first"
	ReasonRetry          = "retry"
	ReasonRetryLater     = "retry_later"
	ReasonNotSubscribed  = "not_subscribed"
	ReasonPending        = "pending"
	ReasonNewRows        = "new_rows"
	ReasonUpToDate       = "up_to_date"
	ReasonFresh          = "fresh"
	ReasonRefreshFailed  = "refresh_failed"
	ReasonNeverRefreshed = "never_refreshed"
	ReasonInactive       = "inactive"
	ReasonDisconnected   = "disconnected"
	ReasonNoPermission   = "no_permission"
	ReasonOff            = "off"
	ReasonBudgetNotSet   = "budget_not_set"
	ReasonOverBudget     = "over_budget"
	ReasonReadAllowance  = "read_allowance"
	ReasonClockDrift     = "clock_drift"
	ReasonNotConfirmed   = "not_confirmed"
	ReasonNotRead        = "not_read"
	ReasonBackoff        = "backoff"
	ReasonPaced          = "paced"
	ReasonChanged        = "changed"
	ReasonUnchanged      = "unchanged"
	ReasonMissing        = "missing"
)

var reasonTexts = map[string]string{
	ReasonDue:   "the last refresh is older than its interval",
	ReasonFirst: "never refreshed before",
	ReasonRetry: "the last refresh failed; it is tried again",
	ReasonRetryLater: "the last refresh failed; it is tried again after a day, then after two, four and so on " +
		"up to its interval",
	ReasonNotSubscribed:  "not subscribed to daily refreshes yet",
	ReasonPending:        "Stripe is still asking the bank",
	ReasonNewRows:        "a refresh brought something we do not hold",
	ReasonUpToDate:       "everything the last refresh brought is held",
	ReasonFresh:          "refreshed within its interval, or not yet available again",
	ReasonRefreshFailed:  "the last refresh failed; what it would have brought comes with the next one",
	ReasonNeverRefreshed: "never refreshed, and the configuration does not ask for it",
	ReasonInactive:       "the bank connection broke; the holder has to link the account again",
	ReasonDisconnected:   "the holder disconnected it; nothing more is read",
	ReasonNoPermission:   "the holder did not share it",
	ReasonOff:            "switched off in the configuration",
	ReasonBudgetNotSet:   "a live key buys nothing before budget.max_usd_per_month is set",
	ReasonOverBudget:     "it would go over the budget",
	ReasonReadAllowance:  "stripe.reads_per_30_days is used up",
	ReasonNotConfirmed:   "an earlier request was never answered and started nothing; it is sent again under its key",
	ReasonNotRead:        "it could not be read again, and nothing is bought on what was stored earlier",
	ReasonPaced: "its turn comes: stripe.reads_per_30_days does not carry every account each day, so the " +
		"stalest are read first",
	ReasonBackoff:    "rows were refused again and again; the account is read less and less often, at least daily",
	ReasonChanged:    "its transactions were refreshed since the last balance",
	ReasonUnchanged:  "its transactions were not refreshed since the last balance (mode on_change)",
	ReasonMissing:    "held, and Stripe does not list it any more; what is held is kept",
	ReasonClockDrift: "this machine's clock is over five minutes off; nothing is bought until it is right",
}

// Explain is a reason as a sentence for people.
func Explain(reason string) string { return reasonTexts[reason] }
