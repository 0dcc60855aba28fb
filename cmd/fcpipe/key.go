package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/export"
	"fcpipe/sync/stripe"
)

const (
	keyHint = "write it to a file of mode 0600 and set STRIPE_API_KEY_FILE to its path; a restricted key (rk_…) " +
		"with Financial Connections rights is enough"

	maxKeyFile = 64 << 10 // bytes; keys have about a hundred
)

// findKey takes the Stripe key from STRIPE_API_KEY_FILE, the systemd credential
// stripe_api_key or STRIPE_API_KEY, in this order, and says which it was.
func (a *app) findKey() (key stripe.Secret, source string, err error) {
	path, source := a.getenv("STRIPE_API_KEY_FILE"), "STRIPE_API_KEY_FILE"
	if directory := a.getenv("CREDENTIALS_DIRECTORY"); path == "" && directory != "" {
		credential := filepath.Join(directory, "stripe_api_key")
		if _, err := os.Stat(credential); err == nil {
			path, source = credential, "systemd credential stripe_api_key"
		}
	}
	text := a.getenv("STRIPE_API_KEY")
	if path != "" {
		if path, err = a.expandHome(path); err == nil {
			text, err = a.readSecretFile("key file", path)
		}
		if err != nil {
			return "", source, hint(configError{err}, keyHint)
		}
	} else if source = "STRIPE_API_KEY"; blank(text) {
		return "", "", hint(configError{errors.New("no Stripe key")}, keyHint)
	}
	if key, err = stripe.ParseKey(trimKey(text)); err != nil {
		return "", source, hint(configError{fmt.Errorf("%s: %w", source, err)}, keyHint)
	}
	return key, source, nil
}

// minTokenKey is the least length of a key of tokens: who has a lake can try short ones, one by one.
const minTokenKey = 32

// lakePrivacy is what the lake is to show of texts of people, with the keys of tokens.
func (a *app) lakePrivacy(c config.Config) (export.Privacy, error) {
	privacy := export.Privacy{Policy: c.LakePolicy(), Keys: map[int]export.TokenKey{}}
	for _, source := range c.Privacy.TokenKeys {
		key, err := a.tokenKey(c, source)
		for version, other := range privacy.Keys {
			if err == nil && other == key {
				err = fmt.Errorf("it is the key of version %d, too", version)
			}
		}
		if err != nil {
			return export.Privacy{}, hint(configError{
				fmt.Errorf("privacy.token_keys: version %d: %w", source.Version, err),
			}, "a key is a file of mode 0600: (umask 077; openssl rand -base64 32 > token-1.key)")
		}
		privacy.Keys[source.Version] = key
	}
	return privacy, nil
}

// tokenKey reads a key from its file, or the environment.
func (a *app) tokenKey(c config.Config, source config.TokenKeyConfig) (export.TokenKey, error) {
	text := a.getenv(source.Env)
	if source.File != "" {
		var err error
		if text, err = a.readSecretFile("key file", c.TokenKeyFile(source)); err != nil {
			return "", err
		}
	}
	switch text = trimKey(text); {
	case text == "":
		return "", fmt.Errorf("the environment variable %s is not set", source.Env)
	case len(text) < minTokenKey:
		return "", fmt.Errorf("the key has %d characters; it needs %d", len(text), minTokenKey)
	case strings.Count(text, text[:1]) > len(text)/2:
		return "", errors.New("half of the key is one character")
	}
	return export.TokenKey(text), nil
}

// readSecretFile reads a file that only its owner can change and that is not open to everybody; what is what it is.
// systemd's own credentials are exempt: their directory is closed to others.
func (a *app) readSecretFile(what, path string) (string, error) {
	info, text, err := readSmall(path)
	if err != nil {
		return "", fmt.Errorf("the %s cannot be read: %w", what, err)
	}
	if err := a.checkSecretMode(what, path, info); err != nil {
		return "", err
	}
	switch {
	case info.IsDir():
		return "", fmt.Errorf("the %s %s is a directory; name the file in it", what, path)
	case blank(string(text)):
		return "", fmt.Errorf("the %s %s is empty", what, path)
	case strings.HasPrefix(string(text), "\xff\xfe"), strings.HasPrefix(string(text), "\xfe\xff"):
		return "", fmt.Errorf("the %s %s is written in UTF-16; write it in UTF-8", what, path)
	}
	return string(text), nil
}

// readSmall reads what a path leads to, and its mode at that moment.
func readSmall(path string) (info os.FileInfo, text []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if info, err = file.Stat(); err != nil || info.IsDir() {
		return info, nil, err
	}
	text, err = io.ReadAll(io.LimitReader(file, maxKeyFile))
	return info, text, err
}

// checkSecretMode tells what is wrong with the mode of such a file. A group may read it, as with mounted
// secrets; everybody only where it is mounted read-only, as containers get their secrets. What is
// no file, such as a pipe, has no mode to keep.
func (a *app) checkSecretMode(what, path string, info os.FileInfo) error {
	mode := info.Mode().Perm()
	switch {
	case !info.Mode().IsRegular() || a.isCredential(path):
		return nil
	case mode&0o022 != 0:
		return fmt.Errorf("others can change the %s %s (mode %04o): chmod 600 it, or 640 for a group that "+
			"reads it", what, path, mode)
	case mode&0o004 != 0 && !mountedReadOnly(path, a.mounts()):
		return fmt.Errorf("others can read the %s %s (mode %04o): chmod 600 it, or 640 for a group that reads it",
			what, path, mode)
	}
	return nil
}

func (a *app) isCredential(path string) bool {
	directory := a.getenv("CREDENTIALS_DIRECTORY")
	return directory != "" && filepath.Dir(filepath.Clean(path)) == filepath.Clean(directory)
}

// trimKey removes what editors and shells leave around a key.
func trimKey(text string) string { return strings.TrimFunc(text, invisible) }

func blank(text string) bool { return trimKey(text) == "" }

func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf) }

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
