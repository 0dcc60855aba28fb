package text

import "strings"

// headKind is what a word means that a bank prints before a name, in a phrasing that no line of templates.csv knows.
type headKind uint8

const (
	noHead    headKind = iota
	cardHead           // says that it was paid by card: CARD, POS
	achHead            // says that it went through the clearing house: ACH, WEB
	moneyHead          // says that money moved, and needs one of the others beside it: PURCHASE, REFUND
	leadHead           // belongs to the word of banks behind it: CHECK CARD, POINT OF SALE
	joinHead           // AT, TO, ON: belongs to words of banks before it
	entryHead          // what a payment is for, which some banks print before the payee: AUTOPAY
)

var headKinds = map[string]headKind{
	"card": cardHead, "ach": achHead, "money": moneyHead, "lead": leadHead, "join": joinHead, "entry": entryHead,
}

// heads are the lines of heads.csv.
type heads struct {
	kinds  map[string]headKind
	alone  map[string]bool // words that are enough
	begins map[string]bool // first words of entries
}

func loadHeads() (h heads, err error) {
	lines, err := Table(ruleFiles, "heads.csv")
	if err != nil {
		return h, err
	}
	h = heads{map[string]headKind{}, map[string]bool{}, map[string]bool{}}
	for _, line := range lines {
		kind := headKinds[line["kind"]]
		h.kinds[line["word"]] = kind
		if line["alone"] == "yes" {
			h.alone[line["word"]] = true
		}
		if kind == entryHead {
			first, _, _ := strings.Cut(line["word"], " ")
			h.begins[first] = true
		}
	}
	return h, nil
}

// headScan counts what was found of a head.
type headScan struct {
	*ruleSet

	parts            []token
	card, ach, money int
	strong           int  // words for movements of money that are no part of names
	isNumbered       bool // a date, a card or a long number stands among them
	isAlone          bool
	behindNumber     bool   // the part before is a number, or a dash
	rail             string // a phrasing that was cut off before has said how the money moved
}

// cutHead takes off words of banks that stand before a name, where there are enough of them to be sure: two, one of
// which says how the money moved or that it does again and again; one before a number or the name of a site. Numbers
// among them go, too. Nothing goes when no name is left.
func (r *Reading) cutHead(parts []token) []token {
	s := headScan{ruleSet: rules(), parts: parts}
	if r.Template != "" {
		s.rail = r.Rail
	}
	at := s.skipLeading(0)
	for at < len(parts) {
		step := s.step(at)
		if step == 0 {
			break
		}
		at += step
	}
	rest := trimmed(parts[at:])
	isSite := s.card+s.ach+s.money > 0 && len(rest) > 0 && isURL(rest[0])
	if !s.isEnough() && !isSite || s.paysCreditCard(at) || !s.names.anyName(rest) || isFee(rest[0].key) {
		return r.cutNumber(parts)
	}
	if r.Template == "" {
		r.Template = "words"
	}
	if r.Rail == "" && s.card > 0 {
		r.Rail = "card"
	} else if r.Rail == "" && s.ach > 0 {
		r.Rail = "ach"
	}
	return r.cutNumber(rest)
}

// isFee reports whether a word says that a bank is paid: INTL CARD TRANS FEE.
func isFee(word string) bool { return word == "FEE" || word == "FEES" || word == "CHARGE" }

// cutNumber takes off numbers that stand between words of banks and a name, a date with both zeros before any name, and
// a long number before one that the tables know, and what numbers one movement. Others may belong to a name: 1800
// FLOWERS.
func (r *Reading) cutNumber(parts []token) []token {
	n, isCut := rules().names, false
	for len(parts) > 1 && n.anyName(parts[1:]) {
		first, rest := parts[0], trimmed(parts[1:])
		isLong := len(first.key) >= 4 && allDigits(first.key) && !n.isGeneric(rest) && !n.begins(parts)
		isBehind := r.Template != "" && (isDate(first) || isMasked(first) || isLong)
		isDay := isDate(first) && len(first.key) > 4 // 9/11 MEMORIAL
		isMark := isMovement(first) || len(first.key) == 4 && isMonthDay(first.key) ||
			isCut && isShortCode(first.key) || r.Template != "" && isDrawnMixed(first.key)
		isMark = isMark && !isBeforePurchase(parts[1:]) && n.isSpecific(rest) && !n.begins(parts) &&
			n.beforeCode(parts) == nil
		if !isBehind && !isDay && !isMark && (!isLong || !n.begins(rest)) {
			break
		}
		parts, isCut = rest, true
	}
	return parts
}

// isBeforePurchase reports whether the parts are what a bank prints behind a name: 07/16 #000750609 PURCHASE.
func isBeforePurchase(parts []token) bool {
	return len(parts) > 2 && isDate(parts[0]) && (parts[1].key == "PURCHASE" || parts[2].key == "PURCHASE")
}

// isMasked reports whether a part is a card's number with signs in place of digits.
func isMasked(t token) bool { return isCard(t) && strings.ContainsAny(t.key, "X*") }

// isEnough reports whether the words are a bank's for sure: behind a phrasing that says the rail one of them is.
func (s *headScan) isEnough() bool {
	if s.rail == "card" || s.rail == "ach" {
		return s.card+s.ach+s.money > 0
	}
	return s.isAlone || s.card+s.ach > 0 && s.card+s.ach+s.money > 1 || s.strong > 1 ||
		s.isNumbered && s.card+s.ach+s.strong > 0
}

// strongHeads are words of money of which two are a bank's, whatever stands behind: RECURRING PMT.
var strongHeads = map[string]bool{
	"RECURRING": true, "PMT": true, "PYMT": true, "PAYMENT": true, "TRANSACTION": true, "TRAN": true, "TXN": true,
	"AUTH": true, "AUTHORIZED": true, "WITHDRAWAL": true, "PURCHASE": true, "DEBIT": true,
}

// skipLeading passes a date or a card that stands first: 0513 DEBIT CARD PURCHASE.
func (s *headScan) skipLeading(at int) int {
	if len(s.parts) > 2 && isDayOfHead(s.parts[0]) && s.kinds(1) != noHead {
		return 1
	}
	return at
}

func isDayOfHead(t token) bool {
	return len(t.key) == 4 && allDigits(t.key) || isDate(t) || isCard(t) || isMovement(t)
}

func (s *headScan) kinds(at int) headKind {
	if at >= len(s.parts) {
		return noHead
	}
	return s.heads.kinds[s.parts[at].key]
}

// step is how many parts at a place belong to the head: 0 where a name begins.
func (s *headScan) step(at int) int {
	part := s.parts[at]
	if part.key == "" {
		s.behindNumber = s.behindNumber || part.text == "-" || part.text == "/"
		s.isAlone = s.isAlone || at == 1 && s.card == 1 && part.text == "-" // VISA - CORNER DELI
		return 1
	}
	if size := s.entryAt(at); size > 0 {
		return size
	}
	kind := s.heads.kinds[part.key]
	if kind == noHead || kind == entryHead {
		if s.isNumberOfHead(part) {
			if at > 0 && s.parts[at-1].key == "CARD" { // CARD 1234
				s.money++
			}
			s.behindNumber = true
			s.isNumbered = s.isNumbered || isDate(part) || isMasked(part) || len(part.key) > 5 && allDigits(part.key)
			return 1
		}
		return 0
	}
	if s.isNamed(at) || s.isCardAlone(at) || s.rail == "ach" && at == 0 && isNetwork[part.key] {
		return 0
	}
	s.behindNumber = false
	size := s.count(at, kind)
	s.isAlone = s.isAlone || size > 0 && s.heads.alone[part.key]
	return size
}

// count counts a word of banks, and says how many parts it takes with it: 0 where it belongs to a name.
func (s *headScan) count(at int, kind headKind) int {
	switch kind {
	case noHead, entryHead:
		return 0
	case cardHead:
		s.card++
	case achHead:
		s.ach++
	case moneyHead:
		s.money++
		if strongHeads[s.parts[at].key] {
			s.strong++
		}
	case leadHead:
		if next := s.kinds(at + 1); next == noHead || next == entryHead {
			return 0
		}
		if s.parts[at+1].key == "CARD" || s.parts[at+1].key == "CRD" { // both are a bank's
			s.card++
			return 2
		}
	case joinHead:
		if s.parts[at].key == "REF" && at > 0 && s.kinds(at-1) == cardHead && s.kinds(at+1) == noHead { // of a refund
			s.money++
			return 1
		}
		if !s.joins(at) {
			return 0
		}
		if s.rail != "" {
			s.money++
		}
	}
	return 1
}

// isNetwork are companies that pay wages through the clearing house, too: PAID FROM VISA TECHNOLOGY.
var isNetwork = map[string]bool{"VISA": true, "MASTERCARD": true}

// isCardAlone reports whether CARD begins a name: CARD KINGDOM behind a number or a phrasing.
func (s *headScan) isCardAlone(at int) bool {
	if s.parts[at].key != "CARD" || s.kinds(at+1) != noHead {
		return false
	}
	return s.behindNumber || at == 0 && (at+1 >= len(s.parts) || !isHeadNumber(s.parts[at+1]))
}

// isNumberOfHead reports whether a part is a number among words of banks: behind a phrasing it may stand first.
func (s *headScan) isNumberOfHead(t token) bool {
	if s.card+s.ach+s.money > 0 {
		return isHeadNumber(t)
	}
	if s.rail != "card" || len(t.key) < 6 || !allDigits(t.key) {
		return false
	}
	s.money++
	return true
}

// entryAt counts the words of an entry that stands behind enough words of the clearing house.
func (s *headScan) entryAt(at int) int {
	if s.rail != "ach" && (s.ach == 0 || !s.isEnough()) || !s.heads.begins[s.parts[at].key] {
		return 0
	}
	for size := min(2, len(s.parts)-at); size > 0; size-- {
		rest := s.parts[at+size:]
		if s.heads.kinds[join(s.parts[at:at+size])] == entryHead && s.names.anyName(rest) {
			s.money++
			return size
		}
	}
	return 0
}

// isNamed reports whether a known name begins with a word of banks: CREDIT KARMA, CHECK INTO CASH.
func (s *headScan) isNamed(at int) bool {
	for size := min(3, len(s.parts)-at); size > 1; size-- {
		if _, known := s.names.lookup(Alias(join(s.parts[at : at+size]))); known {
			return true
		}
	}
	return false
}

// joins reports whether AT, FROM or TO stands behind a word of banks, and another such word before a number or a word.
func (s *headScan) joins(at int) bool {
	isFirst := at == 0
	if isFirst && s.rail == "" || at+1 >= len(s.parts) {
		return false
	}
	switch s.parts[at].key {
	case "AT":
		return isFirst && s.rail == "card" || !isFirst && s.kinds(at-1) != noHead
	case "FROM", "TO":
		return isFirst && s.rail == "ach" || !isFirst && s.kinds(at-1) != noHead
	}
	next := at + 1
	for next < len(s.parts)-1 && s.parts[next].key == "" {
		next++
	}
	return s.kinds(next) != noHead || isHeadNumber(s.parts[next])
}

// isHeadNumber reports whether a part is a number that banks print among their words: a day, a card, a reference.
func isHeadNumber(t token) bool {
	return isDate(t) || isTime(t) || isCard(t) || isReference(t) || allDigits(t.key) && len(t.key) == 4 ||
		isDrawnMixed(t.key) ||
		strings.HasPrefix(t.text, "#") && isStore(t)
}

// paysCreditCard reports whether the words say that a card is paid, which is no payment by card.
func (s *headScan) paysCreditCard(to int) bool {
	isCredit, buys := false, false
	for i := 1; i < to; i++ {
		key := s.parts[i].key
		isCredit = isCredit || (key == "CARD" || key == "CRD") && s.parts[i-1].key == "CREDIT"
		switch key {
		case "PURCHASE", "PUR", "TRANSACTION", "REFUND", "RETURN":
			buys = true
		}
	}
	return isCredit && !buys
}
