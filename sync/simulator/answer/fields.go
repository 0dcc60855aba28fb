package answer

import (
	"encoding/json"
	"slices"
)

// SortedNames are the keys of a set of fields, in the order in which they are changed.
func SortedNames(fields map[string]json.RawMessage) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SetField changes a field of an object, nil removes it. Every other value stays as it is
// written; a path through something that is no object changes nothing.
func SetField(raw []byte, path []string, value json.RawMessage) []byte {
	var fields map[string]json.RawMessage
	if len(path) == 0 || json.Unmarshal(raw, &fields) != nil || fields == nil {
		return raw
	}
	name := path[0]
	switch inner, there := fields[name]; {
	case len(path) > 1 && !there:
		return raw
	case len(path) > 1:
		fields[name] = SetField(inner, path[1:], value)
	case value == nil:
		delete(fields, name)
	default:
		fields[name] = value
	}
	changed, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return changed
}

// HasField reports whether a field is there and not null.
func HasField(raw []byte, path []string) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return false
	}
	value, there := fields[path[0]]
	if !there || string(value) == "null" {
		return false
	}
	return len(path) == 1 || HasField(value, path[1:])
}
