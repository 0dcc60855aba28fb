package models_test

import (
	"fmt"
	"testing"
)

// relinkScene is one holder whose account was linked again: rows of the first connection, and what
// the later ones make of them.
type relinkScene struct {
	name        string
	connections []connection
	counted     int // posted rows that count once they are linked
	doubts      int // rows that may count twice before that
}

// connection makes its rows of days from to until; nil is a row it has not.
type connection struct {
	from, until int
	row         func(i int) *shelfRow
	last4       string
}

var sceneTexts = []string{
	"KROGER #412", "SQ *BLUE OWL COFFEE", "SHELL OIL 5744", "ACME PAYROLL PPD", "NETFLIX.COM", "CITY WATER DEPT",
}

// plain is the i-th movement of the account, as the first connection tells it.
func plain(i int) *shelfRow {
	amount := int64(-1500 - 7*i)
	if i%6 == 3 {
		amount = int64(90_000 + i)
	}
	return &shelfRow{day: i, amount: amount, text: sceneTexts[i%6]}
}

// told is the same movement as another connection tells it.
func told(change func(i int, r *shelfRow)) func(int) *shelfRow {
	return func(i int) *shelfRow {
		r := plain(i)
		change(i, r)
		return r
	}
}

func fare(i int) *shelfRow { return &shelfRow{day: i, amount: -290, text: "METRO 290"} }

// commuter is the i-th row of a holder who pays one fare a day, and every eighth day something else.
func commuter(i int) *shelfRow {
	if i%8 != 0 {
		return fare(i)
	}
	return plain(i)
}

func commuterLater(i int) *shelfRow {
	r := commuter(i)
	r.day, r.text = r.day+1, "DEBIT"
	return r
}

func relinkScenes() []relinkScene {
	first := connection{0, 40, plain, "1234"}
	again := func(change func(i int, r *shelfRow)) []connection {
		return []connection{first, {0, 40, told(change), "1234"}}
	}
	days, farther := []int{0, 1, -1, 2, -2}, []int{0, 3, -3, 1}
	twice := func(c connection) connection { // each row two times
		row := c.row
		return connection{2 * c.from, 2 * c.until, func(i int) *shelfRow { return row(i / 2) }, c.last4}
	}
	return []relinkScene{
		{"the same texts", again(func(int, *shelfRow) {}), 40, 40},
		{"a suffix", again(func(_ int, r *shelfRow) { r.text += "  CARD 9921" }), 40, 40},
		{"small letters, other spaces", again(func(_ int, r *shelfRow) { r.text = " kroger\u00a0 " + r.text }), 40, 40},
		{
			"texts that share nothing", again(func(i int, r *shelfRow) { r.text = fmt.Sprint("POS ", i*7919%1000) }),
			40, 40,
		},
		{"a day later", again(func(_ int, r *shelfRow) { r.day++ }), 40, 40},
		{
			"two days earlier, other texts",
			again(func(i int, r *shelfRow) { r.day, r.text = r.day-2, fmt.Sprint("POS ", i) }), 40, 40,
		},
		{"days up to two apart", again(func(i int, r *shelfRow) { r.day += days[i%5] }), 40, 40},
		{
			"days up to two apart, other texts",
			again(func(i int, r *shelfRow) { r.day, r.text = r.day+days[i%5], fmt.Sprint("POS ", i) }), 40, 40,
		},
		{"days up to three apart", again(func(i int, r *shelfRow) { r.day += farther[i%4] }), 40, 40},
		{"dates only", again(func(_ int, r *shelfRow) { r.date, r.text = true, r.text+" X" }), 40, 40},
		{"no last4", []connection{first, {0, 40, told(func(_ int, r *shelfRow) { r.text += " X" }), ""}}, 40, 40},
		{
			"a part of it, and more",
			[]connection{first, {25, 60, told(func(_ int, r *shelfRow) { r.text += " CARD 9921" }), "1234"}},
			60, 15,
		},
		{"every row twice in both", []connection{twice(first), twice(first)}, 80, 80},
		{"every row twice in the first", []connection{twice(first), first}, 80, 40},
		{"every row twice in the second", []connection{first, twice(first)}, 80, 40},
		{"one fare a day", []connection{{0, 40, fare, "1234"}, {0, 40, fare, "1234"}}, 40, 40},
		{"one fare a day, a part of it", []connection{{0, 40, fare, "1234"}, {20, 60, fare, "1234"}}, 60, 20},
		{
			"one fare a day, a day later",
			[]connection{{0, 40, commuter, "1234"}, {0, 60, commuterLater, "1234"}},
			60,
			40,
		},
		{"pending again", again(func(_ int, r *shelfRow) { r.status = "pending" }), 40, 0},
		{"voided since", again(func(i int, r *shelfRow) { r.status = map[bool]string{true: "void"}[i < 5] }), 35, 40},
		{"other rows on one day", []connection{first, {0, 40, told(func(i int, r *shelfRow) {
			if i == 10 {
				r.text, r.day = "ELSEWHERE", 11 // another movement of the same amount, a day later
			}
		}), "1234"}}, 41, 39},
		{"three connections", []connection{
			first,
			{10, 45, told(func(_ int, r *shelfRow) { r.text += " CARD 9921" }), "1234"},
			{5, 60, told(func(i int, r *shelfRow) { r.text = fmt.Sprint("POS ", i) }), "1234"},
		}, 60, -1},
		{"three connections, the second short", []connection{first, {0, 12, plain, "1234"}, first}, 40, -1},
		{
			"another account",
			[]connection{first, {0, 40, told(func(i int, r *shelfRow) { r.amount -= int64(1 + i*i) }), "1234"}},
			80, 0,
		},
	}
}

// tellScenes stores scenes, each of a holder of its own, linked or not yet.
func (s *shelf) tellScenes(scenes []relinkScene, linked bool) {
	for n, scene := range scenes {
		for i, c := range scene.connections {
			id := fmt.Sprintf("fca_%02d_%d", n, i)
			key := id
			if linked {
				key = fmt.Sprintf("fca_%02d_0", n)
			}
			var last4 *string
			if c.last4 != "" {
				last4 = &c.last4
			}
			s.account(id, key, fmt.Sprintf("cus_%02d", n), "cash", last4, 90+i)
			var rows []shelfRow
			for day := c.from; day < c.until; day++ {
				if r := c.row(day); r != nil {
					rows = append(rows, *r)
				}
			}
			s.rows(id, rows)
		}
	}
	s.asks("expenses.merchant_month", "underwriting.cash_flow_month")
}

// TestAMovementOfTwoConnectionsCountsOnce: whatever the new connection calls its rows, and on
// whichever of the next days it dates them.
func TestAMovementOfTwoConnectionsCountsOnce(t *testing.T) { linkedScenes.test(t) }

var linkedScenes = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.tellScenes(relinkScenes(), true)
	return func(t *testing.T) { wantCountedOnce(t, s, relinkScenes()) }
})

func wantCountedOnce(t *testing.T, s *shelf, scenes []relinkScene) {
	t.Helper()
	got := s.strings(
		`SELECT count(*) FILTER (status = 'posted' AND suppressed_by IS NULL)::VARCHAR FROM ledger.transactions ` +
			`GROUP BY holder_id ORDER BY holder_id`,
	)
	for n, scene := range scenes {
		if got[n] != fmt.Sprint(scene.counted) {
			t.Errorf("%s: %s rows count, want %d", scene.name, got[n], scene.counted)
		}
	}
	if broken := s.strings(
		`SELECT a.transaction_id FROM ledger.same_movements a JOIN ledger.same_movements b ON b.transaction_id = ` +
			`a.same_as_id AND a.is_linked = b.is_linked`,
	); len(broken) > 0 {
		t.Errorf("rows that count in another's place do not count themselves: %q", broken)
	}
	s.wantRulesOfSpending()
}

// TestTheDoubtIsBesideTheNumber: before a person links them, both accounts count, and the rows that may
// count twice are counted beside the sums.
func TestTheDoubtIsBesideTheNumber(t *testing.T) { scenesInDoubt.test(t) }

var scenesInDoubt = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.tellScenes(relinkScenes(), false)
	decided := s.beside() // a person says that the two accounts of the first scene are different ones
	decided.tellScenes(relinkScenes()[:1], false)
	decided.exec("INSERT INTO main.account_links SELECT ?, ?, 'unlink', NULL, ?, 'run_2'",
		"fca_00_1"+decided.suffix, "fca_00_0"+decided.suffix, shelfStart.AddDate(0, 5, 0))
	return func(t *testing.T) {
		wantDoubtBesideNumbers(t, s, relinkScenes())
		decided.want(doubtsOf, "0 0") // no doubt is left
	}
})

const doubtsOf = `SELECT count(possible_duplicate_of) || ' ' || count(*) FILTER (suppressed_by IS NOT NULL)
	FROM ledger.transactions GROUP BY holder_id ORDER BY holder_id`

func wantDoubtBesideNumbers(t *testing.T, s *shelf, scenes []relinkScene) {
	t.Helper()
	got := s.strings(doubtsOf)
	months := s.strings(
		`SELECT (SELECT coalesce(sum(possible_duplicate_count), 0)::BIGINT || ' ' ||
			coalesce(sum(possible_duplicate_minor), 0)::BIGINT
			FROM expenses.merchant_month m WHERE m.holder_id = h.holder_id)
		FROM (SELECT DISTINCT holder_id FROM main.accounts) h ORDER BY holder_id`,
	)
	spent := s.strings(
		`SELECT count(*) FILTER (possible_duplicate_of IS NOT NULL) || ' ' || coalesce(-sum(amount_minor) FILTER
			(possible_duplicate_of IS NOT NULL), 0)
		FROM (SELECT * REPLACE (CASE WHEN include_in_spend THEN possible_duplicate_of END AS
			possible_duplicate_of)
			FROM expenses.transactions) GROUP BY holder_id ORDER BY holder_id`,
	)
	for n, scene := range scenes {
		if want := fmt.Sprint(scene.doubts, " 0"); scene.doubts >= 0 && got[n] != want {
			t.Errorf("%s: %s rows in doubt and suppressed, want %s", scene.name, got[n], want)
		}
		if months[n] != spent[n] {
			t.Errorf("%s: merchant_month says %s, the rows %s", scene.name, months[n], spent[n])
		}
	}
	flows := s.strings(
		`SELECT (SELECT sum(possible_duplicate_count)::BIGINT || ' ' || sum(possible_duplicate_minor)::BIGINT
			FROM underwriting.cash_flow_month m WHERE m.holder_id = h.holder_id)
		FROM (SELECT DISTINCT holder_id FROM main.accounts) h ORDER BY holder_id`,
	)
	moved := s.strings(
		`SELECT count(possible_duplicate_of) || ' ' || coalesce(sum(abs(amount_minor)) FILTER (possible_duplicate_of IS
			NOT NULL), 0)
		FROM ledger.transactions WHERE status = 'posted' GROUP BY holder_id ORDER BY holder_id`,
	)
	for n, scene := range scenes {
		if flows[n] != moved[n] {
			t.Errorf("%s: cash_flow_month says %s, the rows %s", scene.name, flows[n], moved[n])
		}
	}
}
