package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keyApp is a program whose environment and mounts a test sets.
func keyApp(env map[string]string, mounts string) *app {
	return &app{environment: environment{
		getenv: func(name string) string { return env[name] },
		mounts: func() string { return mounts },
	}}
}

// mountedAt is mountinfo with one mount beside the root, which can be written.
func mountedAt(point, options, ofSystem string) string {
	return "27 1 253:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n" +
		"99 27 0:44 / " + strings.ReplaceAll(point, " ", `\040`) + " " + options + " shared:9 - tmpfs tmpfs " +
		ofSystem + "\n"
}

func TestKeyFileModes(t *testing.T) {
	secrets := filepath.Join(t.TempDir(), "run secrets") // a blank, as mountinfo escapes it
	if err := os.Mkdir(secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(secrets, "key")
	const open, changeable = "others can read the key file ", "others can change the key file "
	readOnly, writable := mountedAt(secrets, "ro,nosuid", "rw"), mountedAt(secrets, "rw", "rw")
	for _, test := range []struct {
		mode   os.FileMode
		mounts string
		want   string // "" is accepted
	}{
		{0o600, "", ""},
		{0o400, "", ""},
		{0o700, "", ""},
		{0o440, "", ""},
		{0o640, "", ""},
		{0o640, readOnly, ""},
		{0o444, "", open},
		{0o644, "", open},
		{0o604, writable, open},
		{0o444, writable, open},
		{0o444, readOnly, ""},
		{0o644, readOnly, ""},
		{0o444, mountedAt(secrets, "rw", "ro"), ""},
		{0o444, readOnly + strings.SplitAfter(writable, "\n")[1], open}, // something else was mounted over it
		{0o444, mountedAt("/", "ro", "rw"), open},                       // a service's view of the whole machine
		{0o444, mountedAt("/etc", "ro", "rw"), open},
		{0o444, mountedAt(secrets[:len(secrets)-1], "ro", "rw"), open}, // another directory's name begins alike
		{0o660, "", changeable},
		{0o620, "", changeable},
		{0o602, "", changeable},
		{0o666, readOnly, changeable},
		{0o777, readOnly, changeable},
	} {
		writeKey(t, path, "rk_test_abcdefghij\n", test.mode)
		_, _, err := keyApp(map[string]string{"STRIPE_API_KEY_FILE": path}, test.mounts).findKey()
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%04o: %v", test.mode, err)
		case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want+path) ||
			!strings.Contains(err.Error(), "chmod 600 it, or 640")):
			t.Errorf("%04o: %v, want %s", test.mode, err, test.want)
		}
	}
}

func writeKey(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	_ = os.Remove(path)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestKeyFileOfKubernetes follows ..data, which is switched when a secret changes.
func TestKeyFileOfKubernetes(t *testing.T) {
	mount := t.TempDir()
	if err := os.Mkdir(filepath.Join(mount, "..2026_11_28"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeKey(t, filepath.Join(mount, "..2026_11_28", "key"), "rk_test_abcdefghij", 0o644)
	for link, target := range map[string]string{"..data": "..2026_11_28", "key": "..data/key"} {
		if err := os.Symlink(target, filepath.Join(mount, link)); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"STRIPE_API_KEY_FILE": filepath.Join(mount, "key")}
	if _, _, err := keyApp(env, mountedAt(mount, "ro,relatime", "rw")).findKey(); err != nil {
		t.Error(err)
	}
	if _, _, err := keyApp(env, "").findKey(); err == nil {
		t.Error("everybody on this machine can read it")
	}
}

func TestKeyIsTrimmed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	for _, text := range []string{
		"rk_test_abcdefghij", "rk_test_abcdefghij\n", "rk_test_abcdefghij \n", "\trk_test_abcdefghij\r\n\r\n",
		"\ufeffrk_test_abcdefghij\r\n",
		"\n\nrk_test_abcdefghij", "\u00a0rk_test_abcdefghij\u200b",
	} {
		writeKey(t, path, text, 0o600)
		for source, env := range map[string]map[string]string{
			"file":        {"STRIPE_API_KEY_FILE": path},
			"environment": {"STRIPE_API_KEY": text},
		} {
			if key, _, err := keyApp(env, "").findKey(); err != nil || string(key) != "rk_test_abcdefghij" {
				t.Errorf("%q from the %s: %d bytes, %v", text, source, len(key), err)
			}
		}
	}
	for text, want := range map[string]string{
		"": "is empty", " \n\ufeff": "is empty", "rk_test_abc def": "malformed", "rk_test_a\nrk_test_b\n": "malformed",
		"\"rk_test_abcdefghij\"": "malformed",
		"\xff\xfer\x00k\x00":     "UTF-16",
	} {
		writeKey(t, path, text, 0o600)
		if _, _, err := keyApp(map[string]string{"STRIPE_API_KEY_FILE": path}, "").findKey(); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, _, err := keyApp(map[string]string{"STRIPE_API_KEY": " \n"}, "").findKey(); err == nil ||
		err.Error() != "no Stripe key" {
		t.Error(err)
	}
}

func TestKeyOfSystemdIsTakenAsItIs(t *testing.T) {
	credentials := t.TempDir()
	writeKey(t, filepath.Join(credentials, "stripe_api_key"), "rk_test_abcdefghij\n", 0o444)
	key, source, err := keyApp(map[string]string{
		"CREDENTIALS_DIRECTORY": credentials,
		"STRIPE_API_KEY":        "rk_test_other",
	}, "").findKey()
	if err != nil || string(key) != "rk_test_abcdefghij" || source != "systemd credential stripe_api_key" {
		t.Errorf("%s %s %v", key, source, err)
	}
	outside := filepath.Join(credentials, "..", "key")
	writeKey(t, outside, "rk_test_abcdefghij\n", 0o644)
	env := map[string]string{"CREDENTIALS_DIRECTORY": credentials, "STRIPE_API_KEY_FILE": credentials + "/../key"}
	if _, _, err := keyApp(env, "").findKey(); err == nil {
		t.Error("a path that only begins in the credentials' directory was taken for one of them")
	}
}

func TestHomeDirectory(t *testing.T) {
	home := map[string]string{"HOME": "/home/ana"}
	for path, want := range map[string]string{
		"~": "/home/ana", "~/x": "/home/ana/x", "x~": "x~", "./~": "./~",
		"/~/x": "/~/x", "": "",
	} {
		if got, err := keyApp(home, "").expandHome(path); err != nil || got != want {
			t.Errorf("%s is %s, %v", path, got, err)
		}
	}
	for _, path := range []string{"~root/x", "~x"} {
		if _, err := keyApp(home, "").expandHome(path); err == nil {
			t.Errorf("%s passed", path)
		}
	}
	for _, env := range []map[string]string{{}, {"HOME": ""}, {"HOME": "relative"}} {
		if got, err := keyApp(env, "").expandHome("~/x"); err == nil {
			t.Errorf("HOME %q: %s", env["HOME"], got)
		}
	}
}
