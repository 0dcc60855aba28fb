package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Actions are what a fault does. Several may be combined; they happen in the order of the
// groups below.
type Actions struct {
	WorldActions
	AnswerActions
	ListActions
	DeliveryActions
}

// AnswerActions put another answer in the place of the true one.
type AnswerActions struct {
	// an error in Stripe's shape, instead of doing what was asked
	Status   int               `json:"status,omitempty"`
	Code     string            `json:"code,omitempty"`     // its code
	Param    string            `json:"param,omitempty"`    // and the parameter it blames
	Body     string            `json:"body,omitempty"`     // this instead of Stripe's shape
	Empty    bool              `json:"empty,omitempty"`    // nothing instead of Stripe's shape
	HTML     bool              `json:"html,omitempty"`     // a page for browsers; status 0 means 502
	Redirect string            `json:"redirect,omitempty"` // 302 to this address
	Headers  map[string]string `json:"headers,omitempty"`  // on whatever is answered
	// the answer is kept under the idempotency key and replayed
	Remember         bool     `json:"remember,omitempty"`
	CommitThenStatus int      `json:"commit_then_status,omitempty"` // do what was asked, answer this and remember it
	StaleRead        Duration `json:"stale_read,omitempty"`         // answer a GET as it was so long ago
}

// DeliveryActions are what befalls an answer on its way.
type DeliveryActions struct {
	Delay          Duration `json:"delay,omitempty"`            // before the answer
	DropBefore     bool     `json:"drop_before,omitempty"`      // no answer, and nothing is done
	Reset          bool     `json:"reset,omitempty"`            // the same, an older name
	CommitThenDrop bool     `json:"commit_then_drop,omitempty"` // it is done, but the answer is lost
	// how a lost answer looks: reset, timeout, goaway; in process refused and untrusted too
	DropAs     string   `json:"drop_as,omitempty"`
	TruncateAt int      `json:"truncate_at,omitempty"` // the body ends after so many bytes, its length promised more
	ResetAt    int      `json:"reset_at,omitempty"`    // the connection is reset after so many bytes
	Malform    string   `json:"malform,omitempty"`     // cut, trailing, twice, duplicate_keys, bad_utf8: of true length
	Drip       Duration `json:"drip,omitempty"`        // a pause before every 256 bytes
	Endless    bool     `json:"endless,omitempty"`     // spaces for ever (64 MiB)
	GzipBomb   bool     `json:"gzip_bomb,omitempty"`   // 64 KiB that become 64 MiB
}

// Check says what is wrong with a fault; the error begins with the field.
func (f Fault) Check() error {
	if err := f.When.check(); err != nil {
		return err
	}
	if err := f.Do.WorldActions.check(f.When); err != nil {
		return err
	}
	if err := f.Do.ListActions.check(); err != nil {
		return err
	}
	do := f.Do
	if do.nothing() {
		return errors.New("do: nothing to do; README.md of the simulator lists the actions")
	}
	for _, choice := range []struct {
		field, value string
		allowed      []string
	}{
		{"drop_as", do.DropAs, drops},
		{"malform", do.Malform, []string{"cut", "trailing", "twice", "duplicate_keys", "bad_utf8"}},
	} {
		if choice.value != "" && !slices.Contains(choice.allowed, choice.value) {
			return fmt.Errorf("do.%s: %q is not one of %v", choice.field, choice.value, choice.allowed)
		}
	}
	switch {
	case do.Status != 0 && (do.Status < 200 || do.Status > 599),
		do.CommitThenStatus != 0 && (do.CommitThenStatus < 400 || do.CommitThenStatus > 599):
		return errors.New("do.status: an HTTP status is 200 to 599, one after a commit 400 to 599")
	case do.DropAs != "" && !do.DropBefore && !do.Reset && !do.CommitThenDrop:
		return errors.New("do.drop_as: goes with drop_before or commit_then_drop")
	case do.TruncateAt < 0 || do.ResetAt < 0:
		return errors.New("do: truncate_at and reset_at are not negative")
	}
	return nil
}

// nothing reports whether no action is wanted.
func (a Actions) nothing() bool {
	text, err := json.Marshal(a)
	return err == nil && string(text) == "{}"
}

// drops are the ways an answer can be lost.
var drops = []string{"reset", "timeout", "goaway", "refused", "untrusted"}
