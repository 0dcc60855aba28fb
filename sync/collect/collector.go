package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"fcpipe/sync/stripe"
)

// Options configure a Collector.
type Options struct {
	Client   *stripe.Client // of the Stripe account that data is shared with
	Livemode bool           // of the client's key
	// PreviewVersion is the Stripe-Version of previews that the operator has access to. Without it: no hosted session,
	// no relinking by authorization, no consent object.
	PreviewVersion string
	// NewKey makes an idempotency key that was never used. A session is sent again under its key, never made twice.
	NewKey func() string
}

// Collector makes holders and sessions. It is safe for concurrent use.
type Collector struct{ options Options }

// New returns a collector. It sends nothing.
func New(options Options) *Collector { return &Collector{options} }

var (
	// ErrNoHolder is returned for a holder that Stripe does not know, or that cannot link accounts.
	ErrNoHolder = errors.New("no such holder")
	// ErrNotEnabled is returned when the Stripe account may not open such a session: it is not registered for Financial
	// Connections, or not for a permission, or has no access to a preview.
	ErrNotEnabled = errors.New("the Stripe account may not do this")
	// ErrNoSession is returned for a session that Stripe does not know, or that belongs to another holder.
	ErrNoSession = errors.New("no such session")
	// ErrUnusedPermission is returned for a permission that nothing reads and that no person named.
	ErrUnusedPermission = errors.New("nothing reads this permission")
	// ErrNoPermission is returned for a permission that Stripe does not have.
	ErrNoPermission = errors.New("no such permission")
	// ErrNeedsPreview is returned for what needs Options.PreviewVersion, where it is not set.
	ErrNeedsPreview = errors.New("this is a preview of Stripe's")
)

const (
	// sessionVersion is the API version of sessions: the one whose parameters this package was written and tested for.
	// It knows customer_account, limits and manual_entry, which the version of other requests does not.
	sessionVersion = "2026-08-26.dahlia"
	// accountsV2Version is the version that Accounts v2 are asked for under, where the operator set no preview version.
	accountsV2Version = "2026-08-26.preview"
)

func (c *Collector) accountsVersion() string {
	return cmp.Or(c.options.PreviewVersion, accountsV2Version)
}

func (c *Collector) mode() string {
	if c.options.Livemode {
		return "live mode"
	}
	return "test mode"
}

func (c *Collector) get(ctx context.Context, operation, path string) (*stripe.Reply, error) {
	return c.options.Client.Get(ctx, operation, path, nil)
}

// refusedAnswer is an answer that is not what the API promises.
func refusedAnswer(reply *stripe.Reply, problem string) error {
	return &stripe.PageError{RequestID: reply.RequestID, Problem: problem}
}

// openList takes a page of a list apart.
func openList(body []byte) (rows [][]byte, hasMore bool, err error) {
	var list struct {
		Object  string            `json:"object"`
		Data    []json.RawMessage `json:"data"`
		HasMore bool              `json:"has_more"`
	}
	if json.Unmarshal(body, &list) != nil || list.Object != "list" {
		return nil, false, errors.New("not a list")
	}
	for _, row := range list.Data {
		rows = append(rows, row)
	}
	return rows, list.HasMore, nil
}

// notEnabled says what it means that Stripe refuses a session.
func (c *Collector) notEnabled(err error, h Holder) error {
	api, is := errors.AsType[*stripe.APIError](err)
	switch {
	case !is || errors.Is(err, stripe.ErrKeyRefused):
		return err
	case api.Status == http.StatusForbidden:
		return fmt.Errorf("%w: it may not open Financial Connections sessions: %w", stripe.ErrKeyRefused, err)
	case api.Code == "resource_missing":
		return fmt.Errorf("%w: %s is unknown to Stripe in %s", ErrNoHolder, h, c.mode())
	case api.Status == http.StatusBadRequest:
		return fmt.Errorf("%w%s: %w", ErrNotEnabled, about(api.Param), err)
	}
	return err
}

// about names a parameter that Stripe found wrong.
func about(param string) string {
	if param == "" {
		return ""
	}
	return " (" + param + ")"
}
