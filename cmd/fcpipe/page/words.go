package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema"
)

// state is a value_state in words: how it is called, and what it means. Sign is a form, for who sees no colours.
type state struct{ Code, Sign, Name, Meaning string }

// States are all of them, from the best to the worst.
var states = []state{
	{"OK", "●", "reliable", "Every day of the span is held of every account that is linked, every check passed " +
		"and, of balances, every day is proved by two observed balances."},
	{"PARTIAL", "◐", "partial", "Computed from the days and accounts that are held, and not scaled up: a count or a " +
		"sum may be larger, and balances are not all proved, or not all there."},
	{"STALE", "◔", "out of date", "It was right some days ago; what happened since is not held."},
	{"NOT_COVERED", "○", "not covered", "Too many days of the span are not held, so there is no number. It does not " +
		"mean zero."},
	{"NO_DATA", "–", "undefined", "The span is held, but the number does not exist for it, such as the share of " +
		"a sum that is zero, or the days since what never happened."},
	{"NOT_APPLICABLE", "–", "does not apply", "The holder shares no account or business of the kind it is " +
		"about, or asks for no loan."},
	{"UNRECONCILED", "✕", "do not rely on it", "Rows and balances disagree, or a check of the account failed. A " +
		"number that is shown is struck through: it may be wrong in either direction."},
}

// stateOf is a state by its code; one of a later version is shown as it is called.
func stateOf(code string) state {
	for _, s := range states {
		if s.Code == code {
			return s
		}
	}
	return state{code, "?", strings.ToLower(strings.ReplaceAll(code, "_", " ")), ""}
}

// words are a code as people write it.
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// spanWords are a span as people say it.
func spanWords(window string) string {
	switch {
	case window == "now":
		return "now"
	case strings.Contains(window, "_"):
		return "days " + strings.TrimSuffix(strings.ReplaceAll(window, "_", " to "), "d") + " ago"
	case strings.HasSuffix(window, "m"):
		return strings.TrimSuffix(window, "m") + " months"
	}
	return strings.TrimSuffix(window, "d") + " days"
}

// plural is a number of things.
func plural(n int64, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "y") && !strings.HasSuffix(one, "day"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(one, "y"))
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// monthName is a month as tables head it: Mar 2026.
func monthName(month string) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return at.Format("Jan 2006")
}

// Instant is the instant of the newest data, in the report zone.
func (r *Report) Instant() string { return instant(r.AsOf, r.Zone) }

func instant(at time.Time, zone string) string {
	if location, err := time.LoadLocation(zone); err == nil {
		at = at.In(location)
	}
	return at.Format("2 January 2006, 15:04 MST")
}

// HolderName is the holder as commands take it.
func (r *Report) HolderName() string {
	if r.HolderType == "customer" && strings.HasPrefix(r.HolderID, "acct_") {
		return "customer_account:" + r.HolderID
	}
	return r.HolderID
}

// Title is an account as people know it.
func (a Account) Title() string {
	title := schema.Shown(cmp.Or(a.Institution, "bank without a name"))
	if a.Last4 != "" {
		title += " ••" + schema.Shown(a.Last4)
	}
	return title
}

// AccountTitle is an account by its key.
func (r *Report) AccountTitle(key string) string {
	for _, a := range r.Accounts {
		if a.Key == key {
			return a.Title()
		}
	}
	return key
}

// Shown is the value as people write it; a dash where it is missing.
func (v Value) Shown() string {
	switch {
	case v.Integer != nil && v.Unit == "minor":
		return money(*v.Integer, v.Currency)
	case v.Integer != nil && v.Unit == "days":
		return plural(*v.Integer, "day")
	case v.Integer != nil:
		return minus(fmt.Sprint(*v.Integer))
	case v.Double != nil && v.Unit == "minor_per_day":
		return money(rounded(*v.Double), v.Currency) + " a day"
	case v.Double != nil && strings.HasSuffix(v.Attribute, "_sd"):
		return money(rounded(*v.Double), v.Currency)
	case v.Double != nil:
		return minus(fmt.Sprintf("%.2f", *v.Double))
	case v.Date != "":
		return v.Date
	case v.Text != "":
		return strings.ToLower(words(v.Text))
	case v.LowerBound != nil:
		return "not in " + plural(*v.LowerBound, "day")
	}
	return "–"
}

// HasValue reports whether there is a number.
func (v Value) HasValue() bool { return v.Integer != nil || v.Double != nil || v.Date+v.Text != "" }

// Class is how the number looks: one that must not be relied on is struck through.
func (v Value) Class() string {
	if v.State == "UNRECONCILED" && v.HasValue() {
		return "struck"
	}
	return "value"
}

// Note is why the state is what it is, where the number itself does not say it.
func (v Value) Note() string {
	return noteOf(v.Reason, v.LowerBound)
}

// noteOf is a reason without what a lower bound shows: that something has not happened in so many days.
func noteOf(reason string, lowerBound *int64) string {
	if lowerBound != nil {
		_, reason, _ = strings.Cut(reason, "; ")
	}
	return reason
}

// StateWords are its state in words.
func (v Value) StateWords() state { return stateOf(v.State) }

// kinds are those of what recurs, changes and is flagged that their code does not say well.
var kinds = map[string]string{
	"payroll":                "wages",
	"other":                  "other income",
	"unclear":                "regular, and no text says what",
	"gig":                    "gig platform",
	"card":                   "card that is not linked",
	"instalments":            "instalments of a purchase",
	"advance":                "wage advance",
	"ewa":                    "wage advance",
	"auto":                   "car loan",
	"student":                "student loan",
	"person":                 "person, by an app",
	"nsf_overdraft_detected": "fee or returned payment",
	"negative_run_3d":        "three days below zero",
	"feed_stale":             "no row for four days",
	"feed_rot":               "most rows stopped coming",
	"weekend_ach":            "entries of the clearing house on weekends",
	"loaded":                 "most of the balance is new",
}

// KindWords are its kind in words.
func (s Stream) KindWords() string { return cmp.Or(kinds[s.Kind], words(s.Kind)) }

// IsOver reports whether no further payment of it is expected.
func (s Stream) IsOver() bool { return s.Status == "ended" || s.Status == "paid_off" }

// Evidence is how sure it is, where that has to be said.
func (s Stream) Evidence() string {
	return map[string]string{
		"T1": "wages on a schedule", "T2": "qualified", "T3": "recurs, not qualified", "T4": "does not recur",
		"pattern": "recognized by its pattern",
	}[s.Tier]
}

// KindWords are the kind of a change in words.
func (c Change) KindWords() string { return cmp.Or(kinds[c.Kind], words(c.Kind)) }

// Money is what it is about; empty without any.
func (c Change) Money() string {
	if c.Minor == nil {
		return ""
	}
	return money(*c.Minor, c.Currency)
}

// Title is what a flag is about, and what was seen.
func (f Flag) Title() string {
	if f.Code == "account_not_shared" || f.Code == "possible_duplicates" {
		return f.Words
	}
	return cmp.Or(kinds[f.Code], words(f.Code)) + ": " + f.Words
}

// Money is what it is about; a dash where that is not known.
func (f Flag) Money() string {
	if f.Minor == nil {
		return "–"
	}
	return money(*f.Minor, f.Currency)
}

// Title is whom it is paid to or by.
func (s Stream) Title() string {
	if s.Name == "" {
		return "name not shown"
	}
	return schema.Shown(s.Name)
}

// Range is what its payments were.
func (s Stream) Range() string {
	switch {
	case s.Lowest == nil || s.Highest == nil:
		return ""
	case *s.Lowest == *s.Highest:
		return "always"
	}
	return amount(*s.Lowest, s.Currency) + " to " + amount(*s.Highest, s.Currency)
}

// Due is when the next is expected.
func (s Stream) Due() string {
	switch s.Status {
	case "ended", "paid_off":
		return words(s.Status)
	case "late", "missed":
		return s.Next + ", one is late"
	}
	return s.Next
}

// What is what the event showed.
func (e Event) What() string {
	var found []string
	for _, part := range []struct {
		n         int64
		one, many string
	}{
		{e.FeeCount, "fee", "fees"},
		{e.Returned, "returned payment", "returned payments"},
		{e.Again, "payment presented again", "payments presented again"},
	} {
		switch {
		case part.n == 1:
			found = append(found, "1 "+part.one)
		case part.n > 1:
			found = append(found, fmt.Sprintf("%d %s", part.n, part.many))
		}
	}
	return strings.Join(found, ", ")
}

// RowsOf are the transactions that an event cites.
func (r *Report) RowsOf(e Event) (found []Row) {
	for _, t := range r.Rows {
		for _, id := range e.RowIDs {
			if t.ID == id {
				found = append(found, t)
			}
		}
	}
	return found
}
