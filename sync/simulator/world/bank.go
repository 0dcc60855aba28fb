package world

import (
	"fmt"
	"slices"
	"time"

	"fcpipe/sync/simulator/draw"
)

// BankAccount is an account as its bank shows it to its holder, who may link it.
type BankAccount struct {
	Institution string `json:"institution"`
	Category    string `json:"category"`
	Subcategory string `json:"subcategory"`
	Name        string `json:"name"`
	Last4       string `json:"last4"`
}

// Institutions are the banks of every world.
func Institutions() []string { return slices.Clone(institutions) }

// Offered are the accounts a holder has at a bank, the same ones whenever they are asked for: those that are linked
// already, then a checking and a savings account and, at most banks, a card, as far as they are not linked.
func (w *World) Offered(holder, institution string) []BankAccount {
	var offered []BankAccount
	kinds := map[string]bool{}
	for _, a := range w.Accounts {
		if a.Holder == holder && a.Institution == institution && a.State.ReplacedAt.IsZero() {
			offered = append(offered, a.atBank())
			kinds[a.Subcategory] = true
		}
	}
	purpose := "offered " + holder + " " + institution
	x := draw.Of(w.Config.Seed, 0, purpose, -1)
	for i, kind := range []BankAccount{
		{institution, "cash", "checking", "Everyday Checking", ""},
		{institution, "cash", "savings", "Savings", ""},
		{institution, "credit", "credit_card", "Rewards Card", ""},
	} {
		if kinds[kind.Subcategory] || kind.Category == "credit" && draw.Chance(x, 25) {
			continue
		}
		kind.Last4 = fmt.Sprintf("%04d", draw.Of(w.Config.Seed, 0, purpose, int64(i))%10_000)
		offered = append(offered, kind)
	}
	return offered
}

func (a *Account) atBank() BankAccount {
	return BankAccount{a.Institution, a.Category, a.Subcategory, a.Name, a.Last4}
}

// LinkedAs finds a holder's account at a bank that is linked already and was not linked again since.
func (w *World) LinkedAs(holder string, b BankAccount) (id string, known bool) {
	for _, a := range w.Accounts {
		if a.Holder == holder && a.State.ReplacedAt.IsZero() && a.atBank() == b {
			return a.ID, true
		}
	}
	return "", false
}

// become makes a drawn account the one its holder chose at the bank.
func (a *Account) become(c Config, b BankAccount) {
	a.Institution, a.dates = b.Institution, datesOf[max(slices.Index(institutions, b.Institution), 0)]
	a.Category, a.Subcategory, a.Name, a.Last4 = b.Category, b.Subcategory, b.Name, b.Last4
	a.main, a.ClosedAt, a.historyFrom = b.Subcategory == "checking", time.Time{}, time.Time{}
	x := draw.Of(c.Seed, a.number, "opening", 0)
	switch b.Subcategory {
	case "checking":
		a.opening = draw.Between(x, 80_000, 600_000)
	case "savings":
		a.opening = draw.Between(x, 50_000, 2_500_000)
	default:
		a.opening = -draw.Between(x, 10_000, 250_000)
	}
}
