package models_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// barred are columns that no model of underwriting may read: whom and where, and at what time of day. What such a model
// reads of a text may be no more than a class or an opaque id.
var barred = regexp.MustCompile(`\b(merchant_key|merchant_name|normal|description|display_name|institution_name|` +
	`last4|city|payee|payer_name|owner\w*|email|phone|raw_address|transacted_at|posted_at|note)\b`)

var (
	// money that the owner of a business puts in or takes out says nothing of who owns an account
	equity = regexp.MustCompile(`^owner_(draw|contribution|in|out)(_minor)?$`)
	// what is compared with codes that are told is judged by these
	compared = regexp.MustCompile(`\bcategory (= '[^']*'|IN \([^)]*\))`)
	// an id that says no name, and whether there is a name
	opaque    = regexp.MustCompile(`\bledger\.(?:counterparty|person)_id\([^)]*\)|\bmerchant_key <> ''`)
	ofPeople  = regexp.MustCompile(`\b(pii|main)\.\w+`)
	alias     = regexp.MustCompile(`^\s*(?:AS\s+)?(\w+)`)
	labels    = regexp.MustCompile(`\bledger\.labels\b`)
	comments  = regexp.MustCompile(`--[^\n]*`)
	literals  = regexp.MustCompile(`'([^']*)'`)
	gateIsMet = regexp.MustCompile(`(?s)WHEN 'collapse' THEN split_part\((?:\w+\.category|code).*` +
		`WHEN 'block' THEN 'withheld'`)
)

// gatedCode is a code of the taxonomy whose use in lending is limited: collapse (the group alone) or block (not at
// all).
type gatedCode struct{ code, gate string }

func gatedCodes(t *testing.T, ask func(string) []string) (codes []gatedCode) {
	t.Helper()
	for _, line := range ask(`SELECT code || ' ' || gate FROM ledger.categories WHERE gate IN ('block', 'collapse')`) {
		code, gate, _ := strings.Cut(line, " ")
		codes = append(codes, gatedCode{code, gate})
	}
	if len(codes) < 15 {
		t.Fatalf("the taxonomy has %d limited codes", len(codes))
	}
	return codes
}

// besideLabels are the parts of a query, from one parenthesis to the other, that read ledger.labels.
func besideLabels(query string) (parts []string) {
	for _, found := range labels.FindAllStringIndex(query, -1) {
		first, last := found[0], found[1]
		for depth := 0; first > 0 && depth >= 0; first-- {
			depth += strings.Count(query[first-1:first], ")") - strings.Count(query[first-1:first], "(")
		}
		for depth := 0; last < len(query) && depth >= 0; last++ {
			depth += strings.Count(query[last:last+1], "(") - strings.Count(query[last:last+1], ")")
		}
		parts = append(parts, query[first:last])
		if name := alias.FindStringSubmatch(query[last:]); name != nil && strings.Contains(query, name[1]+".category") {
			parts = append(parts, name[1]+".category")
		}
	}
	return parts
}

// limitsOf lists what the SELECT of a model of underwriting may not say.
func limitsOf(h models.Header, reads []string, gated []gatedCode) (broken []string) {
	if !strings.HasPrefix(h.Name, "underwriting.") {
		return nil
	}
	say := func(format string, arguments ...any) {
		broken = append(broken, h.Name+" "+fmt.Sprintf(format, arguments...))
	}
	query := opaque.ReplaceAllString(comments.ReplaceAllString(h.Query, ""), "")
	if h.Name == "underwriting.attributes" { // the catalogue: words about columns, no rows
		query = ""
	}
	for _, column := range slices.Compact(slices.Sorted(slices.Values(barred.FindAllString(query, -1)))) {
		if !equity.MatchString(column) {
			say("names %s", column)
		}
	}
	for _, table := range reads {
		if ofPeople.MatchString(table) {
			say("reads %s", table)
		}
	}
	takes := slices.ContainsFunc(besideLabels(query), func(part string) bool {
		return strings.Contains(compared.ReplaceAllString(part, ""), "category")
	})
	if takes && !gateIsMet.MatchString(query) {
		say("takes category from ledger.labels as it is, without its gate")
	}
	for _, literal := range literals.FindAllStringSubmatch(query, -1) {
		for _, g := range gated {
			group, _, _ := strings.Cut(g.code, ".")
			isGroup := g.gate == "block" && (literal[1] == group+"." || literal[1] == group && group == "giving")
			if literal[1] == g.code || isGroup || group == "health" && strings.HasPrefix(literal[1], "health") {
				say("picks %q, which is %s", literal[1], g.gate)
				break
			}
		}
	}
	return broken
}

// TestGateLinter: no model of underwriting picks a category whose use in lending is limited, or reads a name, a text, a
// place or a time of day; models that do are found.
func TestGateLinter(t *testing.T) {
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(t)
	s.derive("ledger.categories")
	gated := gatedCodes(t, s.strings)
	judge := func(h models.Header) []string {
		return limitsOf(h, models.TablesRead(h.Query), gated)
	}
	for _, h := range headers {
		for _, broken := range judge(h) {
			t.Error(broken)
		}
	}
	for query, want := range map[string]string{
		"SELECT l.category AS x FROM ledger.labels l":                                      "without its gate",
		"SELECT l.category AS x FROM (FROM ledger.labels) l":                               "without its gate",
		"SELECT account_key AS x FROM underwriting.flow_days WHERE category = 'giving'":    `picks "giving"`,
		"SELECT 1 AS x FROM ledger.labels WHERE starts_with(rule_id, 'services.')":         `picks "services."`,
		"SELECT 1 AS x FROM underwriting.flow_days WHERE category = 'giving.religious'":    `picks "giving.religious"`,
		"SELECT out_minor AS x FROM underwriting.flow_days WHERE category = 'health'":      `picks "health"`,
		"SELECT category AS x FROM underwriting.flow_days WHERE category = 'food.alcohol'": "which is collapse",
		"SELECT merchant_key AS x FROM ledger.transactions":                                "names merchant_key",
		"SELECT institution_name AS x FROM ledger.accounts":                                "names institution_name",
		"SELECT hour(posted_at) AS x FROM ledger.transactions":                             "names posted_at",
		"SELECT name AS x FROM pii.owners":                                                 "reads pii.owners",
		"SELECT amount_minor AS x FROM main.transactions":                                  "reads main.transactions",
	} {
		planted := planted(t, query)
		if broken := judge(planted); len(broken) == 0 || !strings.Contains(strings.Join(broken, "; "), want) {
			t.Errorf("%s\n found %v, want %s", query, broken, want)
		}
	}
}

// planted is a model of underwriting that should not be.
func planted(t *testing.T, query string) models.Header {
	t.Helper()
	h, err := models.ParseHeader("underwriting/planted.sql", "-- model: underwriting.planted\n"+
		"-- about: It should not be\n-- order: x\n-- lake: none\n-- scope: all\n"+
		"-- column x: VARCHAR. What it knows\n"+query)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestNoUnderwritingNumberKnowsALimitedCategory: rows of blocked categories become others that are blocked, rows of
// limited ones others of their group, and everything is derived again: no row of underwriting differs. One that knows
// does.
func TestNoUnderwritingNumberKnowsALimitedCategory(t *testing.T) {
	storetest.ForProof(t)
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	b := newRandomBank(t, 11)
	for range 60 {
		for _, account := range []int{0, 1} {
			at := b.hours(-24 * (2 + len(b.rows)%80))
			row := &bankRow{
				id: b.newID(), account: b.accounts[account].id, currency: "usd", text: fmt.Sprint("SHOP ", len(b.rows)),
				amount: -1000 - int64(len(b.rows)), status: "posted", transacted: at, posted: &at,
			}
			b.rows = append(b.rows, row)
			b.store(row, false)
		}
	}
	all := append(slices.Clone(headers), planted(t, "SELECT DISTINCT l.category AS x FROM ledger.labels l"))
	find := func() ([]models.Header, error) {
		return models.OrderModels(all)
	}
	sums := func(codes ...string) map[string]string {
		b.exec("DELETE FROM meta.overrides")
		b.exec("INSERT INTO meta.overrides (transaction_id, version, category, observed_at, run_id) "+
			"SELECT transaction_id, 'v', string_split(?, ' ')[1 + (hash(transaction_id) % 4)::BIGINT], ?, 'run' "+
			"FROM main.transactions WHERE starts_with(description, 'SHOP ')", strings.Join(codes, " "), b.now)
		b.deriveWith(find, true)
		return b.columnSums(all)
	}
	before := sums("giving.religious", "services.union_dues", "health.dental", "food.alcohol")
	if b.strings("SELECT count(*)::VARCHAR FROM underwriting.flow_days WHERE category = 'withheld'")[0] == "0" {
		t.Error("no row is withheld: the world says nothing of it")
	}
	after := sums("giving.political", "giving.charity", "health.other", "food.alcohol")
	for name := range before {
		if strings.HasPrefix(name, "underwriting.") && name != "underwriting.planted.x" && before[name] != after[name] {
			t.Errorf("%s knows which limited category a row has", name)
		}
	}
	if before["underwriting.planted.x"] == after["underwriting.planted.x"] {
		t.Error("a model that knows the category is not found")
	}
}
