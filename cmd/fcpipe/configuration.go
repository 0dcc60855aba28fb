package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
)

// findConfig decides which file is the configuration; "" when there is none.
func (a *app) findConfig() (string, error) {
	if a.configPath != "" {
		return a.configPath, nil
	}
	if named := a.getenv("FCPIPE_CONFIG"); named != "" {
		path, err := config.ExpandHome(named, a.getenv("HOME"))
		if err != nil {
			return "", configError{fmt.Errorf("FCPIPE_CONFIG: %w", err)}
		}
		return path, nil
	}
	candidates := []string{"config.yaml"}
	if home := a.getenv("XDG_CONFIG_HOME"); home != "" {
		candidates = append(candidates, filepath.Join(home, "fcpipe", "config.yaml"))
	} else if home := a.getenv("HOME"); home != "" {
		candidates = append(candidates, filepath.Join(home, ".config", "fcpipe", "config.yaml"))
	}
	for _, path := range candidates {
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", configError{err}
		}
	}
	return "", nil
}

// loadConfig reads the configuration over the defaults, checks it, and keeps this process to its share of memory: a
// soft limit, which makes the collector work harder where it is reached. A simulator in this process is no part of it.
func (a *app) loadConfig() (config.Config, error) {
	cfg, err := a.readConfig()
	if err == nil && a.limitHeap != nil && !cfg.IsSimulator() {
		a.limitHeap(cfg.Data.Memory().Heap)
	}
	return cfg, err
}

func (a *app) readConfig() (config.Config, error) {
	path, err := a.findConfig()
	if err != nil {
		return config.Config{}, err
	}
	if path == "" {
		cfg := config.Default()
		return cfg, hintDataDir(cfg)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return config.Config{}, hint(configError{fmt.Errorf("no configuration at %s", path)},
			`"fcpipe config init" writes one`)
	}
	if errors.Is(err, os.ErrPermission) {
		return config.Config{},
			hint(configError{err}, "it holds no secret: let the user who runs fcpipe read it, chmod 644")
	}
	if errors.Is(err, syscall.EISDIR) {
		return config.Config{}, hint(configError{err}, "name the file in it, "+filepath.Join(path, "config.yaml"))
	}
	if err != nil {
		return config.Config{}, configError{err}
	}
	cfg, err := config.Load(path, text, a.getenv("HOME"))
	if err != nil {
		const everyKey = `config.example.yaml shows every key; "fcpipe config check" tells what is in force`
		return config.Config{}, hint(configError{err}, everyKey)
	}
	return cfg, hintDataDir(cfg)
}

// hintDataDir checks the data directory, and says what to do about one that cannot be used.
func hintDataDir(cfg config.Config) error {
	if err := cfg.CheckDataDir(); err != nil {
		return hint(configError{err}, "choose a directory without % ? and # in its path")
	}
	return nil
}

// expandHome is the path a person means by one with a leading ~.
func (a *app) expandHome(path string) (string, error) {
	return config.ExpandHome(path, a.getenv("HOME"))
}

// pathFlag is a flag that names a file or directory.
type pathFlag struct {
	path   *string
	expand func(string) (string, error)
}

// Set takes a path from the command line.
func (f pathFlag) Set(text string) (err error) {
	*f.path, err = f.expand(text)
	return err
}

func (f pathFlag) String() string {
	if f.path == nil {
		return ""
	}
	return *f.path
}

// Type is what help calls the flag's value.
func (f pathFlag) Type() string { return "string" }

// pathVar adds a flag that names a file or directory; its variable holds the default.
func (a *app) pathVar(c *cobra.Command, path *string, name, usage string) {
	c.Flags().Var(pathFlag{path, a.expandHome}, name, usage)
}
