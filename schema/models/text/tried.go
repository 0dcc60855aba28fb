package text

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
	w := r.wording()
	try := func(group string, count int, l Label) bool {
		tried = append(tried, Tried{group, count, l})
		return l.Category != ""
	}
	for stage := range set.categories {
		if stage == byRail {
			if try("merchants", 0, set.ofMerchant(r.Category, isIn)) {
				return tried
			}
			if try("merchants anywhere in the text", 0, r.ofInside(&w, isIn)) {
				return tried
			}
		}
		if stage == byName && (r.Rail == "zelle" || r.Rail == "p2p_app") {
			break
		}
		rules := len(set.categories[stage].rules)
		if try(stageNames[stage], rules, w.ofStage(stage, isIn)) {
			break
		}
	}
	return tried
}
