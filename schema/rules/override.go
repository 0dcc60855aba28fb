package rules

import (
	"fmt"
	"strings"
)

// Override is a line of overrides.csv that decides of one transaction. What is nil is left to the rules.
type Override struct {
	Line          int     `json:"-"`
	TransactionID string  `json:"transaction_id"`
	Version       string  `json:"version"`
	Category      *string `json:"category"`
	Name          *string `json:"name"`
	Note          *string `json:"note"`
	Include       *bool   `json:"include_in_spend"`
}

// What a line says of a pair of transactions.
const (
	Confirmed = "confirmed"
	Rejected  = "rejected"
)

// Decision is a line of overrides.csv that decides of a pair: whether both are the halves of an own transfer.
type Decision struct {
	Line     int     `json:"-"`
	OutID    string  `json:"out_id"`
	InID     string  `json:"in_id"`
	Decision string  `json:"decision"`
	Version  string  `json:"version"`
	Note     *string `json:"note"`
}

var overrideColumns = []string{"transaction_id", "category", "name", "note", "include", "out_id", "in_id", "decision"}

// overrideFile is what has been read of overrides.csv.
type overrideFile struct {
	overrides  []Override
	decisions  []Decision
	categories categories
	lines      map[string]int // of transactions and pairs
	confirmed  map[string]int // halves that have their other half
}

// ReadOverrides reads overrides.csv.
func ReadOverrides(file string, content []byte) ([]Override, []Decision, error) {
	lines, err := readLines(file, content, overrideColumns)
	if err != nil {
		return nil, nil, err
	}
	f := overrideFile{lines: map[string]int{}, confirmed: map[string]int{}}
	if f.categories, err = loadCategories(); err != nil {
		return nil, nil, err
	}
	for _, l := range lines {
		add := f.addOverride
		if l.cells["out_id"]+l.cells["in_id"]+l.cells["decision"] != "" {
			add = f.addDecision
		}
		if err := add(l); err != nil {
			return nil, nil, at(file, l.number, "%v", err)
		}
	}
	return f.overrides, f.decisions, nil
}

func (f *overrideFile) addOverride(l line) error {
	o := Override{
		Line: l.number, TransactionID: l.cells["transaction_id"], Category: l.lower("category"), Name: l.cell("name"),
		Note: l.cell("note"),
	}
	switch written := strings.ToLower(l.cells["include"]); written {
	case "":
	case "yes", "no":
		o.Include = new(written == "yes")
	default:
		return fmt.Errorf("include %q is not yes or no", shortened(written))
	}
	if o.TransactionID == "" {
		return fmt.Errorf("names no transaction; fill transaction_id, or out_id, in_id and decision")
	}
	if o.Category == nil && o.Name == nil && o.Note == nil && o.Include == nil {
		return fmt.Errorf("decides nothing; fill category, name, note or include")
	}
	if err := f.categories.check(o.Category, nil, nil); err != nil {
		return err
	}
	if err := f.once(o.TransactionID, l.number); err != nil {
		return err
	}
	include := ""
	if o.Include != nil {
		include = fmt.Sprint(*o.Include)
	}
	o.Version = hash(o.TransactionID, value(o.Category), value(o.Name), value(o.Note), include)[:8]
	f.overrides = append(f.overrides, o)
	return nil
}

func (f *overrideFile) addDecision(l line) error {
	d := Decision{
		Line: l.number, OutID: l.cells["out_id"], InID: l.cells["in_id"],
		Decision: strings.ToLower(l.cells["decision"]), Note: l.cell("note"),
	}
	switch {
	case d.OutID == "" || d.InID == "" || d.Decision == "":
		return fmt.Errorf("a pair needs out_id, in_id and decision")
	case d.Decision != Confirmed && d.Decision != Rejected:
		return fmt.Errorf("decision %q is not %s or %s", shortened(d.Decision), Confirmed, Rejected)
	case d.OutID == d.InID:
		return fmt.Errorf("out_id and in_id are the same transaction")
	case l.cells["transaction_id"]+l.cells["category"]+l.cells["name"]+l.cells["include"] != "":
		return fmt.Errorf("decides of a pair; what it says of one transaction belongs into a line of its own")
	}
	if err := f.once(d.OutID+" and "+d.InID, l.number); err != nil {
		return err
	}
	if d.Decision == Confirmed {
		for _, id := range []string{d.OutID, d.InID} {
			if before := f.confirmed[id]; before > 0 {
				return fmt.Errorf("line %d confirms %s with another transaction; take one of them out", before, id)
			}
			f.confirmed[id] = l.number
		}
	}
	d.Version = hash(d.OutID, d.InID, d.Decision, value(d.Note))[:8]
	f.decisions = append(f.decisions, d)
	return nil
}

// once refuses what an earlier line decides.
func (f *overrideFile) once(what string, number int) error {
	if before := f.lines[what]; before > 0 {
		return fmt.Errorf("line %d decides of %s already; take one of them out", before, what)
	}
	f.lines[what] = number
	return nil
}
