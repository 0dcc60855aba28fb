package benchtest

import (
	"flag"
	"testing"
)

// Run runs the tests of a package, and every benchmark once, on little data, unless the command line chose what runs.
// It returns the exit code. Call it from TestMain.
func Run(m *testing.M) int {
	flag.Parse()
	for _, choice := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if flag.Lookup(choice).Value.String() != "" {
			return m.Run()
		}
	}
	_ = flag.Set("test.bench", ".")
	_ = flag.Set("test.benchtime", "1x")
	return m.Run()
}
