package powercut

import (
	"hash/maphash"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// State is what a disk holds after a power cut.
type State struct {
	Name string
	root *node
	Hash uint64 // equal states have equal hashes
}

// node is a name in a state. A file with two names is one node.
type node struct {
	inode   *inode
	content []byte
	names   map[string]*node
}

// hashSeed makes hashes of one run comparable.
var hashSeed = maphash.MakeSeed()

// States are what a power cut may leave now: everything, only what is durable, names
// without contents, and so many random ones with some names and some pages.
func (d *Disk) States(random *rand.Rand, some int) []State {
	all := []State{
		d.state("everything was written", d.pending, func(*inode, int) bool { return true }, always),
		d.state("only what was synced", nil, func(*inode, int) bool { return false }, never),
		d.state("names without contents", d.pending, func(*inode, int) bool { return false }, always),
	}
	for range some {
		share := []float64{0.1, 0.5, 0.9}[random.IntN(3)]
		all = append(all, d.state("some names and pages", d.somePending(random),
			func(*inode, int) bool { return random.Float64() < share }, func() bool { return random.IntN(2) == 0 }))
	}
	return all
}

func always() bool { return true }
func never() bool  { return false }

// somePending are the changes of names that were written: the oldest of a journal, or the
// oldest of each directory by itself.
func (d *Disk) somePending(random *rand.Rand) [][]change {
	if len(d.pending) == 0 {
		return nil
	}
	if d.model == Journaling {
		return d.pending[:random.IntN(len(d.pending)+1)]
	}
	stopped := map[*inode]bool{}
	var some [][]change
	for _, group := range d.pending {
		for _, c := range group {
			stopped[c.directory] = stopped[c.directory] || random.IntN(4) == 0
			if !stopped[c.directory] {
				some = append(some, []change{c})
			}
		}
	}
	return some
}

// state puts together what was durable and what happened to be written.
func (d *Disk) state(name string, written [][]change, page func(*inode, int) bool, grown func() bool) State {
	names := map[*inode]map[string]*inode{}
	for _, group := range written {
		for _, c := range group {
			if names[c.directory] == nil {
				names[c.directory] = maps.Clone(c.directory.durableNames)
			}
			c.apply(names[c.directory])
		}
	}
	made := map[*inode]*node{}
	var build func(*inode) *node
	build = func(n *inode) *node {
		if known := made[n]; known != nil {
			return known
		}
		built := &node{inode: n}
		made[n] = built
		if !n.isDirectory {
			built.content = n.after(func(number int) bool { return page(n, number) }, grown)
			return built
		}
		children := n.durableNames
		if changed, some := names[n]; some {
			children = changed
		}
		built.names = map[string]*node{}
		for _, child := range slices.Sorted(maps.Keys(children)) { // in order, so that a seed replays
			built.names[child] = build(children[child])
		}
		return built
	}
	s := State{Name: name, root: build(d.root)}
	var hash maphash.Hash
	hash.SetSeed(hashSeed)
	s.root.sum(&hash)
	s.Hash = hash.Sum64()
	return s
}

// after is a file's content when only some of its changed pages were written. A file that
// grew may have its new size without its new pages.
func (n *inode) after(page func(int) bool, grown func() bool) []byte {
	if len(n.dirty) == 0 {
		return n.durable
	}
	size := len(n.durable)
	if grown() {
		size = len(n.content)
	}
	content := make([]byte, size)
	copy(content, n.durable)
	for _, number := range slices.Sorted(maps.Keys(n.dirty)) {
		from := number * pageSize
		if from >= size || from >= len(n.content) || !page(number) {
			continue
		}
		copy(content[from:], n.content[from:min(from+pageSize, len(n.content))])
	}
	return content
}

func (n *node) sum(hash *maphash.Hash) {
	if n.names == nil {
		_, _ = hash.Write(n.content)
		_, _ = io.WriteString(hash, n.inode.link)
		_ = hash.WriteByte(0)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		_, _ = io.WriteString(hash, name)
		_ = hash.WriteByte('/')
		n.names[name].sum(hash)
	}
	_ = hash.WriteByte(1)
}

// Write puts the state into a directory, which is made.
func (s State) Write(directory string) error {
	written := map[*node]string{}
	var write func(*node, string) error
	write = func(n *node, at string) error {
		switch first := written[n]; {
		case n.inode.link != "":
			return os.Symlink(n.inode.link, at)
		case n.names == nil && first != "":
			return os.Link(first, at)
		case n.names == nil:
			written[n] = at
			return os.WriteFile(at, n.content, os.FileMode(n.inode.mode)&0o777)
		}
		if err := os.MkdirAll(at, 0o700); err != nil {
			return err
		}
		for name, child := range n.names {
			if err := write(child, filepath.Join(at, name)); err != nil {
				return err
			}
		}
		return nil
	}
	return write(s.root, directory)
}

// Load puts a directory of this machine onto the disk, all of it durable; a file with two names stays one.
func (d *Disk) Load(directory string) error {
	type named struct {
		file os.FileInfo
		path string
	}
	var files []named
	err := filepath.WalkDir(directory, func(at string, entry os.DirEntry, err error) error {
		if err != nil || at == directory {
			return err
		}
		relative, err := filepath.Rel(directory, at)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		o := Operation{Kind: Create, Path: filepath.ToSlash(relative), Offset: int64(info.Mode().Perm())}
		switch {
		case entry.IsDir():
			o.Kind = MakeDirectory
		case info.Mode()&os.ModeSymlink != 0:
			o.Kind = Symlink
			if o.Source, err = os.Readlink(at); err != nil {
				return err
			}
		default:
			if first := slices.IndexFunc(files, func(n named) bool { return os.SameFile(n.file, info) }); first >= 0 {
				o.Kind, o.Source = Link, files[first].path
			}
			files = append(files, named{info, o.Path})
		}
		d.Apply(o)
		if o.Kind != Create {
			return nil
		}
		content, err := os.ReadFile(at)
		d.Apply(Operation{Kind: Write, Path: o.Path, Data: content})
		return err
	})
	d.Settle()
	return err
}
