package store_test

import (
	"reflect"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestEveryColumnOfATransactionMakesAVersion: of each transaction one other field changes, under the same updated_at.
// One that the merge does not compare would be lost without a word.
func TestEveryColumnOfATransactionMakesAVersion(t *testing.T) {
	s := storetest.New(t)
	accounts := []schema.Account{storetest.Account("fca_1")}
	var before, after []schema.Transaction
	for i := range reflect.TypeFor[schema.Transaction]().NumField() {
		name := reflect.TypeFor[schema.Transaction]().Field(i).Name
		switch name {
		case "TransactionID", "UpdatedAt", "AccountID", "Livemode": // of another account or mode a row is refused
			continue
		}
		row := storetest.Transaction("fctxn_"+name, "fca_1", -100, 10)
		before = append(before, row)
		changeField(t, reflect.ValueOf(&row).Elem().Field(i), name)
		after = append(after, row)
	}
	s.Round(schema.Landed{Accounts: accounts, Transactions: before})
	if report := s.Round(schema.Landed{Accounts: accounts, Transactions: after}); report.TransactionsChanged !=
		int64(len(after)) {
		t.Errorf("%d of %d changes are versions", report.TransactionsChanged, len(after))
	}
	s.Want("SELECT coalesce(string_agg(transaction_id, ', ' ORDER BY transaction_id), '') FROM (SELECT transaction_id "+
		"FROM main.transaction_versions GROUP BY ALL HAVING count(*) < 2)", "")
}

// changeField gives a field of a transaction another value that a bank may send.
func changeField(t *testing.T, field reflect.Value, name string) {
	t.Helper()
	at, words := time.Date(2026, 5, 11, 9, 0, 0, 0, time.UTC), map[string]string{
		"Currency": "cad", "Status": "void", "Description": "BLUE OWL",
		"TransactionRefreshID": "fctxnref_2", "Extra": `{"note":1}`,
	}
	switch value := field.Addr().Interface().(type) {
	case *string:
		*value = words[name]
	case **string:
		*value = new(words[name])
	case *int64:
		*value++
	case *time.Time:
		*value = at
	case **time.Time:
		*value = &at
	default:
		t.Fatalf("what does a %T change to? It is the type of %s", value, name)
	}
	if field.Kind() == reflect.String && field.String() == "" {
		t.Fatalf("%s needs a value that differs", name)
	}
}
