package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"fcpipe/schema/duck"
)

// asker is a DuckDB that questions attach files to: an instance for each would cost ten times the question. It has one
// thread, as a second one would ask for work all the time.
var asker = sync.OnceValues(func() (*sql.DB, error) {
	return sql.Open("duckdb", "?threads=1") // the driver is registered by package duck
})

var asked atomic.Int64 // numbers what is attached

// askFile gives the first column of the first row of an answer, which is text; "NULL" when it is null.
func askFile(ctx context.Context, path, question string) (answer string, err error) {
	err = onAsker(ctx, func(connection *sql.Conn) error {
		name, err := attach(ctx, connection, path)
		if err != nil {
			return err
		}
		answer, err = askAttached(ctx, connection, name, question)
		_, detached := connection.ExecContext(ctx, "DETACH "+name)
		return errors.Join(err, detached)
	})
	return answer, err
}

// onAsker does something on a connection to the asker.
func onAsker(ctx context.Context, do func(*sql.Conn) error) error {
	database, err := asker()
	if err != nil {
		return err
	}
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(connection), connection.Close())
}

// attach attaches a file under a name of its own.
func attach(ctx context.Context, connection *sql.Conn, path string) (name string, err error) {
	name = fmt.Sprintf("file_%d", asked.Add(1))
	_, err = connection.ExecContext(ctx, "ATTACH "+duck.Quote(path)+" AS "+name+" (READ_ONLY)")
	return name, err
}

// askAttached is askFile for a file that is attached.
func askAttached(ctx context.Context, connection *sql.Conn, name, question string) (string, error) {
	for _, step := range []string{"SET TimeZone = 'UTC'", "USE " + name} {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return "", err
		}
	}
	var text *string
	err := connection.QueryRowContext(ctx, question).Scan(&text)
	_, left := connection.ExecContext(ctx, "USE memory")
	if err := errors.Join(err, left); err != nil || text == nil {
		return "NULL", err
	}
	return *text, nil
}
