package models

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models/text"
)

// Parameters are what derived tables depend on beside the data.
type Parameters struct {
	AsOf       time.Time // instant of the newest merge: the watermark
	ReportZone string    // IANA zone of civil dates
	Rebuild    bool      // rebuild every table whole, whatever changed

	// PartRows is how many rows of input a rebuild computes at once, where a model allows; zero is PartRows(0).
	PartRows int64
	// WholeRows is how many rows a table has at least that is rebuilt where nearly all of them are touched; zero is a
	// number of which that is worth while.
	WholeRows int64
	// Gone is the connection of a KeepGone since the last derivation, which derives on it; may be nil.
	Gone *sql.Conn
	// Undescribed leaves out comments and the dictionary, in a database that is not kept: a quarter of what it costs to
	// derive few rows.
	Undescribed bool
	// Derived is called with each table once it is up to date; may be nil.
	Derived func(table string)
}

// bind writes the report zone where a model asks for it: DuckDB converts instants into a zone that is a
// constant seven times faster than into one that is read for each row.
func (p Parameters) bind(query string) string {
	return strings.ReplaceAll(query, "meta.parameter('report_zone')", duck.Quote(p.ReportZone))
}

// Most transactions happened in the years before the newest merge, some bear a date after it.
const (
	quickYearsBefore = 5
	quickYearsAfter  = 1
)

// quickly has the dates of a query made by what quick_dates makes.
var quickly = strings.NewReplacer(
	"ledger.civil_date(", "temp.civil_date(", "ledger.balance_date(", "temp.balance_date(")

// withQuickDates is a query of many rows whose civil dates are the same and cost less. Of few rows they are not worth
// the longer statement.
func (d *derivation) withQuickDates(ctx context.Context, query string) (string, error) {
	quick := quickly.Replace(query)
	if quick == query {
		return query, nil
	}
	if !d.isQuick {
		zone, year := d.parameters.ReportZone, min(max(d.parameters.AsOf.UTC().Year(), 1970), 9000)
		clock, err := duck.ReadClock(ctx, d, zone, time.Date(year-quickYearsBefore, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(year+1+quickYearsAfter, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return "", err
		}
		made := strings.NewReplacer("$zone", duck.Quote(zone), "$known", clock.Knows("epoch_us(instant)"),
			"$ahead", clock.Ahead("epoch_us(instant)")).Replace(statements.Get("quick_dates"))
		if _, err := d.ExecContext(ctx, made); err != nil {
			return "", fmt.Errorf("quick_dates: %w", err)
		}
		d.isQuick = true
	}
	return quick, nil
}

// asOfDate is the day of the watermark in the report zone: what models read as today.
func (p Parameters) asOfDate() (string, error) {
	if err := schema.CheckZone(p.ReportZone); err != nil {
		return "", fmt.Errorf("report zone: %w", err)
	}
	zone, err := time.LoadLocation(p.ReportZone)
	if err != nil {
		return "", fmt.Errorf("report zone: %w", err)
	}
	return p.AsOf.In(zone).Format(time.DateOnly), nil
}

// Derive brings every derived table up to date, with its comments and the dictionary: of a table only the scopes that
// changed rows touch are computed again, and only rows that differ are written. A model that differs from the one that
// made its table, or that reads one that was rebuilt, is rebuilt whole. The same data and parameters give the same
// rows, whatever rounds led to them.
func Derive(ctx context.Context, database *sql.DB, parameters Parameters) error {
	return deriveModels(ctx, database, parameters, orderedModels)
}

// DeriveTables is Derive for some tables and the derived tables that these read; others are not there afterwards.
func DeriveTables(ctx context.Context, database *sql.DB, parameters Parameters, tables ...string) error {
	find := func() ([]Header, error) {
		models, err := orderedModels()
		return needed(models, tables), err
	}
	return deriveModels(ctx, database, parameters, find)
}

// findModels finds the models of a derivation, each after those it reads.
type findModels func() ([]Header, error)

// deriveModels derives with the models that find returns, each after those it reads.
func deriveModels(
	ctx context.Context, database *sql.DB, parameters Parameters, find findModels,
) (err error) {
	connection := parameters.Gone
	if connection == nil {
		if connection, err = database.Conn(ctx); err != nil {
			return err
		}
	}
	d := &derivation{
		Conn: connection, parameters: parameters, asked: parameters.Rebuild, changed: map[string]string{},
		whole: map[string]bool{},
	}
	defer func() { err = duck.Concise(errors.Join(err, d.end(ctx))) }()
	models, err := find()
	if err != nil {
		return err
	}
	if err := registerFunctions(connection); err != nil {
		return err
	}
	return d.run(ctx, database, models)
}

// run brings all tables up to date, each after those it reads.
func (d *derivation) run(ctx context.Context, database *sql.DB, models []Header) error {
	derived, err := d.readTables(ctx)
	if err != nil {
		return err
	}
	if err := d.dropStaleModels(ctx, models, derived); err != nil {
		return err
	}
	if err := d.begin(ctx, database); err != nil {
		return err
	}
	d.standing = standing(models)
	d.isNew = len(derived) == 0 && d.hasLanes(database)
	schedule, err := d.newSchedule(ctx, database, models)
	if err != nil {
		return err
	}
	if err := schedule.run(ctx, models); err != nil {
		return err
	}
	return d.finish(ctx)
}

// isRebuilt reports whether a model has to be rebuilt, whatever has changed: it differs from the one that made its
// table, or reads one that was rebuilt.
func (d *derivation) isRebuilt(model Header) bool {
	_, exists := d.tables[model.Name]
	fingerprint := d.fingerprint(model)
	d.made["model "+model.Name] = fingerprint
	return !exists || d.parameters.Rebuild || d.stored["model "+model.Name] != fingerprint ||
		slices.ContainsFunc(model.reads, func(table string) bool { return d.whole[table] })
}

// bring brings one table up to date: it maintains it, unless it is rebuilt whole.
func (d *derivation) bring(ctx context.Context, model Header, whole bool) error {
	if model.IsView {
		return d.show(ctx, model, whole)
	}
	if !whole {
		var err error
		if whole, err = d.maintain(ctx, model); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	d.whole[model.Name] = true
	return d.rebuild(ctx, model)
}

// fingerprint changes whenever a model, a macro, a function it calls or the report zone does.
func (d *derivation) fingerprint(model Header) string {
	return sum(fmt.Sprintf("%+v", model), d.made["macros"], d.parameters.ReportZone, functionsOf(model.Query))
}

// Fingerprint changes whenever a model, a macro, a rule by which texts are read or a field id does.
func Fingerprint(models []Header) string {
	return sum(fmt.Sprintf("%+v", models), macros(), lateMacros(), schema.FieldsFile, text.Fingerprint())
}

// macros are the statements that make what models share, in their order.
func macros() string {
	steps := []string{statements.Get("derived_schemas"), statements.Get("as_of_macros")}
	for _, file := range macroFiles {
		text, _ := schema.ModelFiles.ReadFile(file)
		steps = append(steps, string(text))
	}
	taxonomy, _ := text.Taxonomy() // both are parts of the program, which tests have read
	processors, _ := text.Processors()
	lists := strings.NewReplacer("$categories", valuesOf(taxonomy, "code"),
		"$processors", valuesOf(processors, "processor"), "$flow_categories", valuesOf(withGroups(taxonomy), "code"))
	return lists.Replace(strings.Join(steps, ";\n"))
}

// withGroups are the categories of the taxonomy and their groups, and what is said of one that is withheld.
func withGroups(taxonomy []map[string]string) []map[string]string {
	all := append(slices.Clone(taxonomy), map[string]string{"code": "withheld"})
	for _, line := range taxonomy {
		group, _, _ := strings.Cut(line["code"], ".")
		all = append(all, map[string]string{"code": group})
	}
	return all
}

// valuesOf are the values of a column, each once and in the order of their bytes, as SQL writes a list.
func valuesOf(lines []map[string]string, column string) string {
	var values []string
	for _, line := range lines {
		if line[column] != "" {
			values = append(values, duck.Quote(line[column]))
		}
	}
	slices.Sort(values)
	return strings.Join(slices.Compact(values), ", ")
}

// lateMacros are the statements that make what asks derived tables.
func lateMacros() string {
	text, _ := schema.ModelFiles.ReadFile(lateMacroFile)
	return string(text)
}

func sum(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(hash, "%d %s\n", len(part), part)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// dropStaleModels removes derived tables of models this program no longer has, tables of what it has as a view, and
// views of what it has as a table.
func (d *derivation) dropStaleModels(ctx context.Context, models []Header, derived []string) error {
	for _, name := range derived {
		kind, isView := "TABLE", d.tables[name].isView
		if isView {
			kind = "VIEW"
		}
		if slices.ContainsFunc(models, func(h Header) bool { return h.Name == name && h.IsView == isView }) {
			continue
		}
		if _, err := d.ExecContext(ctx, fmt.Sprintf("DROP %s %s", kind, name)); err != nil {
			return err
		}
		delete(d.tables, name)
	}
	return nil
}

// rebuild replaces one derived table, its rows in their declared order; those of an intermediate, which only other
// models read, in that of what it reads. Rows that the query sorts are not sorted again.
// Many rows are computed in parts, one after another in that order.
// That its columns are those of its query a test has seen: both are parts of this program, as are the
// tables the query reads.
func (d *derivation) rebuild(ctx context.Context, model Header) error {
	if err := d.readTypes(ctx); err != nil {
		return err
	}
	query, err := d.withQuickDates(ctx, model.Query)
	if err != nil {
		return err
	}
	model.Query = d.parameters.bind(query)
	order := " ORDER BY " + model.Order
	if model.Since != "" { // the rows of a time lie together, those of today at the end
		order = " ORDER BY " + model.Since + ", " + model.Order
	}
	if model.Intermediate || model.IsSorted {
		order = ""
	}
	err = d.inParts(ctx, model, func(parts []string) error {
		steps, describe := d.emptied(model) // in one transaction: a part that fails leaves the table as it was
		for _, part := range parts {
			query, views := d.partQuery(model, part)
			steps = append(append(steps, views...), fmt.Sprintf("INSERT INTO %s FROM (%s)%s", model.Name, query, order))
		}
		return d.write(ctx, append(steps, describe...)...)
	})
	if err == nil {
		d.tables[model.Name] = tableInFile{about: model.About, columns: model.Columns}
	}
	return err
}

// manyRows is how many rows of all tables are written at least before a checkpoint, which frees the blocks of those
// that were replaced and lets go of what memory holds of the new ones: without one, rebuilding every table of a file
// without a write-ahead log would double it.
const manyRows = 100_000

// veryManyRows is manyRows of a file that had no derived table: nothing is replaced there, and a checkpoint takes a
// tenth of writing a large table and lets the other lane wait.
const veryManyRows = 50 * manyRows

// write runs statements as one transaction and counts the rows that they wrote and deleted as not checkpointed.
func (d *derivation) write(ctx context.Context, steps ...string) error {
	rows, err := inTransaction(ctx, d.Conn, steps...)
	d.unwritten += rows
	return err
}

// needsCheckpoint reports whether many rows have been written since the last checkpoint, in a database that is kept.
func (d *derivation) needsCheckpoint() bool {
	most := int64(manyRows)
	if d.isNew {
		most = veryManyRows
	}
	return d.unwritten >= most && !d.parameters.Undescribed
}

// checkpoint makes one where many rows have been written since the last one. It follows a table and is no part of
// making it: a checkpoint that does not fit in memory fits no better after the table is made again in smaller parts.
func (d *derivation) checkpoint(ctx context.Context) error {
	if !d.needsCheckpoint() {
		return nil
	}
	d.unwritten = 0
	_, err := d.ExecContext(ctx, "CHECKPOINT")
	return err
}

// inTransaction runs statements as one transaction, which the first that fails rolls back, and counts the rows that
// they wrote and deleted.
func inTransaction(ctx context.Context, connection *sql.Conn, steps ...string) (rows int64, err error) {
	for _, step := range append(append([]string{"BEGIN"}, steps...), "COMMIT") {
		result, err := connection.ExecContext(ctx, step)
		if err != nil {
			_, _ = connection.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // what follows has to work on it
			return 0, err
		}
		affected, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		rows += affected
	}
	return rows, nil
}
