package sync

import (
	"errors"
	"fmt"

	"fcpipe/sync/stripe"
)

var (
	// ErrWrongStore is returned when the key belongs to another Stripe account or mode than the stored data.
	ErrWrongStore = errors.New("the key does not belong to this data")
	// ErrReadAllowance is returned when the read allowance is used up before the accounts could be listed.
	ErrReadAllowance = errors.New("the read allowance is used up")
	// ErrDefaultAllowance is ErrReadAllowance where the configuration says nothing of an allowance.
	ErrDefaultAllowance = fmt.Errorf("%w", ErrReadAllowance)
	// ErrDeadline is returned when the round used up its time.
	ErrDeadline = errors.New("the round's deadline passed")
)

// code is the error code of an account's outcome, and the request it came from.
func code(err error) (code, requestID *string) {
	text, request := stripe.Code(err)
	switch {
	case errors.Is(err, ErrReadAllowance):
		text = codeReads
	case errors.Is(err, errTooManyPages):
		text = codePages
	}
	return &text, nonEmpty(request)
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
