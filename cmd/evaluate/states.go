package main

import (
	"context"
	"time"

	"fcpipe/cmd/evaluate/truth"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// history is when rounds of a world whose states are measured are: every two weeks, and every day at last, so that a
// year of rows is held and half a year lies between observed balances.
func history() (after []time.Duration) {
	const day = 24 * time.Hour
	after = append(after, 0)
	for range 12 {
		after = append(after, 14*day)
	}
	for range 21 {
		after = append(after, day)
	}
	return after
}

// asked is a value that the file gives, with its state.
type asked struct {
	truth.Key

	currency, state, reason string
	value                   truth.Value
}

// dayBalance is a balance that the file gives.
type dayBalance struct {
	account, currency, reconciled string
	day                           truth.Day
	minor                         int64
}

// stated is what a file states.
type stated struct {
	watermark time.Time
	values    []asked
	days      []dayBalance
	firsts    map[string]truth.Day   // of observed balances
	labels    map[string]truth.Label // by transaction
	codes     map[string]truth.Label
}

// measureStates makes a world, in which feeds are wrong or not, lives through it, and holds what the file states to
// what happened.
func (o options) measureStates(ctx context.Context, seed uint64, mess bool) (found *states, err error) {
	config := o.world(seed)
	config.Mess = mess
	config.Holders, config.Accounts = o.stateHolders, 3*o.stateHolders
	server := simulator.New(config)
	server.Advance(time.Hour)
	fresh := plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 24 * time.Hour}
	err = o.inStore(ctx, func(layout schema.Layout, settings duck.Settings) error {
		return rounds(ctx, server, layout, settings, fresh, o.stateRounds)
	}, func(database duck.Queryer) error {
		s, err := readStated(ctx, database)
		if err != nil {
			return err
		}
		found = s.judge(truth.Of(server.Books(), s.watermark))
		return nil
	})
	return found, err
}

func readStated(ctx context.Context, database duck.Queryer) (*stated, error) {
	s := &stated{
		firsts: map[string]truth.Day{}, labels: map[string]truth.Label{}, codes: map[string]truth.Label{},
	}
	for question, each := range map[string]func(duck.Scan) error{
		"watermark":        func(scan duck.Scan) error { return scan(&s.watermark) },
		"attribute_values": s.readValue,
		"daily_balances":   s.readDay,
		"first_balances": func(scan duck.Scan) error {
			var account string
			var day time.Time
			err := scan(&account, &day)
			s.firsts[account] = truth.DayOf(day, time.UTC)
			return err
		},
		"treatments": func(scan duck.Scan) error {
			var id string
			var l truth.Label
			err := scan(&id, &l.Category, &l.Treatment, &l.Need, &l.Gate)
			s.labels[id] = l
			return err
		},
		"codes": func(scan duck.Scan) error {
			var l truth.Label
			err := scan(&l.Category, &l.Treatment, &l.Need, &l.Gate)
			s.codes[l.Category] = l
			return err
		},
	} {
		if err := questions.EachRow(ctx, database, question, each); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stated) readValue(scan duck.Scan) error {
	var v asked
	var whole *int64
	var part *float64
	err := scan(&v.Holder, &v.Account, &v.currency, &v.Attribute, &v.Window, &whole, &part, &v.state, &v.reason)
	switch {
	case whole != nil:
		v.value = truth.Value{IsSet: true, Whole: *whole}
	case part != nil:
		v.value = truth.Value{IsSet: true, IsReal: true, Real: *part}
	}
	s.values = append(s.values, v)
	return err
}

func (s *stated) readDay(scan duck.Scan) error {
	var d dayBalance
	var day time.Time
	err := scan(&d.account, &d.currency, &day, &d.minor, &d.reconciled)
	d.day = truth.DayOf(day, time.UTC)
	s.days = append(s.days, d)
	return err
}
