package powercut

import (
	"path"
	"strings"
)

// Kind is what an operation does.
type Kind int

// The operations a program's calls come to.
const (
	Create  Kind = iota // Path is there afterwards; Truncate empties it
	Write               // Data at Offset of Path; at its end with Append
	Resize              // Path has Offset bytes
	Copy                // Size bytes at From of Source go to Offset of Path
	Sync                // Path, a file or a directory, is durable
	Rename              // Source becomes Path
	Link                // Path is another name of Source
	Symlink             // Path points to the text in Source
	Remove              // Path is gone
	MakeDirectory
	Mode // Path has the permissions in Offset
)

// Operation is one change of the disk, on paths below the data directory with slashes; "."
// is the directory itself. Requests counts the HTTP requests that were served before it.
type Operation struct {
	Kind     Kind
	Path     string
	Source   string
	Offset   int64
	From     int64
	Size     int64
	Append   bool
	Truncate bool
	Data     []byte
	Requests int
}

// Apply does an operation. What cannot be done, such as removing what is not there, failed
// for the program too and changes nothing.
func (d *Disk) Apply(o Operation) {
	directory, name := d.parent(o.Path)
	if directory == nil {
		return
	}
	target := d.find(o.Path)
	switch o.Kind {
	case Create:
		if target == nil {
			d.change(change{directory, name, newFile(uint32(o.Offset))})
		} else if o.Truncate && !target.isDirectory {
			target.resize(0)
		}
	case MakeDirectory:
		if target == nil {
			d.change(change{directory, name, newDirectory()})
		}
	case Symlink:
		if target == nil {
			d.change(change{directory, name, &inode{link: o.Source, mode: 0o777}})
		}
	case Remove:
		if target != nil && (!target.isDirectory || len(target.names) == 0) {
			d.change(change{directory, name, nil})
		}
	case Link, Rename:
		d.name(o, directory, name)
	case Sync:
		d.sync(target)
	default:
		if target != nil && !target.isDirectory && target.link == "" {
			d.fill(o, target)
		}
	}
}

// name gives what is at the source another name.
func (d *Disk) name(o Operation, directory *inode, name string) {
	from, oldName := d.parent(o.Source)
	source := d.find(o.Source)
	switch {
	case source == nil:
	case o.Kind == Rename:
		d.change(change{directory, name, source}, change{from, oldName, nil})
	case directory.names[name] == nil:
		d.change(change{directory, name, source})
	}
}

// fill changes a file's content.
func (d *Disk) fill(o Operation, target *inode) {
	switch o.Kind {
	case Write:
		if o.Append {
			o.Offset = int64(len(target.content))
		}
		target.write(o.Offset, o.Data)
	case Resize:
		target.resize(int(o.Offset))
	case Copy:
		if source := d.find(o.Source); source != nil {
			from := min(o.From, int64(len(source.content)))
			to := min(from+o.Size, int64(len(source.content)))
			target.write(o.Offset, source.content[from:to])
		}
	case Mode:
		target.mode = uint32(o.Offset)
	default: // no change of content
	}
}

func (d *Disk) sync(target *inode) {
	if target == nil {
		return
	}
	if !target.isDirectory {
		target.sync()
	}
	switch {
	case d.model == Journaling:
		d.commit(nil)
	case target.isDirectory:
		d.commit(target)
	}
}

// find is what is at a path now; nil is nothing.
func (d *Disk) find(name string) *inode {
	at := d.root
	if name == "." {
		return at
	}
	for part := range strings.SplitSeq(name, "/") {
		if at == nil || !at.isDirectory {
			return nil
		}
		at = at.names[part]
	}
	return at
}

func (d *Disk) parent(name string) (*inode, string) {
	parent := d.find(path.Dir(name))
	if parent == nil || !parent.isDirectory {
		return nil, ""
	}
	return parent, path.Base(name)
}
