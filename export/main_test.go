package export

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"fcpipe/schema/benchtest"
)

var proof = flag.Bool("proof", false, "whole sweeps instead of samples of them: make proof")

func TestMain(m *testing.M) {
	code := benchtest.Run(m)
	if err := errors.Join(ofSpread.remove(), ofAdversaries.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
