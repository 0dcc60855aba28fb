package duck

import (
	"fmt"

	bindings "github.com/duckdb/duckdb-go-bindings"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Connection is a connection beside those of database/sql, for what that cannot do: streaming a result, writing whole
// vectors. Its owner closes it.
type Connection struct {
	Raw bindings.Connection

	database bindings.Database
}

// Connect joins the instance that Open has open: same path, mode and settings, same sandbox.
func Connect(path string, mode Mode, settings Settings) (*Connection, error) {
	var config bindings.Config
	bindings.CreateConfig(&config)
	defer bindings.DestroyConfig(&config)
	bindings.SetConfig(config, "duckdb_api", "go") // what duckdb-go sets
	for name, values := range InstanceOptions(path, mode, settings) {
		bindings.SetConfig(config, name, values[0])
	}
	var c Connection
	var message string
	if bindings.GetOrCreateFromCache(
		duckdb.GetInstanceCache(), path, &c.database, config, &message,
	) == bindings.StateError {
		return nil, fmt.Errorf("open %s: %w", path, Failure(message))
	}
	if bindings.Connect(c.database, &c.Raw) == bindings.StateError {
		bindings.Close(&c.database)
		return nil, fmt.Errorf("open %s: no connection", path)
	}
	return &c, nil
}

// Close ends the connection. It may be called twice, and for a nil one.
func (c *Connection) Close() {
	if c == nil {
		return
	}
	bindings.Disconnect(&c.Raw)
	bindings.Close(&c.database)
}
