package config

import "testing"

func TestMemoryOfDuckDBAndGoIsPartOfTheLimit(t *testing.T) {
	for _, c := range []struct{ limit, duckDB, heap int64 }{
		{64, 64, 96}, {256, 128, 96}, {512, 256, 96}, {1024, 644, 128}, {4096, 3220, 256},
	} {
		got := DataConfig{MemoryLimit: ByteSize(c.limit * mebibyte)}.Memory()
		if got != (Memory{DuckDB: c.duckDB * mebibyte, Heap: c.heap * mebibyte}) {
			t.Errorf("%d MiB: DuckDB %d MiB, heap %d MiB; want %d, %d", c.limit, got.DuckDB/mebibyte,
				got.Heap/mebibyte, c.duckDB, c.heap)
		}
		if c.limit >= 512 && outsideBoth+got.DuckDB+got.Heap > c.limit*mebibyte {
			t.Errorf("%d MiB: the parts are more than the whole", c.limit)
		}
	}
}
