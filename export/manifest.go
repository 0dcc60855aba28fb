package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/reader"
)

const (
	manifestFormat    = 1
	dataDirectory     = "data"
	manifestDirectory = "manifests"
	latestName        = "latest.json"
)

// Manifest lists every live file of one export. What it does not list is not part of it.
type Manifest struct {
	Format      int            `json:"format"`
	ExportID    string         `json:"export_id"` // its watermark and a hash of the rest
	Watermark   time.Time      `json:"watermark"` // nothing in it was observed later
	Compression string         `json:"compression"`
	Privacy     *PrivacyEntry  `json:"privacy,omitempty"`    // nil keeps all personal texts
	Definition  string         `json:"definition,omitempty"` // of the datasets, by the program that wrote it
	Datasets    []DatasetEntry `json:"datasets"`
	Files       []File         `json:"files"`      // by path
	Superseded  []Superseded   `json:"superseded"` // not part of it any more, still there for readers of older ones
}

// DatasetEntry describes the files of a dataset; they all have this schema.
type DatasetEntry struct {
	Name            string        `json:"name"`
	Schema          string        `json:"schema"` // fingerprint, in every file too
	Key             []string      `json:"key"`
	PartitionColumn string        `json:"partition_column,omitempty"` // in the files; a folder is named by its value
	FolderKey       string        `json:"folder_key,omitempty"`       // of the folders, <key>=<value>; in no file
	Feed            bool          `json:"feed,omitempty"`
	Rows            int64         `json:"rows"`
	RowsOfOther     int64         `json:"rows_of_other_months,omitempty"` // in one folder: their months have none
	Bytes           int64         `json:"bytes"`
	Columns         []ColumnEntry `json:"columns"`
	SortedBy        []SortEntry   `json:"sorted_by,omitempty"` // the order of the rows of a file
	Tokens          []string      `json:"tokens,omitempty"`    // columns with tokens in the place of personal texts
	Dropped         []string      `json:"dropped,omitempty"`   // columns that are null in the place of personal texts
}

// ColumnEntry describes a column.
type ColumnEntry struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // STRING, INT64, BOOLEAN, DOUBLE, TIMESTAMP, DATE, LIST<STRING>
	Required bool   `json:"required,omitempty"`
	FieldID  int    `json:"field_id"`
	// ElementID is the field id of a list's elements.
	ElementID int `json:"element_field_id,omitempty"`
}

// SortEntry is a column that rows are sorted by.
type SortEntry struct {
	Column     string `json:"column"`
	Descending bool   `json:"descending,omitempty"`
	NullsFirst bool   `json:"nulls_first,omitempty"`
}

// File is one Parquet file.
type File struct {
	Dataset     string         `json:"dataset"`
	Path        string         `json:"path"`             // below the lake
	Partition   PartitionValue `json:"partition"`        // its folder
	RunID       string         `json:"run_id,omitempty"` // feeds: the run whose changes these are
	Rows        int64          `json:"rows"`
	Bytes       int64          `json:"bytes"`
	SHA256      string         `json:"sha256"`
	Min         string         `json:"min"` // of the first column the rows are sorted by
	Max         string         `json:"max"`
	Schema      string         `json:"schema"`
	Fingerprint string         `json:"fingerprint"` // of the rows, as DuckDB hashes them
	CreatedAt   time.Time      `json:"created_at"`  // watermark of the export that wrote it
}

// PartitionValue is {"key": "value"} in JSON, {} for a dataset that is one partition.
type PartitionValue struct{ Key, Value string }

// MarshalJSON writes {"key": "value"}.
func (p PartitionValue) MarshalJSON() ([]byte, error) {
	if p.Key == "" {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]string{p.Key: p.Value})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PartitionValue) UnmarshalJSON(text []byte) error {
	var values map[string]string
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	*p = PartitionValue{}
	for key, value := range values {
		*p = PartitionValue{key, value}
	}
	return nil
}

// manifestPath is where the manifest of an export lies below the lake.
func manifestPath(exportID string) string { return manifestDirectory + "/" + exportID + ".json" }

// Superseded is a file that stays for a while after an export stopped listing it.
type Superseded struct {
	Path  string    `json:"path"`
	Since time.Time `json:"since"` // when that export ran
}

// latest is the pointer, the lake's one mutable file.
type latest struct {
	ExportID  string    `json:"export_id"`
	Manifest  string    `json:"manifest"` // path below the lake
	SHA256    string    `json:"sha256"`
	Watermark time.Time `json:"watermark"`
}

func (m *Manifest) dataset(name string) (DatasetEntry, bool) {
	i := slices.IndexFunc(m.Datasets, func(d DatasetEntry) bool { return d.Name == name })
	if i < 0 {
		return DatasetEntry{}, false
	}
	return m.Datasets[i], true
}

func (m *Manifest) otherMonths() map[string]int64 {
	rows := map[string]int64{}
	for _, d := range m.Datasets {
		if d.RowsOfOther > 0 {
			rows[d.Name] = d.RowsOfOther
		}
	}
	return rows
}

// manifest describes the lake as this export leaves it. The same inputs give the same one.
func (e *export) manifest(files []File) *Manifest {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	m := &Manifest{
		Format: manifestFormat, Watermark: e.watermark, Compression: e.Compression, Definition: e.definition,
		Files: files,
	}
	if len(e.shown.Policy) > 0 {
		m.Privacy = &e.shown.PrivacyEntry
	}
	for i := range e.datasets {
		entry := e.datasets[i].entry()
		for _, file := range files {
			if file.Dataset != entry.Name {
				continue
			}
			entry.Rows += file.Rows
			entry.Bytes += file.Bytes
			if e.datasets[i].SharesFolder(reader.Partition{Value: file.Partition.Value}) {
				entry.RowsOfOther += file.Rows
			}
		}
		m.Datasets = append(m.Datasets, entry)
	}
	m.Superseded = e.superseded(m)
	m.ExportID = m.id()
	return m
}

func (m *Manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
}

// publish makes the manifest durable, then replaces the pointer.
func (e *export) publish(ctx context.Context, m *Manifest) error {
	text, err := m.encode()
	if err != nil {
		return err
	}
	path := manifestPath(m.ExportID)
	if err := replaceFile(filepath.Join(e.Dir, filepath.FromSlash(path)), text); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	if err := e.reached(ctx, "manifest.written"); err != nil {
		return err
	}
	pointer, err := pointerTo(m, text)
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(e.Dir, latestName), pointer); err != nil {
		return fmt.Errorf("pointer: %w", err)
	}
	e.report.ExportID = m.ExportID
	return e.reached(ctx, "pointer.written")
}

// pointerTo makes the pointer to a manifest whose text is given.
func pointerTo(m *Manifest, text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	pointer, err := json.MarshalIndent(latest{
		m.ExportID, manifestPath(m.ExportID), hex.EncodeToString(sum[:]), m.Watermark,
	}, "", " ")
	return append(pointer, '\n'), err
}

// readLatest follows the pointer. A lake without one has no manifest; one whose pointer or
// manifest is damaged has none either, and the reason why.
func readLatest(dir string) (m *Manifest, damage string, err error) {
	pointed, err := os.ReadFile(filepath.Join(dir, latestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	var pointer latest
	if err := json.Unmarshal(pointed, &pointer); err != nil || !filepath.IsLocal(pointer.Manifest) {
		return nil, latestName + " is damaged", nil
	}
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(pointer.Manifest)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, pointer.Manifest + " is missing", nil
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(text)
	if hex.EncodeToString(sum[:]) != pointer.SHA256 || json.Unmarshal(text, &m) != nil {
		return nil, pointer.Manifest + " is damaged", nil
	}
	if m.Format != manifestFormat {
		return nil, fmt.Sprintf("%s has format %d, this program writes %d", pointer.Manifest, m.Format,
			manifestFormat), nil
	}
	// the sum proves the manifest alone; what else the pointer says follows from it
	if expected, err := pointerTo(m, text); err != nil || string(expected) != string(pointed) {
		return nil, latestName + " is damaged", err
	}
	return m, "", nil
}

// errDamaged is returned when a manifest is not what its name says.
var errDamaged = errors.New("damaged")

// readManifest reads any manifest and proves it by its name, which ends in a hash of the rest.
func readManifest(dir, path string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, errDamaged
	}
	again, err := m.encode()
	if err != nil || string(again) != string(text) || manifestPath(m.ExportID) != path || m.id() != m.ExportID {
		return nil, errDamaged
	}
	return &m, nil
}

// id names a manifest by its watermark and a hash of everything else in it.
func (m *Manifest) id() string {
	unnamed := *m
	unnamed.ExportID = ""
	text, _ := unnamed.encode() // of a struct of ours: cannot fail
	sum := sha256.Sum256(text)
	return m.Watermark.Format("20060102T150405.000000Z") + "-" + hex.EncodeToString(sum[:6])
}
