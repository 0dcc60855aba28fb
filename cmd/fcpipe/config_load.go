package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// findConfig decides which file is the configuration; "" when there is none.
func (a *app) findConfig() (string, error) {
	if a.configPath != "" {
		return a.configPath, nil
	}
	if named := a.getenv("FCPIPE_CONFIG"); named != "" {
		path, err := a.expandHome(named)
		if err != nil {
			return "", configError{fmt.Errorf("FCPIPE_CONFIG: %w", err)}
		}
		return path, nil
	}
	candidates := []string{"config.yaml"}
	if home := a.getenv("XDG_CONFIG_HOME"); home != "" {
		candidates = append(candidates, filepath.Join(home, "fcpipe", "config.yaml"))
	} else if home := a.getenv("HOME"); home != "" {
		candidates = append(candidates, filepath.Join(home, ".config", "fcpipe", "config.yaml"))
	}
	for _, path := range candidates {
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", configError{err}
		}
	}
	return "", nil
}

// loadConfig reads the configuration over the defaults and checks it.
func (a *app) loadConfig() (Config, error) {
	path, err := a.findConfig()
	if err != nil {
		return Config{}, err
	}
	if path == "" {
		config := defaultConfig()
		return config, config.checkDataDir()
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Config{}, hint(configError{fmt.Errorf("no configuration at %s", path)}, `"fcpipe config init" writes one`)
	}
	if errors.Is(err, os.ErrPermission) {
		return Config{}, hint(configError{err}, "it holds no secret: let the user who runs fcpipe read it, chmod 644")
	}
	if err != nil {
		return Config{}, configError{err}
	}
	config, err := parseConfig(text)
	if err == nil {
		err = a.expandPaths(&config)
	}
	if err != nil {
		return Config{}, hint(configError{fmt.Errorf("%s: %w", path, err)}, "config.example.yaml shows every key; \"fcpipe config check\" tells what is in force")
	}
	config.path = path
	return config, config.checkDataDir()
}

// parseConfig reads YAML strictly: unknown keys, twice given keys, wrong types, values in a doubtful
// notation, impossible values and a second document are errors that name their line.
func parseConfig(text []byte) (Config, error) {
	config := defaultConfig()
	document, err := onlyDocument(text)
	if err != nil || document == nil {
		return config, err
	}
	if err := strict(document, reflect.TypeFor[Config](), ""); err != nil {
		return config, err
	}
	if err := document.Decode(&config); err != nil {
		return config, plainYAML(err)
	}
	config.Stripe.readsWritten = isWritten(document, "stripe", "reads_per_30_days")
	return config, config.check()
}

// isWritten reports whether a document has a value under these keys, whatever it is.
func isWritten(node *yaml.Node, keys ...string) bool {
	if len(keys) == 0 {
		return node.Tag != "!!null"
	}
	if node.Kind != yaml.MappingNode {
		return false
	}
	for pair := range slices.Chunk(node.Content, 2) {
		if len(pair) == 2 && pair[0].Value == keys[0] {
			return isWritten(pair[1], keys[1:]...)
		}
	}
	return false
}

// onlyDocument is what a YAML file says; nil when it says nothing.
func onlyDocument(text []byte) (*yaml.Node, error) {
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, plainYAML(err)
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return document.Content[0], nil
	case err != nil:
		return nil, plainYAML(err)
	}
	return nil, fmt.Errorf("line %d: a second YAML document begins here (---); write everything into one", second.Line)
}

// plainYAML is the YAML library's word on what is no YAML.
func plainYAML(err error) error {
	if types, ok := errors.AsType[*yaml.TypeError](err); ok {
		return errors.New(types.Errors[0])
	}
	return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
}

func unknownKey(key *yaml.Node, path string, fields map[string]reflect.Type) error {
	lower := strings.ToLower(key.Value)
	if strings.Contains(lower, "key") || strings.Contains(lower, "secret") {
		return fmt.Errorf("line %d: unknown key %q; the Stripe key is never in this file: set STRIPE_API_KEY_FILE", key.Line, path+key.Value)
	}
	best, distance := "", 4
	for name := range fields {
		if d := editDistance(lower, name); d < distance || d == distance && name < best {
			best, distance = name, d
		}
	}
	if best == "" {
		return fmt.Errorf("line %d: unknown key %q", key.Line, path+key.Value)
	}
	return fmt.Errorf("line %d: unknown key %q; did you mean %q?", key.Line, path+key.Value, path+best)
}

// editDistance counts insertions, deletions and replacements between two words.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
