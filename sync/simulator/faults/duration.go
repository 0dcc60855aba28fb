package faults

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a time such as "90s", or "ever".
type Duration time.Duration

const ever = Duration(100 * 365 * 24 * time.Hour)

// UnmarshalJSON reads "90s" or "ever".
func (d *Duration) UnmarshalJSON(text []byte) error {
	var written string
	if err := json.Unmarshal(text, &written); err != nil {
		return fmt.Errorf("%s is no duration; write \"90s\" or \"ever\"", text)
	}
	if written == "ever" {
		*d = ever
		return nil
	}
	parsed, err := time.ParseDuration(written)
	if err != nil || parsed <= 0 {
		return fmt.Errorf("%q is no duration; write \"90s\" or \"ever\"", written)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (d Duration) MarshalJSON() ([]byte, error) {
	if d == ever {
		return []byte(`"ever"`), nil
	}
	return json.Marshal(time.Duration(d).String())
}
