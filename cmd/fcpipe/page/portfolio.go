package page

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
)

// Portfolio is the operator's page over all holders: how fresh and how covered they are, and what needs a person.
type Portfolio struct {
	SchemaVersion int          `json:"schema_version"`
	AsOf          time.Time    `json:"as_of"`
	AsOfDate      string       `json:"as_of_date"`
	Zone          string       `json:"report_zone"`
	Models        string       `json:"models"`
	Operations    Operations   `json:"operations"`
	States        []StateTotal `json:"states"`
	Holders       []HolderLine `json:"holders"`
	Freshness     []Band       `json:"freshness"`      // how far holders are read
	Coverage      []Band       `json:"coverage"`       // how many days are held
	Unknown       []Band       `json:"unknown_shares"` // what share of the money has no category
	Policy        string       `json:"policy,omitempty"`
	Conditions    []Counted    `json:"conditions"` // of the policy, in its order
	Linked        bool         `json:"-"`          // whether the pages of holders lie beside it
	Notice        string       `json:"notice"`
}

// Operations is what is known of rounds, requests and money, and which accounts need a person.
type Operations struct {
	Verdict        string      `json:"verdict"`
	NeedsAttention bool        `json:"needs_attention"`
	LastRound      *time.Time  `json:"last_round"` // its end; nil without any
	LastOutcome    string      `json:"last_outcome"`
	ReadsUsed      int64       `json:"reads_used_30_days"`
	ReadsAllowed   int64       `json:"reads_allowed_30_days"`
	SpentMonth     string      `json:"spent_month_usd"`
	BudgetMonth    string      `json:"budget_month_usd"` // empty: none is set
	Attention      []Attention `json:"attention"`
}

// Attention is an account that needs a person.
type Attention struct {
	HolderID    string     `json:"holder_id"`
	AccountID   string     `json:"account_id"`
	Institution string     `json:"institution"`
	Code        string     `json:"code"`
	Reason      string     `json:"reason"`
	Since       *time.Time `json:"since"`
}

// StateTotal is how many numbers of all holders have a state.
type StateTotal struct {
	State string `json:"value_state"`
	Count int64  `json:"count"`
}

// Band is how many holders are alike in one respect.
type Band struct {
	Label   string `json:"label"`
	Holders int64  `json:"holders"`
}

// Counted is how often a condition of a policy has each outcome.
type Counted struct {
	Code      string `json:"reason_code"`
	Condition string `json:"condition"`
	Holds     int64  `json:"holds"`
	Not       int64  `json:"does_not_hold"`
	Unsaid    int64  `json:"cannot_be_said"`
}

// HolderLine is a holder in the portfolio.
type HolderLine struct {
	HolderType   string   `json:"holder_type"`
	HolderID     string   `json:"holder_id"`
	Accounts     int64    `json:"accounts"`
	Active       int64    `json:"active_accounts"`
	ReadUpTo     string   `json:"read_up_to"` // the earliest of its living accounts; empty when one was never read
	DaysOld      *int64   `json:"days_old"`   // nil when one was never read
	DaysHeld     *int64   `json:"days_held"`  // of the account with the shortest history; nil likewise
	OK           int64    `json:"values_ok"`  // of the numbers that apply
	Partial      int64    `json:"values_partial"`
	Unusable     int64    `json:"values_unusable"`
	UnknownShare *float64 `json:"unknown_share"` // largest of its currencies, 90 days
	FailedGates  string   `json:"failed_gates"`
	NotShared    int64    `json:"accounts_not_shared"` // that seem to be in use
	NeedsPerson  int64    `json:"accounts_that_need_a_person"`
	Holding      int64    `json:"conditions_that_hold"`
	Reasons      []Reason `json:"reasons,omitempty"` // of the policy; without numbers, which reports have
}

// PortfolioOf reads the portfolio. The file is asked a fixed number of questions, however many holders it has.
func PortfolioOf(ctx context.Context, connection Connection, operations Operations) (*Portfolio, error) {
	p := &Portfolio{
		SchemaVersion: schemaVersion, Notice: notice, Operations: operations, States: []StateTotal{},
		Holders: []HolderLine{}, Conditions: []Counted{},
	}
	err := connection.QueryRowContext(ctx, statements.Get("as_of")).Scan(&p.AsOf, &p.AsOfDate, &p.Zone, &p.Models)
	if err != nil {
		return nil, fmt.Errorf("read the date of the newest data: %w", err)
	}
	p.AsOf = p.AsOf.UTC()
	err = statements.EachRow(ctx, connection, "portfolio_states", func(scan duck.Scan) error {
		var s StateTotal
		err := scan(&s.State, &s.Count)
		p.States = append(p.States, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = statements.EachRow(ctx, connection, "portfolio_holders", func(scan duck.Scan) error {
		var h HolderLine
		err := scan(&h.HolderType, &h.HolderID, &h.Accounts, &h.Active, &h.ReadUpTo, &h.DaysOld, &h.DaysHeld, &h.OK,
			&h.Partial, &h.Unusable, &h.UnknownShare, &h.FailedGates, &h.NotShared)
		p.Holders = append(p.Holders, h)
		return err
	})
	p.arrange()
	return p, err
}

// arrange counts, and puts those first that need a person, then those that are out of date.
func (p *Portfolio) arrange() {
	rank := func(s StateTotal) int {
		return slices.IndexFunc(states, func(known state) bool { return known.Code == s.State })
	}
	slices.SortFunc(p.States, func(a, b StateTotal) int { return cmp.Compare(rank(a), rank(b)) })
	needs := map[string]int64{}
	for _, a := range p.Operations.Attention {
		needs[a.HolderID]++
	}
	for i := range p.Holders {
		p.Holders[i].NeedsPerson = needs[p.Holders[i].HolderID]
	}
	p.Freshness = p.bands(HolderLine.freshness, "up to date", "2 to 4 days old", "5 days old or more",
		"never read whole")
	p.Coverage = p.bands(HolderLine.coverage, "180 days or more", "90 to 179 days", "30 to 89 days",
		"fewer than 30 days", "never read whole")
	p.Unknown = p.bands(HolderLine.unknown, "up to 10 % unknown", "up to 25 % unknown", "more than 25 % unknown",
		"not known")
	slices.SortStableFunc(p.Holders, func(a, b HolderLine) int {
		return cmp.Or(cmp.Compare(min(b.NeedsPerson, 1), min(a.NeedsPerson, 1)),
			cmp.Compare(b.freshness(), a.freshness()))
	})
}

// bands counts holders by where of the labels one stands.
func (p *Portfolio) bands(of func(HolderLine) int, labels ...string) []Band {
	found := make([]Band, len(labels))
	for i, label := range labels {
		found[i].Label = label
	}
	for _, h := range p.Holders {
		found[of(h)].Holders++
	}
	return found
}

func (h HolderLine) coverage() int {
	switch {
	case h.DaysHeld == nil:
		return 4
	case *h.DaysHeld < 30:
		return 3
	case *h.DaysHeld < 90:
		return 2
	case *h.DaysHeld < 180:
		return 1
	}
	return 0
}

func (h HolderLine) unknown() int {
	switch {
	case h.UnknownShare == nil:
		return 3
	case *h.UnknownShare > unknownShare:
		return 2
	case *h.UnknownShare > 0.1:
		return 1
	}
	return 0
}

func (h HolderLine) freshness() int {
	switch {
	case h.DaysOld == nil:
		return 3
	case *h.DaysOld > 4:
		return 2
	case *h.DaysOld > 1:
		return 1
	}
	return 0
}

// Apply counts what the conditions of a policy say of all holders.
func (p *Portfolio) Apply(ctx context.Context, connection Connection, policy *Policy) error {
	reports := make([]*Report, len(p.Holders))
	for i, h := range p.Holders {
		reports[i] = &Report{HolderType: h.HolderType, HolderID: h.HolderID}
	}
	if err := policy.Apply(ctx, connection, reports); err != nil {
		return err
	}
	p.Policy = policy.Name
	for _, c := range policy.Conditions {
		p.Conditions = append(p.Conditions, Counted{Code: c.Code, Condition: fmt.Sprintf("%s, %s %s %s", c.Attribute,
			spanWords(c.Window), Reason{Comparison: c.Comparison}.sign(), shownThreshold(c))})
	}
	for i, r := range reports {
		p.Holders[i].Reasons = r.Reasons
		for _, reason := range r.Reasons {
			counted := &p.Conditions[reason.Position-1]
			switch reason.Outcome {
			case holds:
				counted.Holds++
				p.Holders[i].Holding++
			case doesNotHold:
				counted.Not++
			default:
				counted.Unsaid++
			}
		}
	}
	return nil
}

// HTML writes the portfolio as one file.
func (p *Portfolio) HTML(out io.Writer) error {
	if err := pages.ExecuteTemplate(out, "portfolio.html", p); err != nil {
		return fmt.Errorf("write the page over all holders: %w", err)
	}
	return nil
}

// About is the verdict without the words that stand above it.
func (o Operations) About() string { return strings.TrimPrefix(o.Verdict, "needs attention: ") }

// Why is the reason without its code, which stands above it.
func (a Attention) Why() string { return strings.TrimPrefix(a.Reason, a.Code+": ") }

// FileOf is the page of the holder of an account; empty where no page lies beside this one.
func (p *Portfolio) FileOf(a Attention) string {
	for _, h := range p.Holders {
		if p.Linked && h.HolderID == a.HolderID {
			return h.File()
		}
	}
	return ""
}

// Instant is the instant of the newest data, in the report zone.
func (p *Portfolio) Instant() string { return instant(p.AsOf, p.Zone) }

// Total is the number of all numbers.
func (p *Portfolio) Total() (total int64) {
	for _, s := range p.States {
		total += s.Count
	}
	return total
}

// Name is the holder as commands take it.
func (h HolderLine) Name() string {
	return (&Report{HolderType: h.HolderType, HolderID: h.HolderID}).HolderName()
}

// File is the name of the holder's page: a hash, so that the list of a directory names no person.
func (h HolderLine) File() string { return holderFile(Holder{h.HolderType, h.HolderID}) }

func holderFile(h Holder) string {
	sum := sha256.Sum256([]byte(h.Type + " " + h.ID))
	return "h-" + hex.EncodeToString(sum[:8]) + ".html"
}

// Percent is a share of one as people write it; a dash where it is missing.
func (h HolderLine) Percent() string {
	if h.UnknownShare == nil {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100**h.UnknownShare)
}
