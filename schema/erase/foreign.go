package erase

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// fileKind is how a file that fcpipe does not keep for itself shows what is in it.
type fileKind int

const (
	plainFile   fileKind = iota // as it is
	parquetFile                 // compressed; DuckDB reads it
	gzipFile                    // compressed
	sealedFile                  // compressed, encrypted or of another program: not at all
)

// beginnings are what files begin with whose bytes do not show their texts.
var beginnings = []struct {
	offset int
	bytes  string
	kind   fileKind
}{
	{0, "PAR1", parquetFile},
	{0, "\x1f\x8b", gzipFile},
	{0, "PARE", sealedFile},             // encrypted Parquet
	{0, "\x28\xb5\x2f\xfd", sealedFile}, // zstd
	{0, "\x04\x22\x4d\x18", sealedFile}, // lz4
	{0, "\xff\x06\x00\x00sNaPpY", sealedFile},
	{0, "BZh", sealedFile},
	{0, "\xfd7zXZ\x00", sealedFile},
	{0, "7z\xbc\xaf\x27\x1c", sealedFile},
	{0, "Rar!\x1a\x07", sealedFile},
	{0, "PK\x03\x04", sealedFile}, // zip, and workbooks
	{8, "DUCK", sealedFile},
	{0, "ARROW1", sealedFile},
	{0, "ORC", sealedFile},
	{0, "Obj\x01", sealedFile}, // Avro
	{0, "%PDF", sealedFile},
	{0, "\xff\xfe", sealedFile}, // two bytes a letter
	{0, "\xfe\xff", sealedFile},
	{0, "age-encryption.org/", sealedFile},
	{0, "-----BEGIN PGP MESSAGE", sealedFile},
}

// kindOf tells what a file is by how it begins.
func kindOf(path string) (kind fileKind, err error) {
	file, err := os.Open(path)
	if err != nil {
		return plainFile, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head := make([]byte, 32)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return plainFile, err
	}
	for _, b := range beginnings {
		if n > b.offset && bytes.HasPrefix(head[b.offset:n], []byte(b.bytes)) {
			return b.kind, nil
		}
	}
	return plainFile, nil
}

// isOwn reports whether fcpipe made a file for itself: an erasure rewrites or removes those, and copies none of them.
func isOwn(layout schema.Layout, path string) bool {
	if path == layout.Database() {
		return true
	}
	lake := layout.Lake()
	for _, directory := range []string{layout.State(), filepath.Join(lake, "data"), filepath.Join(lake, "views")} {
		if strings.HasPrefix(path, directory+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// inside searches what a file holds that its bytes do not show. A file that cannot be read so is noted.
func (b *below) inside(path string) (found map[needle]bool, err error) {
	if isOwn(b.layout, path) {
		return nil, nil
	}
	kind, err := kindOf(path)
	if err != nil {
		return nil, err
	}
	switch kind {
	case plainFile:
		return nil, nil
	case parquetFile:
		found, err = b.inParquet(path)
	case gzipFile:
		found, err = b.search.inGzip(path)
	default:
		err = errors.New("sealed")
	}
	if err != nil && b.context.Err() == nil {
		b.unread = append(b.unread, path)
		return nil, nil
	}
	return found, b.context.Err()
}

// inGzip searches a file that was compressed.
func (s *search) inGzip(path string) (found map[needle]bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	found, _, err = s.inReader(unpacked)
	return found, err
}

// inParquet searches the rows of a Parquet file. A name with a sign that stands for many names is not read.
func (b *below) inParquet(path string) (found map[needle]bool, err error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || strings.ContainsAny(real, "*?[") {
		return nil, errors.Join(err, fmt.Errorf("%s: not read", path))
	}
	database, err := duck.Open(b.context, "", duck.ReadWrite, b.settings, filepath.Dir(real))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	found = map[needle]bool{}
	err = statements.EachRow(b.context, database, "parquet_rows", func(scan duck.Scan) error {
		var row *string
		err := scan(&row)
		if row != nil {
			b.search.add([]byte(*row), found)
		}
		return err
	}, real)
	return found, err
}
