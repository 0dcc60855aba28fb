package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// expandHome reads ~/x as a shell does. No shell sees paths in the configuration, in crontab's
// variables and in --flag=~/x, and a directory called ~ is what people would get.
func (a *app) expandHome(path string) (string, error) {
	if !strings.HasPrefix(path, "~") {
		return path, nil
	}
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return "", fmt.Errorf("%s: write the whole path; only ~/ stands for a home directory, and ./%s for a file of that name", path, path)
	}
	home := a.getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", fmt.Errorf("%s: ~ stands for HOME, which is not set here; write the whole path", path)
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
