package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// expandHome reads ~/x as a shell does. No shell sees paths in the configuration, in crontab's
// variables and in --flag=~/x, and a directory called ~ is what people would get.
func (a *app) expandHome(path string) (string, error) {
	if !strings.HasPrefix(path, "~") {
		return path, nil
	}
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return "", fmt.Errorf("%s: write the full path; only ~/ stands for a home directory, and ./%s for a file of that name", path, path)
	}
	home := a.getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", fmt.Errorf("%s: ~ stands for HOME, which is not set here; write the full path", path)
	}
	return filepath.Join(home, strings.TrimPrefix(path, "~")), nil
}

// expandPaths does so for every path of the configuration.
func (a *app) expandPaths(c *Config) (err error) {
	if c.Data.Dir, err = a.expandHome(c.Data.Dir); err != nil {
		return fmt.Errorf("data.dir: %w", err)
	}
	if c.isSimulator() {
		state, err := a.expandHome(strings.TrimPrefix(c.Stripe.APIBase, simulatorBase))
		if err != nil {
			return fmt.Errorf("stripe.api_base: %w", err)
		}
		c.Stripe.APIBase = simulatorBase + state
	}
	return nil
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
