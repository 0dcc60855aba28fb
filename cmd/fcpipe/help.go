package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fcpipe/cmd/fcpipe/config"
)

// careful makes everything cobra adds or lets pass behave like our own commands: a word that is no
// command, and arguments that do not fit, are usage errors wherever they stand.
func (a *app) careful(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short, c.Run, c.RunE = "explain a command or a topic", nil, explainCommand
		case "completion":
			c.Args, c.RunE = noArguments, func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	usageErrors(root)
	show := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if words := c.Flags().Args(); (c.HasSubCommands() || !c.Runnable()) && len(words) > 0 {
			a.noHelp = noArguments(c, words)
			return
		}
		show(c, args)
	})
}

// explainCommand is "fcpipe help COMMAND".
func explainCommand(c *cobra.Command, args []string) error {
	of := c.Root()
	for _, word := range args {
		next := subcommand(of, word)
		if next == nil {
			return noArguments(of, []string{word})
		}
		of = next
	}
	return of.Help()
}

func subcommand(of *cobra.Command, name string) *cobra.Command {
	for _, c := range of.Commands() {
		if c.Name() == name || c.HasAlias(name) {
			return c
		}
	}
	return nil
}

// usageErrors makes what a command says of its arguments a usage error.
func usageErrors(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err == nil {
				err = emptyFlag(c)
			}
			if _, known := errors.AsType[usageError](err); err == nil || known {
				return err
			}
			return usageError{err}
		}
	}
	for _, below := range c.Commands() {
		usageErrors(below)
	}
}

// emptyFlag refuses a flag with nothing behind it: a variable of a script that is not set would mean all holders, or
// now.
func emptyFlag(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && err == nil {
			err = usageError{fmt.Errorf("--%s is empty; say what it is, or leave the flag out", f.Name)}
		}
	})
	return err
}

// noArguments refuses words that are no command.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !c.HasSubCommands() {
		return usageError{fmt.Errorf("%q takes no argument, and %q is one", c.CommandPath(), args[0])}
	}
	message := fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())
	if near := nearCommand(c, args[0]); near != "" {
		return usageError{fmt.Errorf("%w; did you mean %q?", message, near)}
	}
	return hint(usageError{message}, `"fcpipe help" lists the commands`)
}

// nearCommand is the command or topic a word most likely stands for; "" when there is no such one.
func nearCommand(c *cobra.Command, word string) string {
	best, distance := "", 3
	for _, below := range c.Commands() {
		d := config.EditDistance(strings.ToLower(word), below.Name())
		if strings.HasPrefix(below.Name(), strings.ToLower(word)) {
			d = min(d, 1)
		}
		if d < distance && !below.Hidden {
			best, distance = below.Name(), d
		}
	}
	return best
}
