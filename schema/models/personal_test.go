package models_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

// renamed are names in the texts of the random bank and what they become: other names at the same place of the
// alphabet, so that whatever goes by the order of texts stays. Merchants that the table knows are no secret: their
// names are the same for everyone, and are not replaced.
var renamed = [][2]string{
	{"BRIXEL", "BRIXEM"},
	{"ORLAND", "ORLANE"},
	{"TRUVANE", "TRUVANF"},
	{"REFUND CENTER", "REFUND CENTES"},
	{"JANE DOE", "JANE DOF"},
	{"ACME", "ACMF"},
	{"JOHN SMITH", "JOHN SMITI"},
	{"CORNER", "CORNES"},
	{"EVERYCORP", "EVERYCORQ"},
}

// recur stores seven payments, each so many days before the one after it.
func (b *randomBank) recur(days int, text string, amount func(n int) int64) {
	b.t.Helper()
	for n := range 7 {
		b.tell(-24*(5+days*n), text, amount(n))
	}
}

// tell stores a posted row of the first account, of some hours from now.
func (b *randomBank) tell(hours int, text string, amount int64) {
	b.t.Helper()
	at := b.hours(hours)
	row := &bankRow{
		id: b.newID(), account: b.accounts[0].id, currency: "usd", text: text, amount: amount, status: "posted",
		transacted: at, posted: &at,
	}
	b.rows = append(b.rows, row)
	b.store(row, false)
}

// tellNames tells of payments and labels whose texts have names, so that every personal column has some. The last
// account gets a holder of its own, the third of the bank.
func tellNames(b *randomBank) {
	b.t.Helper()
	b.accounts[6].holder = new("cus_2")
	b.observe(b.accounts[6])
	for _, text := range []string{
		"BRIXEL #412", "BRIXEL REFUND SPRINGFIELD", "ORLAND OIL REFUND OF JUNE", "TRUVANE TRIP", "ZELLE TO JANE DOE",
		"REFUND BRIXEL", "BRIXEL RETURN",
	} {
		for _, amount := range []int64{-2500, 2500} {
			b.tell(-30, text, amount)
		}
	}
	// a subscription whose price rises
	b.recur(30, "RECURRING PAYMENT TRUVANE CLUB", func(n int) int64 { return -1099 + 100*int64(min(1, n/3)) })
	b.recur(1, "PURCHASE ORLAND BIKES", func(int) int64 { return -90000 })              // charged again the day after
	b.recur(7, "ACH DEBIT BRIXEL CAPITAL WEB ID: 1", func(int) int64 { return -25000 }) // an advance on receipts
	// a refund counts where a person says that its purchase does, a fortnight before
	b.tell(-24*24, "DEBIT CARD PURCHASE SP WOLDER", -7777)
	b.tell(-24*10, "DEBIT CARD CREDIT SP WOLDER", 7777)
	b.exec("INSERT INTO meta.overrides SELECT transaction_id, 'v', CASE WHEN contains(description, 'WOLDER') "+
		"THEN 'biz.inventory' ELSE 'food.groceries' END, NULL, 'for ' || description, "+
		"NULL, ?, 'run', NULL FROM main.transactions WHERE description <> 'DEBIT CARD CREDIT SP WOLDER'", b.now)
	b.exec("INSERT INTO meta.rules (rule_id, version, position, pattern, name, observed_at, run_id) "+
		"VALUES ('every', 'v', 1, '.', 'A shop', ?, 'run')", b.now)
	for range 5 * len(b.rows) { // most rows
		b.label()
	}
	b.recur(14, "TRUVANE PAYROLL", func(int) int64 { return 1500000 }) // nothing else is said of this wage
}

// TestColumnsThatKnowNamesAreMarked: names in the texts of banks are replaced by others, and everything is derived
// again. What differs then holds a text, a part of one or something made of it, and has to be marked as personal; what
// is marked has to differ. Both times all is derived in parts, one holder or account after another: what else the parts
// change would pass for the work of names. There are more than two, so that some lie between two others.
func TestColumnsThatKnowNamesAreMarked(t *testing.T) {
	personal, err := models.LoadPersonal()
	if err != nil {
		t.Fatal(err)
	}
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	b := bankOfNames.of(t)
	if found := b.strings("SELECT DISTINCT holder_id FROM ledger.cash_accounts"); len(found) < 3 {
		t.Fatalf("only holders %v", found)
	}
	before := b.columnSums(headers)
	for _, pair := range renamed {
		b.exec("UPDATE main.transaction_versions SET description = replace(description, ?, ?)", pair[0], pair[1])
		b.exec("UPDATE meta.overrides SET note = replace(note, ?, ?)", pair[0], pair[1])
		b.exec("UPDATE main.transaction_label_versions SET merchant_name = replace(merchant_name, ?, ?)",
			pair[0], pair[1])
	}
	b.partRows = 1
	b.deriveWith(models.OrderedModels, true)
	b.partRows = 0
	after := b.columnSums(headers)
	for _, h := range headers {
		for _, column := range h.Columns {
			name := h.Name + "." + column.Name
			field := personal[h.Name][column.Name]
			switch differs := before[name] != after[name]; {
			case differs && field == "":
				t.Errorf("%s knows names in texts, and its header has no \"personal: %s from …\"", name, column.Name)
			case !differs && field != "" && before[h.Name] != "0":
				t.Errorf("%s is said to hold %s, and has the same values whatever the names are", name, field)
			}
		}
	}
}

// columnSums are hashes of the values of every column, whatever their order, and the count of rows of every table.
func (b *randomBank) columnSums(headers []models.Header) map[string]string {
	b.t.Helper()
	sums := map[string]string{}
	for _, h := range headers { // all columns of a table in one question
		values := []string{"count(*)::VARCHAR"}
		for _, column := range h.Columns {
			values = append(values, fmt.Sprintf(`coalesce(sum(hash("%s"::VARCHAR))::VARCHAR, '')`, column.Name))
		}
		found := b.strings(fmt.Sprintf("SELECT unnest([%s]) FROM %s", strings.Join(values, ", "), h.Name))
		sums[h.Name] = found[0]
		for i, column := range h.Columns {
			sums[h.Name+"."+column.Name] = found[i+1]
		}
	}
	return sums
}

// TestModelsSayWhatTheyKeepOfPersonalColumns: one whose SELECT names a personal column of a table that it reads says
// in its header what it keeps of it, be it nothing.
func TestModelsSayWhatTheyKeepOfPersonalColumns(t *testing.T) {
	personal, err := models.LoadPersonal()
	if err != nil {
		t.Fatal(err)
	}
	for _, silent := range silentAbout(t, schema.ModelFiles, personal) {
		t.Error(silent)
	}
	found := silentAbout(t, fstest.MapFS{"ledger/a.sql": {Data: []byte("-- model: ledger.a\n-- order: x\n" +
		"-- column x: VARCHAR. X\nSELECT upper(merchant_key) AS x FROM ledger.transactions")}}, personal)
	if len(found) != 1 || !strings.Contains(found[0], "merchant_key of ledger.transactions") {
		t.Errorf("a model that says nothing is not found: %v", found)
	}
}

// silentAbout lists what models say nothing about.
func silentAbout(t *testing.T, files fs.FS, personal models.PersonalColumns) (silent []string) {
	t.Helper()
	headers, err := models.LoadHeaders(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		for _, table := range models.TablesRead(h.Query) {
			for column := range personal[table] {
				says := slices.ContainsFunc(h.Personal, func(l models.Lineage) bool { return l.Table == table })
				if !says && regexp.MustCompile(`\b`+column+`\b`).MatchString(h.Query) {
					silent = append(silent, fmt.Sprintf("%s names %s of %s, which is personal, and does not say "+
						"what it keeps of it", h.File(), column, table))
				}
			}
		}
	}
	return silent
}

// TestLineagesAreRefusedWithTheirReason: what a header cannot mean is an error that names its file.
func TestLineagesAreRefusedWithTheirReason(t *testing.T) {
	const usage, unknown = "want \"personal: COLUMNS from TABLE.COLUMN\"", "a column that is not personal"
	for _, refused := range [][2]string{
		{"normal", usage},
		{"normal from transactions", usage},
		{"nothing from main.transactions.description", usage},
		{"x from main.transactions.description, why", usage},
		{"x from main.transactions.status", unknown},
		{"x from ledger.none.description", unknown},
		{"x from ledger.a.x", unknown},
		{"y from main.transactions.description", "there is no column y"},
		{
			"x from main.accounts.display_name\n-- personal: x from main.transactions.description",
			"a column is of one",
		},
		{"x from main.transactions.description", ""},
		{"x from main.accounts.display_name", ""},
		{"nothing from main.transactions.extra, it is not read", ""},
	} {
		text, want := refused[0], refused[1]
		_, err := models.FollowPersonal(fstest.MapFS{"ledger/a.sql": {Data: []byte("-- model: ledger.a\n-- order: x\n" +
			"-- personal: " + text + "\n-- column x: VARCHAR. X\nSELECT 1 AS x")}})
		if (err != nil) != (want != "") || err != nil && (!strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "ledger/a.sql")) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
