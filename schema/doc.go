// Package schema holds the nouns of fcpipe: what an account, a transaction or a balance is, what a landed page and
// a stored state are, where everything lies below a data directory, and the errors that callers test for. The SQL
// that defines tables and derived models lies in its folders, where analysts find it.
//
// # Words
//
//	account      an account of Stripe Financial Connections, fca_…: a bank or card account that its holder shared
//	holder       whose it is: a Stripe customer (cus_…), a customer-configured account (acct_…), a connected account
//	permission   what the holder shared: balances, ownership, transactions, payment_method
//	feature      what can be refreshed: balance, ownership, transactions (note the singular balance)
//	refresh      Stripe asks the bank for new data; asynchronous, and some refreshes are billed
//	cursor       the id of the newest succeeded transaction refresh whose rows are all held
//	round        one run: plan, refresh, wait, fetch, land, merge, derive, publish, export
//	intent       a purchase recorded in the journal before its request is sent
//	stale        older than the interval of its feature allows
//	regressed    said of an answer that shows an earlier state than the one held
//	landing      the rows fetched in this round: durable, not yet visible to readers
//	segment      one file of landing, immutable once it is sealed
//	quarantine   where refused rows go, with their raw payload
//	journal      the append-only record of intents, runs, reads and money
//	current      said of the version of a transaction that main.transactions shows: the newest that was not
//	             superseded on arrival, that is, older than what was held when it came
//	watermark    the instant of the newest merge in a file; nothing in the file was observed later
//	generation   one immutable, checkpointed DuckDB file; publishing replaces the current one by rename
//	published    the generation that analysts open
//	derived      computed from main.*: the tables of ledger, quality, underwriting and expenses, also called marts
//	lake         the Parquet datasets with their manifest
//	manifest     the list of every live Parquet file; latest.json, the pointer, names the current one
//
// # Packages
//
// The map in README.md says what each package is for, cmd/architecture/arrows.txt what it may import.
// Packages whose names end in test (storetest, landingtest, benchtest) serve tests alone.
//
// Where to look: rows.go has what Stripe says (Account, Balance, Transaction, Owner), labels.go and consent.go the rest
// of it; landed.go what one call lands, state.go what is stored already and how a reading is held against it; layout.go
// every path in a data directory; errors.go the errors that callers test for; money.go, zones.go and retention.go how
// amounts are shown, time zones and horizons; finding.go what verify finds; shown.go how a text from outside is shown;
// embedded.go the SQL and tables that the program has in it.
//
// The folders migrations, ledger, quality, underwriting, expenses and lake hold the SQL; fields.csv holds the
// permanent field ids, and marks columns whose texts may name people.
//
// # A new column
//
// A column of transactions needs, in this order:
//
//	migrations/                        a migration, which makes the view main.transactions again
//	rows.go                            the noun
//	../sync/wire/transaction.go        its JSON, with a test of its odd values
//	landing/landing.sql, rows.go       the segment, and landingtest, its landing in memory
//	store/merge.sql                    staging, and each statement that names columns: merge_classify and
//	                                   merge_forget_known_versions compare them (one that is left out there changes
//	                                   without a new version: TestEveryColumnOfATransactionMakesAVersion),
//	                                   merge_add_versions and merge_add_first_versions insert them by position
//	ledger/, lake/, lake/changes/      the models and datasets that show it
//	fields.csv                         its field id: make golden
//	../sync/simulator/world/view.go    what the simulator sends
//	../cmd/crash/oracle/row.go         what the crash harness compares
//
// A column of accounts needs the same of other files:
//
//	rows.go                            Account, with a migration of main.accounts and main.account_versions
//	../sync/wire/account.go            a field of the struct account and its place in DecodeAccount; a Part where it
//	                                   can be refused alone
//	landing/landing.sql, rows.go       the segment, and appendAccount
//	store/merge_accounts.sql           merge_account_next names each column; what follows goes by position
//	ledger/accounts.sql, lake/accounts.sql, fields.csv, ../sync/simulator/world/view.go as above
//
// If its texts may name people: a mark in fields.csv, and "personal" in the headers of models that read it.
//
// # Promises
//
//   - Money is an integer of minor units with a lower-case currency. No float touches it.
//   - An instant is UTC with microseconds; a civil date is made only through a named time zone.
//   - Null is never zero: what Stripe did not state stays unknown.
//   - Every version of a row is kept, and since when it was known. Nothing is removed because a list omits it.
//   - A cursor never runs ahead of the rows it stands for.
//   - What callers rely on is durable before a function returns, or the function says that it is not.
package schema
