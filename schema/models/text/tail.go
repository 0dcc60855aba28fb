package text

import "strings"

// cutTails takes off what stands behind a name, as long as a tail is found and a letter is left before it.
func (r *Reading) cutTails(parts []token) []token {
	for range 8 {
		cut := r.cutTail(parts)
		if len(cut) == len(parts) {
			break
		}
		parts = cut
	}
	return parts
}

// longestTail is how many words a tail has at most.
const longestTail = 24

// cutTail takes off the longest tail there is.
func (r *Reading) cutTail(parts []token) []token {
	named := len(parts)
	for i := range parts {
		if hasLetter(parts[i].key) {
			named = i + 1
			break
		}
	}
	var m match
	for at := max(named, len(parts)-longestTail); at < len(parts); at++ {
		if parts[at].key == "" || at < 3 && strings.HasSuffix(parts[at-1].text, "*") { // TST* 365 CAFE
			continue
		}
		if to := rules().placeAt(parts[at:]); to > 0 && at+to == len(parts) {
			r.keepPlace(parts[at:])
			return parts[:at]
		}
		for i := range rules().tails {
			tail := &rules().tails[i]
			if !tail.pattern.find(parts[at:], &m) || rules().names.anyRail(m.of(placeSlot, parts[at:])) {
				continue
			}
			r.keep("", tail.rail, parts[at:], &m)
			return parts[:at]
		}
	}
	return parts
}

func (r *Reading) keepPlace(parts []token) {
	if r.Place == "" {
		r.Place = join(trimmed(parts))
	}
}

// cutSuffix takes a reference off that hangs at a name behind a star: AMZN MKTP US*2K4AB1CD3. Letters alone are a name.
func cutSuffix(merchant string) string {
	at := strings.LastIndexByte(merchant, '*')
	if at < 1 || strings.Contains(merchant[at:], " ") {
		return merchant
	}
	suffix := merchant[at+1:]
	if strings.ContainsAny(suffix, "0123456789") && (len(suffix) >= 5 || allDigits(suffix)) &&
		hasLetter(merchant[:at]) && !isURL(newToken(suffix)) {
		return strings.TrimRight(merchant[:at], " ")
	}
	return merchant
}
