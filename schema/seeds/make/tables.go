package main

import (
	"cmp"
	"slices"
	"strings"

	"fcpipe/schema/models/text"
)

// tables makes the merchants and their aliases. Where several brands have one name, it is that of the kind of shop that
// stands first in tags.csv, and an alias that belongs to two merchants is left out.
func tables(brands []brand, ordinary map[string]bool) (merchants, aliases [][]string) {
	slices.SortFunc(brands, func(a, b brand) int { // the same files from the same packages
		return cmp.Or(a.rank-b.rank, strings.Compare(a.name, b.name), strings.Compare(a.wikidata, b.wikidata),
			slices.Compare(a.others, b.others))
	})
	families := map[string]string{} // by Wikidata
	owner := map[string]string{}    // of an alias: the key of its merchant
	own := map[string]bool{}        // keys
	for _, b := range brands {
		key := text.Key(b.name)
		if text.Alias(key) == "" || own[key] {
			continue
		}
		own[key] = true
		if families[b.wikidata] == "" && b.wikidata != "" {
			families[b.wikidata] = key
		}
		family := families[b.wikidata]
		if family == "" {
			family = key
		}
		merchants = append(merchants, []string{key, b.name, b.category, family, b.tag})
		owner[text.Alias(key)] = key
	}
	for _, b := range brands {
		key := text.Key(b.name)
		for _, other := range b.others {
			alias := text.Alias(text.Fold(text.Normal(other)))
			switch before, taken := owner[alias]; {
			case alias == "" || len(alias) < 3 || alias == "HUNTINGTON": // which is a bank before it is a school
			case !taken:
				owner[alias] = key
			case before != key && text.Alias(before) != alias:
				owner[alias] = "" // of two
			}
		}
	}
	for alias, key := range owner {
		if key != "" && isLatin(alias) {
			aliases = append(aliases, []string{alias, key, kindOf(alias, ordinary)})
		}
	}
	return sortedRows(merchants), sortedRows(aliases)
}

// kindOf says how sure an alias is: name where one of its words is made up; words where each may stand in the name of
// another merchant; word where there is but one.
func kindOf(alias string, ordinary map[string]bool) string {
	words := strings.Fields(alias)
	if ordinary[alias] && len(words) > 1 {
		return "words"
	}
	for _, word := range words {
		if len(word) > 4 && !ordinary[word] && !ordinary[strings.TrimSuffix(word, "S")] {
			return "name"
		}
	}
	if len(words) == 1 {
		return "word"
	}
	return "words"
}

func isLatin(alias string) bool {
	return strings.IndexFunc(alias, func(r rune) bool { return r > '~' }) < 0
}
