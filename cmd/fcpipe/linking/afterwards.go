package linking

import (
	"context"
	_ "embed" // the question about rows
	"errors"
	"strings"
	"time"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/sync/collect"
	"fcpipe/sync/stripe"
)

//go:embed rows.sql
var rowsQuestion string

// Afterwards is what happens to accounts once they are linked, in one data directory. It is a collect.Afterwards.
type Afterwards struct {
	Layout   schema.Layout
	Settings duck.Settings
	Journal  func(context.Context) (*journal.Journal, error) // of the data directory, which is made where it is missing
	// Round opens a round of one holder's accounts.
	Round     func(ctx context.Context, h collect.Holder) (round.Round, error)
	Summary   func(round.Report) string
	Clock     stripe.Clock  // of this machine
	WaitLock  time.Duration // how long a round that runs is waited for
	SkipRound bool
}

var _ collect.Afterwards = Afterwards{}

// Record makes consents durable. One that the journal has, of the same account and session, is left as it is.
func (a Afterwards) Record(ctx context.Context, consents []schema.Consent) error {
	log, err := a.Journal(ctx)
	if err != nil {
		return err
	}
	type link struct{ account, session string }
	known := map[link]bool{}
	for _, c := range log.Consents() {
		if c.SessionID != nil {
			known[link{c.AccountID, *c.SessionID}] = true
		}
	}
	var records []journal.Consent
	for _, c := range consents {
		if c.SessionID == nil || !known[link{c.AccountID, *c.SessionID}] {
			records = append(records, journal.Consent(c))
		}
	}
	return log.RecordConsents(records...)
}

// lockEvery is how often a round that runs is looked for.
const lockEvery = 2 * time.Second

// FirstRound reads a holder's accounts. schema.ErrLocked means that another round ran for longer than WaitLock.
func (a Afterwards) FirstRound(
	ctx context.Context, h collect.Holder, accounts []string, tell func(string),
) (collect.FirstRound, error) {
	if a.SkipRound {
		return collect.FirstRound{Summary: "no round was run; the next one reads them"}, nil
	}
	r, err := a.Round(ctx, h)
	if err != nil {
		return collect.FirstRound{}, err
	}
	tell("Reading the data for the first time")
	report, err := a.run(ctx, r, tell)
	if report.Outcome == "" { // no round ran
		return collect.FirstRound{}, err
	}
	result := collect.FirstRound{Summary: a.Summary(report)}
	rows, failed := a.rows(context.WithoutCancel(ctx), accounts)
	if failed == nil {
		result.Transactions = rows
	}
	return result, err
}

// run waits for the lock, and says so.
func (a Afterwards) run(ctx context.Context, r round.Round, tell func(string)) (round.Report, error) {
	for waited := time.Duration(0); ; waited += lockEvery {
		report, err := r.Run(ctx)
		if !errors.Is(err, schema.ErrLocked) || waited >= a.WaitLock {
			return report, err
		}
		if waited == 0 {
			tell("Linked and recorded; the data is read when another round that runs has ended, within " +
				shortDuration(a.WaitLock))
		}
		if err := a.Clock.Sleep(ctx, lockEvery); err != nil {
			return report, err
		}
	}
}

// rows counts the transactions that are held of accounts.
func (a Afterwards) rows(ctx context.Context, accounts []string) (counts map[string]int64, err error) {
	opened, err := reader.Open(ctx, a.Layout, a.Settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	rows, err := opened.Database().QueryContext(ctx, rowsQuestion, strings.Join(accounts, ","))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	counts = map[string]int64{}
	for rows.Next() {
		var id string
		var count int64
		if err := rows.Scan(&id, &count); err != nil {
			return nil, err
		}
		counts[id] = count
	}
	return counts, rows.Err()
}
