package config

const mebibyte = 1 << 20

const (
	// outsideBoth is what neither Go nor DuckDB accounts for: pages of the program, and what DuckDB allocates past its
	// buffers (62 and 50 MiB measured). With 48 MiB less first syncs were up to 25 MiB over what is promised.
	outsideBoth = 160 * mebibyte
	// An export holds 60 MiB of encoders and pages; beyond 256 MiB more garbage is not worth its memory.
	leastHeap, mostHeap = 96 * mebibyte, 256 * mebibyte
	// With less DuckDB fails where it cannot spill.
	leastDuckDB = 64 * mebibyte
)

// Memory is how data.memory_limit is divided, in bytes.
type Memory struct {
	DuckDB int64 // limit of one DuckDB instance
	Heap   int64 // soft limit of Go's heap
}

// Memory divides the limit so that the whole process keeps to it, to a tenth, for a million rows of 1,000 accounts. A
// first sync of 4.6 million rows of 20,000 accounts peaked at half as much again. DuckDB's limit bounds its buffers
// alone: its allocator keeps freed pages for a second, some 130 MiB when tables are rebuilt. Below 512MiB the process
// takes up to 256 MiB more than the limit, because DuckDB gets at least half of it.
func (d DataConfig) Memory() Memory {
	limit := int64(d.MemoryLimit)
	heap := min(max(limit/8, leastHeap), mostHeap)
	return Memory{DuckDB: max((limit-outsideBoth-heap)/8*7, limit/2, leastDuckDB), Heap: heap}
}
