package main

import "slices"

// sample is what one run of a case cost.
type sample struct {
	total, cpu float64            // seconds
	serverCPU  float64            // of the simulated server meanwhile
	stages     map[string]float64 // seconds, of a round
	schemas    map[string]float64 // parts of the stage derive: seconds of the tables of each schema
	texts      float64            // of these the seconds of ledger.descriptions, which reads texts
	peak       int64              // bytes
	requests   int64
	file, lake int64 // bytes
	fresh      int64 // transactions that were new, changed
	changed    int64
	touched    int64 // files of data directory and lake that differ from before
}

// stageNames are the columns of stages, in the order in which a round goes through them. plan is listing accounts,
// asking for refreshes and waiting for them.
var stageNames = []string{"plan", "fetch", "land", "merge", "derive", "publish", "export"}

// derivedSchemas are the schemas of derived tables, in the order of what reads what.
var derivedSchemas = []string{"ledger", "quality", "expenses", "underwriting"}

// row is a line of the table: the medians of its runs. A nil figure does not apply.
type row struct {
	Case     string             `json:"case"`
	What     string             `json:"what"`
	Baseline bool               `json:"baseline"` // what a case is compared with
	Runs     int                `json:"runs"`
	Stages   map[string]float64 `json:"stages,omitempty"`  // seconds by name
	Schemas  map[string]float64 `json:"schemas,omitempty"` // seconds of derive, by the schema of the tables
	Texts    float64            `json:"texts_seconds,omitempty"`
	Total    float64            `json:"total_seconds"`
	CPU      float64            `json:"cpu_seconds"`
	Server   *float64           `json:"server_cpu_seconds"`
	Peak     int64              `json:"peak_bytes"` // the highest
	Requests *int64             `json:"requests"`
	File     *int64             `json:"file_bytes"`
	Lake     *int64             `json:"lake_bytes"`
	New      *int64             `json:"transactions_new"`
	Changed  *int64             `json:"transactions_changed"`
	Touched  *int64             `json:"files_touched"`
	Ratios   []ratio            `json:"ratios,omitempty"`

	samples []sample
}

// ratio compares a case with a baseline.
type ratio struct {
	Of    string  `json:"of"`
	Value float64 `json:"value"`
	To    string  `json:"to"`
}

// summarize makes the figures of a row from its samples.
func (r *row) summarize() {
	r.Runs = len(r.samples)
	r.Total = r.median(func(s sample) float64 { return s.total })
	r.CPU = r.median(func(s sample) float64 { return s.cpu })
	for _, s := range r.samples {
		r.Peak = max(r.Peak, s.peak)
	}
	r.Stages = r.medians(stageNames, func(s sample) map[string]float64 { return s.stages })
	r.Schemas = r.medians(derivedSchemas, func(s sample) map[string]float64 { return s.schemas })
	r.Texts = r.median(func(s sample) float64 { return s.texts })
}

// medians are those of named figures that were measured; nil when none was.
func (r *row) medians(names []string, of func(sample) map[string]float64) (found map[string]float64) {
	for _, name := range names {
		if _, measured := of(r.samples[0])[name]; measured {
			if found == nil {
				found = map[string]float64{}
			}
			found[name] = r.median(func(s sample) float64 { return of(s)[name] })
		}
	}
	return found
}

// median is that of a figure over the runs.
func (r *row) median(figure func(sample) float64) float64 {
	figures := make([]float64, len(r.samples))
	for i, s := range r.samples {
		figures[i] = figure(s)
	}
	slices.Sort(figures)
	half := len(figures) / 2
	if len(figures)%2 == 0 {
		return (figures[half-1] + figures[half]) / 2
	}
	return figures[half]
}

// medianCount is median of a number of things.
func (r *row) medianCount(figure func(sample) int64) *int64 {
	n := int64(r.median(func(s sample) float64 { return float64(figure(s)) }))
	return &n
}

// withServer fills the columns of what asks the server.
func (r *row) withServer() *row {
	seconds := r.median(func(s sample) float64 { return s.serverCPU })
	r.Server, r.Requests = &seconds, r.medianCount(func(s sample) int64 { return s.requests })
	return r
}

// withFiles fills the columns of what has a data directory.
func (r *row) withFiles() *row {
	r.File, r.Lake = r.medianCount(func(s sample) int64 { return s.file }),
		r.medianCount(func(s sample) int64 { return s.lake })
	return r
}

// withChanges fills the columns of a round.
func (r *row) withChanges() *row {
	r.New, r.Changed, r.Touched = r.medianCount(func(s sample) int64 { return s.fresh }),
		r.medianCount(func(s sample) int64 { return s.changed }),
		r.medianCount(func(s sample) int64 { return s.touched })
	return r
}

// compare adds a ratio; a baseline that took no time compares with nothing.
func (r *row) compare(of string, value float64, to string, baseline float64) {
	if baseline > 0 {
		r.Ratios = append(r.Ratios, ratio{of, value / baseline, to})
	}
}
