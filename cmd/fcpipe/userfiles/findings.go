package userfiles

import (
	"context"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// Kinds of problems.
const (
	neverMatches   = "never_matches"
	shadowed       = "shadowed"
	conflict       = "conflict"
	notHeld        = "not_held"
	oddPair        = "odd_pair"
	wrongDirection = "wrong_direction"
)

// countLines counts what each rule fits, and names those that nothing fits.
func (c *checker) countLines(ctx context.Context) error {
	return statements.EachRow(ctx, c, "counts", func(scan duck.Scan) error {
		var position int
		var l Line
		if err := scan(&position, &l.Texts, &l.Fits, &l.First); err != nil {
			return err
		}
		rule := c.set.Rules[position-1]
		l.Line, l.ID = rule.Line, rule.ID
		c.report.Lines = append(c.report.Lines, l)
		switch {
		case l.Texts == 0:
			c.problem(c.rule(position), neverMatches, "never matches: no text fits")
		case l.Fits == 0:
			c.problem(c.rule(position), neverMatches, "never matches: %d texts fit, and none of their transactions "+
				"has the account, holder, direction, currency or amount", l.Texts)
		}
		return nil
	})
}

// findConflicts names lines that earlier ones decide for: all of what they fit, or some of it otherwise.
func (c *checker) findConflicts(ctx context.Context) error {
	by := map[int]Line{}
	for i, l := range c.report.Lines {
		by[i+1] = l
	}
	return statements.EachRow(ctx, c, "conflicts", func(scan duck.Scan) error {
		var position, earlier int
		var both, otherwise int64
		if err := scan(&position, &earlier, &both, &otherwise); err != nil {
			return err
		}
		if l := by[position]; l.First == 0 {
			c.problem(c.rule(position), shadowed, "is shadowed: of the %d transactions it fits, %s decides %d", l.Fits,
				c.rule(earlier), both)
		}
		if otherwise > 0 {
			c.problem(c.rule(position), conflict, "says something else than %[1]s of %[2]d transactions; %[1]s decides",
				c.rule(earlier), otherwise)
		}
		return nil
	})
}

// checkOverrides names lines whose transactions are not there, or cannot be what they say.
func (c *checker) checkOverrides(ctx context.Context) error {
	missing := map[string]bool{}
	if err := statements.EachRow(ctx, c, "not_held", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		missing[id] = true
		return err
	}); err != nil {
		return err
	}
	const gone = "no transaction %s is held: it is mistyped, was removed, or has not come yet; of one that was " +
		"erased remove the line"
	for _, o := range c.set.Overrides {
		if missing[o.TransactionID] {
			c.problem(c.override(o.TransactionID), notHeld, gone, o.TransactionID)
		}
	}
	for _, d := range c.set.Decisions {
		for _, id := range []string{d.OutID, d.InID} {
			if missing[id] {
				c.problem(c.override(pairKey(d.OutID, d.InID)), notHeld, gone, id)
			}
		}
	}
	return statements.EachRow(ctx, c, "odd_overrides", func(scan duck.Scan) error {
		var id string
		err := scan(&id)
		c.problem(c.override(id), wrongDirection, "the category is for money that goes the other way")
		return err
	})
}

// findChanges finds what every line would change.
func (c *checker) findChanges(ctx context.Context) error {
	return statements.EachRow(ctx, c, "changes", func(scan duck.Scan) error {
		var override, pair *string
		var position *int
		var change Change
		if err := scan(
			&pair, &override, &position, &change.From, &change.To, &change.Counted, &change.WillCount,
			&change.CountsIn, &change.WillCountIn, &change.NameChanges, &change.Currency, &change.Rows, &change.Minor,
		); err != nil {
			return err
		}
		switch {
		case pair != nil:
			change.Where = c.override(*pair)
		case override != nil:
			change.Where, change.Transaction = c.override(*override), *override
		case position != nil:
			change.Where = c.rule(*position)
		}
		if change.Amount = "out of range"; change.Minor != nil {
			change.Amount = schema.Amount(*change.Minor, change.Currency)
		}
		c.report.Changes = append(c.report.Changes, change)
		return nil
	})
}
