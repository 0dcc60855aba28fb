package export

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/rules"
)

// Canaries are in every personal text of the canary world, and nowhere else.
const (
	bankCanary  = "CANARYBIRD"
	ownerCanary = "OWNERCANARY"
)

const (
	firstKey  TokenKey = "0123456789abcdef0123456789abcdef-first"
	secondKey TokenKey = "0123456789abcdef0123456789abcdef-second"
)

var rings = map[string]map[int]TokenKey{
	"none": nil, "first": {1: firstKey}, "both": {1: firstKey, 2: secondKey}, "second": {2: secondKey},
	"swapped": {1: secondKey},
}

func policyOf(descriptions, owners, ring string) Privacy {
	return Privacy{
		Policy: map[string]string{"descriptions": descriptions, "owners": owners}, Keys: rings[ring],
	}
}

// ofCanaries has canaries in every text of a person that Stripe sends: of several merchants, in fields that fcpipe
// does not know, in a version that was replaced. Its lakes are not compressed, so that a search finds texts.
var ofCanaries = &firstRound{
	rows: canaries, then: correctedCanary, codec: "none",
	says: &rules.Set{Overrides: []rules.Override{
		{TransactionID: "fctxn_1", Version: "v", Note: new("lunch with " + bankCanary)},
	}},
}

func canaries() schema.Landed {
	landed := schema.Landed{Accounts: []schema.Account{canaryHolder(), account("fca_2")}}
	for i := range 9 {
		row := transaction(fmt.Sprintf("fctxn_%d", i), int64(-1000-i), day(5, 2+i))
		row.Description = fmt.Sprintf("SQ *%s SHOP %c", bankCanary, 'A'+i)
		row.Extra = new(`{"counterparty": {"name": "` + bankCanary + `"}}`)
		landed.Transactions = append(landed.Transactions, row)
		landed.Labels = append(landed.Labels, schema.Labels{
			TransactionID: row.TransactionID, AccountID: row.AccountID, MerchantName: new(bankCanary + " Shop"),
		})
	}
	landed.Transactions = append(landed.Transactions, recurring()...)
	landed.Transactions = append(landed.Transactions, unusual()...)
	untold := transaction("fctxn_untold", -5, day(5, 20))
	untold.Description = ""
	landed.Transactions = append(landed.Transactions, untold)
	return landed
}

// unusual are a purchase that is charged twice, and one that is given back.
func unusual() (rows []schema.Transaction) {
	for i, minor := range []int64{-7777, -7777, -3333, 3333} {
		row := transaction(fmt.Sprintf("fctxn_unusual_%d", i), minor, day(5, 25))
		row.Description = fmt.Sprintf("SQ *%s SHOP %c", bankCanary, 'Y'+i/2)
		if minor > 0 {
			row.Description += " REFUND"
		}
		rows = append(rows, row)
	}
	return rows
}

// recurring are the payments of a subscription whose price rises, of a bill, and of a wage.
func recurring() (rows []schema.Transaction) {
	for month := range 6 {
		paid := transaction(fmt.Sprintf("fctxn_paid_%d", month), -1599, day(month+1, 3))
		if month > 3 {
			paid.AmountMinor = -1799
		}
		paid.Description = "DEBIT CARD PURCHASE " + bankCanary + " STREAMING"
		bill := transaction(fmt.Sprintf("fctxn_bill_%d", month), int64(-9000-700*(month%3)), day(month+1, 12))
		bill.Description = bankCanary + " ELECTRIC DES:WEB PMT PPD"
		rows = append(rows, paid, bill)
	}
	for fortnight := range 8 {
		wage := transaction(fmt.Sprintf("fctxn_wage_%d", fortnight), 150000, day(2, 6+14*fortnight))
		wage.Description = bankCanary + " CORP PAYROLL PPD ID: 1234567890"
		rows = append(rows, wage)
	}
	return rows
}

func canaryHolder() schema.Account {
	holder := account("fca_1")
	holder.DisplayName = new("Checking of " + ownerCanary)
	holder.Extra = new(`{"nickname": "` + ownerCanary + `", "names": ["a \"` + ownerCanary + `\""], "n": 3}`)
	return holder
}

func correctedCanary() schema.Landed {
	corrected := canaries().Transactions[0]
	corrected.Description, corrected.UpdatedAt = "POS "+bankCanary+" CORRECTED", day(6, 1)
	return schema.Landed{
		Accounts: []schema.Account{canaryHolder()}, Transactions: []schema.Transaction{corrected},
	}
}

// holding lists the files below the lake in whose bytes a text is, in capitals or not.
func (w *world) holding(text string) (files []string) {
	w.t.Helper()
	err := filepath.WalkDir(w.layout.Lake(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(bytes.ToUpper(content), []byte(text)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

// personalColumns are those marked in the dictionary, as dataset.column → field.
func (w *world) personalColumns() map[string]string {
	w.t.Helper()
	r := w.reader()
	datasets, err := r.Datasets(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	marked := map[string]string{}
	for _, d := range datasets {
		for _, column := range d.Columns {
			if column.Personal != "" {
				marked[d.Name+"."+column.Name] = column.Personal
			}
		}
	}
	return marked
}

// columnsWith lists the columns of the lake in whose values a pattern is found, and how many values have it.
func (w *world) columnsWith(pattern string) map[string]int {
	w.t.Helper()
	database, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		w.t.Fatal(err)
	}
	defer database.Close()
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]int{}
	for _, d := range manifest.Datasets {
		for i, count := range w.valuesWith(database, d, pattern) {
			if count > 0 {
				found[d.Name+"."+d.Columns[i].Name] = count
			}
		}
	}
	return found
}

// valuesWith counts the values of each column of a dataset in which a pattern is found: in one question, as opening the
// files costs more than reading them.
func (w *world) valuesWith(database *sql.DB, d DatasetEntry, pattern string) []int {
	w.t.Helper()
	counts, into, asked := make([]int, len(d.Columns)), make([]any, len(d.Columns)), make([]string, len(d.Columns))
	for i, column := range d.Columns {
		into[i] = &counts[i]
		asked[i] = fmt.Sprintf(`count(*) FILTER (regexp_matches("%s"::VARCHAR, '%s'))`, column.Name, pattern)
	}
	if err := database.QueryRow(fmt.Sprintf(
		"SELECT %s FROM read_parquet('%s/current/%s/**/*.parquet', hive_partitioning = false)",
		strings.Join(asked, ", "), w.layout.Lake(), d.Name)).Scan(into...); err != nil {
		w.t.Fatal(err)
	}
	return counts
}

// shows is what the manifest says the lake shows.
func (w *world) shows() string {
	w.t.Helper()
	entry, found, err := PrivacyOf(w.layout.Lake())
	if err != nil || !found {
		w.t.Fatal(found, err)
	}
	return entry.String()
}

// ask asks about the lake; %s in the query is the folder of the live files.
func (w *world) ask(query string) string {
	w.t.Helper()
	database, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		w.t.Fatal(err)
	}
	defer database.Close()
	query = regexp.MustCompile(`lake:([a-z_/]+)`).ReplaceAllString(query, "read_parquet('"+
		filepath.Join(w.layout.Lake(), currentName)+"/$1/**/*.parquet', hive_partitioning = false)")
	var answer sql.NullString
	if err := database.QueryRow("SELECT CAST((" + query + ") AS VARCHAR)").Scan(&answer); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return answer.String
}
