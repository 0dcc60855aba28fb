package world

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fcpipe/sync/simulator/draw"
)

// View is what the succeeded refreshes of an account have revealed: the rows a client can list.
type View struct {
	RefreshCount int            // succeeded refreshes it was built from
	Ordinals     map[string]int // of those refreshes, by id
	Rows         []VisibleRow   // newest first
	Removed      []string       // ids a client may have seen, not listed any more
	Position     map[string]int // of its rows, by id
	every        []int
}

// Those are the numbers of the rows that are wanted, ascending.
func (v *View) Those(wanted func(*VisibleRow) bool) (numbers []int) {
	for i := range v.Rows {
		if wanted(&v.Rows[i]) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// Every is the numbers of all rows, for readers of every page; they do not change it.
func (v *View) Every() []int {
	if v.every == nil {
		v.every = v.Those(func(*VisibleRow) bool { return true })
	}
	return v.every
}

// Shows reports whether a row is listed.
func (v *View) Shows(id string) bool {
	_, shows := v.Position[id]
	return shows
}

// VisibleRow is a row as the API shows it.
type VisibleRow struct {
	ID       string
	Version  Version
	Refresh  int // ordinal of the refresh that last created or changed it
	updated  time.Time
	Rendered []byte
}

// Succeeded lists the refreshes of transactions that have succeeded by now, in the order in which
// they did: one that was pending for long comes after those that overtook it, and shows only what
// they had not.
func (a *Account) Succeeded(now time.Time) []Refresh {
	var done []Refresh
	for _, r := range a.State.Refreshes["transactions"] {
		if r.Status(now) == "succeeded" {
			done = append(done, r)
		}
	}
	slices.SortStableFunc(done, func(x, y Refresh) int { return x.SettlesAt.Compare(y.SettlesAt) })
	return done
}

// SeenBy are the instants up to which refreshes, in the order in which they succeeded, had seen
// their bank, each with those before it.
func SeenBy(done []Refresh) []time.Time {
	seen := make([]time.Time, len(done))
	for i, r := range done {
		if seen[i] = r.AttemptedAt; i > 0 && seen[i-1].After(seen[i]) {
			seen[i] = seen[i-1]
		}
	}
	return seen
}

// Visible returns what the account shows now.
func (w *World) Visible(a *Account, now time.Time) *View {
	done := a.Succeeded(now)
	if a.view != nil && a.view.RefreshCount == len(done) {
		return a.view
	}
	a.view = w.RevealedBy(a, done)
	return a.view
}

// ForgetView has the next reader see what edits and cuts have changed.
func (a *Account) ForgetView() { a.view = nil }

// RevealedBy builds what refreshes revealed, up to the last of them.
func (w *World) RevealedBy(a *Account, done []Refresh) *View {
	v := &View{RefreshCount: len(done), Ordinals: map[string]int{}, Position: map[string]int{}}
	for i, r := range done {
		v.Ordinals[r.ID] = i
	}
	if len(done) == 0 {
		return v
	}
	seen := SeenBy(done)
	last := seen[len(seen)-1]
	w.Extend(a, last)
	for i := range a.Rows {
		if a.mess == "" {
			v.show(a, &a.Rows[i], done, seen)
			continue
		}
		for _, r := range w.fed(a, a.Rows[i]) {
			v.show(a, &r, done, seen)
		}
	}
	slices.SortFunc(v.Rows, func(x, y VisibleRow) int {
		if order := y.Version.At.Compare(x.Version.At); order != 0 {
			return order
		}
		return strings.Compare(x.ID, y.ID)
	})
	for i := range v.Rows {
		v.Rows[i].Rendered = renderTransaction(a, &v.Rows[i], done[v.Rows[i].Refresh].ID)
		v.Position[v.Rows[i].ID] = i
	}
	return v
}

// show adds what the last refresh saw of a row.
func (v *View) show(a *Account, r *Row, done []Refresh, seen []time.Time) {
	last := seen[len(seen)-1]
	switch n := r.stateAt(last); {
	case n >= 0 && !r.Versions[n].At.Before(a.State.HistoryCut):
		v.Rows = append(v.Rows, reveal(r, n, done, seen))
	case n >= 0 || Reached(r.deletedAt, last):
		v.Removed = append(v.Removed, r.ID)
	}
}

// reveal finds the first refresh that saw the row's current state.
func reveal(r *Row, n int, done []Refresh, seen []time.Time) VisibleRow {
	v := r.Versions[n]
	first, _ := slices.BinarySearchFunc(seen, v.since, time.Time.Compare)
	return VisibleRow{ID: r.ID, Version: v, Refresh: first, updated: done[first].SettlesAt}
}

func renderTransaction(a *Account, v *VisibleRow, refreshID string) []byte {
	text, _ := json.Marshal(v.Version.Description)
	b := make([]byte, 0, 480)
	b = append(b, `{"id":"`...)
	b = append(b, v.ID...)
	b = append(b, `","object":"financial_connections.transaction","account":"`...)
	b = append(b, a.ID...)
	b = append(b, `","amount":`...)
	b = strconv.AppendInt(b, v.Version.Amount, 10)
	b = append(b, `,"currency":"`...)
	b = append(b, cmp.Or(v.Version.currency, "usd")...)
	b = append(b, `","description":`...)
	b = append(b, text...)
	b = append(b, `,"livemode":false,"status":"`...)
	b = append(b, v.Version.Status...)
	b = append(b, `","status_transitions":{"posted_at":`...)
	b = appendTime(b, v.Version.PostedAt)
	b = append(b, `,"void_at":`...)
	b = appendTime(b, v.Version.VoidAt)
	b = append(b, `},"transacted_at":`...)
	b = appendTime(b, v.Version.At)
	b = append(b, `,"transaction_refresh":"`...)
	b = append(b, refreshID...)
	b = append(b, `","updated":`...)
	b = appendTime(b, v.updated)
	return append(b, '}')
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, t.Unix(), 10)
}

// Labels are what a preview version shows beside a transaction. Stripe does not publish its labels: these are invented,
// in the shape that its SDKs know.
type Labels struct {
	Classifications []map[string]any `json:"classifications"`
	Enrichments     map[string]any   `json:"enrichments"`
}

var confidences = []string{"low", "medium", "high", "very_high"}

var financeLabels = []string{"food/coffee", "food/groceries", "housing/rent", "transport/fuel", "leisure/streaming"}

// labelDelay is how long after a refresh has succeeded the rows it brought have their labels.
func (w *World) labelDelay() time.Duration { return time.Duration(w.Config.LabelHours) * time.Hour }

// HasLabels reports whether transactions of the world get labels.
func (w *World) HasLabels() bool { return w.Config.LabelHours > 0 }

// LabelStatus is how far the labels of an account are: completed when every row that a refresh brought has them.
func (w *World) LabelStatus(a *Account, now time.Time) string {
	done := a.Succeeded(now)
	if len(done) == 0 || now.Before(done[len(done)-1].SettlesAt.Add(w.labelDelay())) {
		return "pending"
	}
	return "completed"
}

// Labelled is a row as a preview version shows it. One without labels yet has the fields all the same.
func (w *World) Labelled(a *Account, v *VisibleRow, now time.Time) []byte {
	shown := Labels{Classifications: []map[string]any{}}
	if !now.Before(v.updated.Add(w.labelDelay())) {
		shown = w.labelsOf(a, v)
	}
	text, _ := json.Marshal(shown)
	whole := append([]byte{}, v.Rendered[:len(v.Rendered)-1]...)
	return append(append(whole, ','), text[1:]...)
}

// labelsOf draws the labels of a row, the same at every reading of a version.
func (w *World) labelsOf(a *Account, v *VisibleRow) Labels {
	x := draw.Of(w.Config.Seed, a.number, "labels "+v.ID, 0)
	primary, detailed, _ := strings.Cut(financeLabels[x%uint64(len(financeLabels))], "/")
	movement := "money_out"
	if v.Version.Amount >= 0 {
		movement = "money_in"
	}
	shown := Labels{Classifications: []map[string]any{
		classified("money_movement", movement, movement+"_other", confidences[x>>8%4]),
		classified("personal_finance", primary, primary+"_"+detailed, confidences[x>>16%4]),
	}}
	if name := firstWord(v.Version.Description); name != "" {
		merchant := map[string]any{"name": name, "confidence_level": confidences[x>>24%4]}
		shown.Enrichments = map[string]any{"merchant": merchant}
	}
	return shown
}

func classified(taxonomy, primary, detailed, confidence string) map[string]any {
	return map[string]any{"type": taxonomy, taxonomy: map[string]string{
		"primary_label": primary, "detailed_label": detailed, "confidence_level": confidence,
	}}
}

// firstWord is the first word of letters alone, as a name is written.
func firstWord(text string) string {
	for word := range strings.FieldsSeq(text) {
		isOther := func(r rune) bool { return !unicode.IsLetter(r) }
		if !strings.ContainsFunc(word, isOther) && len(word) > 2 {
			return strings.ToUpper(word[:1]) + strings.ToLower(word[1:])
		}
	}
	return ""
}
