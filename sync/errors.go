package sync

import (
	"context"
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

// landError is a failure of our own disk, which ends the round.
type landError struct{ error }

func (e landError) Unwrap() error { return e.error }

// endsRound returns the error a round ends with because of err: a refused key, an outage, our own disk, or why ctx
// has ended. It is nil where err is nil, or concerns only what was asked for.
func endsRound(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stripe.ErrKeyRefused), errors.Is(err, stripe.ErrOutage), errors.As(err, new(landError)):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return nil
}

// code is the error code of an account's outcome, and the request it came from.
func code(err error) (code, requestID *string) {
	text, request := stripe.Code(err)
	switch {
	case errors.Is(err, ErrReadAllowance):
		text = codeReads
	case errors.Is(err, stripe.ErrTooManyPages):
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

// orEmpty is the text behind a pointer; "" for nil.
func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
