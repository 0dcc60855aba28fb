package models

import (
	"database/sql"
	"strconv"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/models/text"
)

// Texts are read by Go, as its rules are too many and too slow for regular expressions, through a function that the
// model ledger.descriptions calls. This one model therefore cannot be pasted into another client; it is a table of each
// distinct text, which all others read, so that these can. A step in Go that fills a table before the models are
// derived would need a second way to find new texts, to remove those of erased accounts and to compare with a rebuild;
// a function in the model has those of every model.
const readDescription = "read_description"

// readCategories gives the taxonomy, which is a seed of the program, to the model ledger.categories: a line of it for
// its number, from 1.
const readCategories = "read_category"

// registerFunctions makes the functions that models call known to a connection's instance.
func registerFunctions(connection *sql.Conn) error {
	err := duck.RegisterFunction(connection, duck.Function{
		Name: readDescription,
		Fields: []string{
			"normal", "folded", "merchant_key", "merchant_name", "merchant_family", "category", "rail", "processor",
			"template", "counterparty", "place", "reference", "card_digits", "category_in", "rule_in", "strength_in",
			"category_out", "rule_out", "strength_out",
		},
		Read: func(description string, into []string) {
			r := text.Read(description)
			copy(into, []string{
				r.Normal, r.Folded, r.Key, r.Name, r.Family, r.Category, r.Rail, r.Processor, r.Template,
				r.Counterparty, r.Place, r.Reference, r.CardDigits, r.In.Category, r.In.Rule, r.In.Strength,
				r.Out.Category, r.Out.Rule, r.Out.Strength,
			})
		},
	})
	if err != nil {
		return err
	}
	fields := []string{"code", "label", "flow", "pl", "need", "gate", "sched_c"}
	return duck.RegisterFunction(connection, duck.Function{
		Name: readCategories, Fields: fields,
		Read: func(number string, into []string) {
			taxonomy, _ := text.Taxonomy() // a part of the program, which tests have read
			line, err := strconv.Atoi(number)
			if err != nil || line < 1 || line > len(taxonomy) {
				return
			}
			for i, field := range fields {
				into[i] = taxonomy[line-1][field]
			}
		},
	})
}

// functionsOf is the fingerprint of the functions a query calls, "" where it calls none.
func functionsOf(query string) string {
	if strings.Contains(query, readDescription+"(") || strings.Contains(query, readCategories+"(") {
		return text.Fingerprint()
	}
	return ""
}
