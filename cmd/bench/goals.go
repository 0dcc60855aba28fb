package main

// goal is a figure that is wanted, on two cores. Each is for one size of the base: at another it says nothing.
type goal struct {
	What    string  `json:"what"`
	Rows    int     `json:"rows"` // of the base it is for
	Value   float64 `json:"value"`
	Limit   float64 `json:"limit"`
	AtLeast bool    `json:"at_least"` // the limit is the least, otherwise the most
	Unit    string  `json:"unit"`
	Applies bool    `json:"applies"` // the base has that size
	Met     bool    `json:"met"`
}

const (
	million    = 1_000_000
	tenMillion = 10 * million
	gib        = float64(1 << 30)
)

// goalsOf holds what was measured to what is wanted.
func goalsOf(b *bench) []goal {
	g := goals{b: b}
	g.ofFirst()
	g.ofDaily()
	for _, size := range []struct {
		rows int
		cpu  float64
	}{{million, 0.3}, {tenMillion, 2}} {
		g.most("unchanged: CPU", "s", size.rows, size.cpu, g.figure("unchanged", func(r *row) float64 { return r.CPU }))
	}
	for _, name := range []string{"unchanged", "unchanged-many"} {
		touched := g.figure(name, func(r *row) float64 { return float64(*r.Touched) })
		g.most(name+": files of file and lake that were written", "", b.options.rows, 0, touched)
	}
	g.ofTables()
	total := func(r *row) float64 { return r.Total }
	g.most("report", "s", tenMillion, 1, g.figure("report", total))
	g.most("portfolio", "s", tenMillion, 5, g.figure("portfolio", total))
	for _, name := range []string{"status", "plan", "query"} {
		g.most(name+": CPU", "s", tenMillion, 0.5, g.figure(name, func(r *row) float64 { return r.CPU }))
	}
	return g.found
}

// goals collects them.
type goals struct {
	b     *bench
	found []goal
}

func (g *goals) ofFirst() {
	peak := func(r *row) float64 { return float64(r.Peak) / gib }
	g.least("first-core: speed", "× stripe-go", million, 0.6, g.ratio("first-core", "speed"))
	g.most("first: peak memory", "GiB", million, 1.1, g.figure("first", peak))
	g.most("first-512MiB: peak memory", "GiB", million, 600.0/1024, g.figure("first-512MiB", peak))
}

func (g *goals) ofDaily() {
	peak := func(r *row) float64 { return float64(r.Peak) / gib }
	g.most("daily-core: derive", "× rebuild", g.b.options.rows, 0.15, g.ratio("daily-core", "derive"))
	g.most("daily: without fetch", "× (cp + COPY)", million, 4, g.ratio("daily", withoutFetch))
	g.most("daily: without fetch", "× (cp + COPY)", tenMillion, 3, g.ratio("daily", withoutFetch))
	g.most("daily: peak memory", "GiB", g.b.options.rows, 1.1, g.figure("daily", peak))
}

// ofTables are goals of derived tables: those of what a transaction is, without reading texts, and those of
// underwriting, whole and in a daily round.
func (g *goals) ofTables() {
	for _, of := range []struct {
		row            *row
		what           string
		ledger, values float64
	}{
		{g.b.findWhat("daily", rebuildOfModels), "rebuild", 90, 60}, {g.b.find("daily", false), "daily", 5, 15},
	} {
		if of.row == nil || of.row.Schemas == nil {
			continue
		}
		seconds := of.row.Schemas
		ledger := seconds["ledger"] + seconds["quality"] + seconds["expenses"] - of.row.Texts
		values := seconds["underwriting"]
		g.most(of.what+": ledger, quality, expenses", "s", tenMillion, of.ledger, &ledger)
		g.most(of.what+": underwriting", "s", tenMillion, of.values, &values)
	}
}

// figure is one of a case; nil when the case was not measured.
func (g *goals) figure(name string, of func(*row) float64) *float64 {
	r := g.b.find(name, false)
	if r == nil {
		return nil
	}
	value := of(r)
	return &value
}

func (g *goals) ratio(name, of string) *float64 {
	if r := g.b.find(name, false); r != nil {
		for _, compared := range r.Ratios {
			if compared.Of == of {
				return &compared.Value
			}
		}
	}
	return nil
}

func (g *goals) most(what, unit string, rows int, limit float64, value *float64) {
	if value != nil {
		g.add(goal{What: what, Unit: unit, Rows: rows, Limit: limit, Value: *value, Met: *value <= limit})
	}
}

func (g *goals) least(what, unit string, rows int, limit float64, value *float64) {
	if value != nil {
		g.add(goal{
			What: what, Unit: unit, Rows: rows, Limit: limit, Value: *value, AtLeast: true, Met: *value >= limit,
		})
	}
}

func (g *goals) add(found goal) {
	found.Applies = found.Rows == g.b.options.rows
	g.found = append(g.found, found)
}
