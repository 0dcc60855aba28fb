package replay

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"fcpipe/schema/reader"
)

// heldOf is what the published file says of itself.
type heldOf struct {
	watermark                        *time.Time
	transactionsSince, balancesSince *time.Time
}

// resolve finds the instant that is asked for and what was observed by then, or says why it cannot be answered.
func (p *Past) resolve(ctx context.Context, connection *sql.Conn, q Question) error {
	var held heldOf
	if err := connection.QueryRowContext(ctx, statements.Get("file")).Scan(
		&held.watermark, &held.transactionsSince, &held.balancesSince, &p.ReportZone,
	); err != nil {
		return err
	}
	if held.watermark == nil {
		return fmt.Errorf("%w: nothing was merged yet", reader.ErrNotHeld)
	}
	var err error
	if p.At, err = q.instant(*held.watermark, p.ReportZone); err != nil {
		return err
	}
	if err := held.check(p.At); err != nil {
		return err
	}
	if err := p.checkHolder(ctx, connection, q); err != nil {
		return err
	}
	p.observedBefore = p.At
	if p.IsBackfilled = p.At.Before(p.FirstObserved); p.IsBackfilled {
		p.observedBefore, p.Watermark = p.FirstObserved, p.At
		return nil
	}
	return connection.QueryRowContext(ctx, statements.Get("watermark"), sql.Named("at", p.At)).Scan(&p.Watermark)
}

// instant is the one that is asked for. The end of the day of the watermark is the watermark.
func (q Question) instant(watermark time.Time, zone string) (time.Time, error) {
	switch {
	case q.Day != "":
		location, err := time.LoadLocation(zone)
		if err != nil {
			return time.Time{}, err
		}
		day, err := time.ParseInLocation(time.DateOnly, q.Day, location)
		if err != nil {
			return time.Time{}, err
		}
		end := day.AddDate(0, 0, 1).Add(-time.Microsecond).UTC()
		if watermark.In(location).Format(time.DateOnly) == q.Day {
			end = watermark.UTC()
		}
		return end, nil
	case q.At != nil:
		return q.At.UTC().Truncate(time.Microsecond), nil
	}
	return watermark.UTC(), nil
}

// check refuses instants of which the file holds nothing, in the words of the as-of macros.
func (h heldOf) check(at time.Time) error {
	shown := at.Format(time.RFC3339Nano)
	if at.After(*h.watermark) {
		return fmt.Errorf("%w: as of %s: it knows nothing after %s, its watermark", reader.ErrNotHeld, shown,
			h.watermark.UTC().Format(time.RFC3339Nano))
	}
	for _, removed := range []struct {
		what  string
		since *time.Time
	}{{"transactions", h.transactionsSince}, {"balances", h.balancesSince}} {
		if removed.since != nil && at.Before(*removed.since) {
			return fmt.Errorf("%w: as of %s: retention removed the %s before %s", reader.ErrNotHeld, shown,
				removed.what, removed.since.UTC().Format(time.RFC3339Nano))
		}
	}
	return nil
}

// checkHolder finds when the holder was first observed, and refuses one some of whose data was erased, and one that is
// not known.
func (p *Past) checkHolder(ctx context.Context, connection *sql.Conn, q Question) error {
	var first, erased *time.Time
	if err := connection.QueryRowContext(ctx, statements.Get("first_observed"), sql.Named("holder", q.Holder)).
		Scan(&first); err != nil {
		return err
	}
	if q.Holder != "" {
		if err := connection.QueryRowContext(ctx, statements.Get("erased"), sql.Named("holder", q.Holder),
			sql.Named("holder_hash", q.HolderHash)).Scan(&erased); err != nil {
			return err
		}
		switch {
		case erased != nil && (first == nil || p.At.Before(*erased)):
			return fmt.Errorf("%w on %s: what was known before cannot be computed again", ErrErased,
				erased.UTC().Format(time.DateOnly))
		case first == nil:
			return fmt.Errorf("%w: %q", ErrUnknown, q.Holder)
		}
	}
	if first == nil {
		return fmt.Errorf("%w: no account is held", reader.ErrNotHeld)
	}
	p.FirstObserved = first.UTC()
	return nil
}
