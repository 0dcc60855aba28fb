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
	duckdb := ""
	if info, known := debug.ReadBuildInfo(); known {
		for _, module := range info.Deps {
			if module.Path == "github.com/duckdb/duckdb-go/v2" {
				duckdb = module.Version
			}
		}
	}
	if a.json {
		return a.printJSON(map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH, "duckdb_go": duckdb})
	}
	fmt.Fprintf(a.stdout, "fcpipe %s (%s, %s/%s, duckdb-go %s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, duckdb)
	return nil
}
