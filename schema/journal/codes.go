package journal

import "slices"

// Error codes of what a run did with an account that are our own verdict, not Stripe's.
const (
	CodeRowsRefused   = "rows_refused"
	CodePartRefused   = "part_refused" // of the account; its rows are held
	CodeElsewhere     = "seen_elsewhere"
	CodeUnconfirmed   = "refresh_not_confirmed"
	CodeOwnersRefused = "owners_refused"
	CodeBackoff       = "backoff" // refused again and again: not read in this round
	CodeReads         = "read_allowance"
	CodeDeadline      = "deadline"
	CodeRegressed     = "older_state_shown"
	CodePages         = "too_many_pages"
	CodeNotListed     = "not_listed"
	CodeClosed        = "closed_while_read"
	CodeNotReadAgain  = "not_read_again" // after a page without a row
	CodeCursorUnknown = "cursor_unknown" // complete all the same: the account was listed whole
)

// renamedCodes are the codes that earlier versions wrote, and what they are called now.
var renamedCodes = map[string]string{
	"resting": CodeBackoff,
}

// currentAccounts are outcomes as an earlier version may have written them, with the codes of today.
func currentAccounts(accounts []RunAccount) []RunAccount {
	isOld := func(a RunAccount) bool { return a.ErrorCode != nil && renamedCodes[*a.ErrorCode] != "" }
	if !slices.ContainsFunc(accounts, isOld) {
		return accounts
	}
	renamed := slices.Clone(accounts)
	for i, a := range renamed {
		if isOld(a) {
			renamed[i].ErrorCode = new(renamedCodes[*a.ErrorCode])
		}
	}
	return renamed
}
