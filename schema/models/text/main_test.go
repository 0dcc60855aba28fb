package text_test

import (
	"os"
	"testing"

	"fcpipe/schema/benchtest"
)

func TestMain(m *testing.M) { os.Exit(benchtest.Run(m)) }
