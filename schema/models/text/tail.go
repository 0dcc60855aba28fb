package text

import "strings"

// cutTails takes off what stands behind a name, as long as a tail is found and a letter is left before it.
func (r *Reading) cutTails(parts []token) []token {
	if last := len(parts) - 1; last > 1 && isKindBehindState[parts[last].key] && isStateWord(parts[last-1].key) {
		parts = parts[:last]
	}
	for range 8 {
		cut := r.cutTail(r.cutAddress(parts))
		if len(cut) == len(parts) {
			break
		}
		parts = cut
	}
	return parts
}

// isKindBehindState are words that some banks print behind a place: AUSTIN TX CREDIT.
var isKindBehindState = map[string]bool{"CREDIT": true, "REFUND": true, "RETURN": true, "PIN": true, "RECURRING": true}

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
	if named == 1 && len(parts) > 1 && isWallet(parts[0]) { // the name is behind it
		named = 2
	}
	var m match
	set := rules()
	for at := max(named, len(parts)-longestTail); at < len(parts); at++ {
		if parts[at].key == "" || at < 3 && isProcessor(parts[:at]) { // TST* 365 CAFE
			continue
		}
		if to := set.placeAt(parts[at:]); to > 0 && at+to == len(parts) {
			r.keepPlace(parts[at:])
			return parts[:at]
		}
		if set.tails.those(parts[at].key, func(tail *rule) bool {
			if !tail.pattern.find(parts[at:], &m) || set.names.anyRail(m.of(placeSlot, parts[at:])) ||
				tail.isEntry && !set.names.isSpecific(parts[:at]) {
				return false
			}
			r.keep(tail.id, tail.rail, parts[at:], &m, true)
			return true
		}) {
			return parts[:at]
		}
	}
	return parts
}

// isProcessor reports whether the parts are what a processor prints before a name.
func isProcessor(parts []token) bool {
	if !strings.HasSuffix(parts[len(parts)-1].text, "*") {
		return false
	}
	_, p := cutProcessors(join(parts) + " X")
	return p.id != ""
}

// isWallet reports whether a part is a prefix of a processor that has no star: APLPAY.
func isWallet(part token) bool {
	_, p := cutProcessors(part.text + " X")
	return p.id != ""
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
