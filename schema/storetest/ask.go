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

// asker is a DuckDB that questions attach files to: an instance for each would cost ten times the question.
var asker = sync.OnceValues(func() (*sql.DB, error) {
	return sql.Open("duckdb", "") // the driver is registered by package duck
})

var asked atomic.Int64 // numbers what is attached

// askFile gives the first column of the first row of an answer, which is text; "NULL" when it is null.
func askFile(ctx context.Context, path, question string) (answer string, err error) {
	database, err := asker()
	if err != nil {
		return "", err
	}
	connection, err := database.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	name := fmt.Sprintf("file_%d", asked.Add(1))
	for _, step := range []string{
		"SET TimeZone = 'UTC'", "ATTACH " + duck.Quote(path) + " AS " + name + " (READ_ONLY)", "USE " + name,
	} {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return "", err
		}
	}
	var text *string
	err = connection.QueryRowContext(ctx, question).Scan(&text)
	_, detached := connection.ExecContext(ctx, "USE memory; DETACH "+name)
	if err := errors.Join(err, detached); err != nil || text == nil {
		return "NULL", err
	}
	return *text, nil
}
