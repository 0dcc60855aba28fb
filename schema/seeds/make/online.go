package main

import (
	"fmt"
	"strings"

	"fcpipe/schema/models/text"
)

// withMerchants adds the merchants of online_merchants.csv, in place of brands of the same name.
func withMerchants(merchants [][]string, lines []map[string]string) [][]string {
	own := map[string]bool{}
	var all [][]string
	for _, line := range lines {
		key := text.Key(line["name"])
		own[key] = true
		all = append(all, []string{key, line["name"], line["category"], line["family"], ""})
	}
	for _, row := range merchants {
		if !own[row[0]] {
			all = append(all, row)
		}
	}
	return sortedRows(all)
}

// withOnline adds the texts of online_merchants.csv to the aliases, in place of those of a brand.
func withOnline(lines []map[string]string, aliases [][]string, ordinary map[string]bool) ([][]string, error) {
	rows := map[string][]string{}
	for _, row := range aliases {
		rows[row[0]] = row
	}
	owner := map[string]string{}
	for i, line := range lines {
		key := text.Key(line["name"])
		for written := range strings.SplitSeq(line["texts"], ";") {
			written, isCommon := strings.CutSuffix(strings.TrimSpace(written), "?")
			alias := text.Alias(text.Fold(text.Normal(written)))
			if before := owner[alias]; alias == "" || before != "" && before != key {
				return nil, fmt.Errorf("online_merchants.csv: line %d: %q is a text of %q, too", i+2, written, before)
			}
			owner[alias] = key
			rows[alias] = []string{alias, key, onlineKind(alias, isCommon, ordinary)}
		}
	}
	all := make([][]string, 0, len(rows))
	for _, row := range rows {
		all = append(all, row)
	}
	return sortedRows(all), nil
}

// onlineKind says how sure a text is that was written down by hand: it was seen so, so that one ordinary word needs a
// second sign only where the line says it.
func onlineKind(alias string, isCommon bool, ordinary map[string]bool) string {
	if isCommon {
		return "word"
	}
	for word := range strings.FieldsSeq(alias) {
		if len(word) > 3 && !ordinary[word] && !ordinary[strings.TrimSuffix(word, "S")] &&
			strings.Trim(word, "0123456789") != "" {
			return "name"
		}
	}
	return "words"
}
