package plan

import "fmt"

const (
	// maxPages may be read of one account in a round where there is no allowance: ten million rows.
	maxPages = 100_000
	// MinPages may be read of one account however small the allowance is.
	MinPages = 100
	// pageShare is the part of an allowance that one account may take in 30 days without being read to the
	// end, so that an endless list does not take the reads of the others.
	pageShare = 10
	// maxListPages bounds a list of accounts, and so the memory it takes.
	maxListPages = 2_500
)

// PageLimit is how many pages one account may take: where there is an allowance, in 30 days without being
// read to the end, else in a round.
func (p Policy) PageLimit() int64 {
	if p.ReadsPer30Days == 0 {
		return maxPages
	}
	return min(maxPages, max(p.ReadsPer30Days/pageShare, MinPages))
}

// PageLimitReason says what to do about an account that was not read to the end.
func (p Policy) PageLimitReason() string {
	if p.ReadsPer30Days == 0 {
		return fmt.Sprintf(
			"its rows take more than %d pages: nothing Stripe holds of one account should; the rows read are held",
			maxPages,
		)
	}
	return fmt.Sprintf(
		"its rows take more than %d pages, all that one account may take in 30 days without coming to an end; "+
			"the rows read are held, a larger stripe.reads_per_30_days lets it take a tenth of that",
		p.PageLimit(),
	)
}

// ListPageLimit is how many pages a list of accounts may take: as many as one account, within bounds.
func (p Policy) ListPageLimit() int { return int(min(maxListPages, p.PageLimit())) }

// ListLimitSource says where the limit of a list comes from.
func (p Policy) ListLimitSource() string {
	if p.ReadsPer30Days == 0 || p.ListPageLimit() == maxListPages {
		return "the most a list may take"
	}
	return fmt.Sprintf("the part of stripe.reads_per_30_days: %d a list may take", p.ReadsPer30Days)
}
