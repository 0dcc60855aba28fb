package powercut

import (
	"maps"
	"slices"
)

// pageSize is how much of a file reaches the disk, or does not, as one.
const pageSize = 4096

// Model is a promise of a file system about names.
type Model int

// Two promises: journaling file systems such as ext4 commit every earlier change of names
// with any fsync; strict POSIX makes a name durable only with an fsync of its directory.
const (
	Journaling Model = iota
	Strict
)

// String names the model.
func (m Model) String() string { return [...]string{"journaling", "strict POSIX"}[m] }

// inode is a file, a directory or a symbolic link.
type inode struct {
	isDirectory bool
	link        string // text of a symbolic link; "" for others
	mode        uint32

	content []byte       // as programs see it
	durable []byte       // as of the last fsync
	dirty   map[int]bool // pages changed since

	names        map[string]*inode // of a directory, as programs see it
	durableNames map[string]*inode
}

func newDirectory() *inode {
	return &inode{isDirectory: true, mode: 0o700, names: map[string]*inode{}, durableNames: map[string]*inode{}}
}

func newFile(mode uint32) *inode { return &inode{mode: mode, dirty: map[int]bool{}} }

// change is a change of a directory's names that is not durable yet.
type change struct {
	directory *inode
	name      string
	target    *inode // nil: the name is gone
}

// Disk is a data directory on a disk.
type Disk struct {
	model   Model
	root    *inode
	pending [][]change // oldest first; one entry is all or nothing on a journaling file system
}

// New is an empty disk.
func New(model Model) *Disk { return &Disk{model: model, root: newDirectory()} }

// Settle makes everything durable, as after a long time.
func (d *Disk) Settle() {
	d.commit(nil)
	d.root.settle()
}

func (n *inode) settle() {
	if !n.isDirectory {
		n.sync()
		return
	}
	n.durableNames = maps.Clone(n.names)
	for _, child := range n.names {
		child.settle()
	}
}

// sync makes a file's content durable.
func (n *inode) sync() {
	n.durable = slices.Clone(n.content)
	clear(n.dirty)
}

// commit makes changes of names durable: those of one directory, or all with nil.
func (d *Disk) commit(directory *inode) {
	var left [][]change
	for _, group := range d.pending {
		var rest []change
		for _, c := range group {
			if directory != nil && c.directory != directory {
				rest = append(rest, c)
				continue
			}
			c.apply(c.directory.durableNames)
		}
		if len(rest) > 0 {
			left = append(left, rest)
		}
	}
	d.pending = left
}

func (c change) apply(names map[string]*inode) {
	if c.target == nil {
		delete(names, c.name)
		return
	}
	names[c.name] = c.target
}

// rename, create, link and remove all come to this: names change as programs see them at
// once, and durably later.
func (d *Disk) change(changes ...change) {
	for _, c := range changes {
		c.apply(c.directory.names)
	}
	d.pending = append(d.pending, changes)
}

func (n *inode) write(offset int64, data []byte) {
	end := int(offset) + len(data)
	n.resize(max(end, len(n.content)))
	copy(n.content[offset:], data)
	for page := int(offset) / pageSize; page*pageSize < end; page++ {
		n.dirty[page] = true
	}
}

// resize cuts or extends a file; what is new is zero.
func (n *inode) resize(size int) {
	for page := min(size, len(n.content)) / pageSize; page*pageSize < max(size, len(n.content)); page++ {
		n.dirty[page] = true
	}
	if size <= len(n.content) {
		n.content = n.content[:size:size]
		return
	}
	n.content = append(n.content, make([]byte, size-len(n.content))...)
}
