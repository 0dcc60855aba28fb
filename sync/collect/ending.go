package collect

import "slices"

// Ending is how a client says that a session ended. It is a hint for words: Stripe says what was linked.
type Ending struct {
	Outcome string `json:"outcome"` // completed, cancelled or failed
	Code    string `json:"code"`    // of Stripe.js, where it failed; "" is not known
}

// Outcomes a client may tell.
const (
	Completed = "completed"
	Cancelled = "cancelled"
	Failed    = "failed"
)

// IsKnown reports whether a client told an outcome that there is.
func (e Ending) IsKnown() bool {
	return slices.Contains([]string{Completed, Cancelled, Failed}, e.Outcome) && len(e.Code) <= 100
}

// How Stripe.js fails: a bank cannot be reached; or the session is too old, or was used already.
const (
	bankUnavailable = "financial_connections_institution_unavailable"
	sessionOver     = "invalid_request_error"
)

// step is what a page shows after a session without accounts, and why.
func (e Ending) step() (step, reason string) {
	switch {
	case e.Outcome == Failed && e.Code == bankUnavailable:
		return StepFailed, "Your bank cannot be reached at the moment. Nothing was shared. Try again later, or " +
			"choose another bank."
	case e.Outcome == Failed && e.Code == sessionOver:
		return StepFailed, "Stripe's window was open for too long, or was used already. Nothing was shared."
	case e.Outcome == Failed:
		return StepFailed, "The connection to your bank did not work. Nothing was shared."
	}
	return StepNothing, "Nothing was shared: the window was closed, or no account was chosen."
}
