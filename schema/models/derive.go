package models

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// Parameters are what derived tables depend on beside the data.
type Parameters struct {
	AsOf       time.Time // instant of the newest merge
	ReportZone string    // IANA zone of civil dates
}

// bind writes the report zone where a model asks for it: DuckDB converts instants into a zone that is a
// constant seven times faster than into one that is read for each row.
func (p Parameters) bind(query string) string {
	return strings.ReplaceAll(query, "meta.parameter('report_zone')", duck.Quote(p.ReportZone))
}

// Derive rebuilds every derived table, its comments and the dictionary. The same tables
// and parameters give the same rows in the same order.
func Derive(ctx context.Context, database *sql.DB, parameters Parameters) (err error) {
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	models, err := LoadHeaders(schema.ModelFiles)
	if err != nil {
		return err
	}
	if err := putParameters(ctx, connection, parameters, models); err != nil {
		return err
	}
	if err := prepareSchemas(ctx, connection); err != nil {
		return err
	}
	if models, err = orderModels(ctx, connection, models); err != nil {
		return err
	}
	if err := dropStaleModels(ctx, connection, models); err != nil {
		return err
	}
	for _, model := range models {
		model.Query = parameters.bind(model.Query)
		if err := rebuild(ctx, connection, model); err != nil {
			return fmt.Errorf("%s: %w", model.file, err)
		}
	}
	return writeDictionary(ctx, connection)
}

func putParameters(ctx context.Context, connection *sql.Conn, parameters Parameters, models []Header) error {
	if err := schema.CheckZone(parameters.ReportZone); err != nil {
		return fmt.Errorf("report zone: %w", err)
	}
	if _, err := connection.ExecContext(ctx, "DELETE FROM meta.parameters"); err != nil {
		return err
	}
	for _, parameter := range [][2]string{
		{"as_of_date", parameters.AsOf.UTC().Format(time.DateOnly)},
		{"models", Fingerprint(models)},
		{"report_zone", parameters.ReportZone},
	} {
		if _, err := connection.ExecContext(
			ctx, "INSERT INTO meta.parameters VALUES (?, ?)", parameter[0], parameter[1],
		); err != nil {
			return err
		}
	}
	return nil
}

// Fingerprint changes whenever a model, a macro or a field id does.
func Fingerprint(models []Header) string {
	sum := sha256.New()
	for _, model := range models {
		fmt.Fprintf(sum, "%+v\n", model)
	}
	for _, file := range macroFiles {
		macros, _ := schema.ModelFiles.ReadFile(file)
		sum.Write(macros)
	}
	sum.Write([]byte(statements.Get("as_of_macros")))
	sum.Write([]byte(schema.FieldsFile))
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func prepareSchemas(ctx context.Context, connection *sql.Conn) error {
	steps := []string{statements.Get("derived_schemas"), statements.Get("as_of_macros")}
	for _, file := range macroFiles {
		macros, err := schema.ModelFiles.ReadFile(file)
		if err != nil {
			return err
		}
		steps = append(steps, string(macros))
	}
	for _, step := range steps {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("macros: %w", err)
		}
	}
	return nil
}

// dropStaleModels removes tables of models this program no longer has.
func dropStaleModels(ctx context.Context, connection *sql.Conn, models []Header) error {
	wanted := map[string]bool{}
	for _, model := range models {
		wanted[model.Name] = true
	}
	var stale []string
	if err := statements.EachRow(ctx, connection, "derived_tables", func(scan duck.Scan) error {
		var name string
		err := scan(&name)
		if !wanted[name] {
			stale = append(stale, name)
		}
		return err
	}); err != nil {
		return err
	}
	for _, name := range stale {
		if _, err := connection.ExecContext(ctx, "DROP TABLE "+name); err != nil {
			return err
		}
	}
	return nil
}

// rebuild replaces one derived table, its rows in their declared order.
// That its columns are those of its query a test has seen: both are parts of this program, as are the
// tables the query reads.
func rebuild(ctx context.Context, connection *sql.Conn, model Header) error {
	definitions := make([]string, len(model.Columns))
	for i, column := range model.Columns {
		definitions[i] = fmt.Sprintf("%s %s", column.Name, column.DataType)
		if column.NotNull {
			definitions[i] += " NOT NULL"
		}
	}
	steps := []string{ // in one transaction: every commit is an fsync
		"BEGIN",
		fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", model.Name, strings.Join(definitions, ", ")),
		fmt.Sprintf("INSERT INTO %s FROM (%s) ORDER BY %s", model.Name, model.Query, model.Order),
		fmt.Sprintf("COMMENT ON TABLE %s IS %s", model.Name, duck.Quote(model.About)),
	}
	for _, column := range model.Columns {
		steps = append(
			steps,
			fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", model.Name, column.Name, duck.Quote(column.Description)),
		)
	}
	for _, step := range append(steps, "COMMIT") {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}
