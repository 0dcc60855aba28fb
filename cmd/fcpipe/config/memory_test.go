package config

import "testing"

func TestMemoryOfDuckDBAndGoIsPartOfTheLimit(t *testing.T) {
	for _, c := range []struct {
		limit, duckDB, export, heap int64
		threads                     int
	}{
		{64, 64, 64, 96, 1},
		{256, 128, 160, 96, 1},
		{512, 256, 288, 96, 1},
		{1024, 560, 496, 128, 0},
		{4096, 3136, 3072, 256, 0},
	} {
		got := DataConfig{MemoryLimit: ByteSize(c.limit * mebibyte)}.Memory()
		if got != (Memory{c.duckDB * mebibyte, c.export * mebibyte, c.heap * mebibyte, c.threads}) {
			t.Errorf("%d MiB: %+v, want %+v", c.limit, got, c)
		}
		if c.limit > 512 && outsideBoth+got.DuckDB+got.Heap > c.limit*mebibyte {
			t.Errorf("%d MiB: the parts are more than the whole", c.limit)
		}
	}
}
