package oracle

import (
	"errors"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

// balanceInterval is the time within which an account's balance is paid for once.
const balanceInterval = 20 * time.Hour

// paidTwice is I14: a balance is paid for at most once in its interval.
func (o *Oracle) paidTwice() (problems []string) {
	last := map[string]int64{}
	for _, charge := range o.World.Meter().Charges {
		if charge.Kind != "balance" {
			continue
		}
		before, known := last[charge.Account]
		if known && time.Duration(charge.At-before)*time.Second < balanceInterval {
			problems = append(problems, "I14: "+charge.Account+" was paid for twice")
		}
		last[charge.Account] = charge.At
	}
	return problems
}

// uncounted is the other half of I14: what the simulator's meter charges, the journal counts.
func (o *Oracle) uncounted(layout schema.Layout) (problems []string, err error) {
	log, err := journal.Open(layout.Journal())
	if errors.Is(err, journal.ErrCorrupt) {
		return []string{"I16: " + err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	counted := map[string]int{}
	for _, c := range log.Charges() {
		counted[chargeLine(c.Kind, deref(c.AccountID), deref(c.HolderID), deref(c.Month), c.ChargedAt.Unix())]++
	}
	for _, c := range o.World.Meter().Charges {
		line := chargeLine(c.Kind, c.Account, c.Holder, c.Month, c.At)
		if counted[line]--; counted[line] < 0 {
			problems = append(problems, "I14: the meter charges what the journal does not count: "+line)
		}
	}
	return problems, nil
}

// chargeLine names a charge; one of a month may be counted at any instant of it.
func chargeLine(kind, account, holder, month string, at int64) string {
	if month != "" {
		return strings.Join([]string{kind, holder, month}, " ")
	}
	return strings.Join([]string{kind, account, decimal(at)}, " ")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
