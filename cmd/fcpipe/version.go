package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "development"

func (a *app) versionCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use: "version", Short: "print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.printVersion() },
	})
}

func (a *app) printVersion() error {
	if a.json {
		return a.printJSON(map[string]string{
			"version": version, "go": runtime.Version(),
			"platform": runtime.GOOS + "/" + runtime.GOARCH, "duckdb_go": driverVersion(),
		})
	}
	fmt.Fprintln(a.stdout, versionLine())
	return nil
}

func versionLine() string {
	return fmt.Sprintf("fcpipe %s (%s, %s/%s, duckdb-go %s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		driverVersion())
}

func driverVersion() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/duckdb/duckdb-go/v2" {
			return module.Version
		}
	}
	return ""
}
