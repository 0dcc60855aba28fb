package text

import "strings"

// processor is a line of processors.csv: a prefix that the processor of a payment prints before the name.
type processor struct {
	prefix, id, rail string
	category         string // of those who take payments by it, where they are of one kind
	star             bool   // the prefix counts before a * alone
}

func newProcessor(line map[string]string) processor {
	prefix, star := strings.CutSuffix(line["prefix"], "*")
	return processor{strings.TrimRight(prefix, " "), line["processor"], line["rail"], line["category"], star}
}

// cut takes the prefix off a text, and reports whether it stood there and something is left.
func (p processor) cut(text string) (string, bool) {
	rest, found := strings.CutPrefix(text, p.prefix)
	if !found {
		return text, false
	}
	trimmed := strings.TrimLeft(rest, " ")
	if p.star {
		if !strings.HasPrefix(trimmed, "*") {
			return text, false
		}
		rest = strings.TrimLeft(trimmed, "* ")
	} else if trimmed == rest {
		return text, false
	} else {
		rest = strings.TrimLeft(trimmed, "*- ")
	}
	return rest, hasLetter(rest)
}

// cutProcessors takes at most two prefixes off, a wallet and who took its payment, and names the last.
func cutProcessors(text string) (rest string, last processor) {
	for range 2 {
		found := false
		if text == "" {
			break
		}
		candidates := rules().processors[text[0]]
		for i := range candidates {
			p := candidates[i]
			cut, matches := p.cut(text)
			if !matches {
				continue
			}
			if last.id == "" || p.id != "" {
				last = p
			}
			text, found = cut, true
			break
		}
		if !found {
			break
		}
	}
	return text, last
}

// withoutPayer takes the day off that PayPal prints before who was paid, and the payer behind it: INST XFER 260603 EBAY
// JANE DOE. Without a day the payer is not printed.
func withoutPayer(p processor, parts []token) []token {
	if p.id != "paypal" || len(parts) < 2 || !isEntryDay(parts[0].key) || !anyLetter(parts[1:]) {
		return parts
	}
	parts = parts[1:]
	if isReference := allDigits(parts[0].key) && len(parts[0].key) > 7; isReference && anyLetter(parts[1:]) {
		parts = parts[1:]
	}
	if named := withoutLastPerson(parts); anyLetter(named) {
		return named
	}
	return parts
}

// withoutLastPerson are words without the last two, and the middle initial between them; one word is left at least.
func withoutLastPerson(parts []token) []token {
	switch last := len(parts) - 1; {
	case last > 2 && len(parts[last-1].key) == 1:
		return parts[:last-2]
	case last > 1:
		return parts[:last-1]
	}
	return parts
}

// withoutPayerOfEntry takes off what the clearing house prints behind a payment to a name that no table knows: a
// number, which is another one each time, and the payer. APPLECARD GSBANK PAYMENT 1234567 JANE DOE.
func withoutPayerOfEntry(parts []token) []token {
	at := len(withoutLastPerson(parts))
	for i := at; i < len(parts); i++ {
		if !isLetters(parts[i].key) {
			return parts
		}
	}
	first := at
	for first > 0 && allDigits(parts[first-1].key) {
		first--
	}
	if first == at || first < 2 || !saysPaid[parts[first-1].key] || !rules().names.isSpecific(parts[:first-1]) {
		return parts
	}
	return parts[:first-1]
}

// isEntryDay reports whether a word is a day as the clearing house writes it, or as some companies do: 260603, 060326.
func isEntryDay(key string) bool {
	return len(key) == 6 && allDigits(key) &&
		(isMonthDay(key[2:]) || isMonthDay(key[:4]) && (key[4] == '1' || key[4] == '2'))
}
