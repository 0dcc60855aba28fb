package erase

import "slices"

// noted is what the attempts of an erasure removed, or were about to: each of them may be killed, and a receipt counts
// what all of them did. It is in the work file before anything of it is removed, and counts each file once.
type noted struct {
	Landing    []string `json:"landing,omitempty"`    // files that are written again or removed, by their names
	Quarantine []string `json:"quarantine,omitempty"` // files that are removed, by their names
	Journal    int64    `json:"journal,omitempty"`    // records that are written again, all of them in one step
	Lake       []string `json:"lake,omitempty"`       // every data file that the lake had before
	HasLake    bool     `json:"has_lake,omitempty"`   // whether Lake was noted, of one that may be empty
}

// note adds names of files that are about to be removed, durably.
func (e *Erasure) note(into *[]string, names ...string) error {
	known := len(*into)
	for _, name := range names {
		if !slices.Contains((*into)[:known], name) {
			*into = append(*into, name)
		}
	}
	if len(*into) == known {
		return nil
	}
	return e.write()
}

// noteJournal remembers how many records are about to be written again. An attempt that did so left none to the next.
func (e *Erasure) noteJournal(records int) error {
	if int64(records) <= e.noted.Journal {
		return nil
	}
	e.noted.Journal = int64(records)
	return e.write()
}

// BeforeLake remembers the data files of the lake as they were before the first attempt altered any.
func (e *Erasure) BeforeLake(files []string) error {
	if e.noted.HasLake {
		return nil
	}
	e.noted.Lake, e.noted.HasLake = files, true
	return e.write()
}

// AfterLake counts which data files of the lake are gone since, and which are new.
func (e *Erasure) AfterLake(files []string) {
	before := map[string]bool{}
	for _, name := range e.noted.Lake {
		before[name] = true
	}
	var written, kept int64
	for _, name := range files {
		if before[name] {
			kept++
		} else {
			written++
		}
	}
	e.counts["files_lake_written"], e.counts["files_lake_removed"] = written, int64(len(before))-kept
}

// count puts what is noted into what the receipt says.
func (e *Erasure) count() {
	e.counts["files_landing"] = int64(len(e.noted.Landing))
	e.counts["files_quarantine"] = int64(len(e.noted.Quarantine))
	e.counts["journal_records"] = e.noted.Journal
}
