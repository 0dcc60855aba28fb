package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	fcsync "fcpipe/sync"
)

const keyHint = "write it to a file of mode 0600 and set STRIPE_API_KEY_FILE to its path; a restricted key (rk_…) with Financial Connections rights is enough"

// findKey takes the Stripe key from STRIPE_API_KEY_FILE, the systemd credential
// stripe_api_key or STRIPE_API_KEY, in this order, and says which it was.
func (a *app) findKey() (key fcsync.Secret, source string, err error) {
	path, source := a.getenv("STRIPE_API_KEY_FILE"), "STRIPE_API_KEY_FILE"
	if directory := a.getenv("CREDENTIALS_DIRECTORY"); path == "" && directory != "" {
		credential := filepath.Join(directory, "stripe_api_key")
		if _, err := os.Stat(credential); err == nil {
			path, source = credential, "systemd credential stripe_api_key"
		}
	}
	text := ""
	switch {
	case path != "":
		if text, err = readKeyFile(path, a.getenv("CREDENTIALS_DIRECTORY")); err != nil {
			return "", source, hint(configError{err}, keyHint)
		}
	default:
		if text, source = a.getenv("STRIPE_API_KEY"), "STRIPE_API_KEY"; text == "" {
			return "", "", hint(configError{errors.New("no Stripe key")}, keyHint)
		}
	}
	key, err = fcsync.ParseKey(strings.TrimRight(text, "\r\n"))
	if err != nil {
		return "", source, hint(configError{fmt.Errorf("%s: %w", source, err)}, keyHint)
	}
	return key, source, nil
}

// readKeyFile reads a file only its owner can read. systemd's own credentials are exempt:
// their directory is closed to others.
func readKeyFile(path, credentials string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the key file cannot be read: %w", err)
	}
	isCredential := credentials != "" && strings.HasPrefix(path, credentials+string(filepath.Separator))
	if mode := info.Mode().Perm(); mode&0o077 != 0 && !isCredential {
		return "", fmt.Errorf("others can read the key file %s (mode %04o): chmod 600 it", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the key file cannot be read: %w", err)
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return "", fmt.Errorf("the key file %s is empty", path)
	}
	return string(text), nil
}
