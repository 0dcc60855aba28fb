package text

import (
	"sync"

	"fcpipe/schema"
)

// Taxonomy are the lines of seeds/taxonomy.csv: every category there is, and how it counts.
var Taxonomy = sync.OnceValues(func() ([]map[string]string, error) {
	return Table(schema.SeedFiles, "seeds/taxonomy.csv")
})
