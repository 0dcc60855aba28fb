// Package models reads the headers of the .sql files that define derived tables and datasets of the lake, orders the
// tables by what they read, derives them, compares them with a rebuild, and fills the dictionary.
//
// It imports schema, whose embedded folders hold the files, duck, text, which reads descriptions, and rules. It
// promises that the same rows, report zone and watermark give the same derived rows, whatever rounds led to them, and
// that every column has a description and a permanent field id from fields.csv.
//
// # How tables are maintained
//
// A model is one SELECT, which can be pasted into any client and gives the whole table; ledger.descriptions alone calls
// a function of ours, by which texts are read. Derive seldom runs it so: most rounds change few rows, and a header says
// how far the change of a row is felt. Derive works out which scopes are touched, computes these alone and writes the
// rows that differ; what differs is the change that models further on see.
//
// Where few rows are held two tables are maintained or rebuilt at once, each after all that it and its rules read; one
// that has not enough memory beside another has the file for itself.
//
// A scope is a set of rows of the table that are computed together, from inputs that can be told: the rows with the
// same values in a few columns, such as all rows of an account.
//
//	scope: account_key         one scope for each account
//	scope: account_key, from day
//	                           the rows of an account from a day on, as a running total needs; day is a column, too
//	scope: all                 the whole table, also without a scope line: anything that is felt computes it again
//
// Changed rows are those that are gone, as they were, and those that are new; a row that differs is both. Of each table
// that a model reads, lines of its header say what they touch:
//
//	touched by TABLE (a, b): SELECT …
//	                           the SELECT yields the columns of the scope and reads changed, the changed rows of
//	                           TABLE; rows that differ in other columns than a and b are no change; without the
//	                           parentheses all count
//	touched by TABLE: nothing, because …
//	                           no change of TABLE is felt that is not felt through another table
//
// A rule may read all changed rows of a table, too: those that are new are kept."added_TABLE", those that are gone
// kept."removed_TABLE".
//
// Without such a line changed rows touch the scopes they name, if TABLE has every column of the scope; if it has not,
// the table is rebuilt whole.
//
//	widened: SELECT …          yields scopes in place of those in touched, where computing one needs its neighbours,
//	                           or where nearly all of them have no rows, before and after
//	input TABLE: SELECT …      yields the rows of TABLE that computing the scopes in touched needs; all of them where
//	                           it is FROM TABLE. Without it: those in the same scopes, or all where TABLE lacks a
//	                           column of the scope
//	once: NAME                 a part of the query that is NOT MATERIALIZED and named several times: of touched scopes
//	                           it has few rows, and to plan it again costs more than to keep these
//	lake: none                 other models read the table and the lake does not hold it
//	sorted: by the SELECT      its rows come in the declared order, from a sort at its end by fewer columns than those
//	                           are: a rebuild does not sort them
//	since: COLUMN              a date column of the table. Touched rules yield it beside the scope: no row of that
//	                           scope, stored or computed, has an earlier one; null where that is not known. A rebuild
//	                           lays rows in its order, so that recent ones are found without reading the others
//
// In touched rules, $watermark stands for the watermark that the derived tables know: as a constant, by which DuckDB
// leaves out what is stored of earlier instants. $earliest(day) stands, as a constant as well, for the earliest day of
// the changed rows, or for a day before all others where one of them has none.
//
// touched has the columns of the scope and each scope once; of scopes with from, the earliest for the other columns.
// In input, $since stands for the earliest date in touched, of the column that since or from names; it is before every
// date where one is null.
// For example, visits of an account at a merchant, by month:
//
//	-- model: expenses.visits
//	-- about: How often an account paid a merchant in a month
//	-- order: account_key, month, merchant_key
//	-- scope: account_key, month
//	-- touched by ledger.transactions (account_key, posted_date, merchant_key):
//	--   SELECT account_key, strftime(posted_date, '%Y-%m') AS month FROM changed
//	-- input ledger.transactions: SELECT t.* FROM ledger.transactions t
//	--   SEMI JOIN touched s ON s.account_key = t.account_key AND s.month = strftime(t.posted_date, '%Y-%m')
//	-- column account_key: VARCHAR NOT NULL. Account
//	-- column month: VARCHAR NOT NULL. Month, YYYY-MM
//	-- column merchant_key: VARCHAR NOT NULL. Merchant
//	-- column visits: BIGINT NOT NULL. Rows of the merchant in the month
//	SELECT account_key, strftime(posted_date, '%Y-%m') AS month, merchant_key, count(*) AS visits
//	FROM ledger.transactions GROUP BY ALL
//
// A row that moves from May to June is in changed twice, so both months are computed again. Without the touched line
// every change would rebuild the table, as ledger.transactions has no column month; without the input line every row
// would be read.
//
// Where to look: derive.go brings a table up to date, schedule.go says when: which tables await others, and which are
// made at once. derivation.go finds what rounds changed, maintain.go applies a model's scope, view.go makes views,
// touch_rule.go reads "touched by" lines, header.go the others and refuses what order.go would not find the tables
// of.
//
// A scope that is too small leaves rows that are wrong, and nothing in a round notices. The tests draw random histories
// and compare every table with a rebuild (TestMaintainedTablesAreThoseOfARebuild, make property), "fcpipe verify
// --deep" compares a sample of a file, and "fcpipe repair --models" rebuilds all of it. A table is rebuilt whole as
// well when its model differs from the one that made it, when a table it reads was rebuilt, when a macro or the report
// zone differs, and when so many rows are new, or so much of it is touched (whole.go), that this is cheaper.
//
// A rebuild of many rows must not need more memory than one of few. DuckDB spills sorts and joins, but groups with many
// sums only in part, so a header may name a column by which the table can be computed in parts (parts.go):
//
//	part: account_key          rows depend only on rows with the same value of it, of each input that has it
//	part: day of ledger.x      of this input alone; a part reads others whole
//	part bytes: 256            memory for a row of a part, in place of 1024
//	part input ledger.x: …     the SELECT of what a part reads of a table: more than its own rows, for which $part
//	                           stands, or, of a table in no parts, such as texts, what rows of the part need
//
// # Views
//
// Rows that two tables would hold are written once: a header may say that its model is a view, of columns of a table
// that another model makes.
//
//	materialized: view         the SELECT is columns FROM table, each under its name or another (a AS b), and the
//	                           header has no scope, since, part, widened, touched or input line; the order is the
//	                           one in which the lake sorts the rows
//
// Its columns have types, descriptions and field ids of their own, and the lake holds it as it holds a table. A round
// makes it where it is missing or a table of that name is in its place, and again with its table. Models may read it
// like a table: its changed rows are those of the table it shows.
//
// # Closed lists
//
// A column whose values are words that the program itself writes, such as codes of the taxonomy, is of a type that
// ledger/types.sql makes, an ENUM: DuckDB stores, groups, joins and sorts numbers in place of texts.
//
//	-- column treatment: ledger.treatment NOT NULL. How it counts
//	SELECT … 'exclude'::ledger.treatment …
//
// The SELECT has to give that type, by a column that has it or by a cast with two colons: names behind them are types.
// A CASE gives it where every result has it; a cast of the whole is looked up for each row, which takes three times as
// long. The types are in the file by name, for casts; tables have their lists written out, as DuckDB refuses to replace
// a type that a table uses. A list that differs differs in the macros, so that all tables are made again.
// meta.dictionary has the names, enum_range(NULL::ledger.treatment) the values.
//
// What Stripe or a bank sends is never of such a type, however short the list that it documents: a new value would be
// an error that stops every round. Nor is what users make up. The tests hold literals and rules of texts to the lists,
// and the lists to the order of bytes, in which texts are sorted.
//
// # Personal columns
//
// Some columns hold texts that may name people: what banks write, and what owners are called. fields.csv marks those
// that hold what Stripe sent ("personal=descriptions", "personal=owners"), and a header says which of its columns have
// such a text, or a part of one, and from where:
//
//	personal: normal, merchant_key from ledger.descriptions.normal
//	                           both columns are personal of the field that the source is of
//	personal: nothing from ledger.transactions.normal, because …
//	                           the SELECT names the column, and no part of its texts comes into the table
//
// The lake shows them as its policy for the field says, so a column that is not marked would tell what was to be
// hidden. Tests find one: they derive the same rows with other names in them, and compare (see personal_test.go).
// Words of a closed list, such as a rail, and names of merchants from a seed of fcpipe's own are not personal.
package models
