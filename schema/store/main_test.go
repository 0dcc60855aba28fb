package store_test

import (
	"flag"
	"os"
	"testing"

	"fcpipe/schema/benchtest"
)

// proof asks for whole sweeps and long histories, of which every other run takes a sample.
var proof = flag.Bool("proof", false, "whole sweeps and long histories: make proof")

func TestMain(m *testing.M) { os.Exit(benchtest.Run(m)) }
