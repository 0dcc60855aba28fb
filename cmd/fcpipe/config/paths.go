package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"fcpipe/schema"
)

// ExpandHome reads ~/x as a shell does; home is the value of HOME. No shell sees paths in the configuration, in
// crontab's variables and in --flag=~/x, and a directory called ~ is what people would get.
func ExpandHome(path, home string) (string, error) {
	if !strings.HasPrefix(path, "~") {
		return path, nil
	}
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return "", fmt.Errorf("%s: write the full path; only ~/ stands for a home directory, and ./%s for a file of "+
			"that name",
			path, path)
	}
	if !filepath.IsAbs(home) {
		return "", fmt.Errorf("%s: ~ stands for HOME, which is not set here; write the full path", path)
	}
	return filepath.Join(home, strings.TrimPrefix(path, "~")), nil
}

// expandPaths does so for every path of the configuration.
func (c *Config) expandPaths(home string) (err error) {
	if c.Data.Dir, err = ExpandHome(c.Data.Dir, home); err != nil {
		return fmt.Errorf("data.dir: %w", err)
	}
	if c.Collect.Serve.Tokens, err = ExpandHome(c.Collect.Serve.Tokens, home); err != nil {
		return fmt.Errorf("collect.serve.tokens: %w", err)
	}
	for name, path := range map[string]*string{
		"analytics.rules": &c.Analytics.Rules, "analytics.overrides": &c.Analytics.Overrides,
		"analytics.policy": &c.Analytics.Policy,
	} {
		if *path, err = ExpandHome(*path, home); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for i := range c.Privacy.TokenKeys {
		file := &c.Privacy.TokenKeys[i].File
		if *file, err = ExpandHome(*file, home); err != nil {
			return fmt.Errorf("privacy.token_keys[%d].file: %w", i, err)
		}
	}
	if c.IsSimulator() {
		state, err := ExpandHome(strings.TrimPrefix(c.Stripe.APIBase, simulatorBase), home)
		if err != nil {
			return fmt.Errorf("stripe.api_base: %w", err)
		}
		c.Stripe.APIBase = simulatorBase + state
	}
	return nil
}

// simulatorBase in front of a file name makes the built-in simulator the API.
const simulatorBase = "simulator:"

// IsSimulator reports whether the API is the built-in simulator, in this process.
func (c Config) IsSimulator() bool { return strings.HasPrefix(c.Stripe.APIBase, simulatorBase) }

// SimulatorState is the file a simulated world is kept in. Only where IsSimulator.
func (c Config) SimulatorState() string {
	return c.resolve(strings.TrimPrefix(c.Stripe.APIBase, simulatorBase))
}

// Layout is where everything lies in the data directory.
func (c Config) Layout() schema.Layout {
	layout := schema.Layout{Dir: c.DataDir()}
	if c.IsSimulator() {
		layout.Simulator = c.SimulatorState()
	}
	return layout
}

// resolve makes a path of the configuration relative to its file.
func (c Config) resolve(path string) string {
	if filepath.IsAbs(path) || c.file == "" {
		return path
	}
	return filepath.Join(filepath.Dir(c.file), path)
}

// RulesFile is the file of the user's own rules; "" without one.
func (c Config) RulesFile() string { return c.userFile(c.Analytics.Rules) }

// PolicyFile is the file of conditions that reports apply; "" without one.
func (c Config) PolicyFile() string { return c.userFile(c.Analytics.Policy) }

// LoanRequestsFile is the file of loans that holders ask for; "" without one.
func (c Config) LoanRequestsFile() string { return c.userFile(c.Analytics.LoanRequests) }

// OverridesFile is the file of what the user decided of single transactions; "" without one.
func (c Config) OverridesFile() string { return c.userFile(c.Analytics.Overrides) }

func (c Config) userFile(path string) string {
	if path == "" {
		return ""
	}
	return c.resolve(path)
}

// DataDir is the data directory. A relative one is relative to the folder of the file.
func (c Config) DataDir() string { return c.resolve(c.Data.Dir) }

// File is the file it was read from; "" for the defaults alone.
func (c Config) File() string { return c.file }
