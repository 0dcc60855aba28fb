package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML reads 010 as eight, 1_000 as a thousand, yes as a truth and an empty value as whatever the
// default is; its libraries differ. strict holds a document to the notation everybody reads alike.

var (
	digits  = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14})$`)
	decimal = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,14})\.[0-9]{1,9})$`)
)

// strict walks a document beside the struct it is for: every key is known, every value is written
// in the one way its type has, and nothing is said by reference.
func strict(node *yaml.Node, shape reflect.Type, path string) error {
	switch {
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		return fmt.Errorf("line %d: anchors and aliases (& and *) are not read here; write the value out", node.Line)
	case node.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("line %d: tags (%s) are not read here; write the value alone", node.Line, node.Tag)
	case node.ShortTag() == "!!null":
		return strictNull(node, shape, path)
	case shape.Kind() == reflect.Pointer:
		return strict(node, shape.Elem(), path)
	case reflect.PointerTo(shape).Implements(reflect.TypeFor[yaml.Unmarshaler]()):
		return strictOwn(node, shape)
	case shape.Kind() == reflect.Struct:
		return strictKeys(node, shape, path)
	case shape.Kind() == reflect.Slice:
		return strictList(node, shape, path)
	}
	return strictScalar(node, shape)
}

// strictNull lets a section be empty, and a limit be null; elsewhere null would silently be the default.
func strictNull(node *yaml.Node, shape reflect.Type, path string) error {
	kind := shape.Kind()
	if kind == reflect.Pointer || kind == reflect.Struct {
		return nil
	}
	if kind == reflect.Slice {
		return fmt.Errorf("line %d: %s has no value; write [] for an empty list, or leave the key out for its default",
			node.Line, path)
	}
	return fmt.Errorf("line %d: %s has no value; leave the key out for its default", node.Line, path)
}

// strictOwn is for types that read their text themselves: a single value, in quotes or not.
func strictOwn(node *yaml.Node, shape reflect.Type) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %s is not a single value", node.Line, kindOf(node))
	}
	return reflect.New(shape).Interface().(yaml.Unmarshaler).UnmarshalYAML(node)
}

func strictList(node *yaml.Node, shape reflect.Type, path string) error {
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: %s is not a list", node.Line, kindOf(node))
	}
	for i, element := range node.Content {
		if element.ShortTag() == "!!null" {
			return fmt.Errorf("line %d: %s[%d] has no value; remove it", element.Line, path, i)
		}
		if err := strict(element, shape.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func strictKeys(node *yaml.Node, shape reflect.Type, path string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: %s is not keys and values", node.Line, kindOf(node))
	}
	prefix := path
	if path != "" {
		prefix += "."
	}
	fields, lines := map[string]reflect.Type{}, map[string]int{}
	for field := range shape.Fields() {
		if name := field.Tag.Get("yaml"); name != "" {
			fields[name] = field.Type
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		field, known := fields[key.Value]
		if !known && key.Kind == yaml.ScalarNode && prefix+key.Value == "sync.events" {
			field, known = reflect.TypeFor[noEvents](), true
		}
		if !known || key.Kind != yaml.ScalarNode {
			return unknownKey(key, prefix, fields)
		}
		if first, twice := lines[key.Value]; twice {
			return fmt.Errorf("line %d: %s is given twice, first on line %d", key.Line, prefix+key.Value, first)
		}
		lines[key.Value] = key.Line
		if err := strict(node.Content[i+1], field, prefix+key.Value); err != nil {
			return err
		}
	}
	return nil
}

// noEvents is sync.events of earlier versions. The configuration that "fcpipe init" used to write says false,
// which holds for every round now; true is refused.
type noEvents bool

// UnmarshalYAML refuses every value but false.
func (*noEvents) UnmarshalYAML(node *yaml.Node) error {
	if node.ShortTag() == "!!bool" && node.Value == "false" {
		return nil
	}
	return fmt.Errorf("line %d: sync.events was removed, every round lists the accounts; remove the line", node.Line)
}

func strictScalar(node *yaml.Node, shape reflect.Type) error {
	var want, such string
	var notation *regexp.Regexp
	var tags []string
	switch shape.Kind() {
	case reflect.Bool:
		want, such, tags = "true or false", "true", []string{"!!bool"}
	case reflect.String:
		want, such, tags = "a text", "", []string{"!!str", "!!timestamp"}
	case reflect.Float64:
		want, such, notation, tags = "a number", "0.5 or 15", decimal, []string{"!!int", "!!float"}
	default:
		want, such, notation, tags = "a whole number", "8", digits, []string{"!!int"}
	}
	switch value := kindOf(node); {
	case node.Kind == yaml.ScalarNode && slices.Contains(tags, node.ShortTag()) &&
		(notation == nil || notation.MatchString(node.Value)):
		return nil
	case node.Kind != yaml.ScalarNode:
		return fmt.Errorf("line %d: %s is not %s", node.Line, value, want)
	case shape.Kind() == reflect.String:
		return fmt.Errorf("line %d: %s is not %s; write it in quotes", node.Line, value, want)
	case node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return fmt.Errorf("line %d: %s is not %s; write it without quotes, such as %s", node.Line, value, want, such)
	case strings.ContainsAny(node.Value, "0123456789") && slices.Contains(tags, node.ShortTag()):
		return fmt.Errorf("line %d: %s is not %s in plain digits; write it as %s", node.Line, value, want, such)
	default:
		return fmt.Errorf("line %d: %s is not %s", node.Line, value, want)
	}
}

// kindOf names what stands in a document.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	default:
	}
	return fmt.Sprintf("%q", node.Value)
}
