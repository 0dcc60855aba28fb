package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/sync/collect"
	"fcpipe/sync/disconnect"
)

func (a *app) disconnectCommand() *cobra.Command {
	var subject round.Subject
	c := &cobra.Command{
		Use: "disconnect", Short: "end our access to an account, or to all accounts of a holder, at Stripe",
		Args: noArguments,
		Long: `Asks Stripe to disconnect an account, or every account of a holder, those that were never synced
included. From then on nothing new can be read of it; to read it again the holder has to link it again.
An account that is disconnected already stays so: running it again does no harm.

It ends new data alone. What is held stays, in file and lake, until it is erased: by "fcpipe erase",
or by the round that privacy.on_disconnect of the configuration lets do it. Run "fcpipe run" first where
the newest rows are wanted: Stripe may show none of an account that is disconnected.

Refused while a round is running (exit 75). An account that Stripe does not know is an error (exit 64).`,
		Example: "  fcpipe disconnect --account fca_closed\n  fcpipe disconnect --holder cus_left",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.disconnect(c.Context(), subject)
		},
	}
	subjectFlags(c, &subject)
	return a.jsonFlag(c)
}

// subjectFlags adds --account and --holder, of which a command wants exactly one.
func subjectFlags(c *cobra.Command, subject *round.Subject) {
	c.Flags().StringVar(&subject.AccountID, "account", "", "one account, fca_…")
	c.Flags().StringVar(&subject.HolderID, "holder", "",
		"every account of a holder: cus_…, acct_… or customer_account:acct_…")
}

func checkSubject(subject round.Subject) error {
	if (subject.AccountID == "") == (subject.HolderID == "") {
		return usageError{errors.New("name one account with --account, or one holder with --holder")}
	}
	return checkHolder(subject.HolderID)
}

// checkHolder refuses what no holder is named by; "" names none.
func checkHolder(holder string) error {
	if _, err := collect.ParseHolder(holder); holder != "" && err != nil {
		return usageError{fmt.Errorf("--holder: %q is no holder; write cus_…, acct_… or customer_account:acct_…",
			schema.ShownBriefly(holder))}
	}
	return nil
}

func (a *app) disconnect(ctx context.Context, subject round.Subject) error {
	if err := checkSubject(subject); err != nil {
		return err
	}
	p, err := a.openPipeline(ctx)
	if err != nil {
		return err
	}
	options, err := p.syncOptions()
	if err != nil {
		return err
	}
	d, err := disconnect.New(disconnect.Options{
		Stripe: options.Stripe, Connected: options.Connected, NameOf: p.nameOf,
	})
	if err != nil {
		return configError{err}
	}
	work := p.round()
	work.Now = d.Now
	done, err := work.Disconnect(ctx, d, subject, options.Stripe.Key.Livemode())
	if len(done.Accounts) > 0 {
		since, failure := erase.DisconnectedSince(ctx, p.store)
		shown := disconnectedShown{done, since, p.store.Erased().IsForgotten, onDisconnect(p.config)}
		err = errors.Join(a.printDisconnected(shown), failure, err)
	}
	return hintDisconnect(errors.Join(err, failedOf(done)))
}

// nameOf is what the journal calls an account.
func (p *pipeline) nameOf(id string) string { return p.store.Erased().Scrub(id) }

var errUnknownAccount = usageError{errors.New("Stripe knows no such account")} //nolint:staticcheck // Stripe is a name

// failedOf is why accounts were not disconnected; nil where all were.
func failedOf(done round.Disconnected) error {
	var problems []error
	unknown := 0
	for _, result := range done.Accounts {
		if result.Outcome == disconnect.Failed {
			problems = append(problems, fmt.Errorf("%s: %w", result.AccountID, result.Err))
		}
		if result.Outcome == disconnect.Unknown {
			unknown++
		}
	}
	if unknown == len(done.Accounts) && unknown > 0 {
		problems = append(problems, errUnknownAccount)
	}
	return errors.Join(problems...)
}

func hintDisconnect(err error) error {
	switch {
	case errors.Is(err, schema.ErrLocked):
		return hint(err, "it will finish by itself; try again then")
	case errors.Is(err, disconnect.ErrNone):
		return hint(usageError{err},
			"a holder is cus_…, acct_… or customer_account:acct_…; an account is named with --account")
	}
	return hintGone(err)
}

// disconnectedAccount is an account as the JSON result shows it.
type disconnectedAccount struct {
	AccountID string     `json:"account_id"`
	Outcome   string     `json:"outcome"`
	ErasedAt  *time.Time `json:"erased_after,omitempty"` // when a round erases what is held; not there: it stays
}

// disconnectedShown is what was done, with what is known beside it.
type disconnectedShown struct {
	round.Disconnected
	since    map[string]time.Time // accounts that the file knows to be disconnected for longer
	isErased func(id string) bool
	policy   round.OnDisconnect
}

// due is when a round erases what is held of an account; the zero time where nothing is, or it stays.
func (d disconnectedShown) due(result disconnect.Result) time.Time {
	isKept := result.Outcome == disconnect.Failed || result.Outcome == disconnect.Unknown
	if isKept || !d.policy.Erase || d.isErased(result.AccountID) {
		return time.Time{}
	}
	if at, known := d.since[result.AccountID]; known {
		return d.policy.Due(at)
	}
	return d.policy.Due(d.At)
}

func (a *app) printDisconnected(d disconnectedShown) error {
	if a.json {
		accounts := []disconnectedAccount{}
		for _, result := range d.Accounts {
			shown := disconnectedAccount{AccountID: result.AccountID, Outcome: result.Outcome}
			if due := d.due(result); !due.IsZero() {
				shown.ErasedAt = &due
			}
			accounts = append(accounts, shown)
		}
		return a.printJSON(map[string]any{"run_id": d.RunID, "at": d.At, "accounts": accounts})
	}
	said := map[string]string{
		disconnect.Disconnected: "disconnected", disconnect.Already: "was disconnected already",
		disconnect.Unknown: "Stripe does not know it", disconnect.Failed: "not disconnected",
	}
	for _, result := range d.Accounts {
		fmt.Fprintf(a.stdout, "%s: %s\n", result.AccountID, said[result.Outcome])
	}
	if said := d.whatStays(); said != "" {
		fmt.Fprintln(a.stdout, said)
	}
	return nil
}

// whatStays says what becomes of the data that are held of the accounts; "" where none is known at Stripe.
func (d disconnectedShown) whatStays() string {
	var due time.Time // of the last of them
	known, held := 0, 0
	for _, result := range d.Accounts {
		if result.Outcome != disconnect.Unknown {
			known++
			if !d.isErased(result.AccountID) {
				held++
			}
		}
		if at := d.due(result); at.After(due) {
			due = at
		}
	}
	switch {
	case known == 0:
		return ""
	case held == 0:
		return "Nothing is held of it: it was erased."
	case !due.IsZero():
		return "What is held stays until " + due.UTC().Format("2006-01-02 15:04 UTC") +
			"; the first round after that erases it (privacy.on_disconnect)."
	case d.policy.Erase:
		return "What is held stays." // nothing was disconnected
	}
	return `What is held stays until "fcpipe erase" removes it (privacy.on_disconnect: keep).`
}

// onDisconnect is the configuration's policy.
func onDisconnect(cfg config.Config) round.OnDisconnect {
	policy := cfg.Privacy.OnDisconnect
	return round.OnDisconnect{Erase: policy.Then == "erase", After: policy.After.Duration()}
}

// disconnected says of accounts that ended what becomes of what is held of them, as a round would decide it.
func (r *statusReport) disconnected(
	ctx context.Context, policy round.OnDisconnect, opened *reader.Reader, journal *journal.Journal,
) error {
	since, err := erase.DisconnectedIn(ctx, opened, journal)
	for i := range r.Ended {
		ended := &r.Ended[i]
		at, is := since[ended.AccountID]
		switch {
		case is && policy.Erase:
			due := policy.Due(at)
			ended.OnDisconnect, ended.ErasedAfter = "erase", &due
		case is:
			ended.OnDisconnect = "keep"
		}
	}
	return err
}
