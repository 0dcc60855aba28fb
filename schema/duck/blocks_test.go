package duck

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A published file has bits flipped and is cut: by its checksums alone every damage that a reader
// may come to see is found, and a whole file has none.
func TestBlocksTellDamage(t *testing.T) {
	original := someDatabase(t)
	whole, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged.duckdb")
	check := func(content []byte) int {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		findings, err := CheckBlocks(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return len(findings)
	}
	if check(whole) != 0 {
		t.Error("a whole file is called damaged")
	}
	free := freeOf(t, original)
	for at := 0; at < len(whole); at += 9973 { // a prime: every block, at other places
		damaged := append([]byte{}, whole...)
		damaged[at] ^= 1 << (at % 8)
		if used := !free(at); used != (check(damaged) > 0) {
			t.Errorf("bit flipped at byte %d, in use: %v", at, used)
		}
	}
	for _, size := range []int{0, 100, 4096, 12288, len(whole) / 2} {
		if check(whole[:size]) == 0 {
			t.Errorf("cut to %d bytes: nothing found", size)
		}
	}
}

// freeOf tells which bytes of a file lie in blocks that hold nothing.
func freeOf(t *testing.T, path string) func(at int) bool {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b := &blockFile{ReaderAt: file, size: info.Size()}
	if damage, err := b.readHeaders(); err != nil || damage != "" {
		t.Fatal(damage, err)
	}
	free, err := b.freeBlocks()
	if err != nil {
		t.Fatal(err)
	}
	return func(at int) bool {
		return int64(at) >= b.offset(0) && free[(int64(at)-b.offset(0))/b.blockSize]
	}
}

// DuckDB counts blocks in its header before it cuts free ones off: such a file is whole. One
// that lacks a block in use is not.
func TestFreeBlocksMayBeCutOff(t *testing.T) {
	size := 4096
	block := func(fields ...uint64) []byte {
		b := make([]byte, size)
		for i, field := range fields {
			binary.LittleEndian.PutUint64(b[checksumSize+8*i:], field)
		}
		sum := uint64(5381)
		for at := checksumSize; at < size; at += 8 {
			sum ^= binary.LittleEndian.Uint64(b[at:]) * 0xbf58476d1ce4e5b9
		}
		binary.LittleEndian.PutUint64(b, sum)
		return b
	}
	none := ^uint64(0)
	file := append(
		block(uint64('D')|uint64('U')<<8|uint64('C')<<16|uint64('K')<<24),
		block(1, none, none, 0, uint64(size))...)
	file = append(file, block(2, none, 0, 3, uint64(size))...) // three blocks, the free list in block 0
	file = append(file, block(none, 2, 1, 2)...)               // two are free: 1 and 2
	path := filepath.Join(t.TempDir(), "cut.duckdb")
	for name, test := range map[string]struct {
		content []byte
		broken  bool
	}{
		"free blocks are gone":     {file, false},
		"a block in use is, too":   {file[:len(file)-size], true},
		"the free list is damaged": {append(append([]byte{}, file[:len(file)-1]...), 1), true},
	} {
		if err := os.WriteFile(path, test.content, 0o600); err != nil {
			t.Fatal(err)
		}
		findings, err := CheckBlocks(t.Context(), path)
		if err != nil || (len(findings) > 0) != test.broken {
			t.Errorf("%s: %v %v", name, findings, err)
		}
	}
}

// failingDisk reads nothing.
type failingDisk struct{}

func (failingDisk) ReadAt([]byte, int64) (int, error) { return 0, syscall.EIO }

// A disk that cannot read the list of free blocks has not damaged the file.
func TestAListThatCannotBeReadIsNotDamaged(t *testing.T) {
	b := &blockFile{ReaderAt: failingDisk{}, blockSize: 4096, blocks: 3, present: 2}
	if free, err := b.freeBlocks(); !errors.Is(err, syscall.EIO) || free != nil {
		t.Errorf("free are %v, %v", free, err)
	}
}

// someDatabase makes a file with blocks in use and free ones.
func someDatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "some.duckdb")
	database, err := Open(
		t.Context(), path, ReadWrite, Settings{Threads: 2, MemoryLimit: 512 << 20}, filepath.Dir(path),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"CREATE TABLE gone AS SELECT hash(i) AS h FROM range(200000) t(i)", "CREATE TABLE kept AS SELECT hash(i) AS " +
			"h FROM range(50000) t(i)",
		"CHECKPOINT", "DROP TABLE gone", "CHECKPOINT",
	} {
		if _, err := database.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
