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
	return n, n.loadOnline(merchants)
}

// loadOnline adds the merchants that were written down by hand, in place of brands of the same name.
func (n *names) loadOnline(merchants map[string]*merchant) error {
	lines, err := Table(schema.SeedFiles, "seeds/online_merchants.csv")
	if err != nil {
		return err
	}
	for i, line := range lines {
		key := Words(Fold(Normal(line["name"])))
		found, known := merchants[key]
		if !known {
			found = &merchant{key: key}
			merchants[key] = found
		}
		found.name, found.category = line["name"], line["category"]
		for text := range strings.SplitSeq(line["texts"], ";") {
			text, isCommon := strings.CutSuffix(strings.TrimSpace(text), "?")
			a := alias{found, madeUp}
			if isCommon {
				a.sureness = common
			}
			written := Alias(Fold(Normal(text)))
			if before, taken := n.aliases[written]; written == "" || taken && before.merchant.name == "" {
				return fmt.Errorf("online_merchants.csv: line %d: %q cannot be an alias", i+2, text)
			}
			n.add(written, a)
		}
	}
	return nil
}

func (n *names) add(written string, a alias) {
	n.aliases[written] = a
	n.longest = max(n.longest, strings.Count(written, " ")+1)
}
