//go:build linux && amd64

package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"fcpipe/cmd/crash/oracle"
)

// bit is one bit of a file.
type bit struct {
	path  string
	where string // for people, below the data directory
}

// flip flips a bit of one of the files whose path below the data directory begins so.
func flip(data, below string, random *rand.Rand) (b bit, err error) {
	files, err := oracle.FilesBelow(data, below)
	if err != nil || len(files) == 0 {
		return b, errors.Join(err, fmt.Errorf("no file below %s", below))
	}
	b.path = files[random.IntN(len(files))]
	file, err := os.OpenFile(b.path, os.O_RDWR, 0) // in place: its hard links show it too
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return b, err
	}
	at, number := random.Int64N(info.Size()), random.IntN(8)
	b.where = fmt.Sprintf("%s, byte %d, bit %d", strings.TrimPrefix(b.path, data+"/"), at, number)
	one := make([]byte, 1)
	if _, err := file.ReadAt(one, at); err != nil {
		return b, err
	}
	one[0] ^= 1 << number
	_, err = file.WriteAt(one, at)
	return b, err
}
