package schema

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Parameters are what derived tables depend on beside the data.
type Parameters struct {
	AsOf       time.Time // instant of the newest merge
	ReportZone string    // IANA zone of civil dates
}

// bind writes the report zone where a model asks for it: DuckDB converts instants into a zone that is a
// constant seven times faster than into one that is read for each row.
func (p Parameters) bind(query string) string {
	return strings.ReplaceAll(query, "meta.parameter('report_zone')", quote(p.ReportZone))
}

// derive rebuilds every derived table, its comments and the dictionary. The same tables
// and parameters give the same rows in the same order.
func derive(ctx context.Context, database *sql.DB, parameters Parameters) (err error) {
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	models, err := loadHeaders(modelFiles)
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
		model.query = parameters.bind(model.query)
		if err := rebuild(ctx, connection, model); err != nil {
			return fmt.Errorf("%s: %w", model.file, err)
		}
	}
	return writeDictionary(ctx, connection)
}

func putParameters(ctx context.Context, connection *sql.Conn, parameters Parameters, models []header) error {
	if err := CheckZone(parameters.ReportZone); err != nil {
		return fmt.Errorf("report zone: %w", err)
	}
	if _, err := connection.ExecContext(ctx, "DELETE FROM meta.parameters"); err != nil {
		return err
	}
	for _, parameter := range [][2]string{
		{"as_of_date", parameters.AsOf.UTC().Format(time.DateOnly)},
		{"models", modelsFingerprint(models)},
		{"report_zone", parameters.ReportZone},
	} {
		if _, err := connection.ExecContext(ctx, "INSERT INTO meta.parameters VALUES (?, ?)", parameter[0], parameter[1]); err != nil {
			return err
		}
	}
	return nil
}

// modelsFingerprint changes whenever a model, a macro or a field id does.
func modelsFingerprint(models []header) string {
	sum := sha256.New()
	for _, model := range models {
		fmt.Fprintf(sum, "%+v\n", model)
	}
	for _, file := range macroFiles {
		macros, _ := modelFiles.ReadFile(file)
		sum.Write(macros)
	}
	sum.Write([]byte(statement("as_of_macros")))
	sum.Write([]byte(fieldsFile))
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func prepareSchemas(ctx context.Context, connection *sql.Conn) error {
	steps := []string{statement("derived_schemas"), statement("as_of_macros")}
	for _, file := range macroFiles {
		macros, err := modelFiles.ReadFile(file)
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
func dropStaleModels(ctx context.Context, connection *sql.Conn, models []header) error {
	wanted := map[string]bool{}
	for _, model := range models {
		wanted[model.name] = true
	}
	var stale []string
	if err := eachRow(ctx, connection, "derived_tables", func(scan scanner) error {
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

// rebuild makes one derived table anew, in its declared order.
func rebuild(ctx context.Context, connection *sql.Conn, model header) error {
	if err := checkColumns(ctx, connection, model); err != nil {
		return err
	}
	definitions := make([]string, len(model.columns))
	for i, column := range model.columns {
		definitions[i] = fmt.Sprintf("%s %s", column.name, column.dataType)
		if column.notNull {
			definitions[i] += " NOT NULL"
		}
	}
	steps := []string{ // in one transaction: every commit is an fsync
		"BEGIN",
		fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", model.name, strings.Join(definitions, ", ")),
		fmt.Sprintf("INSERT INTO %s FROM (%s) ORDER BY %s", model.name, model.query, model.order),
		fmt.Sprintf("COMMENT ON TABLE %s IS %s", model.name, quote(model.about)),
	}
	for _, column := range model.columns {
		steps = append(steps, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", model.name, column.name, quote(column.description)))
	}
	for _, step := range append(steps, "COMMIT") {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// checkColumns holds a model's SELECT to its header: same names and types, in order.
func checkColumns(ctx context.Context, connection *sql.Conn, model header) (err error) {
	rows, err := connection.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+model.query+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	position := 0
	for ; rows.Next(); position++ {
		var name, dataType string
		if err := rows.Scan(&name, &dataType); err != nil {
			return err
		}
		if position >= len(model.columns) {
			return fmt.Errorf("the SELECT has a column %s the header does not declare", name)
		}
		declared := model.columns[position]
		if name != declared.name || strings.Replace(dataType, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1) != declared.dataType {
			return fmt.Errorf("column %d is %s %s, the header declares %s %s", position+1, name, dataType, declared.name, declared.dataType)
		}
	}
	if position < len(model.columns) {
		return fmt.Errorf("the header declares a column %s the SELECT does not have", model.columns[position].name)
	}
	return rows.Err()
}
