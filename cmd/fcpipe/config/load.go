package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads a configuration over the defaults and checks it. Relative paths in it are relative to the folder of the
// file, and a leading ~ in them is home. An error names the file, and the line where there is one.
func Load(file string, text []byte, home string) (Config, error) {
	c, err := parse(text)
	if err == nil {
		err = c.expandPaths(home)
	}
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", file, err)
	}
	c.file = file
	return c, nil
}

// parse reads YAML strictly: unknown keys, twice given keys, wrong types, values in a doubtful
// notation, impossible values and a second document are errors that name their line.
func parse(text []byte) (Config, error) {
	config := Default()
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
		return fmt.Errorf("line %d: unknown key %q; the Stripe key is never in this file: set STRIPE_API_KEY_FILE",
			key.Line, path+key.Value)
	}
	best, distance := "", 4
	for name := range fields {
		if d := EditDistance(lower, name); d < distance || d == distance && name < best {
			best, distance = name, d
		}
	}
	if best == "" {
		return fmt.Errorf("line %d: unknown key %q", key.Line, path+key.Value)
	}
	return fmt.Errorf("line %d: unknown key %q; did you mean %q?", key.Line, path+key.Value, path+best)
}

// EditDistance counts insertions, deletions and replacements between two words.
func EditDistance(a, b string) int {
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
