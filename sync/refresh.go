package sync

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// refreshPlanned asks for what the plan decided to buy. The intent of each purchase is durable before it is sent. A
// purchase that fails concerns its account alone, and an outage ends buying alone. Only a refused key ends the round.
func (r *round) refreshPlanned(ctx context.Context) error {
	var wanted []plan.Decision
	for _, d := range r.report.Plan.Decisions {
		if d.Buys() {
			wanted = append(wanted, d)
		}
	}
	announced := map[string]journal.Intent{} // by earlier runs
	for _, intent := range r.journal.OpenIntents() {
		announced[intent.AccountID+intent.Feature+intent.Operation] = intent
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.syncer.options.Stripe.Concurrency, 1))
	for i, d := range wanted {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx) // no intent for what will not be sent
			}
			if plan.Month(r.syncer.Now()) != plan.Month(r.report.Plan.At) {
				return nil // the plan's budget was another month's: the next round decides
			}
			r.syncer.options.Progress(Progress{Phase: "refresh", Done: i, Total: len(wanted)})
			if r.justify(d.AccountID, plan.Use{Feature: d.Feature, Refreshes: true}) != nil {
				return nil // an answer since the plan showed that it is not shared any more
			}
			if intent, open := announced[d.AccountID+d.Feature+d.Action]; open {
				return r.sendPurchase(ctx, intent) // again, under its key
			}
			return r.purchase(ctx, r.intentFor(d))
		})
	}
	return group.Wait()
}

// whileAnswered keeps an outage of purchases, which ends buying, from ending the round. The round still reads what is
// there, and returns the outage at its end. A later round settles the open intents.
func (r *round) whileAnswered(err error) error {
	if !errors.Is(err, stripe.ErrOutage) {
		return err
	}
	r.outage = fmt.Errorf("no purchase was answered, none was tried again: %w", err)
	return nil
}

// intentFor derives a purchase: the same decision in the same window has the same key.
func (r *round) intentFor(d plan.Decision) journal.Intent {
	a := r.account(d.AccountID)
	every, refresh := r.syncer.options.Policy.Of(d.Feature).Every, plan.RefreshOf(a.Account, d.Feature)
	now := r.syncer.Now()
	intent := journal.Intent{
		Operation: d.Action,
		AccountID: d.AccountID,
		Feature:   d.Feature,
		LastSeen:  lastSeen(refresh),
		Attempt:   1,
		At:        now,
		RunID:     r.runID,
		Window:    strconv.FormatInt(now.Unix()/max(int64(every/time.Second), 1), 10),
	}
	for {
		intent.Key = deriveKey(orEmpty(a.StripeAccountID), intent)
		if result, ended := r.journal.Result(intent.Key); !ended || result.Outcome != journal.ResultRejected {
			return intent
		}
		intent.Attempt++ // Stripe refused this key: it would repeat the refusal
	}
}

// lastSeen names the newest attempt we know of, so that a later one is recognised.
func lastSeen(refresh *schema.RefreshState) string {
	switch {
	case refresh == nil:
		return ""
	case refresh.RefreshID != nil:
		return *refresh.RefreshID
	}
	return refresh.AttemptedAt.UTC().Format(time.RFC3339)
}

func deriveKey(stripeAccountID string, i journal.Intent) string {
	parts := []string{
		stripeAccountID, i.AccountID, i.Operation, i.Feature, i.LastSeen, i.Window, strconv.Itoa(i.Attempt),
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return "fc1-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// purchase makes an intent durable, sends it and records the result. Without an answer the intent stays open, and the
// next round finds out what became of it before it buys for that account again.
func (r *round) purchase(ctx context.Context, intent journal.Intent) error {
	if result, ended := r.journal.Result(intent.Key); ended && result.Outcome == journal.ResultUnknown {
		return nil // it may have been bought: not again in this window
	}
	if err := r.journal.RecordIntent(intent); err != nil {
		return err
	}
	return r.sendPurchase(ctx, intent)
}

func (r *round) sendPurchase(ctx context.Context, intent journal.Intent) error {
	src := r.sourceOf(r.account(intent.AccountID).Account)
	use := r.using(ctx, intent.AccountID, plan.Use{Feature: intent.Feature, Refreshes: true})
	answer, err := src.client.Post(use, intent.Operation, stripe.Path("accounts", intent.AccountID, intent.Operation),
		url.Values{"features[]": {intent.Feature}}, intent.Key)
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	var api *stripe.APIError
	switch {
	case errors.As(err, &api) && api.Refused() &&
		api.Status != http.StatusConflict && api.Status != http.StatusTooManyRequests:
		if api.Code != "financial_connections_account_inactive" { // became so a moment ago: reported, not a failure
			r.fail(intent.AccountID, "refresh refused", err)
		}
		return r.journal.RecordResult(
			journal.RefreshResult{
				Key:       intent.Key,
				Outcome:   journal.ResultRejected,
				RequestID: api.RequestID,
				At:        r.syncer.Now(),
			},
		)
	case err != nil:
		r.fail(intent.AccountID, "refresh not confirmed", err)
		return nil
	}
	shown, err := r.syncer.oneAccount(answer, intent.AccountID, src)
	if err != nil {
		r.fail(intent.AccountID, "refresh not confirmed", err)
		return nil
	}
	if r.accept(shown); plan.RefreshOf(shown.Account, intent.Feature) == nil {
		// it stays open until the account shows what was started
		r.incomplete(intent.AccountID, codeUnconfirmed, "a refresh was asked for, and the account does not show it")
		return nil
	}
	return r.conclude(intent, shown, journal.ResultStarted, answer.RequestID)
}

// conclude closes an intent with the attempt it started.
func (r *round) conclude(intent journal.Intent, shown reading, outcome, requestID string) error {
	result := journal.RefreshResult{Key: intent.Key, Outcome: outcome, RequestID: requestID, At: r.syncer.Now()}
	if refresh := plan.RefreshOf(
		shown.Account,
		intent.Feature,
	); refresh != nil &&
		lastSeen(refresh) != intent.LastSeen {
		result.AttemptedAt, result.RefreshID = &refresh.AttemptedAt, orEmpty(refresh.RefreshID)
	}
	return r.journal.RecordResult(result)
}

const (
	// keyKept is how long Stripe surely remembers an idempotency key, less an hour.
	keyKept = 23 * time.Hour
	// missedFor is how long an account that is not shown, or cannot be decoded, may still
	// come back and show what was bought for it.
	missedFor = 30 * 24 * time.Hour
)

// unanswered is a purchase announced and never concluded, and what became of it.
type unanswered struct {
	journal.Intent
	shown bool // its account was read in this round
	// adopted or unknown. "" is open: it was not bought, or where the account was not read, perhaps was
	outcome string
}

// unanswered judges the open purchases by the accounts as they are now.
func (r *round) unanswered() []unanswered {
	var all []unanswered
	for _, intent := range r.journal.OpenIntents() {
		a, listed := r.find(intent.AccountID)
		all = append(all, unanswered{intent, listed, r.judge(intent, a, listed)})
	}
	return all
}

// judge says what became of a purchase. It is adopted where the account shows the refresh it started, and unknown where
// the account will not show it any more, or the configuration would not make that purchase now.
func (r *round) judge(intent journal.Intent, a reading, listed bool) string {
	refresh, age := plan.RefreshOf(a.Account, intent.Feature), r.syncer.Now().Sub(intent.At)
	switch {
	case refresh != nil && !a.Lacks(refreshParts[intent.Feature]) && lastSeen(refresh) != intent.LastSeen &&
		!refresh.AttemptedAt.Before(intent.At.Add(-time.Minute)):
		return journal.ResultAdopted
	case (!listed || a.Lacks(refreshParts[intent.Feature])) && age < missedFor:
		return ""
	case !listed,
		age >= keyKept,
		plan.Unusable(a.Account, intent.Feature) != "",
		r.operation(intent.Feature) != intent.Operation:
		return journal.ResultUnknown
	}
	return ""
}

// operation is how the configuration buys a feature; "" when it does not.
func (r *round) operation(feature string) string {
	switch r.syncer.options.Policy.Of(feature).Mode {
	case plan.ModeSubscribe:
		return plan.ActionSubscribe
	case plan.ModeOnDemand, plan.ModeOnChange:
		return plan.ActionRefresh
	}
	return ""
}

// reconcile concludes purchases of earlier runs whose fate is known. The others stay open:
// the plan decides whether they are sent again, under their keys, as it decides on new ones.
func (r *round) reconcile() error {
	for _, intent := range r.unanswered() {
		var err error
		switch intent.outcome {
		case journal.ResultAdopted:
			err = r.conclude(intent.Intent, r.account(intent.AccountID), journal.ResultAdopted, "")
		case journal.ResultUnknown:
			err = r.journal.RecordResult(
				journal.RefreshResult{Key: intent.Key, Outcome: journal.ResultUnknown, At: r.syncer.Now()},
			)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settle finds out what became of earlier purchases and counts what settled, before a new
// refresh takes its place.
func (r *round) settle() error {
	if err := r.reconcile(); err != nil {
		return err
	}
	return r.recordCharges()
}
