package text

import "strings"

// cutTails takes off what stands behind a name, as long as a tail is found and a letter is left before it.
func (r *Reading) cutTails(parts []token) []token {
	if last := len(parts) - 1; last > 1 && isKindBehindState[parts[last].key] && (isStateWord(parts[last-1].key) ||
		len(parts[last-1].key) > 20 && strings.Trim(parts[last-1].key, "X0123456789") == "") {
		parts = parts[:last]
	}
	for range 8 {
		cut := r.cutTail(cutFieldOfSite(r.cutAddress(parts)))
		if len(cut) == len(parts) {
			break
		}
		parts = cut
	}
	return parts
}

// cutFieldOfSite takes off a site that a field of thirteen letters has cut off, with the state that hangs at it: FOCUS
// HTTPSWWW.FOCUSCO.
func cutFieldOfSite(parts []token) []token {
	last := len(parts) - 1
	if last > 1 && len(parts[last-1].key) == 13 && len(parts[last].key) == 2 && isState(parts[last].key) &&
		isOfName(parts[last-1].key, parts[:last-1]) { // MISSION ESCAPE GAMES MISSIONESCAPE NY
		return parts[:last-1]
	}
	if last < 1 || len(parts[last].key) != 15 || !isState(parts[last].key[13:]) {
		return parts
	}
	site := parts[last].key[:13]
	if strings.HasPrefix(site, "HTTPS") || strings.IndexByte(site, '.') > 0 || isOfName(site, parts[:last]) {
		return parts[:last]
	}
	return parts
}

// isKindBehindState are words that some banks print behind a place, or the number of the
// network behind it: AUSTIN TX CREDIT.
var isKindBehindState = map[string]bool{"CREDIT": true, "REFUND": true, "RETURN": true, "PIN": true, "RECURRING": true}

// longestTail is how many words a tail has at most.
const longestTail = 24

// cutTail takes off the longest tail there is.
func (r *Reading) cutTail(parts []token) []token {
	var m match
	set := rules()
	named := set.nameBegins(parts)
	for at := max(named, len(parts)-longestTail); at < len(parts); at++ {
		if parts[at].key == "" || at < 3 && isProcessor(parts[:at]) { // TST* 365 CAFE
			continue
		}
		if at < 4 && isSite(parts[at]) && parts[at].key != "GOSQ.COM" && !isOfName(parts[at].key, parts[:at]) {
			// TAP STREAMCO.COM
			continue
		}
		if to := set.placeAt(parts[at:]); to > 0 && at+to == len(parts) {
			r.keepPlace(parts[at:])
			return parts[:at]
		}
		if set.tails.those(&parts[at], func(tail *rule) bool {
			if !tail.pattern.find(parts[at:], &m) || set.names.anyRail(m.of(placeSlot, parts[at:])) ||
				tail.isEntry && (r.hasPayer || !set.names.isSpecific(parts[:at])) ||
				tail.isPayer && (r.Rail == "card" || isPayPal(parts) || set.endsInPlace(parts[at:])) ||
				m.slots[placeSlot][1] > 0 && set.isNameBefore(parts, at) {
				return false
			}
			r.keep(tail.id, tail.rail, parts[at:], &m, true)
			r.hasPayer = r.hasPayer || tail.isPayer
			return true
		}) {
			return parts[:at]
		}
	}
	return parts
}

// endsInPlace reports whether a town and its state end the parts, as they do behind a shop and not behind a payer.
func (s *ruleSet) endsInPlace(parts []token) bool {
	for town := range parts {
		if s.placeAt(parts[town:]) == len(parts)-town {
			return true
		}
	}
	return false
}

// isPayPal reports whether PayPal paid, which prints who was paid where the clearing house prints the payer.
func isPayPal(parts []token) bool {
	_, p := cutProcessors(join(parts))
	return p.id == "paypal"
}

// isNameBefore reports whether a number behind one word that the tables do not know is no shop's but stands before a
// name and its town: PINPOS 162125 THAI BARREL NEWARK NJ.
func (s *ruleSet) isNameBefore(parts []token, at int) bool {
	if at != 1 || s.names.begins(parts[:1]) || !isMovement(parts[1]) {
		return false
	}
	for town := at + 2; town < len(parts); town++ {
		if s.placeAt(parts[town:]) == len(parts)-town {
			return s.placeAt(parts[at+1:]) == 0
		}
	}
	return false
}

// nameBegins is the position behind the first word that may belong to a name; no tail may cut that word off. Words of
// banks do not belong to names, so that more than DEBIT is left of DEBIT NETFLIX.COM 866-555-0100 CA. Where there are
// only words of banks it is behind the first of them.
func (s *ruleSet) nameBegins(parts []token) int {
	first := 0
	for i := range parts {
		if !hasLetter(parts[i].key) {
			continue
		}
		if kind := s.heads.kinds[parts[i].key]; i+1 < len(parts) && (kind == cardHead || kind == achHead ||
			kind == moneyHead || kind == leadHead || isBeforeSite[parts[i].key] || isCard(parts[i])) {
			first = max(first, i+1)
			continue
		}
		if i == 0 && len(parts) > 1 && isWallet(parts[0]) { // the name is behind it
			return 2
		}
		if i > 0 && first > 0 && !isURL(parts[i]) { // words may be a name's own: CARD KINGDOM
			return first
		}
		return i + 1
	}
	if first == 0 {
		return len(parts)
	}
	return first
}

// isSite reports whether a part is the name of a site and nothing else: STREAMCO.COM.
func isSite(t token) bool {
	return isURL(t) && strings.Count(t.key, ".") == 1 && !strings.ContainsRune(t.key, '/')
}

// isOfName reports whether a site has a word of the name before it, or its first letters: CORNER DELI CORNERDELI.COM.
func isOfName(site string, parts []token) bool {
	for i := range parts {
		if key := parts[i].key; len(key) > 2 && strings.Contains(site, key[:min(4, len(key))]) {
			return true
		}
	}
	return false
}

// isBeforeSite are words that stand before names as those of banks do, and may be part of them.
var isBeforeSite = map[string]bool{"ONLINE": true, "DIRECT": true, "BANKCARD": true, "SUBSCRIPTION": true}

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

// cutSuffix takes a reference off that hangs at a name behind a star: AMZN MKTP US*2K4AB1CD3. Letters alone are a name,
// but for those drawn behind a name that the tables know.
func cutSuffix(merchant string) string {
	at := strings.LastIndexByte(merchant, '*')
	if at < 1 || strings.Contains(merchant[at:], " ") {
		return merchant
	}
	suffix := merchant[at+1:]
	if strings.ContainsAny(suffix, "0123456789") && (len(suffix) >= 5 || allDigits(suffix)) &&
		hasLetter(merchant[:at]) && !isURL(newToken(suffix)) {
		before := strings.TrimRight(merchant[:at], " ")
		if digits := strings.TrimRight(before, "0123456789"); strings.HasSuffix(digits, "-") && len(digits) > 4 {
			return strings.TrimRight(digits, "-") // LINKEDIN-477*0625038
		}
		return before
	}
	if before := strings.TrimRight(merchant[:at], " "); isDrawn(suffix) && rules().names.isKnown(before) &&
		!rules().names.isKnown(merchant) {
		return before
	}
	return merchant
}
