package export

import (
	"flag"
	"os"
	"testing"

	"fcpipe/schema/benchtest"
)

var proof = flag.Bool("proof", false, "whole sweeps instead of samples of them: make proof")

func TestMain(m *testing.M) { os.Exit(benchtest.Run(m)) }
