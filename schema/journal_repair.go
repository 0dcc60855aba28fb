package schema

import (
	"bytes"
	"fmt"
	"time"
)

func encodeRecords(records []record) (text []byte, err error) {
	for _, record := range records {
		line, err := encodeRecord(record)
		if err != nil {
			return nil, err
		}
		text = append(text, line...)
	}
	return text, nil
}

// wholeRecords picks the lines of a journal that are whole, in their order. What follows the last
// newline is no damage.
func wholeRecords(content []byte) (kept []byte, index journalIndex, dropped int) {
	index = newJournalIndex()
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

// forgetEvents says of every Stripe account that its list is due.
func (j *Journal) forgetEvents() error {
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
