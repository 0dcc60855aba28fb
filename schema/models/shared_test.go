package models_test

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// sharedStore publishes the stories of many tests by one round, and what came later by a second one: a derivation costs
// as much for one account as for fifty. Each story has holders of its own, and its test sees no other's rows.
type sharedStore struct {
	name    string
	clock   time.Time // before the first round
	zone    string    // of civil dates
	tables  []string  // those that its tests ask, with what they read; all where none is named
	stories []*story
}

var (
	// sharedHouseholds has the stories of books and of households.
	sharedHouseholds = &sharedStore{name: "shared households", clock: date(6, 20, 11), zone: "UTC"}
	// sharedInNewYork has those of banks that date rows in various ways.
	sharedInNewYork = &sharedStore{
		name: "shared in New York", clock: date(6, 20, 11), zone: "America/New_York",
		tables: []string{"underwriting.cash_flow_month", "expenses.category_month"},
	}
)

// story is what lands of one test's accounts.
type story struct {
	store        *sharedStore
	suffix       string // of its ids in the store
	first, later schema.Landed
	decided      map[string]string // before the second round: accounts that a person links to another, or to none
}

// tell adds a story. Tests tell theirs in variables of the package, so that all are known when the first one asks.
func (s *sharedStore) tell(first, later schema.Landed) *story {
	told := &story{store: s, suffix: fmt.Sprintf("@%03d", len(s.stories)), first: first, later: later}
	s.stories = append(s.stories, told)
	return told
}

// tellBooks tells of an account that is complete through a day of May.
func tellBooks(through int, write func(b *books)) *story {
	var b books
	write(&b)
	return sharedHouseholds.tell(b.landed(through), schema.Landed{})
}

func tellHousehold(fill func(h *household)) *story {
	var h household
	fill(&h)
	return sharedHouseholds.tell(h.landed, schema.Landed{})
}

// published is the store after the first round.
func (s *story) published(t *testing.T) *ownRows {
	t.Helper()
	return &ownRows{
		asked: storetest.PreparedFile(t, s.store.name, func() *storetest.Store { return s.store.firstRound(t) }), t: t,
		store: func() *storetest.Store { return s.store.afterFirst(t) }, suffix: s.suffix,
	}
}

// continued is the store after the second round.
func (s *story) continued(t *testing.T) *ownRows {
	t.Helper()
	name, round := s.store.name+", later", func() *storetest.Store {
		first := s.store.afterFirst(t)
		first.Zone = s.store.zone
		s.store.decide(t, first)
		first.Derives = true
		first.Round(s.store.landed(func(told *story) schema.Landed { return told.later })...)
		return first
	}
	return &ownRows{
		asked: storetest.PreparedFile(t, name, round), t: t,
		store: func() *storetest.Store { return storetest.Prepared(t, name, round) }, suffix: s.suffix,
	}
}

// tellDecided tells of a household of which a person decides what accounts are, by account: those of another one, or
// their own.
func tellDecided(decided map[string]string, fill func(h *household)) *story {
	told := tellHousehold(fill)
	told.decided = decided
	return told
}

// decide makes the decisions of all stories, which the round after them derives.
func (s *sharedStore) decide(t *testing.T, made *storetest.Store) {
	t.Helper()
	for _, told := range s.stories {
		for account := range told.decided {
			if plan, err := told.decideOn(made, account); err != nil || !plan.Changes {
				t.Fatalf("%s%s: %+v %v", account, told.suffix, plan, err)
			}
		}
	}
}

// decideOn makes one decision of the story.
func (s *story) decideOn(made *storetest.Store, account string) (store.LinkPlan, error) {
	key := s.decided[account]
	if key != "" {
		key += s.suffix
	}
	return made.Decide(account+s.suffix, key)
}

func (s *sharedStore) afterFirst(t *testing.T) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, s.name, func() *storetest.Store { return s.firstRound(t) })
}

func (s *sharedStore) firstRound(t *testing.T) *storetest.Store {
	t.Helper()
	if len(s.tables) > 0 {
		storetest.WithTables(t, s.tables...)
	}
	made := storetest.NewEmptyStore(t)
	made.Clock, made.Zone = s.clock, s.zone
	made.Round(s.landed(func(told *story) schema.Landed { return told.first })...)
	return made
}

func (s *sharedStore) landed(part func(*story) schema.Landed) (all []schema.Landed) {
	for _, told := range s.stories {
		all = append(all, withSuffix(part(told), told.suffix))
	}
	return all
}

// withSuffix gives every account, holder and transaction an id that no other story has.
func withSuffix(landed schema.Landed, suffix string) schema.Landed {
	landed.Accounts, landed.Transactions = slices.Clone(landed.Accounts), slices.Clone(landed.Transactions)
	landed.Balances, landed.Completions = slices.Clone(landed.Balances), slices.Clone(landed.Completions)
	for i := range landed.Accounts {
		landed.Accounts[i].AccountID += suffix
		landed.Accounts[i].HolderID = new(*landed.Accounts[i].HolderID + suffix)
	}
	for i := range landed.Transactions {
		landed.Transactions[i].AccountID += suffix
		landed.Transactions[i].TransactionID += suffix
	}
	for i := range landed.Balances {
		landed.Balances[i].AccountID += suffix
	}
	landed.Owners, landed.Ownerships = slices.Clone(landed.Owners), slices.Clone(landed.Ownerships)
	for i := range landed.Owners {
		landed.Owners[i].AccountID += suffix
		landed.Owners[i].OwnershipID += suffix
	}
	for i := range landed.Ownerships {
		landed.Ownerships[i].AccountID += suffix
		landed.Ownerships[i].OwnershipID += suffix
	}
	for i := range landed.Completions {
		landed.Completions[i].AccountID += suffix
	}
	return landed
}

// ownRows is a shared store in which a question finds the rows of one story, by the ids the story gave them.
type ownRows struct {
	asked
	t      *testing.T
	store  func() *storetest.Store // for what the published file alone does not answer
	suffix string
}

// tableNames finds what a question reads.
var tableNames = regexp.MustCompile(`\b(main|ledger|quality|underwriting|expenses)\.[a-z_]+\b`)

// Want fails the test unless the answer of the story's rows is the wanted one.
func (s *ownRows) Want(question, want string) {
	s.t.Helper()
	s.asked.Want(s.ofStory(question), want)
}

// ofStory is a question of the story's rows.
func (s *ownRows) ofStory(question string) string {
	s.t.Helper()
	return tableNames.ReplaceAllStringFunc(question, s.rowsOf)
}

// rowsOf is a subquery of the story's rows of a table.
func (s *ownRows) rowsOf(table string) string {
	ids := s.idsOf(table)
	if len(ids) == 0 { // the same for all
		return table
	}
	plain := make([]string, len(ids))
	for i, id := range ids {
		plain[i] = fmt.Sprintf("replace(%[1]s, '%[2]s', '') AS %[1]s", id, s.suffix)
	}
	return fmt.Sprintf("(SELECT * REPLACE (%s) FROM %s WHERE contains(concat(%s), '%s'))",
		strings.Join(plain, ", "), table, strings.Join(ids, ", "), s.suffix)
}

// idColumns are the columns with ids of each table, which are the same in every shared store.
var idColumns = map[string][]string{}

// idsOf lists the columns of a table that have ids. A question of all tables costs as much as one of a single table.
func (s *ownRows) idsOf(table string) []string {
	if idColumns[table] == nil {
		for line := range strings.SplitSeq(s.Query(`SELECT string_agg(line, ';') FROM (
			SELECT concat_ws(' ', schema_name || '.' || table_name, string_agg(column_name, ' ') FILTER (
				data_type = 'VARCHAR' AND regexp_matches(column_name, '(_id|_key|_by|_of|^event)$'))) AS line
			FROM duckdb_columns() WHERE database_name = current_database() AND NOT internal
			GROUP BY schema_name, table_name)`), ";") {
			words := strings.Fields(line)
			idColumns[words[0]] = words[1:]
		}
	}
	return idColumns[table]
}

// attention is what status says of the story's accounts.
func (s *ownRows) attention() (found []reader.Attention) {
	s.t.Helper()
	for _, a := range storetest.AttentionOf(s.t, s.store()) {
		if id, own := strings.CutSuffix(a.AccountID, s.suffix); own {
			a.AccountID = id
			found = append(found, a)
		}
	}
	return found
}

// inMemory is a connection to an empty database, as long as the test runs.
func inMemory(t *testing.T) *sql.Conn {
	t.Helper()
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(connection.Close(), database.Close()); err != nil {
			t.Error(err)
		}
	})
	return connection
}
