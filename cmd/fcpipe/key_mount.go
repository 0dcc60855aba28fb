package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// hostDirectories are parts of a machine that a service may see read-only (systemd's ProtectSystem)
// while everybody else on the machine reads the same files: they are no mounted secrets.
var hostDirectories = []string{"/", "/boot", "/efi", "/etc", "/home", "/opt", "/root", "/run", "/srv", "/usr", "/var"}

// mountedReadOnly reports whether a file lies in a read-only mount of its own, as Docker, Podman and
// Kubernetes give secrets to a container: it is seen there by the container alone. mounts is the text
// of /proc/self/mountinfo; without it nothing is known to be such a mount.
func mountedReadOnly(path, mounts string) bool {
	whole, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if whole, err = filepath.EvalSymlinks(whole); err != nil {
		return false
	}
	point, readOnly := "", false
	for line := range strings.Lines(mounts) {
		at, ro, ok := mountOf(line)
		if ok && below(whole, at) && len(at) >= len(point) { // of two at one place the later hides the earlier
			point, readOnly = at, ro
		}
	}
	return readOnly && !slices.Contains(hostDirectories, point)
}

// mountOf reads the mount point of one line of mountinfo, and whether it is read-only: by its own
// options or by those of its file system.
func mountOf(line string) (point string, readOnly, ok bool) {
	mount, system, cut := strings.Cut(line, " - ")
	fields, ofSystem := strings.Fields(mount), strings.Fields(system)
	if !cut || len(fields) < 6 || len(ofSystem) < 3 {
		return "", false, false
	}
	isReadOnly := func(options string) bool { return slices.Contains(strings.Split(options, ","), "ro") }
	return unescapeMount(fields[4]), isReadOnly(fields[5]) || isReadOnly(ofSystem[2]), true
}

// unescapeMount undoes the kernel's \040 for a blank and its kin.
func unescapeMount(text string) string {
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				plain.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}

func below(path, directory string) bool {
	return path == directory || strings.HasPrefix(path, strings.TrimSuffix(directory, "/")+"/")
}
