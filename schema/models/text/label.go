package text

import "strings"

// label is what the text says of money that comes in, or goes out: by the first rule that fits, in the order of the
// stages. The order matters: INSUFFICIENT FUNDS CHARGE / VENMO is a fee before it is a payment to a person.
func (r *Reading) label(w *wording, isIn bool) Label {
	set := rules()
	for stage := range set.categories {
		if stage == byRail {
			if l := w.ofPayer(set.ofMerchant(r.Category, isIn)); l.Category != "" {
				return l
			}
			if l := r.ofInside(w, isIn); l.Category != "" {
				return l
			}
		}
		if stage == byName && !r.namesShop() {
			break
		}
		if found := w.ofStage(stage, isIn); found.Category != "" {
			return found
		}
	}
	if category := set.ofProcessor[r.Processor]; category != "" && !isIn {
		return Label{category, "processor", "weak"}
	}
	return Label{}
}

// namesShop reports whether words of the name may say what a shop sells. They do not in the name of a person, nor in
// the title of what an app store sells: CANDY CRUSH.
func (r *Reading) namesShop() bool {
	return r.Rail != "zelle" && r.Rail != "p2p_app" && r.Processor != "google"
}

// ofInside is what a merchant says whose name stands somewhere in the text, but where the last word of the name says
// another trade: MAPLE BEAR is a school, MAPLE BEAR BAKERY is not.
func (r *Reading) ofInside(w *wording, isIn bool) Label {
	if !w.isInsideKnown {
		w.inside, w.isInsideKnown = r.categoryInside(w.whole), true
	}
	l := w.ofPayer(rules().ofMerchant(w.inside, isIn))
	if l.Category == "" {
		return l
	}
	trade := w.ofLastWord().Category
	if group, _, _ := strings.Cut(w.inside, "."); trade != "" && !strings.HasPrefix(trade, group+".") {
		return Label{}
	}
	return Label{l.Category, "merchant_inside", inside[l.Strength]}
}

// noPay are words beside the name of a payer that say of what it pays that it is no wage: a fee or a tax given back, or
// what was spent for an employer.
var noPay = map[string]bool{
	"FEE": true, "FEES": true, "TAX": true, "TAXES": true, "TRAVEL": true, "TRVL": true, "EXPENSE": true,
	"EXPENSES": true, "REIMB": true, "REIMBURSE": true, "REIMBURSEMENT": true, "GARN": true, "GARNISHMENT": true,
}

// noRefund are words of companies that pay each other, or those who sell by them: what comes by them from a shop is no
// purchase given back.
var noRefund = map[string]bool{
	"EDI": true, "EDIPAYMENT": true, "EDIPYMNTS": true, "EDIPYMTS": true, "EDIPMT": true, "CTX": true, "VENDOR": true,
	"PAYABLES": true, "VENDORPAY": true, "PAYOUT": true, "PAYOUTS": true, "DISTRIBUTION": true, "DISBURSEMENT": true,
	"EARNINGS": true, "COMMISSION": true, "COMMISSIONS": true, "ROYALTY": true, "ROYALTIES": true, "PROCEEDS": true,
	"WINNINGS": true,
}

// ofPayer is what a merchant says, but where the text says of one that pays wages that it pays none, of a shop that it
// pays as a company does, and of an insurer that it gives a premium back.
func (w *wording) ofPayer(l Label) Label {
	if l.Category == "income.insurance_claim" && hasWord(w.whole, "REFUND") {
		l.Category = "adj.refund"
	}
	isPay := l.Category == "income.payroll" || l.Category == "income.military"
	if !isPay && l.Category != "adj.refund" {
		return l
	}
	for word := range strings.FieldsSeq(w.whole) {
		if isPay && noPay[word] || !isPay && noRefund[word] {
			return Label{}
		}
	}
	return l
}

// hasWord reports whether a word stands among others.
func hasWord(words, word string) bool {
	for other := range strings.FieldsSeq(words) {
		if other == word {
			return true
		}
	}
	return false
}

// ofStage is what the rules of a stage say, or what the shop sells, where its name ends with that. What a bookmaker
// pays is won, or left of stakes, also where it is paid to the card, as a refund is.
func (w *wording) ofStage(stage int, isIn bool) Label {
	found := w.find(stage, isIn)
	if w.isBookmaker && isIn && found.Category == "adj.refund" {
		return Label{}
	}
	if isIn || stage != byRail && stage != byText || found.Category == "" {
		return found
	}
	if trade := w.ofLastWord(); tradeWins(trade, found) || found.Rule == "loan" && w.isCalledLoan(trade) {
		return trade
	}
	return found
}

// isCalledLoan reports whether a name only begins with the word, and says what is sold: LOAN OAK TREE SERVICE.
func (w *wording) isCalledLoan(trade Label) bool {
	if !strings.HasPrefix(w.name, "LOAN ") || trade.Category == "" || strings.HasPrefix(trade.Category, "fin_out.") {
		return false
	}
	for word := range strings.FieldsSeq(w.whole) {
		if saysPaid[word] || strings.HasPrefix(word, "REPAY") {
			return false
		}
	}
	return w.rail != "ach"
}

// tradeWins reports whether the last word of a name, which says what a shop is, goes before words that may stand in
// the name as well: WASTE NOT CAFE, DRAFT HOUSE TAVERN. It does not where the text may say what the money is for:
// TRANSFER TO CHECKING COFFEE; nor where both may be right: HOA DUES GOLF CLUB.
func tradeWins(trade, found Label) bool {
	group, _, _ := strings.Cut(found.Category, ".")
	sells, _, _ := strings.Cut(trade.Category, ".")
	switch {
	case found.Category == "xfer.check_out" && found.Rule != "check_out", group == "utilities":
		return sells == "food" || sells == "personal" || sells == "fun" || sells == "shopping" ||
			trade.Category == "transport.auto_service"
	case group == "fin_out", found.Category == "xfer.investment_out":
		return sells == "food" && trade.Category != "food.groceries" || sells == "personal"
	}
	return false
}

// parted is a text with a space where some leave none: PAYROLLSEC:PPD, 8694878226PAYROLL, GOOGLE *ADS6470226891.
func parted(folded string) string {
	folded = partedField(partedWords(withoutAccountOfAds(folded)))
	if strings.HasPrefix(folded, "WT ") {
		return wellsWire.Replace(folded)
	}
	if strings.Contains(folded, "XXXXXXXX") || strings.Contains(folded, "CARD ") {
		folded = partedCard(folded)
	}
	if !strings.Contains(folded, "SEC:") && !strings.Contains(folded, "PAY ENDING") && !hasTenDigits(folded) {
		return folded
	}
	folded = strings.ReplaceAll(folded, "SEC:", " SEC:")
	for _, wallet := range []string{"APPLE PAY ENDING", "GOOGLE PAY ENDING", "SAMSUNG PAY ENDING"} {
		folded = strings.ReplaceAll(folded, wallet, " "+wallet)
	}
	for i, digits := 0, 0; i < len(folded); i++ {
		switch {
		case isDigit(folded[i]):
			digits++
			continue
		case digits == 10 && isUpper(folded[i]):
			return folded[:i] + " " + folded[i:]
		}
		digits = 0
	}
	return folded
}

// partedWords is a text with a space around the sign that joins two words of four letters or more: WATER&SEWER.
func partedWords(folded string) string {
	at := strings.IndexByte(folded, '&')
	if at < 4 || at+4 >= len(folded) || !isLetters(folded[at-4:at]) || !isLetters(folded[at+1:at+5]) {
		return folded
	}
	return folded[:at] + " & " + folded[at+1:]
}

// wellsWire parts what Wells Fargo writes of a wire from who pays or is paid.
var wellsWire = strings.NewReplacer("/BNF=", " BNF= ", "/ORG=", " ORG= ")

// partedCard is a text with a space around the digits of a card: CARD 1234ON 031524, MARKETXXXXXXXXXXXX1234. A bank
// masks twelve signs: what else is before them belongs to the name, as in TJ MAXX.
func partedCard(folded string) string {
	if mask := strings.Index(folded, "XXXXXXXX"); mask > 0 && folded[mask-1] != ' ' && isUpper(folded[mask-1]) {
		end := mask
		for end < len(folded) && folded[end] == 'X' {
			end++
		}
		mask = max(mask, end-12)
		folded = folded[:mask] + " " + folded[mask:]
	}
	if _, behind, found := strings.Cut(folded, "CARD "); found && len(behind) > 7 && allDigits(behind[:4]) &&
		strings.HasPrefix(behind[4:], "ON ") && isDigit(behind[7]) {
		at := len(folded) - len(behind) + 4
		folded = folded[:at] + " " + folded[at:]
	}
	return folded
}

// withoutAccountOfAds parts what Google prints for advertising from the number of the account that advertises.
func withoutAccountOfAds(folded string) string {
	if strings.IndexByte(folded, '*') < 0 {
		return folded
	}
	for _, product := range []string{"*ADS", "* ADS", "*ADWS"} {
		at := strings.Index(folded, product)
		if end := at + len(product); at > 0 && end < len(folded) && isDigit(folded[end]) {
			return folded[:end] + " " + folded[end:]
		}
	}
	return folded
}

// hasTenDigits reports whether a word begins with ten digits and goes on with letters.
func hasTenDigits(folded string) bool {
	for i, digits := 0, 0; i < len(folded); i++ {
		if !isDigit(folded[i]) {
			if digits == 10 && isUpper(folded[i]) {
				return true
			}
			digits = 0
			continue
		}
		digits++
	}
	return false
}

// categoryInside is that of a merchant whose name stands anywhere in a text of a phrasing that no rule knows. It makes
// no key: what else belongs to the name is unknown.
func (r *Reading) categoryInside(words string) string {
	if r.Name != "" || r.Rail != "" && r.Rail != "card" && r.Rail != "ach" || r.Processor != "" {
		return ""
	}
	n := rules().names
	for at := 0; at < len(words); {
		if found := n.insideFrom(words[at:], r.Rail == "card"); found != nil {
			return found.category
		}
		next := strings.IndexByte(words[at:], ' ')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return ""
}

// insideFrom is the longest name that words begin with, if it is one that hardly stands for something else: long and
// made up, or of several words in a payment by card. A venue is called by many names: VERIZON CENTER.
func (n *names) insideFrom(words string, isCard bool) *merchant {
	best, behind := alias{}, ""
	for end, count := 0, 1; count <= n.aliases.most+1 && end < len(words); count++ {
		if next := strings.IndexByte(words[end:], ' '); next < 0 {
			end = len(words)
		} else {
			end += next
		}
		a, known := n.lookup(words[:end])
		if known && end > 4 && (a.sureness == madeUp || a.sureness == ordered && isCard && count > 1 && end > 7) {
			best, behind = a, words[end:]
		}
		end++
	}
	if best.key == "" {
		return nil
	}
	found := n.merchant(best)
	next, _, _ := strings.Cut(strings.TrimLeft(behind, " "), " ")
	if trade := n.words[next]; trade == "fun.events" && !belongs(found.category, trade) ||
		n.endsInOtherTrade(found.category, behind) {
		return nil
	}
	return found
}

// inside is how sure a rule is of a name that stands somewhere in a text, by how sure it is of one that begins it.
var inside = map[string]string{"exact": "pattern", "weak": "weak"}

// ofMerchant is what is paid to, or comes from, a merchant that the tables know.
func (s *ruleSet) ofMerchant(category string, isIn bool) Label {
	group, name, _ := strings.Cut(category, ".")
	switch {
	case category == "":
	case !isIn && category == "income.payroll":
		category = "biz.payroll_run"
	case !isIn && group == "income": // a payer who is paid: the text does not say for what
		category = ""
	case !isIn, group == "income":
	case group == "fin_out":
		if category = "fin_in." + name; !s.taxonomy[category] {
			category = "fin_in.other"
		}
	case group == "xfer":
		if category = "xfer." + strings.TrimSuffix(name, "_out") + "_in"; !s.taxonomy[category] {
			category = "xfer.other_in"
		}
	case category == "services.insurance":
		return Label{"income.insurance_claim", merchantRule, "weak"}
	case category == "fun.gambling": // what a bookmaker pays was won, or is what was left of stakes
	case category == "gov.tax":
		return Label{"income.tax_refund", merchantRule, "weak"}
	default: // what else comes from a shop is a refund, which the holder's purchases have to show
		return Label{"adj.refund", merchantRule, "weak"}
	}
	if category == "" {
		return Label{}
	}
	return Label{category, merchantRule, "exact"}
}

// Tried is a group of rules that a text was held against, and what it says; of a group that none fits, nothing.
type Tried struct {
	Group string
	Rules int // how many it has; 0 of names of merchants, which are looked up
	Label Label
}

// stageNames are what the groups of rules are called, in the order of the stages.
var stageNames = [stageCount]string{"fees, income and benefits", "rails", "words of the text", "words of the name"}

// Tried are the groups of rules that a text is held against, for money that comes in or goes out, up to the first of
// which one fits: it gives the label.
func (r *Reading) Tried(isIn bool) (tried []Tried) {
	set := rules()
	var w wording
	r.wording(&w)
	try := func(group string, count int, l Label) bool {
		tried = append(tried, Tried{group, count, l})
		return l.Category != ""
	}
	for stage := range set.categories {
		if stage == byRail {
			if try("merchants", 0, w.ofPayer(set.ofMerchant(r.Category, isIn))) {
				return tried
			}
			if try("merchants anywhere in the text", 0, r.ofInside(&w, isIn)) {
				return tried
			}
		}
		if stage == byName && !r.namesShop() {
			break
		}
		rules := len(set.categories[stage].rules)
		if try(stageNames[stage], rules, w.ofStage(stage, isIn)) {
			break
		}
	}
	return tried
}
