package export

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema/reader"
)

// work is a partition to write.
type work struct {
	dataset   *dataset
	partition reader.Partition
}

// plan says which files stay and which partitions are written.
type plan struct {
	kept  []File
	write []work
}

// place is where a partition's one file belongs.
type place struct{ dataset, partition, runID string }

func placeOf(f File) place { return place{f.Dataset, f.Partition.Value, f.RunID} }

func (e *export) plan(ctx context.Context) (plan, error) {
	var all plan
	parts := make([]plan, len(e.datasets))
	group, planning := errgroup.WithContext(ctx)
	group.SetLimit(writersAtOnce)
	for i := range e.datasets {
		group.Go(func() (err error) {
			parts[i], err = e.planDataset(planning, &e.datasets[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return all, err
	}
	for _, part := range parts {
		all.kept = append(all.kept, part.kept...)
		all.write = append(all.write, part.write...)
	}
	return all, nil
}

// planDataset plans a dataset's rows. One without rows has a file all the same, so that who
// globs finds its columns; it goes when the first rows come.
func (e *export) planDataset(ctx context.Context, d *dataset) (plan, error) {
	known, since := e.known(d)
	part, err := e.planRows(ctx, d, known, since)
	if err != nil || part.rows() > 0 {
		return part, err
	}
	none := d.NoRows()
	if file, held := known[place{d.Name, none.Value, none.RunID}]; held && file.Rows == 0 {
		return plan{kept: []File{file}}, nil
	}
	return plan{write: []work{{d, none}}}, nil
}

// planRows asks only for what changed where the dataset can tell. If the rows do not add
// up then, which an older file put back in place can cause, it compares every partition.
func (e *export) planRows(ctx context.Context, d *dataset, known map[place]File, since time.Time) (plan, error) {
	if d.Tracked && !since.IsZero() && !e.Whole {
		part, err := e.compare(ctx, d, known, since)
		if err != nil {
			return part, err
		}
		count, err := e.reader.Count(ctx, d.Dataset)
		if err != nil || part.rows() == count {
			return part, err
		}
	}
	return e.compare(ctx, d, known, time.Time{})
}

// known is what the lake holds of a dataset that can stay, and since when only changes count.
// Files of another schema, privacy or compression cannot stay: an export has one schema. Feed files
// keep their compression, because loaders would take new ones for new rows.
func (e *export) known(d *dataset) (map[place]File, time.Time) {
	if e.previous == nil || e.Full || !e.previous.shows().equal(e.shown.PrivacyEntry) {
		return nil, time.Time{}
	}
	entry, found := e.previous.dataset(d.Name)
	if !found || entry.Schema != d.fingerprint || (!d.Feed && e.previous.Compression != e.Compression) {
		return nil, time.Time{}
	}
	known, since := map[place]File{}, e.previous.Watermark
	if since.After(e.watermark) || !reader.SameFolders(since, e.watermark) {
		since = time.Time{}
	}
	for _, file := range e.previous.Files {
		if file.Dataset != d.Name {
			continue
		}
		if intact(e.Dir, file) {
			known[placeOf(file)] = file
		} else {
			since = time.Time{}
		}
	}
	return known, since
}

// compare sorts the partitions of a dataset into those that stay and those to write.
func (e *export) compare(ctx context.Context, d *dataset, known map[place]File, since time.Time) (plan, error) {
	partitions, err := d.partitions(ctx, e.reader, since)
	if err != nil {
		return plan{}, err
	}
	var part plan
	listed := map[place]bool{}
	for _, p := range partitions {
		if err := checkNames(d, p); err != nil {
			return plan{}, err
		}
		at := place{d.Name, p.Value, p.RunID}
		listed[at] = true
		file, held := known[at]
		switch {
		case p.Rows == 0: // the partition is gone
		case held && file.Rows == p.Rows && file.Fingerprint == p.Fingerprint:
			part.kept = append(part.kept, file)
		default:
			part.write = append(part.write, work{d, p})
		}
	}
	if d.Tracked && !since.IsZero() {
		for at, file := range known {
			if !listed[at] && file.Rows > 0 {
				part.kept = append(part.kept, file)
			}
		}
	}
	return part, nil
}

func (p plan) rows() (rows int64) {
	for _, file := range p.kept {
		rows += file.Rows
	}
	for _, w := range p.write {
		rows += w.partition.Rows
	}
	return rows
}

// What may be part of a path. Everything else is refused, so two values never share a directory.
var (
	partitionName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$`)
	runName       = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)
)

func checkNames(d *dataset, p reader.Partition) error {
	if d.FolderKey != "" && !partitionName.MatchString(p.Value) {
		return fmt.Errorf("dataset %s: %s %q cannot be part of a path", d.Name, d.PartitionColumn, p.Value)
	}
	if d.Feed && !runName.MatchString(p.RunID) {
		return fmt.Errorf("dataset %s: run %q cannot be part of a path", d.Name, p.RunID)
	}
	return nil
}
