package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// findConfig decides which file is the configuration; "" when there is none.
func (a *app) findConfig() (string, error) {
	for _, named := range []string{a.configPath, a.getenv("FCPIPE_CONFIG")} {
		if named != "" {
			return named, nil
		}
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
	if err != nil {
		return Config{}, configError{err}
	}
	config, err := parseConfig(text)
	if err != nil {
		return Config{}, hint(configError{fmt.Errorf("%s: %w", path, err)}, "config.example.yaml shows every key; \"fcpipe config check\" tells what is in force")
	}
	config.path = path
	return config, config.checkDataDir()
}

// parseConfig reads YAML strictly: unknown keys, twice given keys, wrong types and
// impossible values are errors that name their line.
func parseConfig(text []byte) (Config, error) {
	config := defaultConfig()
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return config, nil
	} else if err != nil {
		return config, plainYAML(err)
	}
	if err := knownKeys(document.Content[0], reflect.TypeFor[Config](), ""); err != nil {
		return config, err
	}
	if err := document.Decode(&config); err != nil {
		return config, plainYAML(err)
	}
	return config, config.check()
}

var yamlType = regexp.MustCompile("cannot unmarshal !!([a-z]+)(?: `([^`]*)`)? into (.*)")

// plainYAML says in plain words what the YAML library says in Go's.
func plainYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if types, ok := errors.AsType[*yaml.TypeError](err); ok {
		text = types.Errors[0]
	}
	parts := yamlType.FindStringSubmatch(text)
	if parts == nil {
		return errors.New(text)
	}
	want := map[string]string{"int": "a whole number", "int64": "a whole number", "float64": "a number", "string": "a text", "bool": "true or false"}[parts[3]]
	switch {
	case strings.HasPrefix(parts[3], "[]"):
		want = "a list"
	case want == "":
		want = "keys and values"
	}
	value := parts[2]
	if value == "" {
		value = "a " + parts[1]
	}
	return fmt.Errorf("%s%q is not %s", text[:strings.Index(text, "cannot")], value, want)
}

// knownKeys walks a document beside the struct it is for.
func knownKeys(node *yaml.Node, shape reflect.Type, path string) error {
	for shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	switch {
	case node.Kind == yaml.SequenceNode && shape.Kind() == reflect.Slice:
		for _, element := range node.Content {
			if err := knownKeys(element, shape.Elem(), path); err != nil {
				return err
			}
		}
		return nil
	case node.Kind != yaml.MappingNode || shape.Kind() != reflect.Struct:
		return nil
	}
	fields := map[string]reflect.Type{}
	for field := range shape.Fields() {
		if name := field.Tag.Get("yaml"); name != "" {
			fields[name] = field.Type
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		field, known := fields[key.Value]
		if !known {
			return unknownKey(key, path, fields)
		}
		if err := knownKeys(node.Content[i+1], field, path+key.Value+"."); err != nil {
			return err
		}
	}
	return nil
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
