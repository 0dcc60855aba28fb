package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// writersAtOnce files are written side by side: one is encoded while DuckDB sorts another's rows.
const writersAtOnce = 2

// writeFiles writes what the plan says and returns every live file. Afterwards all of them
// are durable under their names, though nothing points to them yet.
func (e *export) writeFiles(ctx context.Context, p plan) ([]File, error) {
	written := make([]File, len(p.write))
	group, writing := errgroup.WithContext(ctx)
	next := make(chan int, len(p.write))
	for i := range p.write {
		next <- i
	}
	close(next)
	for range writersAtOnce {
		group.Go(func() error {
			runtime.LockOSThread() // DuckDB's allocator keeps freed pages for each thread that calls it
			defer runtime.UnlockOSThread()
			for i := range next {
				var err error
				temporary := filepath.Join(e.incoming(), strconv.Itoa(i))
				if written[i], err = e.writePartition(writing, p.write[i], temporary); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	paths := make([]string, len(written))
	for i, file := range written {
		paths[i] = filepath.Join(e.Dir, filepath.FromSlash(file.Path))
		e.report.Rows += file.Rows
		e.report.Bytes += file.Bytes
	}
	e.report.FilesWritten, e.report.FilesKept = len(written), len(p.kept)
	if err := syncTree(e.Dir, paths); err != nil {
		return nil, err
	}
	return append(written, p.kept...), e.reached(ctx, "files.durable")
}

// writePartition writes one file under a temporary name and gives it the name of its content.
func (e *export) writePartition(ctx context.Context, w work, temporary string) (File, error) {
	file := File{
		Dataset: w.dataset.Name, RunID: w.partition.RunID, Rows: w.partition.Rows, Min: w.partition.Min,
		Max:       w.partition.Max,
		Partition: PartitionValue{w.dataset.FolderKey, w.partition.Value},
		Schema:    w.dataset.fingerprint, Fingerprint: w.partition.Fingerprint, CreatedAt: e.watermark,
	}
	var err error
	if file.Bytes, file.SHA256, err = e.encode(ctx, w, temporary); err != nil {
		return file, fmt.Errorf("dataset %s %s: %w", w.dataset.Name, w.partition.Value, err)
	}
	if err := e.reached(ctx, "file.written"); err != nil {
		return file, err
	}
	file.Path = pathOf(file)
	final := filepath.Join(e.Dir, filepath.FromSlash(file.Path))
	if err := os.MkdirAll(filepath.Dir(final), directoryMode); err != nil {
		return file, err
	}
	if err := os.Rename(temporary, final); err != nil {
		return file, err
	}
	return file, e.reached(ctx, "file.renamed")
}

// pathOf names a file by its content: data/<dataset>/<key>=<value>/part-<hash>.parquet.
func pathOf(f File) string {
	directory := path.Join(dataDirectory, f.Dataset)
	if f.Partition.Key != "" {
		directory = path.Join(directory, f.Partition.Key+"="+f.Partition.Value)
	}
	name := "part"
	if f.RunID != "" {
		name = f.RunID
	}
	return path.Join(directory, name+"-"+f.SHA256[:32]+".parquet")
}

// encode streams a partition's rows into a durable file and returns its size and SHA-256.
func (e *export) encode(ctx context.Context, w work, name string) (size int64, sum string, err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := bufio.NewWriterSize(file, 1<<20)
	output := &hashedWriter{output: buffer, hash: sha256.New()}
	writer, err := newParquetWriter(output, w.dataset, e.Compression, e.ProgramVersion)
	if err != nil {
		return 0, "", err
	}
	for batch, err := range w.dataset.sorted(ctx, e.reader, w.partition) {
		if err != nil {
			return 0, "", err
		}
		if err := writer.write(batch); err != nil {
			return 0, "", err
		}
	}
	if writer.rows != w.partition.Rows {
		return 0, "", fmt.Errorf("%d rows came, %d were counted", writer.rows, w.partition.Rows)
	}
	if err := errors.Join(writer.close(), buffer.Flush(), file.Sync()); err != nil {
		return 0, "", err
	}
	return output.size, hex.EncodeToString(output.hash.Sum(nil)), nil
}

// hashedWriter counts and hashes what passes through.
type hashedWriter struct {
	output io.Writer
	hash   hash.Hash
	size   int64
}

// Write implements io.Writer.
func (w *hashedWriter) Write(content []byte) (int, error) {
	n, err := w.output.Write(content)
	w.hash.Write(content[:n])
	w.size += int64(n)
	return n, err
}
