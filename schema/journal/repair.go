package journal

import (
	"bytes"
)

func EncodeRecords(records []Record) (text []byte, err error) {
	for _, record := range records {
		line, err := encodeRecord(record)
		if err != nil {
			return nil, err
		}
		text = append(text, line...)
	}
	return text, nil
}

// WholeRecords picks the lines of a journal that are whole, in their order. What follows the last
// newline is no damage.
func WholeRecords(content []byte) (kept []byte, index Index, dropped int) {
	index = newIndex()
	for line := range bytes.Lines(content) {
		if record, err := decodeRecord(line); err == nil && bytes.HasSuffix(line, []byte("\n")) {
			kept = append(kept, line...)
			index.add(record)
		} else {
			dropped++
		}
	}
	return kept, index, dropped
}
