package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/models/text"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// derivation brings the derived tables of one file up to date, on one connection. What changed is kept in tables of a
// database in memory, which other connections see as well.
type derivation struct {
	*sql.Conn
	parameters Parameters
	asked      bool                   // whether the caller asked for a rebuild; parameters.Rebuild is also set by begin
	since      time.Time              // instant up to which the derived tables knew the data
	stored     map[string]string      // meta.parameters as the last derivation left it
	made       map[string]string      // as this one leaves it
	tables     map[string]tableInFile // every table, by schema.table
	types      map[string]string      // types of closed lists, by schema.type: as the file writes them out
	whole      map[string]bool        // tables that are rebuilt: what reads them is, too
	standing   map[string]bool        // models that may be rebuilt without others
	changed    map[string]string      // by table with rows that are gone or new: where these are, see changes
	keeps      bool                   // whether what changed is kept for other connections
	isQuick    bool                   // whether the connection has what quick_dates makes
	threads    int                    // those DuckDB works with, where lanes take some of them; 0 where they do not
	isNew      bool                   // whether the file had no derived table, and few rows
	unwritten  int64                  // rows that were written and deleted since the last checkpoint
	versions   int64                  // rows of main.transaction_versions, what most tables are made of
}

// begin reads how the tables were left, makes what models share, and finds what has changed since.
func (d *derivation) begin(ctx context.Context, database *sql.DB) error {
	today, err := d.parameters.asOfDate()
	if err != nil {
		return err
	}
	var migrations string
	if err := d.QueryRowContext(ctx, statements.Get("migrations")).Scan(&migrations, &d.versions); err != nil {
		return err
	}
	d.stored, d.made = map[string]string{}, map[string]string{
		"as_of_date": today, "derived_through": d.parameters.AsOf.UTC().Format(time.RFC3339Nano),
		"macros": sum(macros()), "migrations": sum(migrations), "report_zone": d.parameters.ReportZone,
		"rule_version": text.Fingerprint()[:8],
	}
	if err := statements.EachRow(ctx, d, "parameters", func(scan duck.Scan) error {
		var name, value string
		err := scan(&name, &value)
		d.stored[name] = value
		return err
	}); err != nil {
		return err
	}
	if err := d.shareMacros(ctx); err != nil {
		return err
	}
	if err := d.put(ctx, "as_of_date", "report_zone", "rule_version"); err != nil { // what models read
		return err
	}
	d.since, err = time.Parse(time.RFC3339Nano, d.stored["derived_through"])
	neverDerived := err != nil || d.since.After(d.parameters.AsOf) // or by an earlier program
	migrated := d.stored["migrations"] != d.made["migrations"]     // what that rewrites has no new version
	if err := registerRules(ctx, d.Conn, d.since); err != nil {
		return err
	}
	if d.parameters.Rebuild = d.parameters.Rebuild || neverDerived || migrated; d.parameters.Rebuild {
		return nil
	}
	if d.parameters.Rebuild, err = d.changedMuch(ctx); err != nil || d.parameters.Rebuild {
		return err
	}
	return d.findChanges(ctx, database)
}

// changedMuch reports whether so many rows came since that rebuilding every table is cheaper, and needs less memory, as
// after a first sync.
func (d *derivation) changedMuch(ctx context.Context) (much bool, err error) {
	err = d.QueryRowContext(ctx, d.bindSince(statements.Get("changed_much"))).Scan(&much)
	return much, err
}

// put writes those of some parameters that differ.
func (d *derivation) put(ctx context.Context, names ...string) error {
	var differing, rows []string
	var values []any
	for _, name := range names {
		if stored, known := d.stored[name]; !known || stored != d.made[name] {
			differing = append(differing, name)
			rows, values = append(rows, "(?, ?)"), append(values, name, d.made[name])
		}
	}
	if len(differing) == 0 {
		return nil
	}
	if err := d.forget(ctx, differing); err != nil {
		return err
	}
	_, err := d.ExecContext(ctx, "INSERT INTO meta.parameters VALUES "+strings.Join(rows, ", "), values...)
	return err
}

// forget removes parameters.
func (d *derivation) forget(ctx context.Context, names []string) error {
	_, err := d.ExecContext(ctx, "DELETE FROM meta.parameters WHERE list_contains($names, name)",
		sql.Named("names", names))
	return err
}

// finish writes down what the tables were made with, and the dictionary where a table, a macro or a migration differs.
func (d *derivation) finish(ctx context.Context) error {
	var err error
	if d.made["models"], err = CurrentFingerprint(); err != nil {
		return err
	}
	if err := d.makeLateMacros(ctx); err != nil {
		return err
	}
	d.made["dictionary"] = sum(d.made["models"], d.made["migrations"])
	isDescribed := len(d.whole) == 0 && d.stored["dictionary"] == d.made["dictionary"]
	if !isDescribed && !d.parameters.Undescribed {
		list, err := d.macrosToDescribe(ctx)
		if err != nil {
			return err
		}
		if err := writeDictionary(ctx, d.Conn, list); err != nil {
			return err
		}
	}
	var unknown []string
	for name := range d.stored {
		if _, known := d.made[name]; !known {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		if err := d.forget(ctx, unknown); err != nil {
			return err
		}
	}
	return d.put(ctx, slices.Sorted(maps.Keys(d.made))...)
}

// macrosToDescribe is the statement that lists the macros for the dictionary: those it has, where it has any, no macro
// differs and the caller did not ask for a rebuild.
func (d *derivation) macrosToDescribe(ctx context.Context) (statement string, err error) {
	for _, name := range []string{"macros", "late_macros", "migrations"} {
		if d.asked || d.stored["dictionary"] == "" || d.stored[name] != d.made[name] {
			return "dictionary_macros", nil
		}
	}
	kept := false
	err = statements.EachRow(ctx, d, "dictionary_macros_kept", func(duck.Scan) error { kept = true; return nil })
	if !kept {
		return "dictionary_macros", err
	}
	return "dictionary_macros_kept", err
}

// makeLateMacros makes what asks derived tables, where all of these are there and it is missing or comes from another
// program.
func (d *derivation) makeLateMacros(ctx context.Context) error {
	for _, table := range lateMacroReads {
		if _, exists := d.tables[table]; !exists {
			return nil
		}
	}
	d.made["late_macros"] = sum(lateMacros())
	if d.stored["late_macros"] == d.made["late_macros"] {
		return nil
	}
	if _, err := d.ExecContext(ctx, lateMacros()); err != nil {
		return fmt.Errorf("%s: %w", lateMacroFile, err)
	}
	return nil
}

// findChanges puts the changed rows of every table of main and meta that models read into removed and added: those of
// transactions and, at once where tables are maintained so, all others.
func (d *derivation) findChanges(ctx context.Context, database *sql.DB) (err error) {
	if _, err := d.ExecContext(ctx, "ATTACH OR REPLACE ':memory:' AS kept"); err != nil {
		return err
	}
	d.keeps = true
	if d.hasLanes(database) {
		if err := d.shareThreads(ctx); err != nil {
			return err
		}
	}
	others := *d
	others.changed = map[string]string{}
	found := make(chan error, 1)
	if d.parameters.Gone == nil && d.hasLanes(database) { // what is gone this connection alone knows
		if others.Conn, err = database.Conn(ctx); err != nil {
			return err
		}
		go func() { found <- errors.Join(others.noteChanges(ctx, false), closeForGood(others.Conn)) }()
	} else {
		found <- others.noteChanges(ctx, false)
	}
	_, err = d.keep(ctx, "changed_versions", d.bindSince(statements.Get("changed_versions")))
	if err == nil {
		err = d.noteChanges(ctx, true)
	}
	if err = errors.Join(err, <-found); err != nil {
		return err
	}
	maps.Copy(d.changed, others.changed)
	if d.stored["as_of_date"] != d.made["as_of_date"] {
		return d.noteParameters(ctx)
	}
	return nil
}

// noteChanges finds the changed rows of the tables whose rows are versions of transactions, or of all others.
func (d *derivation) noteChanges(ctx context.Context, ofVersions bool) error {
	for name, query := range statements {
		table, isAdded := strings.CutPrefix(name, "added_")
		if !isAdded || strings.Contains(query, "kept.changed_versions") != ofVersions {
			continue
		}
		keep := d.keep
		if ofVersions {
			keep = d.keepView
		}
		added, err := keep(ctx, "added_"+table, d.bindSince(query))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		query, known := statements["removed_"+table]
		if !known {
			query = fmt.Sprintf("FROM %s LIMIT 0", d.kept("added_"+table))
		}
		removed, err := d.keep(ctx, "removed_"+table, d.bindSince(query))
		if err != nil {
			return fmt.Errorf("removed_%s: %w", table, err)
		}
		gone, err := d.addGone(ctx, table)
		if err != nil {
			return fmt.Errorf("gone_%s: %w", table, err)
		}
		if added+removed+gone > 0 {
			d.changed[table] = d.keptChanges(table)
		}
	}
	return nil
}

// KeepGone keeps what derived tables need to know of the transactions in the temporary table gone_transactions
// (transaction_id), before these are deleted, in temporary tables of the same connection: rows that are gone have no
// instant that would tell a derivation of them. Balances that go are expected in gone_balances, with the columns of
// main.balances. Parameters.Gone takes the connection.
func KeepGone(ctx context.Context, transaction *sql.Tx) error {
	if _, err := transaction.ExecContext(ctx, statements.Get("keep_gone")); err != nil {
		return fmt.Errorf("keep_gone: %w", err)
	}
	return nil
}

// addGone adds the rows of a table that were deleted to those that changed, and counts them.
func (d *derivation) addGone(ctx context.Context, table string) (rows int64, err error) {
	gone, known := statements["gone_"+table]
	if d.parameters.Gone == nil || !known {
		return 0, nil
	}
	err = d.QueryRowContext(ctx, d.bindSince(gone)).Scan(&rows)
	return rows, err
}

// noteParameters says that today is another day.
func (d *derivation) noteParameters(ctx context.Context) error {
	d.changed["meta.parameters"] = d.keptChanges("meta.parameters")
	for side, from := range map[string]map[string]string{"removed_": d.stored, "added_": d.made} {
		row := fmt.Sprintf("SELECT 'as_of_date' AS name, %s AS value", duck.Quote(from["as_of_date"]))
		if _, err := d.keep(ctx, side+"meta.parameters", row); err != nil {
			return err
		}
	}
	return nil
}

// keptChanges is where the changed rows of a table are that removed and added hold; those that are gone have a
// stored_rowid, as in what replace found to differ.
func (d *derivation) keptChanges(table string) string {
	return fmt.Sprintf("(SELECT 0 AS stored_rowid, * FROM %s UNION ALL SELECT NULL, * FROM %s)",
		d.kept("removed_"+table), d.kept("added_"+table))
}

// temporary is the quoted name of a temporary table.
func temporary(name string) string { return `temp."` + name + `"` }

// kept is the quoted name of a table of what changed.
func (d *derivation) kept(name string) string {
	if !d.keeps {
		return temporary(name)
	}
	return `kept."` + name + `"`
}

// bindSince writes the instant up to which the derived tables knew the data in place of $since.
func (d *derivation) bindSince(query string) string {
	return strings.ReplaceAll(query, "$since", d.knownThrough())
}

// knownThrough is that instant as a constant: a statement with a parameter in its place is planned twice.
func (d *derivation) knownThrough() string {
	return "TIMESTAMPTZ " + duck.Quote(d.since.UTC().Format(time.RFC3339Nano))
}

// create makes a temporary table of a query's rows, in place of an earlier one, and counts them.
func (d *derivation) create(ctx context.Context, name, query string) (rows int64, err error) {
	return d.createAs(ctx, fmt.Sprintf("TEMP TABLE \"%s\"", name), query)
}

// keep is create for a table of what changed.
func (d *derivation) keep(ctx context.Context, name, query string) (rows int64, err error) {
	if !d.keeps {
		return d.create(ctx, name, query)
	}
	return d.createAs(ctx, "TABLE "+d.kept(name), query)
}

// keepView is keep for rows that a kept table has already.
func (d *derivation) keepView(ctx context.Context, name, query string) (rows int64, err error) {
	if _, err := d.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE VIEW %s AS %s", d.kept(name), query)); err != nil {
		return 0, err
	}
	err = d.QueryRowContext(ctx, "SELECT count(*) FROM "+d.kept(name)).Scan(&rows)
	return rows, err
}

// longQuery is of how many characters a query takes longer to plan than a transaction takes to begin and end.
const longQuery = 1000

// createAs creates a table of a query's rows, where others may create some at the same time in a transaction: without
// one a statement is prepared and run in two, and planned again where another table came between them.
func (d *derivation) createAs(ctx context.Context, table, query string) (rows int64, err error) {
	create := fmt.Sprintf("CREATE OR REPLACE %s AS %s", table, query)
	if !d.keeps || len(query) < longQuery {
		err = d.QueryRowContext(ctx, create).Scan(&rows)
		return rows, err
	}
	transaction, err := d.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	if err := transaction.QueryRowContext(ctx, create).Scan(&rows); err != nil {
		return 0, errors.Join(err, transaction.Rollback())
	}
	return rows, transaction.Commit()
}

// end lets go of what is kept and of threads, and closes the connection.
func (d *derivation) end(ctx context.Context) (err error) {
	ctx = context.WithoutCancel(ctx)
	if d.keeps {
		_, err = d.ExecContext(ctx, "DETACH kept")
	}
	return errors.Join(err, d.setThreads(ctx, d.threads), closeForGood(d.Conn))
}

// closeForGood closes a connection instead of returning it to its pool: every temporary table ends with it, where
// dropping them one by one cost a small round more than half of its models.
func closeForGood(connection *sql.Conn) error {
	if err := connection.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	return nil
}
