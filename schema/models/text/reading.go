package text

import "strings"

// Reading is what a text says.
type Reading struct {
	Normal       string // in one spelling
	Folded       string // and without marks
	Merchant     string // what is left of the merchant's name
	Key          string // groups the movements of a merchant; never empty
	Name         string // the merchant's name for people, "" where no table knows it
	Family       string // the group of brands that the merchant belongs to
	Category     string // code of the taxonomy, "" where no table knows the merchant
	Rail         string // card, ach, atm, check, wire, zelle, p2p_app, fee; "" when the text does not say
	Processor    string
	Template     string // id of the phrasing
	Counterparty string // a person, or who stands behind the merchant
	Place        string
	Reference    string
	CardDigits   string // the last digits of a card or account
	entry        string // first words of what a payment by the clearing house is for
	isPay        bool   // a payer's text: its name is no shop's
	hasPayer     bool   // the clearing house has printed a payer behind the name
	In, Out      Label  // what it says of money that comes in, and of money that goes out
}

// NoText is the key of a text without a visible character.
const NoText = "(NO TEXT)"

// Read reads a text of a bank.
func Read(s string) Reading {
	r := Reading{Normal: Normal(s)}
	r.Folded = Fold(r.Normal)
	if r.Folded == "" {
		r.Key = NoText
		return r
	}
	all := partTowns(tokens(parted(r.Folded)))
	if !anyLetter(all) {
		r.Key = r.Folded
		if words := Words(r.Folded); words != "" {
			r.Key = words
		}
		return r
	}
	r.isPay = saysPay(all)
	whole, isPhrase := r.cutTemplates(all)
	if r.Template == "" && len(all) > 3 && len(all[0].key) == 5 && isDate(all[0]) {
		whole, isPhrase = r.cutTemplates(all[1:])
	}
	whole = trimmed(whole)
	if isPhrase {
		r.Merchant = join(whole)
		r.finish(all)
		return r
	}
	whole = r.cutHead(whole)
	named := join(trimmed(r.cutTails(whole)))
	r.Merchant = named
	if rest, p := cutProcessors(r.withStar(named)); p.id != "" {
		r.Processor = p.id
		if r.Rail == "" || p.rail == "p2p_app" { // whatever paid for it, a person is paid
			r.Rail = p.rail
		}
		left, _ := r.cutTemplates(withoutPayer(p, tokens(rest)))
		r.Merchant = join(trimmed(r.cutTails(left)))
	}
	r.Merchant = cutSuffix(r.Merchant)
	r.findName(named, whole)
	r.finish(all)
	return r
}

// withStar is a name with the star behind PayPal's prefix, where a bank that prints no signs has left it out.
func (r *Reading) withStar(named string) string {
	rest, found := strings.CutPrefix(named, "PAYPAL ")
	if !found || r.Rail != "card" || r.Template == "" || strings.HasPrefix(rest, "*") ||
		strings.HasPrefix(rest, "PAY ") || rules().names.begins(tokens(named)) { // PAYPAL PAY IN 4
		return named
	}
	return "PAYPAL *" + rest
}

// finish makes the key where no table knows the merchant, and finds the rail where nothing has said it.
func (r *Reading) finish(all []token) {
	if r.Name == "" {
		r.makeKey(all)
	}
	if r.Rail == "" {
		r.Rail = railOf(all)
	}
	if r.Rail == "" && r.hasPayer {
		r.Rail = "ach"
	}
	var w wording
	r.wording(&w)
	r.In, r.Out = r.label(&w, true), r.label(&w, false)
}

// cutTemplates takes off what a bank prints around a name. A bank may do so twice: POS DEBIT - VISA CHECK CARD 0123.
// It reports whether the phrasing is all there is: it names no merchant.
func (r *Reading) cutTemplates(parts []token) (left []token, isPhrase bool) {
	for range 3 {
		found, m := rules().findTemplate(parts)
		if found == nil {
			break
		}
		r.keep(found.id, found.rail, parts, &m, false)
		if m.slots[merchantSlot][1] == 0 {
			kept := make([]token, 0, len(parts))
			for i, part := range parts {
				if i >= 64 || m.kept&(1<<i) != 0 {
					kept = append(kept, part)
				}
			}
			return kept, true
		}
		parts = trimmed(m.of(merchantSlot, parts))
	}
	return parts, false
}

// keep notes what a phrasing says, where one further out has not said it.
func (r *Reading) keep(id, rail string, parts []token, m *match, isTail bool) {
	set := func(field *string, slot int) {
		if *field == "" && m.slots[slot][1] > 0 {
			*field = join(trimmed(m.of(slot, parts)))
		}
	}
	if r.Template == "" && !isTail {
		r.Template = id
	}
	if r.Rail == "" {
		r.Rail = rail
	}
	set(&r.Counterparty, counterpartySlot)
	set(&r.entry, entrySlot)
	set(&r.Place, placeSlot)
	set(&r.Reference, referenceSlot)
	if r.CardDigits == "" && m.slots[cardSlot][1] > 0 {
		r.CardDigits = lastDigits(m.of(cardSlot, parts)[0].key)
	}
}

// lastDigits are the digits a masked number ends with, at most six.
func lastDigits(s string) string {
	at := len(s)
	for at > 0 && isDigit(s[at-1]) && len(s)-at < 6 {
		at--
	}
	return s[at:]
}

// findTemplate is the first rule that all the tokens match, of those with the right first word and of the others.
func (s *ruleSet) findTemplate(parts []token) (*rule, match) {
	var m match
	first := 0
	for first < len(parts) && parts[first].key == "" {
		first++
	}
	if first == len(parts) {
		return nil, m
	}
	for _, candidates := range [][]rule{s.templates.byFirst[parts[first].key], s.templates.others} {
		for i := range candidates {
			p := &candidates[i].pattern
			if p.required != "" && !hasKey(parts, p.required) || !p.find(parts, &m) {
				continue
			}
			if slot := m.of(merchantSlot, parts); len(slot) == 0 || s.names.anyName(slot) {
				return &candidates[i], m
			}
		}
	}
	return nil, m
}

func hasKey(parts []token, key string) bool {
	for i := range parts {
		if parts[i].key == key {
			return true
		}
	}
	return false
}

// findName looks the merchant up: with who took the payment, which is a merchant's name itself where both together
// are one; what is left; and with the numbers behind it, which may belong to the name.
func (r *Reading) findName(named string, whole []token) {
	n, all := rules().names, join(whole)
	if r.Rail == "zelle" || r.Rail == "p2p_app" && r.Processor != "" { // a person may be called like a shop
		if lender := n.find(all, false); lender != nil && strings.HasPrefix(lender.category, "fin_out.") {
			r.Key, r.Name, r.Category, r.Family = lender.key, lender.name, lender.category, lender.family
		}
		return
	}
	found := n.exact(all, r.sign())
	isWhole := found != nil && saysPay(whole)
	if byEntry := n.withEntry(named, r.entry); byEntry != nil {
		found = byEntry
	}
	if found == nil {
		found = n.withTicket(whole)
	}
	if found == nil {
		found = n.exact(named, r.sign())
	}
	if found == nil {
		found = r.ofField(named)
	}
	if found == nil {
		found = n.beforeStar(r.Merchant)
	}
	if found == nil {
		found = n.beforeCodes(r.Merchant)
	}
	if found == nil && named != r.Merchant { // GOOGLE *ADS 6470226891
		found = n.beforeCodes(named)
	}
	if found == nil {
		found = n.beforeTown(r.Merchant, r.Place)
	}
	if found == nil {
		found = n.find(r.Merchant, r.sign())
	}
	if found == nil && r.Processor == "" && all != r.Merchant {
		found = n.find(all, r.sign())
	}
	if found == nil {
		found = n.aroundCode(r.Merchant)
	}
	if found == nil && all != r.Merchant {
		found = n.aroundCode(all)
	}
	if found == nil {
		found = r.findBroken(named, all, whole)
	}
	if found != nil && (!r.isPay || isWhole || strings.HasPrefix(found.category, "income.")) {
		r.Key, r.Name, r.Category, r.Family = found.key, found.name, found.category, found.family
	}
}

// findBroken looks a merchant up whose name stands among codes and other words.
func (r *Reading) findBroken(named, all string, whole []token) *merchant {
	n := rules().names
	if found := n.aroundRetry(all, r.sign()); found != nil {
		return found
	}
	if found := n.besideRefund(named); found != nil {
		return found
	}
	if found := n.behindItself(r.Merchant); found != nil {
		return found
	}
	if found := n.beforeCode(whole); found != nil || r.Processor != "" {
		return found
	}
	return r.behindCodes(whole)
}

// makeKey makes a key of what is left of the text. Where no letter is left, less is cut off.
func (r *Reading) makeKey(all []token) {
	if !hasLetter(r.Merchant) {
		r.Merchant = join(trimmed((&Reading{}).cutTails(all)))
	}
	if parts := tokens(r.Merchant); !rules().names.anyName(parts) { // POS PURCHASE 99 names no merchant
		for last := len(parts) - 1; last > 0 && r.Template == "" && allDigits(parts[last].key) &&
			anyLetter(parts[:last]); last-- {
			parts = parts[:last]
		}
		r.Merchant = join(parts)
	}
	r.Merchant = withoutCodes(join(withoutPayerOfEntry(tokens(r.Merchant))))
	for _, candidate := range []string{r.telling(all), r.Folded} {
		if r.Key = Words(candidate); hasLetter(r.Key) {
			break
		}
	}
	if r.Key == "" || len(r.Key) > len(r.Folded) { // signs alone, or a word that was parted in two
		r.Key = r.Folded
	}
}

// telling is what is left of the name where it tells one merchant from others: with its place where it has words of
// trades alone (PHARMACY) or is no name without (CITY OF), and the whole text where it is a place, or has words of
// banks alone.
func (r *Reading) telling(all []token) string {
	n, parts := rules().names, tokens(r.Merchant)
	isCut := r.Template != "" && r.entry == ""
	switch {
	case rules().placeAt(parts) == len(parts), isCut && !n.isSpecific(parts) && n.isSpecific(all):
		return r.Folded
	case r.Place != "" && (n.isGeneric(parts) || isHalf(parts)):
		return r.Merchant + " " + r.Place
	}
	return r.Merchant
}

// awaiting are words that end no name: what follows belongs to it.
var awaiting = map[string]bool{
	"OF": true, "AT": true, "IN": true, "ON": true, "NEAR": true, "DE": true, "DEL": true, "FOR": true, "FROM": true,
	"TO": true, "AND": true, "&": true, "THE": true,
}

// openers are words that are no name alone.
var openers = map[string]bool{
	"NEW": true, "OLD": true, "MY": true, "OUR": true, "VISIT": true, "CITY": true, "TOWN": true, "VILLAGE": true,
	"COUNTY": true, "TOWNSHIP": true, "GREATER": true, "DOWNTOWN": true, "HISTORIC": true, "DISCOVER": true,
	"EXPLORE": true, "EXPERIENCE": true, "NORTH": true, "SOUTH": true, "EAST": true, "WEST": true, "CENTRAL": true,
	"PORT": true, "FORT": true, "FIRST": true,
}

// isHalf reports whether a name lacks the town that stands behind it: CITY OF, VISIT.
func isHalf(parts []token) bool {
	if len(parts) == 0 {
		return false
	}
	last := parts[len(parts)-1].key
	return awaiting[last] || len(parts) == 1 && openers[last]
}

// sign reports whether the text says beside a name that it is a shop's.
func (r *Reading) sign() bool {
	return r.Rail == "card" && (r.Template != "" || wallets[r.Processor]) ||
		r.Place != "" || r.Reference != "" && r.Rail != "ach" && !r.hasPayer
}

// wallets are no processors of small shops: any shop takes them.
var wallets = map[string]bool{"apple_pay": true, "google_pay": true}

// saysPay reports whether a text says that work is paid.
func saysPay(parts []token) bool {
	for i := range parts {
		switch parts[i].key {
		case "PAYROLL", "SALARY", "DIRDEP", "PAYCHECK", "WAGES":
			return true
		case "DIRECT", "DIR":
			if i+1 < len(parts) && strings.HasPrefix(parts[i+1].key, "DEP") {
				return true
			}
		}
	}
	return false
}
