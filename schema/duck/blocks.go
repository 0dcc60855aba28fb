package duck

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"fcpipe/schema"
)

// What DuckDB's storage looks like, see src/storage/single_file_block_manager.cpp of DuckDB:
// three headers of 4 KiB, then blocks of one size. All of them begin with a checksum of the rest.
const (
	headerSize   = 4096
	headers      = 3 // what the file is, and two that take turns in saying where its tables begin
	checksumSize = 8
	metaBlocks   = 64 // a block of metadata is so many small ones
)

// CheckBlocks proves every byte of a DuckDB file that a reader may come to see, by the checksums of its headers and
// blocks. It does not need DuckDB, which a damaged file may make crash, and it never panics. Free blocks are skipped:
// nothing reads them. The error is for a file that could not be read at all, and for a context that ended.
func CheckBlocks(ctx context.Context, path string) (findings []schema.Finding, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	b := &blockFile{ReaderAt: file, name: filepath.Base(path), size: info.Size()}
	if damage, err := b.readHeaders(); err != nil || damage != "" {
		return b.found(damage), err
	}
	bad, err := b.badBlocks(ctx)
	if err != nil || len(bad) == 0 && b.present == b.blocks {
		return nil, err
	}
	free, err := b.freeBlocks()
	if err != nil {
		return nil, err
	}
	if damage := b.cutShort(free); damage != "" {
		findings = b.found(damage)
	}
	for _, id := range bad {
		if !free[id] {
			findings = append(
				findings,
				b.found(fmt.Sprintf("block %d, at byte %d, fails its checksum", id, b.offset(id)))...)
		}
	}
	return findings, nil
}

// HeaderDamage says what is wrong with the headers of a file that DuckDB does not open, such as "is truncated: 1000
// bytes"; "" when nothing is, or it is no file of DuckDB.
func HeaderDamage(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	b, magic := &blockFile{ReaderAt: file, size: info.Size()}, make([]byte, 4)
	if _, err := b.ReadAt(magic, checksumSize); err != nil || string(magic) != "DUCK" {
		return ""
	}
	damage, err := b.readHeaders()
	switch {
	case err != nil:
		return ""
	case damage == "" && b.present < b.blocks:
		return fmt.Sprintf("is truncated: %d bytes, %d blocks are missing", b.size, b.blocks-b.present)
	}
	return damage
}

// blockFile is a DuckDB file seen as blocks.
type blockFile struct {
	io.ReaderAt
	name      string
	size      int64
	blockSize int64
	blocks    int64 // that the header counts
	present   int64 // that the file has room for
	freeList  uint64
}

func (b *blockFile) found(what string) []schema.Finding {
	if what == "" {
		return nil
	}
	return []schema.Finding{{Where: b.name, What: what}}
}

func (b *blockFile) offset(id int64) int64 { return headers*headerSize + id*b.blockSize }

// readHeaders finds the header in force. It returns what is wrong with them.
func (b *blockFile) readHeaders() (damage string, err error) {
	buffer := make([]byte, headerSize)
	var newest uint64
	for i := range int64(headers) {
		if _, err := b.ReadAt(buffer, i*headerSize); errors.Is(err, io.EOF) {
			return fmt.Sprintf("is truncated: %d bytes", b.size), nil
		} else if err != nil {
			return "", err
		}
		if i == 0 && string(buffer[checksumSize:checksumSize+4]) != "DUCK" {
			return "is no DuckDB file", nil
		}
		if !sumFits(buffer) {
			return fmt.Sprintf("header %d fails its checksum", i), nil
		}
		field := func(n int) uint64 { return binary.LittleEndian.Uint64(buffer[checksumSize+8*n:]) }
		if iteration := field(0); i > 0 && (i == 1 || iteration >= newest) {
			newest, b.freeList, b.blocks, b.blockSize = iteration, field(2), int64(field(3)), int64(field(4))
		}
	}
	if b.blockSize < headerSize || b.blockSize > 1<<20 || b.blockSize%8 != 0 || b.blocks < 0 || b.blocks > 1<<40 {
		return "its header makes no sense", nil
	}
	b.present = min(b.blocks, (b.size-b.offset(0))/b.blockSize)
	return "", nil
}

// cutShort says when blocks behind the end of the file are in use. Free ones DuckDB cuts off
// after it has written the header that counts them.
func (b *blockFile) cutShort(free map[int64]bool) string {
	missing := b.blocks - b.present
	for id := range free {
		if id >= b.present && id < b.blocks {
			missing--
		}
	}
	if missing == 0 {
		return ""
	}
	return fmt.Sprintf("is truncated: %d bytes, %d blocks are missing", b.size, missing)
}

// badBlocks lists the blocks that fail their checksum, free ones too.
func (b *blockFile) badBlocks(ctx context.Context) (bad []int64, err error) {
	block := make([]byte, b.blockSize)
	reader := io.NewSectionReader(b, b.offset(0), b.present*b.blockSize)
	for id := range b.present {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(reader, block); err != nil {
			return nil, err
		}
		if !sumFits(block) {
			bad = append(bad, id)
		}
	}
	return bad, nil
}

// sumFits compares the checksum at the head of a block with what it should be.
func sumFits(block []byte) bool {
	sum := uint64(5381)
	for at := checksumSize; at < len(block); at += 8 {
		sum ^= binary.LittleEndian.Uint64(block[at:]) * 0xbf58476d1ce4e5b9
	}
	return sum == binary.LittleEndian.Uint64(block)
}

// freeBlocks reads which blocks hold nothing. Where the list itself is damaged it ends early:
// the blocks it did not name count as used. The error is that of a file that could not be read.
func (b *blockFile) freeBlocks() (map[int64]bool, error) {
	free := map[int64]bool{}
	list := &metaReader{file: b, next: b.freeList}
	count := list.number()
	for ; count > 0 && list.good; count-- {
		free[int64(list.number())] = true
	}
	if !list.good {
		return nil, list.failed
	}
	return free, nil
}

// metaReader reads numbers from a chain of metadata blocks.
type metaReader struct {
	file    *blockFile
	next    uint64 // where the chain goes on: a block, and in the top byte which part of it
	content []byte
	good    bool
	failed  error // that the file could not be read, which says nothing of what is in it
	seen    []uint64
}

func (r *metaReader) number() uint64 {
	if len(r.content) == 0 && !r.advance() {
		r.good = false
		return 0
	}
	n := binary.LittleEndian.Uint64(r.content)
	r.content = r.content[8:]
	return n
}

func (r *metaReader) advance() bool {
	id, part := int64(r.next&(1<<56-1)), int64(r.next>>56)
	if r.next == ^uint64(0) || id >= r.file.present || part >= metaBlocks || slices.Contains(r.seen, r.next) {
		return false
	}
	r.seen = append(r.seen, r.next)
	block := make([]byte, r.file.blockSize)
	if _, err := r.file.ReadAt(block, r.file.offset(id)); err != nil {
		r.failed = err
		return false
	}
	if !sumFits(block) {
		return false
	}
	size := (r.file.blockSize - checksumSize) / metaBlocks &^ 7
	content := block[checksumSize+part*size:][:size]
	r.next, r.content, r.good = binary.LittleEndian.Uint64(content), content[8:], true
	return true
}
