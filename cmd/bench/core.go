package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

// coreTables are the derived tables from which fcpipe has grown. Their models have changed since, and what these read
// belongs to them. With them alone a figure can be compared through the years, whatever tables are added.
var coreTables = []string{
	"ledger.accounts", "ledger.anchors", "ledger.daily_balances", "ledger.holder_daily_balances", "ledger.transactions",
	"quality.reconciliation", "quality.sign_check", "expenses.merchant_month", "underwriting.cash_flow_month",
}

// addedTables are the models that no core table needs.
func addedTables() (added []string, err error) {
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		return nil, err
	}
	core, err := models.LoadHeaders(models.Some(coreTables...))
	if err != nil {
		return nil, err
	}
	needed := map[string]bool{}
	for _, header := range core {
		needed[header.Name] = true
	}
	for _, header := range headers {
		if !needed[header.Name] {
			added = append(added, header.Name)
		}
	}
	for _, name := range coreTables {
		if !needed[name] {
			return nil, fmt.Errorf("%s is a core table and has no model", name)
		}
	}
	return added, nil
}

// writeOverlay writes what "go build -overlay" takes to build fcpipe with the core tables alone: it is told that the
// files of the others are gone. The current directory is that of the repository.
func writeOverlay(file string) error {
	added, err := addedTables()
	if err != nil {
		return err
	}
	replaced := map[string]string{}
	for _, name := range added {
		path, err := filepath.Abs(filepath.Join("schema", modelFile(name)))
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("-overlay is for the root of the repository: %w", err)
		}
		replaced[path] = ""
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// modelFile is where the model of a table is, below schema.
func modelFile(name string) string {
	return strings.ReplaceAll(name, ".", "/") + ".sql"
}
