package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// scriptStart is a directory with a world and what rounds made of it, for every script that begins so.
type scriptStart struct {
	sync.Once
	dir string
	err error
}

// scriptStarts are those that were asked for. removeStarts removes their directories.
var scriptStarts sync.Map

// startOf makes the start of a world after so many rounds with some derived tables, or gives the one that is made.
func startOf(config simulator.Config, rounds int, tables string) *scriptStart {
	found, _ := scriptStarts.LoadOrStore(fmt.Sprintf("%+v %d %s", config, rounds, tables), &scriptStart{})
	start := found.(*scriptStart)
	start.Do(func() {
		if start.dir, start.err = os.MkdirTemp("", "start-*"); start.err == nil {
			start.err = makeStart(start.dir, config, rounds, tables)
		}
	})
	return start
}

// makeStart runs the rounds, a day apart, as scripts run them: in a process, with the derived tables of the script. It
// goes on from the start with a round less, which other scripts begin with.
func makeStart(dir string, config simulator.Config, rounds int, tables string) error {
	server, data := simulator.New(config), filepath.Join(dir, "data")
	if rounds > 1 {
		before := startOf(config, rounds-1, tables)
		if before.err != nil {
			return before.err
		}
		var err error
		if server, err = simulator.Load(filepath.Join(before.dir, "world.state")); err != nil {
			return err
		}
		if err := copyDirectory(filepath.Join(before.dir, "data"), data); err != nil {
			return err
		}
		server.Advance(24 * time.Hour)
	}
	api, stop := serveScript(server)
	defer stop()
	path := filepath.Join(dir, "config.yaml")
	if err := writeScriptConfig(path, api); err != nil {
		return err
	}
	round := exec.CommandContext(context.Background(), "fcpipe", "--config", path, "run")
	round.Env = append(os.Environ(), "STRIPE_API_KEY="+scriptKey, storetest.Tables+"="+tables,
		"FCPIPE_TEST_SLEEP=never")
	if said, err := round.CombinedOutput(); err != nil {
		return fmt.Errorf("round %d of a start: %w: %s", rounds, err, said)
	}
	return server.Save(filepath.Join(dir, "world.state"))
}

// scriptKey is the key of scripts.
const scriptKey = "rk_test_scripted"

func scriptEnvironment(name string) string {
	if name == "STRIPE_API_KEY" {
		return scriptKey
	}
	return ""
}

// removeStarts is called once no test runs any more.
func removeStarts() {
	scriptStarts.Range(func(_, start any) bool {
		_ = os.RemoveAll(start.(*scriptStart).dir)
		return true
	})
	_ = os.RemoveAll(faultStarts.parent)
	_ = os.RemoveAll(mutantStarts.parent)
}

// copyDirectory copies a data directory with its modes, times and hard links, which an export would make again.
func copyDirectory(from, to string) error {
	said, err := exec.CommandContext(context.Background(), "cp", "-a", from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cp: %w: %s", err, said)
	}
	return nil
}

// makePrivate gives the private directories of a copy, which have the umask's mode, their own.
func makePrivate(layout schema.Layout) error {
	for _, private := range []string{layout.State(), layout.Lake()} {
		if err := os.Chmod(private, 0o700); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
