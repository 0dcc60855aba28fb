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
	n.cutWords = cutWords(n.words)
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

// cutWords are the beginnings of words that are left where a bank cuts a text off: two letters in three, and four. What
// may be the beginning of two words is none of them.
func cutWords(words map[string]string) map[string]string {
	cut := map[string]string{}
	for word := range words {
		for size := max(4, (2*len(word)+2)/3); size < len(word); size++ {
			part := word[:size]
			if _, isTaken := cut[part]; isTaken {
				cut[part] = ""
				continue
			}
			cut[part] = word
		}
	}
	for word := range words {
		delete(cut, word)
	}
	return cut
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
