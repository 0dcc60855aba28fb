package text

import "fcpipe/schema"

// Taxonomy are the lines of seeds/taxonomy.csv: every category there is, and how it counts.
func Taxonomy() ([]map[string]string, error) { return Table(schema.SeedFiles, "seeds/taxonomy.csv") }
