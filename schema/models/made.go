package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// CurrentFingerprint is that of the models of this program.
func CurrentFingerprint() (string, error) {
	ordered.Lock()
	defer ordered.Unlock()
	if ordered.fingerprint == "" {
		models, err := LoadHeaders(Files)
		if err != nil {
			return "", err
		}
		ordered.fingerprint = Fingerprint(models)
	}
	return ordered.fingerprint, nil
}

// Absent are the derived tables of this program that Files leaves out: none, unless a test put fewer in their place.
func Absent() (tables []string, err error) {
	if Files == fs.FS(schema.ModelFiles) {
		return nil, nil
	}
	kept, err := LoadHeaders(Files)
	if err != nil {
		return nil, err
	}
	all, err := LoadHeaders(schema.ModelFiles)
	for _, model := range all {
		if !slices.ContainsFunc(kept, func(h Header) bool { return h.Name == model.Name }) {
			tables = append(tables, model.Name)
		}
	}
	return tables, err
}

// Derived says what the derived tables of a file were made with. Every value is empty in a file that was never derived,
// and what an earlier program did not write down is empty as well.
type Derived struct {
	Fingerprint string    // of the models
	ReportZone  string    // IANA zone of their civil dates
	AsOfDate    string    // YYYY-MM-DD, the day in that zone which they take for today
	Through     time.Time // instant of the newest merge they know
}

// DerivedWith reads it from the parameters of a file.
func DerivedWith(ctx context.Context, database duck.Queryer) (with Derived, err error) {
	err = statements.EachRow(ctx, database, "parameters", func(scan duck.Scan) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		switch name {
		case "models":
			with.Fingerprint = value
		case "report_zone":
			with.ReportZone = value
		case "as_of_date":
			with.AsOfDate = value
		case "derived_through":
			with.Through, _ = time.Parse(time.RFC3339Nano, value) // zero where it is not an instant
		}
		return nil
	})
	return with, err
}

// shareMacros makes what models share, where it is missing or comes from another program.
func (d *derivation) shareMacros(ctx context.Context) error {
	var made bool
	if err := d.QueryRowContext(ctx, statements.Get("schemas_made")).Scan(&made); err != nil {
		return err
	}
	if !made || d.stored["macros"] != d.made["macros"] {
		return makeMacros(ctx, d.Conn)
	}
	return nil
}

// makeMacros makes what models share, in one transaction: where a file has a write-ahead log, each of some hundred
// statements would wait for it.
func makeMacros(ctx context.Context, connection *sql.Conn) error {
	if _, err := inTransaction(ctx, connection, macros()); err != nil {
		return fmt.Errorf("macros: %w", err)
	}
	return nil
}

// ShareMacros makes what models share in a file that has none of it, so that its first derivation finds it there.
func ShareMacros(ctx context.Context, database *sql.DB) (err error) {
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	d := &derivation{Conn: connection, made: map[string]string{"macros": sum(macros())}}
	defer func() { err = errors.Join(err, closeForGood(connection)) }()
	if err := makeMacros(ctx, connection); err != nil {
		return err
	}
	return d.put(ctx, "macros")
}
