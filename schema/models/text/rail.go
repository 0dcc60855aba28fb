package text

// railOf finds how the money moved by words that stand anywhere in a text.
func railOf(parts []token) string {
	best := ""
	bestRank := len(railOrder)
	for i := range parts {
		candidates := rules().rails.byFirst[parts[i].key]
		for j := range candidates {
			rank, ranked := railOrder[candidates[j].rail]
			if !ranked || rank >= bestRank {
				continue
			}
			if candidates[j].pattern.begins(parts[i:]) {
				best, bestRank = candidates[j].rail, rank
			}
		}
	}
	return best
}

// railOrder says which rail wins where words of several stand in a text.
var railOrder = map[string]int{"fee": 0, "zelle": 1, "p2p_app": 2, "atm": 3, "wire": 4, "check": 5, "ach": 6, "card": 7}

// begins reports whether tokens begin with what the pattern says.
func (p *pattern) begins(parts []token) bool {
	var m match
	for to := 1; to <= min(len(parts), len(p.elements)+2); to++ {
		if p.find(parts[:to], &m) {
			return true
		}
	}
	return false
}
