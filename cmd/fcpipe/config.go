package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"fcpipe/cmd/fcpipe/config"
)

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "config", Short: "write, check and describe the configuration", Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	check := &cobra.Command{
		Use: "check", Short: "print the configuration in force, secrets masked", Args: noArguments,
		Long: "Prints the configuration with every default filled in, and where the Stripe key comes from.",
		RunE: func(c *cobra.Command, _ []string) error { return a.configCheck(c.Context()) },
	}
	initialise := &cobra.Command{
		Use: "init [FILE]", Short: "write a commented configuration (default config.yaml); never overwrites",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.configInit(args) },
	}
	schema := &cobra.Command{
		Use: "schema", Short: "print the JSON Schema of the configuration, for editors", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(config.Schema)
			return err
		},
	}
	c.AddCommand(a.jsonFlag(check), initialise, schema)
	return c
}

// configInit writes the example where nothing is.
func (a *app) configInit(args []string) error {
	path := "config.yaml"
	if len(args) == 1 {
		var err error
		if path, err = a.expandHome(args[0]); err != nil {
			return usageError{err}
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return hint(usageError{fmt.Errorf("%s is already there", path)},
			"it was not touched; name another file, or remove it first")
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(config.Example)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "wrote %s\n", path)
	fmt.Fprintln(a.stderr,
		"next: put a restricted Stripe key into a file of mode 0600, then\n  STRIPE_API_KEY_FILE=that-file fcpipe plan")
	return nil
}

// configCheck prints what is in force.
func (a *app) configCheck(ctx context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	if _, err := userFiles(ctx, cfg); err != nil {
		return err
	}
	from := "the defaults: no configuration file was found"
	if cfg.File() != "" {
		from = cfg.File()
	}
	keyText := "not needed: the simulator is in this process"
	if !cfg.IsSimulator() {
		key, source, err := a.findKey()
		if keyText = source + ": " + key.String(); err != nil {
			keyText = "none that can be used: " + err.Error()
		}
	}
	text, err := yaml.Marshal(cfg)
	if err != nil {
		return err
	}
	warnings := []string{}
	for _, entry := range cfg.Schedule {
		if warning := entry.ClockWarning(a.now()); warning != "" {
			warnings = append(warnings, "schedule: "+warning)
		}
	}
	if a.json {
		var tree any
		if err := yaml.Unmarshal(text, &tree); err != nil {
			return err
		}
		return a.printJSON(map[string]any{
			"file": cfg.File(), "key": keyText, "data_directory": cfg.DataDir(),
			"config": tree, "warnings": warnings,
		})
	}
	for _, warning := range warnings {
		fmt.Fprintf(a.stderr, "fcpipe: %s\n", warning)
	}
	fmt.Fprintf(a.stdout, "# configuration: %s\n# Stripe key: %s\n# data: %s\n%s", from, keyText, cfg.DataDir(), text)
	a.say("fcpipe: the file is not encrypted by fcpipe; keep %s on an encrypted disk", cfg.DataDir())
	return nil
}

// printJSON prints a value as indented JSON on stdout.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
