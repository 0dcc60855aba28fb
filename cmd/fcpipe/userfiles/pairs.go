package userfiles

import (
	"context"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// Pair is a pair of transactions that becomes a transfer, is one no longer, or is decided by other means.
type Pair struct {
	Where    string `json:"where"` // file:line; "" of lines that are gone
	OutID    string `json:"out_id"`
	InID     string `json:"in_id"`
	From     string `json:"from"` // status in ledger.transfers; "" where it is no pair
	To       string `json:"to"`
	Currency string `json:"currency"`
	Minor    int64  `json:"amount_minor"`
	Amount   string `json:"amount"`
}

func pairKey(out, in string) string { return out + " " + in }

// checkPairs names lines whose transactions are both held and can be no pair, and says why.
func (c *checker) checkPairs(ctx context.Context) error {
	return statements.EachRow(ctx, c, "odd_pairs", func(scan duck.Scan) error {
		var out, in, why string
		err := scan(&out, &in, &why)
		c.problem(c.override(pairKey(out, in)), oddPair, "%s and %s are no pair: %s; out_id is money that leaves one "+
			"account of a holder, in_id as much that arrives in another", out, in, why)
		return err
	})
}

// findPairs finds the pairs that lines change.
func (c *checker) findPairs(ctx context.Context) error {
	return statements.EachRow(ctx, c, "pairs", func(scan duck.Scan) error {
		var p Pair
		var key *string
		if err := scan(&key, &p.OutID, &p.InID, &p.From, &p.To, &p.Currency, &p.Minor); err != nil {
			return err
		}
		if key != nil {
			p.Where = c.override(*key)
		}
		p.Amount = schema.Amount(p.Minor, p.Currency)
		c.report.Pairs = append(c.report.Pairs, p)
		return nil
	})
}
