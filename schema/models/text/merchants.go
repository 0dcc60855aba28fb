package text

import (
	"fmt"
	"strings"

	"fcpipe/schema"
)

func loadNames() (*names, error) {
	n := &names{aliases: map[string]alias{}, words: map[string]string{}, rails: map[string]bool{}}
	lines, err := Table(ruleFiles, "words.csv")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if n.rails[line["word"]] = line["is_rail"] == "yes"; line["kind"] != "rail" {
			n.words[line["word"]] = line["category"]
		}
	}
	merchants := map[string]*merchant{}
	if lines, err = Table(schema.SeedFiles, "seeds/merchants.csv"); err != nil {
		return nil, err
	}
	for _, line := range lines {
		merchants[line["key"]] = &merchant{line["key"], line["name"], line["category"]}
	}
	if err := loadOnline(merchants); err != nil {
		return nil, err
	}
	if lines, err = Table(schema.SeedFiles, "seeds/merchant_aliases.csv"); err != nil {
		return nil, err
	}
	surenesses := map[string]int{"name": madeUp, "words": ordered, "word": common}
	for i, line := range lines {
		found, known := merchants[line["key"]]
		if !known {
			return nil, fmt.Errorf("merchant_aliases.csv: line %d: %q is no merchant", i+2, line["key"])
		}
		n.add(line["alias"], alias{found, surenesses[line["kind"]]})
	}
	return n, nil
}

// loadOnline adds the merchants that were written down by hand, in place of brands of the same name.
func loadOnline(merchants map[string]*merchant) error {
	lines, err := Table(schema.SeedFiles, "seeds/online_merchants.csv")
	if err != nil {
		return err
	}
	for _, line := range lines {
		key := Key(line["name"])
		merchants[key] = &merchant{key, line["name"], line["category"]}
	}
	return nil
}

// Key is the key of a merchant of the tables.
func Key(name string) string { return Words(Fold(Normal(name))) }

func (n *names) add(written string, a alias) {
	n.aliases[written] = a
	n.longest = max(n.longest, strings.Count(written, " ")+1)
}
