package world

import (
	"slices"
	"time"
	_ "time/tzdata" // a machine without zone files has the same zones

	"fcpipe/sync/simulator/draw"
)

// Kinds of mess: what a feed shows otherwise than the bank has it in its books, or a bank does behind its feed.
const (
	TurnedSigns      = "turned signs"               // money out is positive
	TurnedCredits    = "turned credits"             // money in is negative as well
	DoubledRows      = "doubled rows"               // some rows come twice, with two ids
	LostRows         = "lost rows"                  // some rows never come
	WithheldDays     = "withheld days"              // no row of ten days ever comes
	LateRows         = "late rows"                  // rows come three days after they posted
	VanishedRows     = "vanished rows"              // some posted rows are taken back without a void
	PendingTwins     = "pending twins"              // some rows post under another id, and stay pending under the first
	ShiftedDates     = "shifted dates"              // some rows are dated a day early or late
	UndatedRows      = "undated rows"               // no row says when it posted
	ZoneMidnights    = "midnights of a zone"        // rows post at midnight of the bank's zone
	OldBalances      = "old balances"               // some balances are those of two days before
	MisfitBalances   = "balances that do not fit"   // some balances are wrong
	PendingBalances  = "balances with pending rows" // balances count what is pending
	MixedCurrencies  = "mixed currencies"           // some rows are said to be in euros
	RowsOf1970       = "rows of 1970"               // some rows are dated 1970
	FailingRefreshes = "failing refreshes"          // refreshes of transactions fail from a day on
)

// MessKinds are all kinds of mess, in the order in which holders get them.
var MessKinds = []string{
	TurnedSigns, TurnedCredits, DoubledRows, LostRows, WithheldDays, LateRows, VanishedRows, PendingTwins,
	ShiftedDates, UndatedRows, ZoneMidnights, OldBalances, MisfitBalances, PendingBalances, MixedCurrencies, RowsOf1970,
	FailingRefreshes,
}

// Days of a messy world: those of which rows are withheld, and the one from which refreshes fail.
const withheldDay, withheldDays, failingDay = 130, 10, 180

// rows of a hundred that are doubled, lost or taken back, dated in 1970, shown in euros, dated a day off, post under
// another id; balances of a hundred that are old or wrong
const someRows, fewRows, euroRows, shiftedRows, twinRows, badBalances = 4, 1, 5, 10, 30, 20

// bankZone is where the banks are.
var bankZone = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err) // it is carried along
	}
	return zone
}()

// spoil gives an account the mess of its holder, if it is the one of the holder's accounts that has it.
func (a *Account) spoil(c Config, n int) {
	holder := n % c.Holders
	kind := holder % (len(MessKinds) + 1) // one holder in so many has no mess
	own := max(c.Accounts/c.Holders, 1)
	which := draw.Of(c.Seed, holder, "which account has a mess", 0) % uint64(own)
	if !c.Mess || kind == len(MessKinds) || n != holder+c.Holders*int(which) {
		return
	}
	a.mess = MessKinds[kind]
	if a.mess == ZoneMidnights {
		a.dates = postedDates
	}
	if a.mess == ShiftedDates && a.dates == datesOnly || a.mess == UndatedRows {
		a.dates = instants
	}
}

func (w *World) messDraw(a *Account, what string, n int64) uint64 {
	return draw.Of(w.Config.Seed, a.number, "mess "+what, n)
}

// vanish has the bank take back some rows that posted.
func (w *World) vanish(a *Account, r *Row) {
	last := r.Versions[len(r.Versions)-1]
	x := w.messDraw(a, r.ID, 0)
	if a.mess == VanishedRows && last.Status == "posted" && draw.Chance(x, someRows) {
		r.deletedAt = last.since.Add(time.Duration(draw.Between(x>>8, 15, 30)) * 24 * time.Hour)
	}
}

// fed are the rows that a feed makes of one at the bank.
func (w *World) fed(a *Account, r Row) []Row {
	if a.mess == "" {
		return []Row{r}
	}
	x := w.messDraw(a, r.ID, 1)
	r.Versions = slices.Clone(r.Versions)
	switch a.mess {
	case DoubledRows:
		if draw.Chance(x, someRows) {
			twin := r
			twin.ID = draw.ID("fctxn_", w.Config.Seed, a.Identity(), "twin of "+r.ID, 0)
			return []Row{r, twin}
		}
	case LostRows:
		if draw.Chance(x, someRows) {
			return nil
		}
	case WithheldDays:
		from := w.Config.Start.Truncate(24*time.Hour).AddDate(0, 0, withheldDay)
		posted := r.Versions[len(r.Versions)-1].since
		if !posted.Before(from) && posted.Before(from.AddDate(0, 0, withheldDays)) {
			return nil
		}
	case PendingTwins:
		if len(r.Versions) == 2 && r.Versions[1].Status == "posted" && draw.Chance(x, twinRows) {
			posted := r
			posted.ID = draw.ID("fctxn_", w.Config.Seed, a.Identity(), "posted as "+r.ID, 0)
			posted.Versions, r.Versions = r.Versions[1:], r.Versions[:1]
			return []Row{r, posted}
		}
	}
	for i := range r.Versions {
		r.Versions[i].distort(a.mess, x)
	}
	return []Row{r}
}

// distort is what a feed makes of a state of a row.
func (v *Version) distort(mess string, x uint64) {
	switch {
	case mess == TurnedSigns, mess == TurnedCredits && v.Amount > 0:
		v.Amount = -v.Amount
	case mess == LateRows:
		v.since = v.since.AddDate(0, 0, 3)
	case mess == MixedCurrencies && draw.Chance(x, euroRows):
		v.currency = "eur"
	case mess == RowsOf1970 && draw.Chance(x, fewRows):
		v.At = time.Unix(0, 0).UTC()
		v.PostedAt = v.At
	case v.PostedAt.IsZero():
	case mess == ShiftedDates && draw.Chance(x, shiftedRows):
		v.PostedAt = v.PostedAt.AddDate(0, 0, 1-2*int(x>>8%2))
	case mess == UndatedRows:
		v.PostedAt = unset
	case mess == ZoneMidnights:
		year, month, day := v.PostedAt.Date()
		v.PostedAt = time.Date(year, month, day, 0, 0, 0, 0, bankZone).UTC()
	}
}

// read is what a feed makes of a balance that is read at an instant for the nth time.
func (w *World) read(a *Account, at time.Time, n int64) (current, pending int64) {
	current, pending = w.balanceAt(a, at)
	x := w.messDraw(a, "balance", n)
	switch {
	case a.mess == OldBalances && draw.Chance(x, badBalances):
		current, _ = w.balanceAt(a, at.AddDate(0, 0, -2))
	case a.mess == MisfitBalances && draw.Chance(x, badBalances):
		current += draw.Between(x>>8, 100, 20_000)
	case a.mess == PendingBalances:
		current += pending
	}
	return current, pending
}

// failsBy reports whether a refresh that begins at an instant fails for the account's mess.
func (w *World) failsBy(a *Account, feature string, at time.Time) bool {
	return a.mess == FailingRefreshes && feature == "transactions" && at.After(w.Config.Start.AddDate(0, 0, failingDay))
}
