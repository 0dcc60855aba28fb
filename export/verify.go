package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"fcpipe/schema"
)

// Problem is something in a lake that is not as its manifest, or the published file, says.
type Problem struct {
	Path   string // below the lake
	What   string
	Behind bool // nothing is broken: the lake only shows another instant than the file, as between publish and export
}

func (p Problem) String() string { return p.Path + ": " + p.What }

// Verify proves a lake: the pointer, every live file's size and SHA-256, no files that no
// manifest accounts for, lake/current, and that the rows are those of the file that reader
// has open, by a hash. A deep one reads every value back and compares it. Problems are
// findings; the error is for what could not be looked at.
func Verify(ctx context.Context, reader *schema.Reader, dir string, deep bool) ([]Problem, error) {
	manifest, damage, err := readLatest(dir)
	if err != nil {
		return nil, fmt.Errorf("verify lake: %w", err)
	}
	if manifest == nil {
		if damage == "" {
			return []Problem{{latestName, "there is no lake yet; the next round, or fcpipe export, writes it", true}}, nil
		}
		return []Problem{{Path: latestName, What: damage}}, nil
	}
	v := &verification{dir: dir, reader: reader, manifest: manifest}
	for _, step := range []func(context.Context) error{
		v.files,
		v.strays,
		v.view,
		func(ctx context.Context) error { return v.against(ctx, deep) },
	} {
		if err := step(ctx); err != nil {
			return v.problems, fmt.Errorf("verify lake: %w", err)
		}
	}
	return v.problems, nil
}

// verification collects what is wrong with a lake.
type verification struct {
	dir      string
	reader   *schema.Reader
	manifest *Manifest
	damaged  map[string]bool
	problems []Problem
}

func (v *verification) report(path, format string, arguments ...any) {
	v.problems = append(v.problems, Problem{Path: path, What: fmt.Sprintf(format, arguments...)})
}

// files checks every live file, byte by byte.
func (v *verification) files(ctx context.Context) error {
	v.damaged = map[string]bool{}
	for _, file := range v.manifest.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		size, sum, err := contentOf(filepath.Join(v.dir, filepath.FromSlash(file.Path)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			v.report(file.Path, "missing")
		case err != nil:
			return err
		case size != file.Bytes:
			v.report(file.Path, "has %d bytes, the manifest says %d", size, file.Bytes)
		case sum != file.SHA256:
			v.report(file.Path, "has another SHA-256 than the manifest says")
		default:
			continue
		}
		v.damaged[file.Path] = true
	}
	return nil
}

func contentOf(path string) (size int64, sum string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return size, hex.EncodeToString(hash.Sum(nil)), err
}

// strays finds files that readers who glob data/ would count and that should be gone.
func (v *verification) strays(context.Context) error {
	keep := v.manifest.paths()
	for _, s := range v.manifest.Superseded {
		keep[s.Path] = true
	}
	strays, err := strayFiles(v.dir, keep)
	for _, stray := range strays {
		v.report(stray, "no manifest lists it")
	}
	return err
}

// view checks lake/current, where there is one.
func (v *verification) view(context.Context) error {
	if _, err := os.Lstat(filepath.Join(v.dir, currentName)); errors.Is(err, fs.ErrNotExist) {
		return nil // hard links may not work here; export says so
	}
	e := &export{Options: Options{Dir: v.dir}}
	if len(v.damaged) == 0 && !e.viewIsRight(v.manifest) {
		v.report(currentName, "does not show what the manifest lists: the next export repairs it")
	}
	return nil
}
