package userfiles

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"fcpipe/schema/duck"
)

// checkRequests names loan requests of holders without a held account in the currency: no number is computed of
// them.
func (c *checker) checkRequests(ctx context.Context) error {
	if len(c.set.Requests) == 0 {
		return nil
	}
	lines := map[string]int{}
	for _, r := range c.set.Requests {
		lines[r.HolderID+" "+r.Currency] = r.Line
	}
	rows, err := json.Marshal(c.set.Requests)
	if err != nil {
		return err
	}
	return statements.EachRow(ctx, c, "strangers", func(scan duck.Scan) error {
		var holder, currency string
		err := scan(&holder, &currency)
		c.problem(fmt.Sprintf("%s:%d", c.report.Requests, lines[holder+" "+currency]), notHeld, "no account of %s in "+
			"%s is held: the id is mistyped, or the account has not come yet; of one that was erased remove the line",
			holder, currency)
		return err
	}, sql.Named("rows", string(rows)))
}
