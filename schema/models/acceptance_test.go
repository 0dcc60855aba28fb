package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// allMonths are the months of a holder and its attributes, without what names the account.
const allMonths = `SELECT string_agg(t::VARCHAR, chr(10) ORDER BY t::VARCHAR) FROM (
	SELECT month, inflow_gross_minor, outflow_gross_minor, closing_balance_minor FROM underwriting.cash_flow_month
	WHERE holder_id = 'cus_1') t`

const allValues = `SELECT string_agg(t::VARCHAR, chr(10) ORDER BY t::VARCHAR) FROM (
	SELECT attribute, window_name, currency, value_integer, value_double, value_state
	FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND account_key = '') t`

// TestMidnightUTCBank: a bank that sends dates as midnight UTC gives the months, and in make proof the attributes, of
// one that sends the instants of the same days.
func TestMidnightUTCBank(t *testing.T) {
	if *proof {
		all := &sharedStore{name: "midnight", clock: date(6, 20, 11), zone: "America/New_York"}
		dates, instants := all.tell(bankAtHour(0), schema.Landed{}), all.tell(bankAtHour(15), schema.Landed{})
		wantAlike(t, dates.published(t), instants.published(t), allValues, "OK")
	}
	dates, instants := sentAsDates.published(t), sentAsInstants.published(t)
	dates.Want("SELECT posted_date_basis FROM ledger.accounts", "utc_date")
	instants.Want("SELECT posted_date_basis FROM ledger.accounts", "local_time")
	wantAlike(t, dates, instants, allMonths, "30000")
}

// wantAlike asks two banks one question: both answer alike, and their answer has a part.
func wantAlike(t *testing.T, dates, instants *ownRows, question, part string) {
	t.Helper()
	of, at := dates.Query(dates.ofStory(question)), instants.Query(instants.ofStory(question))
	if of != at || !strings.Contains(of, part) {
		t.Errorf("want %s in both\ndates:\n%s\ninstants:\n%s", part, of, at)
	}
}

var sentAsDates, sentAsInstants = sharedInNewYork.tell(bankAtHour(0), schema.Landed{}),
	sharedInNewYork.tell(bankAtHour(15), schema.Landed{})

// bankAtHour is a bank that dates every row at one hour of its day, in UTC.
func bankAtHour(hour int) schema.Landed {
	var h household
	ninetyDays(&h, "fca_a")
	for i := range h.landed.Transactions {
		row := &h.landed.Transactions[i]
		row.TransactedAt = row.TransactedAt.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour)
		row.PostedAt = &row.TransactedAt
	}
	return h.landed
}

var mealWithTip = tellMealWithTip()

func tellMealWithTip() *story {
	var h household
	ninetyDays(&h, "fca_a")
	h.landed.Balances = h.landed.Balances[:1]
	meal := h.post("fca_a", date(6, 18, 20), -2000)
	meal.Status, meal.PostedAt = "pending", nil
	posted := *meal
	posted.Status, posted.PostedAt, posted.AmountMinor = "posted", new(date(6, 19, 9)), -2400
	posted.UpdatedAt = date(6, 19, 9)
	return sharedHouseholds.tell(h.landed, schema.Landed{Transactions: []schema.Transaction{posted}})
}

// TestPendingToPostedWithTip: a meal is authorised for 20.00 and posts with a tip. Until then neither its month nor an
// attribute counts it; then it counts once, with what was posted. Both are kept as versions.
func TestPendingToPostedWithTip(t *testing.T) {
	s := mealWithTip.published(t)
	const june = `SELECT outflow_gross_minor FROM underwriting.cash_flow_month
		WHERE holder_id = 'cus_1' AND month = '2026-06'`
	before, err := strconv.ParseInt(s.Query(s.ofStory(june)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	wantValues(t, s, map[string]string{
		"flow_out_net_minor 30d": "OK 30000", "coverage_transaction_count 30d": "OK 60",
	})
	s = mealWithTip.continued(t)
	s.Want(june, strconv.FormatInt(before+2400, 10))
	wantValues(t, s, map[string]string{
		"flow_out_net_minor 30d": "OK 32400", "coverage_transaction_count 30d": "OK 61",
	})
	s.Want(`SELECT string_agg(status || ' ' || amount_minor, ', ' ORDER BY version) FROM main.transaction_versions
		WHERE transaction_id = '`+mealWithTip.later.Transactions[0].TransactionID+"'", "pending -2000, posted -2400")
}

var aloneAndAmongOthers = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	card(h, -700, date(6, 20, 12))
})

// TestThreadAndOrderIndependence: rows that came in another order, without those of any other holder, on several
// threads, give the same tables, their rows in the same order.
func TestThreadAndOrderIndependence(t *testing.T) {
	published := aloneAndAmongOthers.published(t)
	want := published.Query(rowsInOrder(t, published.ofStory))
	runs := []int{2}
	if *proof {
		runs = []int{2, 3, 4}
	}
	for order, threads := range runs {
		landed := withSuffix(aloneAndAmongOthers.first, aloneAndAmongOthers.suffix)
		random := rand.New(rand.NewPCG(uint64(order), 1))
		mix(random, landed.Transactions)
		mix(random, landed.Balances)
		mix(random, landed.Accounts)
		s := storetest.New(t)
		s.Clock, s.Zone = sharedHouseholds.clock, sharedHouseholds.zone
		s.Round(landed)
		if found := derivedBy(t, s, threads, rowsInOrder(t, published.ofStory)); found != want {
			t.Errorf("%d threads: %s", threads, firstDifference(want, found))
		}
	}
	if !slices.ContainsFunc(strings.Split(want, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "underwriting.attribute_values ")
	}) {
		t.Errorf("attributes are not compared:\n%s", want)
	}
}

// rowsInOrder asks for a line of each table, of those of its rows that from gives, in their order.
func rowsInOrder(t *testing.T, from func(table string) string) string {
	t.Helper()
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	var questions []string
	for _, h := range headers {
		order := "n"
		isUnordered := h.Intermediate && !strings.Contains(h.Query, "\nORDER BY ") // no order is promised of it
		if isUnordered || h.IsView {                                               // it has that of the table it shows
			order = "line"
		}
		questions = append(questions, fmt.Sprintf("SELECT '%[1]s ' || coalesce(md5(string_agg(line, ';' "+
			"ORDER BY %[2]s)), '-') FROM (SELECT t::VARCHAR AS line, row_number() OVER () AS n FROM %[3]s t)",
			h.Name, order, from(h.Name)))
	}
	return "SELECT string_agg(line, chr(10)) FROM (" + strings.Join(questions, " UNION ALL ") + ") t (line)"
}

func mix[T any](random *rand.Rand, rows []T) {
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
}
