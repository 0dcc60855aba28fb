package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema/reader"
)

const (
	directoryMode = 0o700
	fileMode      = 0o600
)

// Options say where a lake lies and how it is written.
type Options struct {
	Dir            string        // the lake
	Compression    string        // zstd, snappy or none; "" is zstd
	Grace          time.Duration // how long replaced files stay for readers of an older manifest
	Now            func() time.Time
	ProgramVersion string
	Privacy        Privacy            // what is shown of texts that may name people
	Full           bool               // write every file again, and under another privacy than the lake has
	Whole          bool               // compare every partition, even if nothing was merged since: models were rebuilt
	Hook           func(point string) // called at named points, by several goroutines; nil does nothing

	rewrites bool // an erasure, which keeps nothing of before: under what it is to show
}

// Report is what an export did.
type Report struct {
	Unchanged    bool // nothing was new: no byte changed
	ExportID     string
	Watermark    time.Time // of the data in the lake
	FilesWritten int
	FilesKept    int
	FilesRetired int    // files of earlier exports removed now
	Rows, Bytes  int64  // of the files written
	View         string // why there is no lake/current; "" when it is right
	Rebuilt      string // why the lake was rewritten; "" when it was not
	Privacy      string // what the lake shows of personal texts
	NewerKey     int    // the key that a full export would make tokens with; 0 when the lake has those of the newest

	// Superseded is how many files this export replaced that stay for readers of the manifest before, and KeptUntil
	// how long they do.
	Superseded int
	KeptUntil  time.Time

	// OtherMonths counts, by dataset, rows of months so far off that they share a folder.
	OtherMonths map[string]int64
}

// Run brings the lake up to the file that reader has open. Only partitions whose rows
// changed are written. Unless the options want every partition compared, a file of the same
// watermark is taken for the same. When it fails, or is killed, the lake is what it was; the next run
// removes what was left over.
func Run(ctx context.Context, reader *reader.Reader, options Options) (Report, error) {
	e, err := newExport(ctx, reader, options)
	if err != nil {
		return Report{}, fmt.Errorf("export: %w", err)
	}
	if err := e.run(ctx); err != nil {
		return e.report, fmt.Errorf("export: %w", err)
	}
	return e.report, nil
}

// export is one run.
type export struct {
	Options
	reader    *reader.Reader
	watermark time.Time
	datasets  []dataset // once it is known that something may differ
	// definition is what a program makes the datasets with: of the same data, another one may make others
	definition string
	previous   *Manifest // nil when there is none to build on
	report     Report
	shown      disguise

	nothingStays bool // what this export replaces shows what it may not: it goes at once
}

func newExport(ctx context.Context, reader *reader.Reader, options Options) (*export, error) {
	if options.Compression == "" {
		options.Compression = "zstd"
	}
	if options.Hook == nil {
		options.Hook = func(string) {}
	}
	if _, err := codecOf(options.Compression); err != nil {
		return nil, err
	}
	e := &export{Options: options, reader: reader}
	info, err := reader.Info(ctx)
	if err != nil {
		return nil, err
	}
	if info.Watermark != nil {
		e.watermark = info.Watermark.UTC()
	}
	e.report.Watermark = e.watermark
	if e.previous, e.report.Rebuilt, err = readLatest(options.Dir); err != nil {
		return nil, err
	}
	if err := e.choosePrivacy(); err != nil {
		return nil, err
	}
	e.definition, err = definitionOf(options.ProgramVersion)
	return e, err
}

// definitionOf changes with a program, its models and what else defines the datasets of a lake.
func definitionOf(program string) (string, error) {
	defined, err := reader.Definition()
	sum := sha256.Sum256([]byte(program + "\n" + defined))
	return hex.EncodeToString(sum[:16]), err
}

// readDatasets asks the file what it can show.
func (e *export) readDatasets(ctx context.Context) (err error) {
	e.datasets, err = datasetsOf(ctx, e.reader, e.shown)
	return err
}

// run is the export's story: files, manifest, pointer, view; then what is not needed any more goes.
func (e *export) run(ctx context.Context) error {
	nothingNew := e.nothingNew()
	// what the datasets are is asked only then: of a file that is the same it cost more than anything else
	if nothingNew && !e.Whole && !e.Full && e.previous.Definition == e.definition {
		return e.unchanged(ctx)
	}
	if err := e.readDatasets(ctx); err != nil {
		return err
	}
	nothingNew = nothingNew && e.sameDatasets()
	if nothingNew && !e.Whole && !e.Full {
		return e.unchanged(ctx)
	}
	plan, err := e.plan(ctx)
	if err != nil {
		return err
	}
	mayStay := e.Grace > 0 || len(e.previousSuperseded()) == 0 // what was replaced before
	if nothingNew && mayStay && len(plan.write) == 0 && len(plan.kept) == len(e.previous.Files) {
		return e.unchanged(ctx)
	}
	if err := e.prepare(); err != nil {
		return err
	}
	files, err := e.writeFiles(ctx, plan)
	if err != nil {
		return err
	}
	manifest := e.manifest(files)
	e.report.OtherMonths = manifest.otherMonths()
	e.countSuperseded(manifest)
	if err := e.publish(ctx, manifest); err != nil {
		return err
	}
	if err := e.showView(ctx, manifest); err != nil {
		return err
	}
	if err := errors.Join(e.sweep(manifest), e.retireManifests(manifest)); err != nil {
		return err
	}
	if e.nothingStays {
		if err := removeLeftovers(e.Dir, manifest.ExportID); err != nil {
			return err
		}
	}
	return e.reached(ctx, "retired")
}

// unchanged ends a run that has nothing to write.
func (e *export) unchanged(ctx context.Context) error {
	e.report.Unchanged, e.report.ExportID, e.report.FilesKept = true, e.previous.ExportID, len(e.previous.Files)
	e.report.OtherMonths = e.previous.otherMonths()
	return errors.Join(e.showView(ctx, e.previous), e.sweep(e.previous), e.retireManifests(e.previous),
		e.retireViews(e.previous))
}

// reached calls the hook at a named point. A context that ended stops the export there: what is written stands, and
// the next run removes what is left over.
func (e *export) reached(ctx context.Context, point string) error {
	e.Hook(point)
	return context.Cause(ctx)
}

// sameDatasets reports whether the lake has these very datasets.
func (e *export) sameDatasets() bool {
	return slices.EqualFunc(e.previous.Datasets, e.datasets, func(known DatasetEntry, d dataset) bool {
		return known.Name == d.Name && known.Schema == d.fingerprint
	})
}

// nothingNew reports whether the lake holds this very data, in the same form if its datasets are the same.
func (e *export) nothingNew() bool {
	if e.previous == nil || !e.previous.Watermark.Equal(e.watermark) || e.previous.Compression != e.Compression ||
		!e.previous.shows().equal(e.shown.PrivacyEntry) {
		return false
	}
	for _, file := range e.previous.Files {
		if !intact(e.Dir, file) {
			return false
		}
	}
	return true
}

// prepare makes the lake's directories and removes what a killed export left.
func (e *export) prepare() error {
	if err := os.RemoveAll(e.incoming()); err != nil {
		return err
	}
	for _, directory := range []string{
		e.Dir, filepath.Join(e.Dir, dataDirectory), filepath.Join(e.Dir, manifestDirectory),
	} {
		if err := makeDirectory(directory); err != nil {
			return err
		}
	}
	unfinished, err := fs.Glob(os.DirFS(e.Dir), manifestDirectory+"/*.json"+temporarySuffix)
	if err != nil {
		return err
	}
	for _, name := range unfinished {
		if err := os.Remove(filepath.Join(e.Dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return os.MkdirAll(e.incoming(), directoryMode)
}

// incoming holds files while they are being written.
func (e *export) incoming() string { return filepath.Join(e.Dir, ".incoming") }
