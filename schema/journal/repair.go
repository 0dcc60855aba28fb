package journal

import (
	"bytes"
	"fmt"
	"time"
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

// ForgetEvents says of every Stripe account that its list is due.
func (j *Journal) ForgetEvents() error {
	for connected, cursor := range j.eventCursors() {
		if cursor.ListedAt.IsZero() {
			continue
		}
		cursor.ListedAt = time.Time{}
		if err := j.RecordEvents(cursor); err != nil {
			return fmt.Errorf("events of %q: %w", connected, err)
		}
	}
	return nil
}
