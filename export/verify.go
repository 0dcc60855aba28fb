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
	"strings"

	"fcpipe/schema/reader"
)

// Problem is something in a lake that is not as its manifest, or the published file, says.
type Problem struct {
	Path string // below the lake
	What string

	// Behind: nothing is broken. The lake only shows another instant than the file, as between publish and export, or
	// has what a killed export left.
	Behind bool
}

// String is the file, a colon and what is wrong with it.
func (p Problem) String() string { return p.Path + ": " + p.What }

// Verify proves a lake: the pointer, that every live file is there in its size, that no other
// file can be reached from the manifest or lake/current, and that every dataset has as many
// rows as the file that reader has open. A deep one hashes every file, reads every value back
// and compares it, by the keys of tokens that privacy has, and proves the files kept for readers of
// older manifests too. Without a reader it looks at files alone. Problems are findings; the error
// is for what could not be looked at.
func Verify(
	ctx context.Context, reader *reader.Reader, dir string, privacy Privacy, deep bool,
) ([]Problem, error) {
	manifest, damage, err := readLatest(dir)
	if err != nil {
		return nil, fmt.Errorf("verify lake: %w", err)
	}
	if manifest == nil {
		if damage == "" {
			return []Problem{
				{latestName, "there is no lake yet; the next round, or fcpipe export, writes it", true},
			}, nil
		}
		path, what, _ := strings.Cut(damage, " ")
		return []Problem{{Path: path, What: what}}, nil
	}
	v := &verification{dir: dir, reader: reader, manifest: manifest, privacy: privacy, deep: deep}
	for _, step := range []func(context.Context) error{v.files, v.superseded, v.strays, v.view, v.against} {
		if err := step(ctx); err != nil {
			return v.problems, fmt.Errorf("verify lake: %w", err)
		}
	}
	return v.problems, nil
}

// verification collects what is wrong with a lake.
type verification struct {
	dir      string
	reader   *reader.Reader
	manifest *Manifest
	privacy  Privacy
	deep     bool
	damaged  map[string]bool
	problems []Problem
}

func (v *verification) report(path, format string, arguments ...any) {
	v.problems = append(v.problems, Problem{Path: path, What: fmt.Sprintf(format, arguments...)})
}

// files checks every live file; deep, byte by byte.
func (v *verification) files(ctx context.Context) error {
	v.damaged = map[string]bool{}
	for _, file := range v.manifest.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		what, err := v.damage(file)
		if err != nil {
			return err
		}
		if what != "" {
			v.report(file.Path, "%s", what)
			v.damaged[file.Path] = true
		}
	}
	return nil
}

// damage says how a file differs from what its manifest says of it, "" when it does not.
func (v *verification) damage(file File) (what string, err error) {
	return v.damageOf(filepath.Join(v.dir, filepath.FromSlash(file.Path)), file)
}

// damageOf says the same of the file at a path, which is to hold the same bytes.
func (v *verification) damageOf(path string, file File) (what string, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "is no file", nil
	case info.Size() != file.Bytes:
		return fmt.Sprintf("has %d bytes, the manifest says %d", info.Size(), file.Bytes), nil
	case !v.deep:
		return "", nil
	}
	_, sum, err := contentOf(path)
	if err == nil && sum != file.SHA256 {
		what = "has another SHA-256 than the manifest says"
	}
	return what, err
}

// superseded proves what stays for readers of older manifests: the manifests, whose names are
// made of their content, and the files they list. What its grace ended for may be gone.
func (v *verification) superseded(ctx context.Context) error {
	if !v.deep {
		return nil
	}
	live := v.manifest.paths()
	for _, s := range v.manifest.Superseded {
		if !strings.HasPrefix(s.Path, manifestDirectory+"/") {
			continue
		}
		old, err := readManifest(v.dir, s.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if errors.Is(err, errDamaged) {
			v.report(s.Path, "is damaged")
			continue
		}
		if err != nil {
			return err
		}
		for _, file := range old.Files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if live[file.Path] {
				continue
			}
			live[file.Path] = true // looked at
			what, err := v.damage(file)
			if err != nil {
				return err
			}
			if what != "" && what != "missing" {
				v.report(file.Path, "%s", what)
			}
		}
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

// strays finds files that no manifest lists. Who reads by the manifest, or globs current/,
// never meets them.
func (v *verification) strays(context.Context) error {
	keep := v.manifest.paths()
	for _, s := range v.manifest.Superseded {
		keep[s.Path] = true
	}
	strays, err := strayFiles(v.dir, keep)
	for _, stray := range strays {
		v.problems = append(v.problems, Problem{
			stray, "left by an interrupted export; the next export removes it", true,
		})
	}
	return err
}
