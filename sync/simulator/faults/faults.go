package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Fault makes requests go wrong that fulfil its condition. README.md lists what it can do.
type Fault struct {
	When Condition `json:"when"`
	Do   Actions   `json:"do"`
}

// UnmarshalJSON reads a fault and refuses fields it does not know.
func (f *Fault) UnmarshalJSON(text []byte) error {
	type plain Fault
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var read plain
	if err := decoder.Decode(&read); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if err := Fault(read).Check(); err != nil {
		return err
	}
	*f = Fault(read)
	return nil
}

// Parse reads a fault script: one fault, or a list of them. An error names the line its
// fault begins on and the field at fault.
func Parse(script []byte) ([]Fault, error) {
	decoder := json.NewDecoder(bytes.NewReader(script))
	isList := bytes.HasPrefix(bytes.TrimSpace(script), []byte("["))
	if isList {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("no fault script: %w", err)
		}
	}
	var faults []Fault
	for more := true; more && (!isList || decoder.More()); more = isList {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, fmt.Errorf("line %d: no JSON: %w", lineAt(script, decoder.InputOffset()), err)
		}
		var f Fault
		if err := f.UnmarshalJSON(raw); err != nil {
			line := lineAt(script, decoder.InputOffset()-int64(len(raw)))
			return nil, fmt.Errorf("line %d, fault %d: %w", line, len(faults)+1, err)
		}
		faults = append(faults, f)
	}
	if isList {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("line %d: the list of faults does not end: %w",
				lineAt(script, decoder.InputOffset()), err)
		}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: more follows the script; write a list of faults",
			lineAt(script, decoder.InputOffset()))
	}
	return faults, nil
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}
