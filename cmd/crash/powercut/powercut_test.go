package powercut

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// written is what a state holds at a path; "" is nothing.
func written(t *testing.T, s State, name string) string {
	t.Helper()
	directory := filepath.Join(t.TempDir(), "state")
	if err := s.Write(directory); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(directory, name))
	if err != nil {
		return ""
	}
	return string(content)
}

func replaced(model Model, steps ...Operation) *Disk {
	d := New(model)
	d.Apply(Operation{Kind: Create, Path: "a", Offset: 0o600})
	d.Apply(Operation{Kind: Write, Path: "a", Data: []byte("old")})
	d.Settle()
	for _, step := range steps {
		d.Apply(step)
	}
	return d
}

var (
	create  = Operation{Kind: Create, Path: "b", Offset: 0o600}
	fill    = Operation{Kind: Write, Path: "b", Data: []byte("new")}
	sync    = Operation{Kind: Sync, Path: "b"}
	swap    = Operation{Kind: Rename, Source: "b", Path: "a"}
	syncDir = Operation{Kind: Sync, Path: "."}
)

func TestReplaceWithoutSyncMayLoseTheContent(t *testing.T) {
	lost := false
	for _, s := range replaced(Journaling, create, fill, swap).States(rand.New(rand.NewPCG(1, 1)), 20) {
		if content := written(t, s, "a"); content != "old" && content != "new" {
			lost = true
		}
	}
	if !lost {
		t.Error("no state shows a name without its content")
	}
}

func TestSyncedReplaceIsOldOrNew(t *testing.T) {
	for _, model := range []Model{Journaling, Strict} {
		for _, s := range replaced(model, create, fill, sync, swap).States(rand.New(rand.NewPCG(1, 1)), 20) {
			if content := written(t, s, "a"); content != "old" && content != "new" {
				t.Errorf("%s, %s: %q", model, s.Name, content)
			}
		}
		for _, s := range replaced(model, create, fill, sync, swap, syncDir).States(rand.New(rand.NewPCG(1, 1)), 20) {
			if content := written(t, s, "a"); content != "new" {
				t.Errorf("%s, %s after the directory was synced: %q", model, s.Name, content)
			}
		}
	}
}

func TestStrictNamesNeedTheirDirectory(t *testing.T) {
	names := []Operation{create, fill, sync}
	if got := written(t, replaced(Strict, names...).States(nil, 0)[1], "b"); got != "" {
		t.Errorf("the name is durable without an fsync of its directory: %q", got)
	}
	if got := written(t, replaced(Journaling, names...).States(nil, 0)[1], "b"); got != "new" {
		t.Errorf("a journal commits the name with the file's fsync, found %q", got)
	}
}

func TestTornPages(t *testing.T) {
	d := New(Journaling)
	d.Apply(create)
	d.Apply(Operation{Kind: Write, Path: "b", Data: make([]byte, 4*pageSize)})
	d.Settle()
	full := make([]byte, 4*pageSize)
	for i := range full {
		full[i] = 'x'
	}
	d.Apply(Operation{Kind: Write, Path: "b", Data: full})
	torn := 0
	for _, s := range d.States(rand.New(rand.NewPCG(2, 2)), 30) {
		pages := 0
		content := written(t, s, "b")
		for page := range 4 {
			if content[page*pageSize] == 'x' {
				pages++
			}
		}
		if pages > 0 && pages < 4 {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no state has some pages of a write and not the others")
	}
}

func TestLoadKeepsWhatIsThere(t *testing.T) {
	from := t.TempDir()
	if err := os.MkdirAll(filepath.Join(from, "x", "y"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from, "x", "y", "z"), []byte("here"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(from, "x", "y", "z"), filepath.Join(from, "x", "again")); err != nil {
		t.Fatal(err)
	}
	d := New(Strict)
	if err := d.Load(from); err != nil {
		t.Fatal(err)
	}
	synced := d.States(nil, 0)[1]
	if got := written(t, synced, "x/y/z"); got != "here" {
		t.Errorf("found %q", got)
	}
	to := filepath.Join(t.TempDir(), "state")
	if err := synced.Write(to); err != nil {
		t.Fatal(err)
	}
	one, err := os.Stat(filepath.Join(to, "x", "again"))
	if other, err2 := os.Stat(filepath.Join(to, "x", "y", "z")); err != nil || err2 != nil || !os.SameFile(one, other) {
		t.Errorf("a file with two names became two: %v, %v", err, err2)
	}
}
