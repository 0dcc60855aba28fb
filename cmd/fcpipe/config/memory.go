package config

const mebibyte = 1 << 20

const (
	// outsideBoth is what neither Go nor DuckDB accounts for: pages of the program, what DuckDB allocates past its
	// buffers (70 and 80 MiB measured), and pages that its allocator has not given back. With 96 MiB less first syncs
	// were up to 52 MiB over what is promised.
	outsideBoth = 256 * mebibyte
	// An export holds 60 MiB of encoders and pages; beyond 256 MiB more garbage is not worth its memory.
	leastHeap, mostHeap = 96 * mebibyte, 256 * mebibyte
	encoders            = 64 * mebibyte
	// With less DuckDB fails where it cannot spill.
	leastDuckDB = 64 * mebibyte
	// With 256 MiB DuckDB failed, now and then, where it sorted a million rows for one file and fewer for another.
	leastReading = 288 * mebibyte
	// Each thread that sorts needs buffers of its own: with less memory an export, which sorts for two files at once,
	// has one thread for each. It costs a tenth less CPU seconds then.
	leastForThreads = 320 * mebibyte
)

// Memory is how data.memory_limit is divided, in bytes.
type Memory struct {
	DuckDB  int64 // limit of one DuckDB instance
	Reading int64 // limit of the instance that the published file is read from when no other is open
	Heap    int64 // soft limit of Go's heap

	ReadingThreads int // threads of that instance; zero: as many as data.threads says
}

// Memory divides the limit so that the whole process keeps to it, to a tenth, for a million rows of 1,000 accounts. A
// first sync of 4.6 million rows of 20,000 accounts peaked at half as much again. DuckDB's limit bounds its buffers
// alone: its allocator keeps freed pages for a second, some 130 MiB when tables are rebuilt. Below 512MiB the process
// takes up to 256 MiB more than the limit, because DuckDB gets at least half of it.
func (d DataConfig) Memory() Memory {
	limit := int64(d.MemoryLimit)
	m := Memory{Heap: min(max(limit/8, leastHeap), mostHeap)}
	m.DuckDB = max((limit-outsideBoth-m.Heap)/8*7, limit/2, leastDuckDB)
	m.Reading = max(m.DuckDB-encoders, min(max(limit/8*5, m.DuckDB), leastReading))
	if m.Reading < leastForThreads {
		m.ReadingThreads = 1
	}
	return m
}
