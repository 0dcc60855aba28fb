package text

import (
	"encoding/csv"
	"strings"
)

// merchant is a line of the tables of merchants.
type merchant struct {
	key, name, category, family string
}

// How sure an alias is.
const (
	madeUp  = iota // one of its words is made up: KROGER
	ordered        // each word may stand in another name, all of them in this order seldom: BEST BUY
	common         // an ordinary word: TARGET, SHELL
)

type alias struct {
	key      string // of the merchant
	sureness int
}

// names are the tables of merchants.
type names struct {
	aliases, merchants *index
	towns              *index            // without their states
	words              map[string]string // that say nothing beside a name, as "", and those of a category
	rails              map[string]bool   // that name no merchant
	whole              map[string]bool   // that are no beginning of a longer word which a bank cut off
	// parts of those words that banks cut off at the end of a field, by the whole word
	cutWords map[string]string
}

// Alias is the form in which names are compared: apostrophes are left out, and other signs part words.
func Alias(name string) string {
	if isWords(name) && strings.IndexByte(name, '\'') < 0 { // as most are: it is in this form
		return name
	}
	upper := strings.ToUpper(name)
	if strings.Contains(upper, "'") {
		upper = strings.ReplaceAll(upper, "'", "")
	}
	return Words(upper)
}

// find looks a name up: the whole of it, then the longest run of whole words that it begins with. hasSign says that the
// text shows in another way that it names a shop.
func (n *names) find(name string, hasSign bool) *merchant {
	words := Alias(name)
	if found := n.findFrom(words, hasSign); found != nil {
		return found
	}
	for _, before := range []string{"THE ", "WWW "} {
		if rest, found := strings.CutPrefix(words, before); found {
			return n.findFrom(rest, hasSign)
		}
	}
	return nil
}

// surenesses are the kinds of aliases.
var surenesses = map[string]int{"name": madeUp, "words": ordered, "word": common}

// lookup finds an alias. A test has seen that its merchant is there.
func (n *names) lookup(written string) (alias, bool) {
	line, known := n.aliases.line(written)
	if !known {
		return alias{}, false
	}
	key, kind, _ := strings.Cut(line, ",")
	return alias{key, surenesses[kind]}, true
}

// merchant is the line of the merchant that an alias stands for.
func (n *names) merchant(a alias) *merchant {
	line, _ := n.merchants.line(a.key)
	fields := strings.SplitN(line, ",", 4)
	if strings.Contains(line, `"`) || len(fields) < 4 {
		fields, _ = csv.NewReader(strings.NewReader(line)).Read()
	}
	return &merchant{a.key, fields[0], fields[1], fields[2]}
}

// exact finds a name whose every word is an alias.
func (n *names) exact(name string, hasSign bool) *merchant {
	a, known := n.lookup(Alias(name))
	if !known || a.sureness == common && !hasSign {
		return nil
	}
	return n.merchant(a)
}

func (n *names) findFrom(words string, hasSign bool) *merchant {
	var ends [8]int
	count := 0
	for i := 0; i < len(words) && count < min(len(ends), n.aliases.most+1); i++ {
		if words[i] == ' ' {
			ends[count] = i
			count++
		}
	}
	if count < len(ends) {
		ends[count] = len(words)
		count++
	}
	var longer *merchant // of a longer name that the words begin with, and that did not fit
	for i := count - 1; i >= 0; i-- {
		a, known := n.lookup(words[:ends[i]])
		if !known {
			continue
		}
		m := n.merchant(a)
		if longer != nil && m.category != longer.category && m.family != longer.family { // COLUMBIA GAS, COLUMBIA
			return nil
		}
		if n.accepts(m, a.sureness, strings.TrimLeft(words[ends[i]:], " "), hasSign) {
			return m
		}
		longer = m
	}
	return nil
}

// accepts reports whether a name may be taken for the alias it begins with, by what stands behind it.
func (n *names) accepts(m *merchant, sureness int, rest string, hasSign bool) bool {
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		category, known := n.words[word]
		switch {
		case word == "INTERNET" && sureness == madeUp && (after == "" || isState(after)): // in place of a town
		case known && category != "":
			return belongs(m.category, category) && (sureness != common || !isOtherShop(m, word, category))
		case isNumber(word) || sureness != common && allDigits(word):
			return true // of a shop
		case !known && sureness == ordered && (hasSign || len(rest) > 6) && n.isTown(rest) && !quarters[rest]:
			return true // of the shop there
		case !known && sureness == ordered && hasSign && after == "" && len(word) == 2 && isState(word):
			return true // of the shop in that state: FIVE GUYS VA
		case sureness != common && saysPaid[word]:
			return true // by whom
		case sureness != common && saysLent(m.category, word, after):
			return true // CAN CAPITAL FUNDING
		case !known && after == "" && n.cutWords[word] != "":
			return n.accepts(m, sureness, n.cutWords[word], hasSign)
		case sureness != common && word == "OF" && n.isTown(after): // of a shop that is called by it
			return true
		case !known:
			return sureness == madeUp && !n.endsInOtherTrade(m.category, after)
		}
		rest = after
	}
	return sureness != common || hasSign
}

// isTown reports whether words are a town, of whichever state.
func (n *names) isTown(words string) bool {
	_, known := n.towns.line(words)
	return known
}

// quarters are names of towns that many towns have a part of.
var quarters = map[string]bool{
	"DOWNTOWN": true, "MIDTOWN": true, "UPTOWN": true, "CHINATOWN": true, "CENTRAL": true, "UNIVERSITY": true,
}

// venues are words that end the names of events and of places for them, which are called by sponsors. PARK and CENTER
// are no such words: shops stand there.
var venues = map[string]bool{
	"TICKETS": true, "STADIUM": true, "ARENA": true, "THEATER": true, "THEATRE": true, "MUSEUM": true, "CONCERT": true,
}

// endsInOtherTrade reports whether the last word of a name is of a trade that is told by one word, and is not that of
// the merchant whose name it begins with: SHEETZ FAMILY DENTAL, ALLSTATE SUGAR BOWL TICKETS.
func (n *names) endsInOtherTrade(merchant, words string) bool {
	last := words[strings.LastIndexByte(words, ' ')+1:]
	trade := n.words[last]
	group, _, _ := strings.Cut(trade, ".")
	isOne := group == "food" || group == "health" || group == "personal" || group == "fin_out" || venues[last]
	return isOne && !belongs(merchant, trade)
}

// saysPaid are words of the clearing house behind which the payer stands: ATT PAYMENT DOE JANE.
var saysPaid = map[string]bool{
	"PAYMENT": true, "PAYMENTS": true, "PMT": true, "PYMT": true, "EPAY": true, "EPAYMENT": true, "BILLPAY": true,
	"AUTOPAY": true, "AUTOPMT": true, "BILLPMT": true, "EPMT": true, "ONLINEPMT": true, "AUTODEBIT": true,
}

// lent are words that lenders print behind their names, of what they pay out and of what they get back.
var lent = map[string]bool{
	"FUNDING": true, "FUNDS": true, "ADVANCE": true, "DISBURSEMENT": true, "DISBURSE": true, "DISB": true,
	"PROCEEDS": true, "REPAYMENT": true, "REPAY": true, "PAYBACK": true, "PAYOFF": true, "RETRY": true,
}

// saysLent reports whether a word behind the name of a lender says that it lends.
func saysLent(category, word, after string) bool {
	return strings.HasPrefix(category, "fin_out.") && (lent[word] || word == "CASH" && strings.HasPrefix(after, "ADV"))
}

// isNumber reports whether a word is the number of a shop: 00123, F190, T1234, 8982183BP.
func isNumber(word string) bool {
	digits := strings.TrimLeft(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	rest := strings.TrimLeft(digits, "0123456789")
	return len(word)-len(digits) < 2 && len(digits)-len(rest) > 2 && (rest == "" || len(digits)-len(rest) > 4)
}

// sellsMore reports whether a shop sells what others do as well.
func sellsMore(merchant string) bool {
	switch merchant {
	case "shopping.superstore", "shopping.department", "shopping.discount", "shopping.convenience",
		"shopping.marketplace", "food.groceries", "transport.fuel":
		return true
	}
	return false
}

// belongs reports whether a word of a category may stand behind a merchant of another one: shops for everything sell
// fuel and medicine, too.
func belongs(merchant, word string) bool {
	group, _, _ := strings.Cut(merchant, ".")
	other, _, _ := strings.Cut(word, ".")
	if group == other {
		return true
	}
	switch word {
	case "food.coffee":
		return sellsMore(merchant) || merchant == "shopping.books"
	case "food.groceries", "food.other", "transport.fuel", "health.pharmacy", "health.eye":
		return sellsMore(merchant)
	case "transport.auto_service":
		return merchant == "fin_out.auto"
	case "utilities.phone", "utilities.internet":
		return group == "utilities" || group == "shopping"
	}
	return merchant == ""
}

// dishes are words of what is cooked. A shop that is called by an ordinary word and one of them is another one than the
// chain of that word, whose own name has it where it is called so: MARCO'S PIZZA.
var dishes = map[string]bool{
	"PIZZA": true, "BURGER": true, "BURGERS": true, "CHICKEN": true, "TACOS": true, "SANDWICHES": true, "DONUTS": true,
	"WINGS": true, "SUSHI": true, "THAI": true, "BBQ": true,
}

// isOtherShop reports whether a word of the same group of categories makes the name that begins with an ordinary word
// another shop's: KINGS DONUTS is no grocer, BEACON PLUMBING sells no roofs.
func isOtherShop(merchant *merchant, word, category string) bool {
	group, _, _ := strings.Cut(merchant.category, ".")
	other, _, _ := strings.Cut(category, ".")
	return group == other && (merchant.category != category || dishes[word] && !hasWord(merchant.key, word))
}

// beforeStar finds the name before a star, where letters and digits hang behind it that stand for one order:
// AMAZON.COM*2HVJ16ZMY. Marketplaces make them of letters alone, too.
func (n *names) beforeStar(name string) *merchant {
	at := strings.IndexByte(name, '*')
	if at < 4 {
		return nil
	}
	order, _, _ := strings.Cut(name[at+1:], " ")
	if len(order) < 7 {
		return nil
	}
	found := n.exact(name[:at], false)
	if found != nil && !strings.ContainsAny(order, "0123456789") && found.category != "shopping.marketplace" {
		return nil
	}
	return found
}

// beforeCodes finds a name of several words behind which nothing stands but codes: AFFIRM *PAY 8HJ2K.
func (n *names) beforeCodes(name string) *merchant {
	words := Alias(name)
	for last := strings.LastIndexByte(words, ' '); last > 0; last = strings.LastIndexByte(words, ' ') {
		if !strings.ContainsAny(words[last:], "0123456789") {
			if a, known := n.lookup(words); known && len(words) < len(Alias(name)) {
				return n.merchant(a)
			}
			return nil
		}
		words = words[:last]
	}
	return nil
}

// withEntry finds a merchant that is told from others of its name by what is paid: VERIZON DES:FIOS PYMT.
func (n *names) withEntry(name, entry string) *merchant {
	first, _, _ := strings.Cut(entry, " ")
	if len(first) < 4 || strings.HasPrefix(name, first) {
		return nil
	}
	return n.exact(name+" "+first, false)
}

// withTicket finds an airline by the first three digits of a ticket's number, which are its own: UNITED 0161636375.
func (n *names) withTicket(parts []token) *merchant {
	if len(parts) < 2 {
		return nil
	}
	ticket := parts[1].key
	if len(ticket) < 10 || len(ticket) > 13 || !allDigits(ticket) {
		return nil
	}
	if _, known := n.lookup(parts[0].key); known {
		return nil
	}
	return n.exact(parts[0].key+" "+ticket[:3], false)
}

// beforeTown finds a name with its town behind it, which the bank prints once more: MACYS CHICAGO CHICAGO IL.
func (n *names) beforeTown(name, place string) *merchant {
	last := strings.LastIndexByte(place, ' ')
	if last < 0 {
		return nil
	}
	rest, found := strings.CutSuffix(strings.TrimRight(name, " ,"), " "+strings.TrimRight(place[:last], " ,*"))
	if !found {
		return nil
	}
	return n.exact(strings.TrimRight(rest, " "), true)
}

// isWhole reports whether a word stands for itself at the end of a name: FIRE is no part of FIREARMS, nor EXPRESS of
// EXPRESSWAY.
func (n *names) isWhole(word string) bool {
	_, isWord := n.words[word]
	return isWord || n.whole[word]
}

// isSpecific reports whether tokens hold a word that may be a name: none of banks, of payments or of any merchant.
func (n *names) isSpecific(parts []token) bool {
	for i := range parts {
		key := parts[i].key
		category, isWord := n.words[key]
		if hasLetter(key) && !n.rails[key] && (!isWord || category != "" && category != "income.payroll") {
			return true
		}
	}
	return false
}

// isGeneric reports whether each word stands in the names of many merchants.
func (n *names) isGeneric(parts []token) bool {
	for i := range parts {
		if _, isWord := n.words[parts[i].key]; hasLetter(parts[i].key) && !isWord && !n.rails[parts[i].key] {
			return false
		}
	}
	return true
}

// isKnown reports whether the tables have a name.
func (n *names) isKnown(name string) bool {
	_, known := n.lookup(Alias(name))
	return known
}

// begins reports whether tokens begin with a name that the tables have.
func (n *names) begins(parts []token) bool {
	for size := min(4, len(parts)); size > 0; size-- {
		if n.isKnown(join(parts[:size])) {
			return true
		}
	}
	return false
}

// anyName reports whether tokens hold a word with letters that is no word of banks alone.
func (n *names) anyName(parts []token) bool {
	for i := range parts {
		if hasLetter(parts[i].key) && !n.rails[parts[i].key] {
			return true
		}
	}
	return false
}

// anyRail reports whether one of the tokens is a word of banks.
func (n *names) anyRail(parts []token) bool {
	for i := range parts {
		if n.rails[parts[i].key] {
			return true
		}
	}
	return false
}

// Key is the key of a merchant of the tables.
func Key(name string) string { return Words(Fold(Normal(name))) }
