package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

// member is one field of a JSON object, as it is written.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf takes an object apart in its own order; false when it is none.
func membersOf(raw []byte) (members []member, isObject bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, false
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, false
		}
		m := member{name: name.(string)}
		if err := decoder.Decode(&m.value); err != nil {
			return nil, false
		}
		members = append(members, m)
	}
	return members, true
}

func objectOf(members []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// pathsOf lists the fields of an object and of the objects inside it: a, a.b, a.b.c.
func pathsOf(raw []byte) (paths []string) {
	members, _ := membersOf(raw)
	for _, m := range members {
		paths = append(paths, m.name)
		for _, inner := range pathsOf(m.value) {
			paths = append(paths, m.name+"."+inner)
		}
	}
	return paths
}

// editField changes the field a path leads to: change gets the fields of its object and the
// place of the field among them. A path that leads nowhere changes nothing.
func editField(raw []byte, path string, change func([]member, int) []member) (edited []byte, found bool) {
	members, isObject := membersOf(raw)
	if !isObject {
		return raw, false
	}
	name, rest, deeper := strings.Cut(path, ".")
	for i := range members {
		switch {
		case members[i].name != name:
			continue
		case deeper:
			if members[i].value, found = editField(members[i].value, rest, change); !found {
				return raw, false
			}
		default:
			members = change(members, i)
		}
		return objectOf(members), true
	}
	return raw, false
}

// fieldOf is the value a path leads to; nil when there is none.
func fieldOf(raw []byte, path string) json.RawMessage {
	name, rest, deeper := strings.Cut(path, ".")
	members, _ := membersOf(raw)
	for _, m := range members {
		if m.name == name && deeper {
			return fieldOf(m.value, rest)
		}
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// textField is a field that is a string; "" otherwise.
func textField(raw []byte, path string) (decoded string) {
	_ = json.Unmarshal(fieldOf(raw, path), &decoded)
	return decoded
}

// editRows changes the rows of a list.
func editRows(list []byte, change func(rows []json.RawMessage)) []byte {
	edited, _ := editField(list, "data", func(members []member, i int) []member {
		var rows []json.RawMessage
		if json.Unmarshal(members[i].value, &rows) == nil && len(rows) > 0 {
			change(rows)
			var b bytes.Buffer
			for n, row := range rows {
				b.WriteByte("[,"[min(n, 1)])
				b.Write(row)
			}
			b.WriteByte(']')
			members[i].value = b.Bytes()
		}
		return members
	})
	return edited
}
