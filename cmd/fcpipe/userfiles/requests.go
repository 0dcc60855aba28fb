package userfiles

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"fcpipe/schema/duck"
	"fcpipe/schema/rules"
)

// checkRequests names loan requests of holders without a held account in the currency, of which no number is computed,
// and those that would pay off what the holder does not pay.
func (c *checker) checkRequests(ctx context.Context) error {
	if len(c.set.Requests) == 0 {
		return nil
	}
	rows, err := json.Marshal(c.set.Requests)
	if err != nil {
		return err
	}
	err = statements.EachRow(ctx, c, "strangers", func(scan duck.Scan) error {
		var holder, currency string
		err := scan(&holder, &currency)
		c.problem(c.request(holder, currency), notHeld, "no account of %s in %s is held: the id is mistyped, or the "+
			"account has not come yet; of one that was erased remove the line", holder, currency)
		return err
	}, sql.Named("rows", string(rows)))
	refinances := func(r rules.LoanRequest) bool { return r.Refinances != nil }
	if err != nil || !slices.ContainsFunc(c.set.Requests, refinances) {
		return err
	}
	return statements.EachRow(ctx, c, "not_refinanced", func(scan duck.Scan) error {
		var holder, currency, refinances, why string
		err := scan(&holder, &currency, &refinances, &why)
		c.problem(c.request(holder, currency), notHeld, "refinances %q: %s; write the stream_id or counterparty_id of "+
			"an obligation of underwriting.obligations that %s pays, or leave the cell empty", refinances, why, holder)
		return err
	}, sql.Named("rows", string(rows)))
}

// request names a line of loan_requests.csv.
func (c *checker) request(holder, currency string) string {
	i := slices.IndexFunc(c.set.Requests, func(r rules.LoanRequest) bool {
		return r.HolderID == holder && r.Currency == currency
	})
	return fmt.Sprintf("%s:%d", c.report.Requests, c.set.Requests[i].Line)
}
