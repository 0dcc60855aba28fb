package journal

import (
	"bytes"
)

// Encode writes records as lines of a journal. A record needs the one value of its kind alone.
func Encode(records []Record) (text []byte, err error) {
	for _, record := range records {
		record.Kind = record.kind()
		line, err := encodeRecord(record)
		if err != nil {
			return nil, err
		}
		text = append(text, line...)
	}
	return text, nil
}

// kind is the kind of the value that a record has.
func (r Record) kind() string {
	switch {
	case r.Run != nil && r.Run.FinishedAt == nil:
		return recordRunStarted
	case r.Run != nil:
		return recordRunFinished
	case r.Reads != nil:
		return recordReads
	case r.Charge != nil:
		return recordCharge
	case r.Audit != nil:
		return recordAudit
	case r.Erasure != nil:
		return recordErasure
	}
	return r.Kind
}

// Salvage returns the whole lines of a damaged journal in their order, what they add up to, and how many lines are
// damaged. A last line without its newline counts as one of these. The journal that is returned answers questions; it
// has no file, and nothing is recorded in it.
func Salvage(content []byte) (whole []byte, known *Journal, damaged int) {
	known = &Journal{index: newIndex()}
	for line := range bytes.Lines(content) {
		if record, err := decodeRecord(line); err == nil && bytes.HasSuffix(line, []byte("\n")) {
			whole = append(whole, line...)
			known.index.add(record)
		} else {
			damaged++
		}
	}
	return whole, known, damaged
}
