package text

func loadNames() (*names, error) {
	n := &names{words: map[string]string{}, rails: map[string]bool{}, whole: map[string]bool{}}
	lines, err := Table(ruleFiles, "words.csv")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if line["kind"] == "whole" {
			n.whole[line["word"]] = true
			continue
		}
		if n.rails[line["word"]] = line["is_rail"] == "yes"; line["kind"] != "rail" {
			n.words[line["word"]] = line["category"]
		}
	}
	n.cutWords = cutWords(n.words)
	if n.towns, err = newIndex("places.csv", 1); err != nil {
		return nil, err
	}
	if n.merchants, err = newIndex("merchants.csv", 1); err != nil {
		return nil, err
	}
	n.aliases, err = newIndex("merchant_aliases.csv", 1)
	return n, err
}

// cutWords are the beginnings of words that are left where a bank cuts a text off: two letters in three, and four. What
// may be the beginning of two words that say different things is left out.
func cutWords(words map[string]string) map[string]string {
	cut := map[string]string{}
	for word := range words {
		for size := max(4, (2*len(word)+2)/3); size < len(word); size++ {
			part := word[:size]
			other, isTaken := cut[part]
			if isTaken && (other == "" || words[other] != words[word]) {
				cut[part] = ""
				continue
			}
			if !isTaken || word < other {
				cut[part] = word
			}
		}
	}
	for word := range words {
		delete(cut, word)
	}
	return cut
}

// Key is the key of a merchant of the tables.
func Key(name string) string { return Words(Fold(Normal(name))) }
