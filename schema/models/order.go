package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/models/text"
)

// Files are the models of this program. A test that is not about them puts fewer in their place before it derives.
var Files fs.FS = schema.ModelFiles

// ordered keeps the models of this program in their order: what they read is found once for a process.
var ordered struct {
	sync.Mutex
	models []Header
}

// orderedModels are the models of this program, each after those it reads.
func orderedModels(ctx context.Context, connection *sql.Conn) ([]Header, error) {
	ordered.Lock()
	defer ordered.Unlock()
	if ordered.models == nil {
		models, err := LoadHeaders(Files)
		if err != nil {
			return nil, err
		}
		if ordered.models, err = orderModels(ctx, connection, models); err != nil {
			return nil, err
		}
	}
	return ordered.models, nil
}

// orderModels sorts models so that each comes after the tables it reads. What a model
// reads is taken from its SQL by DuckDB's own parser, never kept by hand.
func orderModels(ctx context.Context, connection *sql.Conn, models []Header) ([]Header, error) {
	byName := map[string]Header{}
	reads := map[string][]string{}
	for _, model := range models {
		byName[model.Name] = model
	}
	for _, model := range models {
		tables, err := tablesRead(ctx, connection, model.Query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", model.file, err)
		}
		slices.Sort(tables)
		model.reads = tables
		byName[model.Name] = model
		for _, table := range tables {
			if _, isModel := byName[table]; isModel {
				reads[model.Name] = append(reads[model.Name], table)
			}
		}
		slices.Sort(reads[model.Name])
	}
	ordered := make([]Header, 0, len(models))
	state := map[string]int{} // 1 while being visited, 2 when placed
	var place func(name string, trail []string) error
	place = func(name string, trail []string) error {
		switch state[name] {
		case 1:
			return fmt.Errorf("models read each other in a circle: %s", strings.Join(append(trail, name), " → "))
		case 2:
			return nil
		}
		state[name] = 1
		for _, read := range reads[name] {
			if err := place(read, append(trail, name)); err != nil {
				return err
			}
		}
		state[name] = 2
		ordered = append(ordered, byName[name])
		return nil
	}
	for _, model := range models {
		if err := place(model.Name, nil); err != nil {
			return nil, err
		}
	}
	return ordered, ctx.Err()
}

// tablesRead lists the tables a query names, as schema.table, before any of them exists.
func tablesRead(ctx context.Context, connection *sql.Conn, query string) ([]string, error) {
	var text string
	if err := connection.QueryRowContext(ctx, "SELECT json_serialize_sql(CAST(? AS VARCHAR))::VARCHAR", query).Scan(
		&text,
	); err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, err
	}
	if root, isObject := tree.(map[string]any); isObject && root["error"] == true {
		return nil, fmt.Errorf("%v", root["error_message"])
	}
	return collectTables(tree, nil), nil
}

func collectTables(node any, found []string) []string {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			found = collectTables(child, found)
		}
	case map[string]any:
		if node["type"] == "BASE_TABLE" && node["schema_name"] != "" { // without one it is a part of the query
			if name := fmt.Sprintf("%v.%v", node["schema_name"], node["table_name"]); !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
		for _, child := range node {
			found = collectTables(child, found)
		}
	}
	return found
}

// needed are the models of some tables and of the derived tables these read, in their order.
func needed(ordered []Header, tables []string) (kept []Header) {
	wanted := map[string]bool{}
	for _, table := range tables {
		wanted[table] = true
	}
	for _, model := range slices.Backward(ordered) {
		if !wanted[model.Name] {
			continue
		}
		kept = append(kept, model)
		for _, table := range model.reads {
			wanted[table] = true
		}
	}
	slices.Reverse(kept)
	return kept
}

// InputsOf are the tables of main and meta that the models of some tables, and of what these read, read.
func InputsOf(ctx context.Context, connection *sql.Conn, tables ...string) (inputs []string, err error) {
	models, err := orderedModels(ctx, connection)
	if err != nil {
		return nil, err
	}
	for _, model := range needed(models, tables) {
		for _, table := range model.reads {
			if of, _, _ := strings.Cut(table, "."); of == "main" || of == "meta" {
				inputs = append(inputs, table)
			}
		}
	}
	slices.Sort(inputs)
	return slices.Compact(inputs), nil
}

// Definition changes whenever a model of some tables does, or one of those that these read, a macro, or a rule by which
// texts are read: what is computed with another one may be something else.
func Definition(ctx context.Context, connection *sql.Conn, tables ...string) (string, error) {
	models, err := orderedModels(ctx, connection)
	if err != nil {
		return "", err
	}
	return sum(fmt.Sprintf("%+v", needed(models, tables)), macros(), text.Fingerprint()), nil
}
