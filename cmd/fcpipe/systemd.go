package main

import (
	"embed"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// units are the systemd units of OPERATIONS.md; a test keeps the two the same.
//
//go:embed units
var units embed.FS

func (a *app) systemdCommand() *cobra.Command {
	return &cobra.Command{
		Use: "systemd UNIT", Short: "print a systemd unit: service or timer",
		Args:      arguments(1, "a unit: service or timer"),
		ValidArgs: []string{"service", "timer"},
		Long: `Prints fcpipe.service, which runs one round as user fcpipe and group analysts, or fcpipe.timer, which
starts it every night. cmd/fcpipe/OPERATIONS.md explains how to create user, group, key and configuration.`,
		Example: `  fcpipe systemd service | sudo tee /etc/systemd/system/fcpipe.service
  fcpipe systemd timer | sudo tee /etc/systemd/system/fcpipe.timer`,
		RunE: func(_ *cobra.Command, args []string) error { return a.printUnit(args[0]) },
	}
}

func (a *app) printUnit(kind string) error {
	text, err := units.ReadFile("units/fcpipe." + kind)
	if err != nil {
		return usageError{fmt.Errorf("there is no unit %q: service or timer", kind)}
	}
	if _, err := a.stdout.Write(text); err != nil {
		return errors.Join(errors.New("the unit could not be printed"), err)
	}
	return nil
}
